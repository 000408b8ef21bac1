package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/webtest"
)

// permit is the item the samples are tried with: three departments are asked, and the company applies for it.
const permit = "000117003001"

// unlogged takes leaves that nobody reads.
type unlogged struct{}

func (unlogged) Append(context.Context, *db.Tx, audit.Entry) error { return nil }

// sampleOf is the file of a sample.
func sampleOf(t testing.TB, key string) string {
	t.Helper()
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(samples, func(s bpmn.Sample) bool { return s.Key == key })
	if i < 0 {
		t.Fatal("no sample", key)
	}
	return string(samples[i].Source)
}

// appoint gives somebody a post who has not signed in yet.
func (s *server) appoint(account, role, path string) {
	s.t.Helper()
	d := s.openDatabase()
	defer func() { _ = d.Close() }() // the program has the same one open
	var id string
	err := d.View(s.t.Context(), func(tx *db.Tx) (err error) {
		id, err = db.One[string](s.t.Context(), tx, `SELECT id FROM account_account WHERE login = $1`, account)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	offices, err := office.New(d, office.Needs{Log: unlogged{}, Grants: office.Access()})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := offices.Appoint(s.t.Context(), actor.Program("test"), office.Appointment{AccountID: id, Role: role, OfficePath: path}); err != nil {
		s.t.Fatal(err)
	}
}

// soon waits until the program has done what it does in the background.
func soon(t testing.TB, what string, seen func() bool) {
	t.Helper()
	for range 150 {
		if seen() {
			return
		}
		time.Sleep(100 * time.Millisecond) // there is no event to wait for: the program is another process
	}
	t.Fatal("nothing came of it:", what)
}

// keepers are the two who deploy processes and publish items.
type keepers struct{ first, second *webtest.Browser }

func keepersOf(t testing.TB, s *server) keepers {
	return keepers{signedIn(t, s, "catalogue.province"), signedIn(t, s, "review.province")}
}

// deploy takes a process from the drawing board to the shelf.
func (k keepers) deploy(board *webtest.Browser) {
	board.Press("提请发布").Wants(200, "已提请，等待另一位流程管理员复核", "检查没有发现问题")
	at, _, _ := strings.Cut(board.Path(), "?")
	k.second.Open(at).Press("批准并发布").Wants(200, "已发布")
}

// bind lets cases of an item run a process.
func (k keepers) bind(item, flow string) {
	k.first.Open("/desk/library/items/" + item).Wants(200).Press("起草修改").Wants(200)
	k.first.Open("/desk/library/items/"+item+"?section=results").Fill("流程", flow).Press("保存到草稿").Wants(200, "已保存到草稿")
	k.first.Follow("查看草稿、提交审核").Wants(200).Press("提交审核").Wants(200, "待审核")
	at, _, _ := strings.Cut(k.first.Path(), "?")
	k.second.Open(at).Wants(200).Fill("审核意见", "改用新流程").Press("通过并发布").Wants(200, "已发布")
}

// TestGalleryIsWalked: each sample is deployed by two keepers, an item is bound to it, and its cases are walked each way, by pages and API.
func TestGalleryIsWalked(t *testing.T) {
	s := start(t)
	s.appoint("chief.yanji", office.RoleChief, "2201d17")
	people := map[string]*caller{}
	for _, c := range []struct {
		sample string
		ways   map[string]func(w *walk)
	}{
		{"instant", map[string]func(*walk){"decided": func(w *walk) {}}},
		{"review_and_check", map[string]func(*walk){"reviewed": func(w *walk) { w.opine("review.housing.nanguan") }}},
		{"pass_up", map[string]func(*walk){"sent-up": sentUp, "kept": keptBelow}},
		{"parallel", map[string]func(*walk){"asked": func(w *walk) { w.opinions(nil) }}},
		{"joint_inspection", map[string]func(*walk){"in-time": visited, "late": visitedLate}},
		{"hearing", map[string]func(*walk){"asked-for": heard, "not-asked-for": unheard}},
		{"publicity", map[string]func(*walk){"objection": objected, "none": unopposed}},
	} {
		t.Run(c.sample, func(t *testing.T) {
			k := keepersOf(t, s)
			key := c.sample + "_sample" // one of the shipped processes may have the sample's own
			source := strings.NewReplacer(`process id="`+c.sample+`"`, `process id="`+key+`"`, `bpmnElement="`+c.sample+`"`, `bpmnElement="`+key+`"`).Replace(sampleOf(t, c.sample))
			k.first.Open("/desk/processes/new?sample=" + c.sample).Wants(200)
			k.deploy(k.first.Open("/desk/processes").Attach("流程文件", key+".bpmn", []byte(source)).Press("上传并检查").Wants(200, "检查通过"))
			k.bind(permit, key)
			for name, way := range c.ways {
				t.Run(name, func(t *testing.T) {
					w := &walk{t: t, s: s, people: people}
					w.begin("company", itemNamed(t, w.as("company"), "施工许可证", "施工许可"))
					w.step(200, "window.nanguan", "accept")
					way(w)
					if name == "kept" {
						w.step(200, "window.nanguan", "deliver", "way", "online")
						return
					}
					if c.sample == "hearing" {
						w.step(409, "chief.housing.nanguan", "approve", "comment", "还在可以要求听证的期限内")
						s.earlier(w.number)
					}
					if name != "sent-up" {
						w.step(200, "chief.housing.nanguan", "approve", "comment", "符合条件。")
					}
					w.step(200, "window.nanguan", "deliver", "way", "online")
					issued(t, w.as("company"), w.number)
				})
			}
		})
	}
}

// earlier has a case's applicant told of the right to a hearing weeks ago: the law's days can't be waited for.
func (s *server) earlier(number string) {
	s.t.Helper()
	d := s.openDatabase()
	err := d.Update(s.t.Context(), func(tx *db.Tx) error {
		n, err := tx.Exec(s.t.Context(), `UPDATE casefile_hearing SET offered_on = '2026-10-12' WHERE case_id = (SELECT id FROM casefile_case WHERE number = $1)`, number)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d hearings", n)
		}
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		s.t.Fatal(err)
	}
}

func (w *walk) opine(account string, more ...any) {
	w.t.Helper()
	w.step(200, account, "opine", append([]any{"comment", "符合条件。"}, more...)...)
}

// opinions are those of the three departments.
func (w *walk) opinions(record map[string]any) {
	w.t.Helper()
	w.step(409, "chief.housing.nanguan", "approve", "comment", "还有部门没有审查")
	for _, a := range []string{"review.housing.nanguan", "review.land.nanguan", "review.environment.nanguan"} {
		if record == nil {
			w.opine(a)
		} else {
			w.opine(a, "record", record)
		}
	}
}

func sentUp(w *walk) {
	w.opine("review.housing.nanguan")
	w.opine("chief.housing.nanguan")
	w.step(403, "chief.housing.nanguan", "approve", "comment", "本级不能决定")
	w.step(200, "chief.yanji", "approve", "comment", "同意。")
}

func keptBelow(w *walk) {
	w.step(200, "review.housing.nanguan", "opine", "comment", "不符合条件。", "agree", false)
	w.step(200, "chief.housing.nanguan", "refuse", "comment", "不符合条件，不予转报。")
}

var checked = map[string]any{"checked": "现场和图纸"}

func visited(w *walk) {
	w.opine("review.housing.nanguan")
	w.opinions(checked)
	w.opine("review.housing.nanguan")
}

func visitedLate(w *walk) {
	w.opine("review.housing.nanguan")
	applicant := signedIn(w.t, w.s, "company")
	w.s.pass(w.t, func() bool {
		return applicant.Open("/me/messages").Has("联合踏勘没有在五个工作日内完成")
	})
	w.opinions(checked)
	w.opine("review.housing.nanguan")
}

// awaits tells whether somebody may tell an event of the case.
func (w *walk) awaits(account, event string) bool {
	for _, a := range w.as(account).must(w.t, 200, "GET", "/api/v1/cases/"+w.number, nil).list("awaited") {
		if dig(a, "event") == event {
			return true
		}
	}
	return false
}

// offered goes to where the applicant was told that he may ask for a hearing.
func offered(w *walk) *webtest.Browser {
	w.opine("review.housing.nanguan")
	applicant := signedIn(w.t, w.s, "company")
	soon(w.t, "the right to a hearing", func() bool { return w.awaits("company", "asked") })
	applicant.Open("/me/messages").Wants(200, "可以要求听证")
	applicant.Open("/cases/"+w.number).Wants(200, "许听字")
	w.step(409, "chief.housing.nanguan", "approve", "comment", "申请人还可以要求听证")
	return applicant
}

func heard(w *walk) {
	applicant := offered(w)
	w.as("chief.housing.nanguan").must(w.t, 409, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "asked", "text": "代为要求"})
	applicant.Follow("要求听证").Wants(200).Fill("具体情况", "申请听证。").Press("要求听证").Wants(200, "已经告知办理机关")
	w.step(409, "chief.housing.nanguan", "approve", "comment", "还没有听证")
	w.step(200, "review.housing.nanguan", "opine", "comment", "听证笔录已核对：当事人的意见成立。")
}

func unheard(w *walk) {
	offered(w)
	chief := signedIn(w.t, w.s, "chief.housing.nanguan")
	w.s.pass(w.t, func() bool { return chief.Open("/desk").Has(w.number) })
	w.as("company").must(w.t, 409, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "asked"})
}

