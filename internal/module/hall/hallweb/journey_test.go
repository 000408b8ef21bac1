package hallweb_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/fault"
)

// From the kiosk to the window and the screen, without scripts.
func TestANumberIsTakenCalledAndServed(t *testing.T) {
	b := open(t)
	at := "/halls/" + b.hall.ID
	p := b.as(t, actor.Actor{})
	p.Open("/halls").Wants(200, "南关区政务服务中心", "正在服务").Follow("南关区政务服务中心").Wants(200, "工作日 08:30–11:30、13:00–16:30", "社保窗口").Follow("取号")
	p.Wants(200, "登录后取号").Lacks("读卡取号", "优先情形").Fill("取号机码", "x").Press("设为取号机").Wants(403, "取号机码不对")
	p.Fill("取号机码", b.hall.Kiosk(t)).Press("设为取号机")
	p.Wants(200, "综合业务", "社会保障", "现在 0 人等候").Press("取号 综合业务").Wants(200, "A001", "前面还有 0 人", "扫码在手机上看排队")
	number := strings.TrimSuffix(p.Path(), "?taken=1")
	p.Open(at+"/screen").Wants(200, "暂无叫号").Lacks("A001")

	c := b.as(t, clerk)
	c.Open("/desk/window").Wants(200, "1 号窗口", "综合，所有业务").Press("坐到这个窗口 1").Wants(200, "当前没有正在办理的号码", "下一位")
	c.Press("下一位").Wants(200, "A001", "重呼", "过号", "办结")
	c.Press("重呼").Wants(200, "A001").Press("下一位").Wants(200, "没有人在等候").Lacks("A001")

	p = b.as(t, actor.Actor{})
	p.Open(number).Wants(200, "A001", "已办结")
	p.Open(at+"/screen").Wants(200, "暂无叫号")
	p.Open("/turns/nothing").Wants(404)
	b.hall.At(halltestNight)
	p = b.kiosk(t)
	p.Open(at+"/kiosk").Wants(200, "现在不对外服务")
	p.Post(at+"/turns", map[string][]string{"letter": {"A"}}).Wants(409, "大厅现在不对外服务")
}

var halltestNight = civil.MustParse("2026-11-30").Start().Add(22 * time.Hour)

func TestVisitsAreBookedAndUsed(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Citizen)
	at := "/halls/" + b.hall.ID
	p.Open(at+"/book").Wants(200, "预约办事").Follow("A 综合业务").Follow("2026年12月1日 周二").Press("确认预约").Wants(422, "请选择时段")
	p.Choose("时段", "09:00").Press("确认预约").Wants(200, "预约成功", "09:00", "到大厅取号时出示")
	p.Open("/bookings").Wants(200, "待办")
	p.Open(at+"/book?letter=A&day=2026-12-01").Choose("时段", "10:00").Press("确认预约").Wants(409, "一人一天一次")
	list, _, err := b.hall.Bookings(t.Context(), casefiletest.Citizen, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	k := b.kiosk(t)
	k.Open(at+"/kiosk").Fill("预约码", "http://xiangyun.test/bookings/"+list[0].Code).Press("按预约取号").Wants(409, "请在当天取号")
	b.hall.At(list[0].At().Add(-5 * time.Minute))
	k.Open(at+"/kiosk").Fill("预约码", "x").Press("按预约取号").Wants(422, "16 位预约码")
	k.Open(at+"/kiosk").Press("读卡取号").Wants(200, "A001", "按预约时间优先") // the card finds today's booking
	k.Open(at+"/kiosk").Fill("预约码", list[0].Code).Press("按预约取号").Wants(409, "已经取消、用过或者过期")
	p = b.as(t, casefiletest.Citizen)
	p.Open("/bookings").Wants(200, "已取号").Lacks("取消预约")
}