// published goes to where what was found is made public.
func published(w *walk) {
	w.opine("review.housing.nanguan")
	w.opine("review.housing.nanguan")
	soon(w.t, "the publicity", func() bool { return w.awaits("review.housing.nanguan", "objection") })
	signedIn(w.t, w.s, "company").Open("/me/messages").Wants(200, "公示期七个工作日")
	w.step(409, "chief.housing.nanguan", "approve", "comment", "还在公示")
}

func objected(w *walk) {
	published(w)
	w.as("company").must(w.t, 409, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "objection", "text": "自己提"})
	w.as("review.housing.nanguan").must(w.t, 204, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "objection", "text": "相邻权人提出异议。"})
	w.step(200, "review.housing.nanguan", "opine", "comment", "异议经核查不成立。")
}

func unopposed(w *walk) {
	published(w)
	chief := signedIn(w.t, w.s, "chief.housing.nanguan")
	w.s.pass(w.t, func() bool { return chief.Open("/desk").Has(w.number) })
}

// byArea is a process that looks at the place only when the premises are large.
const byArea = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="https://xiangyun.gov.example/bpmn">
<process id="food_by_area" name="食品经营许可（按面积）" isExecutable="true"><dataObject id="d" name="area" x:type="TYPE" x:form="food_operation" x:field="premises_area"/>
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="accept"/>
<userTask id="accept" name="受理"><extensionElements><x:duty action="accept" role="window" place="centre" document="acceptance"/></extensionElements></userTask>
<sequenceFlow id="f2" sourceRef="accept" targetRef="licence"/>
<serviceTask id="licence" name="核对施工许可证" x:handler="check_certificate"><extensionElements><x:input name="type">"construction-permit"</x:input><x:output name="licensed">result.held</x:output></extensionElements></serviceTask>
<sequenceFlow id="f9" sourceRef="licence" targetRef="g"/><exclusiveGateway id="g" name="面积" default="f4"/>
<sequenceFlow id="f3" name="三百平方米以上" sourceRef="g" targetRef="visit"><conditionExpression xsi:type="tFormalExpression">area &gt;= 300.0 || licensed</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="g" targetRef="m"/>
<userTask id="visit" name="大面积现场核查"><extensionElements><x:duty action="opine" role="reviewer" place="office" level="county"/></extensionElements></userTask>
<sequenceFlow id="f5" sourceRef="visit" targetRef="m"/><exclusiveGateway id="m"/><sequenceFlow id="f6" sourceRef="m" targetRef="decide"/>
<userTask id="decide" name="决定"><extensionElements><x:duty action="decide" role="chief" place="office" document="decision"/></extensionElements></userTask>
<sequenceFlow id="f7" sourceRef="decide" targetRef="deliver"/>
<userTask id="deliver" name="送达"><extensionElements><x:duty action="deliver" role="window" place="centre"/></extensionElements></userTask>
<sequenceFlow id="f8" sourceRef="deliver" targetRef="e"/><endEvent id="e"/></process></definitions>`

// TestApplicantsNumberDecides: a keeper draws a process that asks for the area the applicant typed; small premises are decided about at once, large ones are
// looked at first. A type that is not the form's is refused before anybody applies.
func TestApplicantsNumberDecides(t *testing.T) {
	s := start(t)
	k := keepersOf(t, s)
	upload := func(kind string) *webtest.Browser {
		return k.first.Open("/desk/processes").Attach("流程文件", "area.bpmn", []byte(strings.Replace(byArea, "TYPE", kind, 1))).Press("上传并检查")
	}
	upload("string").Wants(200, "变量 area 的类型是 string，表单里这个字段是 double").Press("提请发布").Wants(422)
	k.deploy(upload("double").Wants(200, "检查通过"))
	k.bind(food, "food_by_area")
	people := map[string]*caller{}
	for area, visited := range map[float64]bool{126.5: false, 450: true} {
		w := &walk{t: t, s: s, people: people}
		body := application(t, w.as("company"), foodItem(t, w.as("company")))
		body["answers"].(map[string]any)["premises_area"] = area
		w.number = w.as("company").must(t, 201, "POST", "/api/v1/cases", body).text("number")
		w.step(200, "window.nanguan", "accept")
		chief, reviewer := signedIn(t, s, "chief.nanguan"), signedIn(t, s, "review.nanguan")
		if visited {
			soon(t, "the task of the large premises", func() bool { return reviewer.Open("/desk").Has(w.number) })
			reviewer.Open("/desk/cases/"+w.number).Wants(200, "大面积现场核查")
			w.step(409, "chief.nanguan", "approve", "comment", "还没有核查")
			w.opine("review.nanguan")
		}
		soon(t, "the decision", func() bool { return chief.Open("/desk").Has(w.number) })
		w.step(200, "chief.nanguan", "approve", "comment", "符合条件。")
		w.step(200, "window.nanguan", "deliver", "way", "online")
		issued(t, w.as("company"), w.number)
	}
}

// TestShippedWaysAreWalked: the ways of the shipped processes, which are samples too, that their walks leave out: somebody objects to what a village made
// public, nothing is put right at premises in time, and no place is looked at at all.
func TestShippedWaysAreWalked(t *testing.T) {
	s := start(t)
	people := map[string]*caller{}
	t.Run("objection", func(t *testing.T) {
		w := &walk{t: t, s: s, people: people}
		w.begin("citizen", itemNamed(t, w.as("citizen"), "低保", "最低生活保障"))
		w.step(200, "street.nanguan", "accept")
		w.opine("street.nanguan", "record", map[string]any{"visited_on": "2026-11-30", "members": 2, "monthly_income": 680, "assets": "within"})
		w.opine("street.nanguan")
		if w.awaits("citizen", "objection") || !w.awaits("street.nanguan", "objection") {
			t.Error("the objection is not the clerk's to tell")
		}
		w.as("street.nanguan").must(t, 204, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "objection", "text": "邻居反映其有车。"})
		w.step(403, "review.civil.nanguan", "opine", "comment", "异议还没有核查")
		w.opine("street.nanguan")
		w.opine("review.civil.nanguan")
		w.step(200, "chief.civil.nanguan", "approve", "comment", "符合条件。")
		w.step(200, "street.nanguan", "deliver", "way", "online")
		issued(t, w.as("citizen"), w.number)
	})
	t.Run("too-late", func(t *testing.T) {
		w := &walk{t: t, s: s, people: people}
		w.begin("company", foodItem(t, w.as("company")))
		w.step(200, "window.nanguan", "accept")
		w.opine("review.nanguan", "record", map[string]any{"visit": true})
		w.opine("review.nanguan", "agree", false, "record", sound())
		w.opine("inspect.nanguan")
		reviewer := signedIn(t, s, "review.nanguan")
		s.pass(t, func() bool { return reviewer.Open("/desk").Has(w.number) })
		w.opine("review.nanguan")
		w.step(200, "chief.nanguan", "refuse", "comment", "逾期未整改。")
		w.step(200, "window.nanguan", "deliver", "way", "online")
	})
	t.Run("no-visit", func(t *testing.T) {
		w := &walk{t: t, s: s, people: people}
		w.begin("company", foodItem(t, w.as("company")))
		w.step(200, "window.nanguan", "accept")
		w.opine("review.nanguan", "record", map[string]any{"visit": false})
		w.opine("review.nanguan")
		w.step(200, "chief.nanguan", "approve", "comment", "符合条件。")
		w.step(200, "window.nanguan", "deliver", "way", "online")
		issued(t, w.as("company"), w.number)
	})
}