// A whole case at the window: called, identified, chosen, filled in, handed in, printed.
func TestTheWindowDesk(t *testing.T) {
	b := open(t)
	b.seated(t, clerk, 1)
	b.hall.Numbered(t, "A", "")
	c := b.as(t, clerk)
	c.Open("/desk/window").Wants(200, "演示环境").Press("下一位").Wants(200, "A001")
	c.Fill("身份证号码或者统一社会信用代码", "220102199003072318").Press("继续").Wants(422, "请填写姓名或者名称")
	c.Fill("姓名或者名称", "李明").Press("继续").Wants(422)
	c.Press("读身份证").Wants(200, "选择事项", "张*琳")
	deed := c.Path()
	c.Open(deed+"?q=jmyl").Wants(200, "城乡居民").Press("办这个").Wants(200, "城乡居民", "申请人已核对以上内容")
	c.Press("提交").Wants(422, "请申请人核对后勾选确认")
	filled(t, b, c)
	c.Press("提交").Wants(200, "材料接收凭证", "办件编号", "查询码", "张*琳", "代您办理")
	c.Open(deed+"/form").Wants(200, "材料接收凭证") // what was handed in leads to its receipt
	receipt := c.Text()
	c.Open(deed+"/receipt").Wants(200, "材料接收凭证")
	if c.Text() != receipt {
		t.Error("the second receipt is another")
	}
	list, _, err := b.hall.DeedsFor(t.Context(), casefiletest.Citizen, "", 10)
	if err != nil || len(list) != 1 || !strings.Contains(receipt, list[0].CaseNumber) || list[0].CaseNumber == "" {
		t.Fatalf("%+v, %v", list, err)
	}
	b.actedBy(t, list[0].CaseNumber, casefile.Present)
	c.Press("下一位").Wants(200, "没有人在等候")
	c.Open("/desk/window").Press("读身份证").Wants(200, "最近办过的事项", "城乡居民")
	b.as(t, second).Open(deed + "/form").Wants(404)
	b.as(t, casefiletest.Citizen).Open("/me/mandates").Wants(200, "代您办理", "您在场", list[0].CaseNumber)
	b.as(t, casefiletest.Reviewer).Open("/desk/window").Wants(403)
}

// actedBy checks that the citizen's case says for himself how somebody came to apply for him.
func (b *building) actedBy(t *testing.T, number string, how casefile.Proxy) {
	t.Helper()
	v, err := b.Cases.View(t.Context(), casefiletest.Citizen, number)
	if err != nil || v.Events[0].Behalf != how || v.Events[0].Post == "" {
		t.Errorf("%s: %+v, %v", number, v.Events, err)
	}
}

// An office acts for somebody who is not there, as long as he lets it.
func TestActingByMandate(t *testing.T) {
	b := open(t)
	b.seated(t, clerk, 1)
	c := b.as(t, clerk)
	c.Open("/desk/window").Choose("办理方式", "本人不在场").Press("读身份证").Wants(422, "没有此人在有效期内")
	c.Open("/desk/mandates/new").Wants(200).Press("保存").Wants(422, "请填写证件号码")
	c.Fill("身份证号码或者统一社会信用代码", "220102199003072318").Fill("姓名或者名称", "张晓琳").Press("保存").Wants(422, "请写明情况", "请填写今天起 366 天以内的日期")
	c.Fill("授权内容", "委托南关区政务服务中心代办养老参保").Fill("有效期至", "2026-12-31").Press("保存").Wants(200, "授权已登记")
	c.Open("/desk/window").Choose("办理方式", "本人不在场").Press("读身份证").Wants(200, "选择事项")
	deed := c.Path()
	c.Open("/desk/window").Choose("办理方式", "本人不在场").Press("读身份证").Wants(200, "选择事项")
	begun := c.Path()
	c.Open(begun + "?q=jmyl").Press("办这个").Wants(200)
	filled(t, b, c)
	c.Open("/desk/window").Choose("办理方式", "本人不在场").Press("读身份证").Wants(200, "选择事项")
	handed := c.Path()
	c.Open(handed + "?q=jmyl").Press("办这个").Wants(200)
	filled(t, b, c)
	third, err := b.hall.Deed(t.Context(), clerk, strings.TrimPrefix(handed, "/desk/window/deeds/"))
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := b.Cases.SubmitDraft(t.Context(), clerk, third.DraftID)
	if err != nil {
		t.Fatal(err)
	}
	b.actedBy(t, receipt.Number, casefile.Mandated)

	p := b.as(t, casefiletest.Citizen)
	p.Open("/me/mandates").Wants(200, "有效", "委托南关区政务服务中心代办养老参保", "所有事项").Press("终止授权").Wants(200, "授权已终止")
	c = b.as(t, clerk)
	c.Open(deed+"?q=jmyl").Press("办这个").Wants(422, "没有此人在有效期内")
	// What was filled in before its end is not handed in after it, whichever page is asked.
	d, err := b.hall.Deed(t.Context(), clerk, strings.TrimPrefix(begun, "/desk/window/deeds/"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Cases.SubmitDraft(t.Context(), clerk, d.DraftID); !fault.HasKey(err, "hall.mandate_lacks") {
		t.Errorf("handed in without a mandate: %v", err)
	}
	if _, err := b.Cases.Draft(t.Context(), clerk, d.DraftID); err != nil {
		t.Errorf("the draft is gone: %v", err)
	}
}

func TestWhatCouldNotBeDone(t *testing.T) {
	b := open(t)
	p := b.as(t, casefiletest.Citizen)
	p.Open("/obstacles").Wants(200, "跑了多次", "没有反映").Follow("我要反映").Press("提交").Wants(422, "在哪个大厅", "请写明情况")
	p.Fill("在哪个大厅", "南关区政务服务中心").Fill("什么事没办成", "补办证照").Fill("具体情况", "跑了三次").Press("提交").Wants(200, "已收到您的反映", "待答复", "2026年12月3日")
	list, _, err := b.hall.Own(t.Context(), casefiletest.Citizen, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	c := b.as(t, clerk)
	c.Open("/desk/obstacles").Wants(200, "补办证照").Lacks("跑了三次").Follow(list[0].Number).Wants(200, "跑了三次")
	c.Press("提交").Wants(422, "请选择办理结果", "请写明情况")
	c.Choose("办理结果", "已经办成").Fill("答复", "证照已补办").Press("提交").Wants(200, "已答复反映人")
	p = b.as(t, casefiletest.Citizen)
	p.Post("/obstacles/"+list[0].Number+"/confirm", map[string][]string{"solved": {"maybe"}}).Wants(422, "请选择已经解决或者没有解决")
	p.Open("/obstacles/mine").Wants(200, "证照已补办").Press("没有解决").Wants(200, "已重新交办", "待答复")
	b.as(t, casefiletest.Other).Post("/obstacles/"+list[0].Number+"/confirm", map[string][]string{"solved": {"yes"}}).Wants(404)
	b.as(t, actor.Actor{}).Open("/obstacles").Wants(200, "南关区政务服务中心", "1")
}

func TestEveryLanguage(t *testing.T) {
	b := open(t)
	b.hall.Numbered(t, "A", "elderly")
	for language, word := range map[string]string{"zh": "取号", "en": "Take a number", "ko": "번호표 받기"} {
		for who, paths := range map[*actor.Actor][]string{{}: {"/halls", "/halls/" + b.hall.ID, "/halls/" + b.hall.ID + "/screen", "/obstacles"},
			&casefiletest.Citizen: {"/bookings", "/obstacles/new", "/obstacles/mine", "/me/mandates", "/halls/" + b.hall.ID + "/book?letter=A"},
			&clerk:                {"/desk/window", "/desk/obstacles", "/desk/mandates/new"}} {
			p := b.as(t, *who)
			p.Language = language
			for _, path := range paths {
				p.Open(path).Wants(200)
			}
		}
		p := b.kiosk(t)
		p.Language = language
		p.Open("/halls/"+b.hall.ID+"/kiosk").Wants(200, word)
	}
}

// A stream says at once where the queue stands, and again when it moves.
func TestTheStreamTellsOfChanges(t *testing.T) {
	b := open(t)
	server := httptest.NewServer(b.handler)
	defer server.Close()
	b.seated(t, clerk, 1)
	turn := b.hall.Numbered(t, "A", "")
	res, err := http.Get(server.URL + "/turns/" + turn.Code + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // a stream that is cut off
	if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("%d %s", res.StatusCode, got)
	}
	lines := bufio.NewScanner(res.Body)
	told := func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	first := told()
	if _, _, err := b.hall.Next(t.Context(), clerk, ""); err != nil {
		t.Fatal(err)
	}
	if second := told(); second == first {
		t.Errorf("the queue moved and the stream says %s again", second)
	}
	if res, err := http.Get(server.URL + "/halls/nothing/events"); err != nil || res.StatusCode != 404 {
		t.Errorf("the stream of no hall: %v %v", res, err)
	}
}

func TestAPI(t *testing.T) {
	b := open(t)
	at := "/api/v1/halls/" + b.hall.ID
	status, out := b.call(t, "GET", "/api/v1/halls?region=220102000000", "")
	if status != 200 || len(out["data"].([]any)) != 1 {
		t.Fatalf("%d %v", status, out)
	}
	if status, out = b.call(t, "GET", "/api/v1/halls?region=2", ""); status != 422 {
		t.Errorf("%d %v", status, out)
	}
	if status, out = b.call(t, "GET", at, ""); status != 200 || out["open"] != true || len(out["lines"].([]any)) != 2 {
		t.Errorf("%d %v", status, out)
	}
	for body, want := range map[string]int{`{}`: 401, `{"letter":"Z"}`: 401, `{"letter":"A","priority":"rich"}`: 422, `{"booking":"short"}`: 422, `{"booking":"abcdefghijklmnop"}`: 404} {
		if status, out = b.call(t, "POST", at+"/tickets", body); status != want {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
	if status, out = b.call(t, "POST", at+"/tickets", `{"letter":"A"}`); status != 401 {
		t.Errorf("a stranger takes a number: %d %v", status, out)
	}
	kiosk := b.hall.Kiosk(t)
	status, out = b.call(t, "POST", at+"/tickets", `{"letter":"A"}`, "Idempotency-Key", "k", "Kiosk-Code", kiosk)
	if status != 201 || out["number"] != "A001" || out["ahead"] != 0.0 || out["estimate"] != nil {
		t.Fatalf("%d %v", status, out)
	}
	code := out["code"].(string)
	if status, out = b.call(t, "POST", at+"/tickets", `{"letter":"A"}`, "Idempotency-Key", "k", "Kiosk-Code", kiosk); status != 201 || out["code"] != code {
		t.Errorf("sent again: %d %v", status, out)
	}
	if status, out = b.call(t, "POST", at+"/tickets", `{"letter":"B"}`, "Idempotency-Key", "k", "Kiosk-Code", kiosk); status != 409 {
		t.Errorf("the key with another body: %d %v", status, out)
	}
	b.seated(t, clerk, 1)
	if _, _, err := b.hall.Next(t.Context(), clerk, ""); err != nil {
		t.Fatal(err)
	}
	if status, out = b.call(t, "GET", "/api/v1/tickets/"+code, ""); status != 200 || out["state"] != "called" || out["window"] != 1.0 {
		t.Errorf("%d %v", status, out)
	}
	if status, out = b.call(t, "GET", at+"/board", ""); status != 200 || len(out["called"].([]any)) != 1 {
		t.Errorf("%d %v", status, out)
	}
	if status, out = b.call(t, "GET", at+"/slots?letter=A", ""); status != 200 || len(out["data"].([]any)) == 0 {
		t.Errorf("%d %v", status, out)
	}
	if status, _ = b.call(t, "GET", "/api/v1/halls/nothing", ""); status != 404 {
		t.Errorf("no hall: %d", status)
	}
}

// A card on the reader of a kiosk is read for who stands there, and nobody else.
func TestACardIsReadAtTheKioskOnly(t *testing.T) {
	b := open(t)
	at := "/halls/" + b.hall.ID
	far := map[string][]string{"go": {"card"}, "letter": {"A"}}
	b.as(t, actor.Actor{}).Post(at+"/turns", far).Wants(403, "只能在大厅的取号机上办理").Lacks("A001")
	p := b.as(t, casefiletest.Citizen)
	p.Post(at+"/turns", far).Wants(403, "只能在大厅的取号机上办理")
	p.Post(at+"/turns", map[string][]string{"letter": {"A"}, "priority": {"soldier"}}).Wants(403, "只能在大厅的取号机上办理")
	p.Open(at+"/kiosk").Wants(200).Lacks("读卡取号").Press("取号 综合业务").Wants(200, "A001")
	p.Open(at+"/kiosk").Press("取号 综合业务").Wants(409, "已有一个排队号码")
	b.kiosk(t).Open(at+"/kiosk").Press("读卡取号").Wants(200, "A002")

	b.seated(t, clerk, 1)
	c := b.as(t, clerk)
	c.Open("/desk/window").Wants(200, "取号机码", b.hall.Kiosk(t)).Press("在这台机器上打开取号机").Wants(200, "读卡取号")
	c.Open("/desk/window").Press("换一个取号机码").Wants(200, b.hall.Kiosk(t))
	c.Open(at + "/kiosk").Lacks("读卡取号") // the old code is one no more
}

// Two people who happen to send the same key are two people, and neither is told the other's number.
func TestKeysOfStrangersNeverMeet(t *testing.T) {
	b := open(t)
	at := "/api/v1/halls/" + b.hall.ID + "/tickets"
	seen := map[any]bool{}
	for _, who := range []actor.Actor{casefiletest.Citizen, casefiletest.Other} {
		b.by = who
		for range 2 {
			status, out := b.call(t, "POST", at, `{"letter":"A"}`, "Idempotency-Key", "k")
			if status != 201 {
				t.Fatalf("%s: %d %v", who.Account, status, out)
			}
			seen[out["code"]] = true
		}
	}
	b.by = actor.Actor{}
	status, out := b.call(t, "POST", at, `{"letter":"A"}`, "Idempotency-Key", "k", "Kiosk-Code", b.hall.Kiosk(t))
	if seen[out["code"]] = true; status != 201 || len(seen) != 3 {
		t.Errorf("%d: %d numbers", status, len(seen))
	}
	if status, out = b.call(t, "POST", at, `{"letter":"A"}`, "Idempotency-Key", "k", "Kiosk-Code", "abcdefghijklmnop"); status != 403 {
		t.Errorf("the kiosk's key from elsewhere: %d %v", status, out)
	}
}
