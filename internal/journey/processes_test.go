package journey

import (
	"testing"
	"time"

	"xiangyun/internal/platform/db"
)

// pass lets the time pass that running processes wait for, and waits until the program has seen it.
func (s *server) pass(t testing.TB, seen func() bool) {
	t.Helper()
	d := s.openDatabase()
	defer func() { _ = d.Close() }() // the program has the same one open
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE workflow_timer SET fire_at = $1`, tx.Now.Add(-time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if seen() {
			return
		}
		time.Sleep(100 * time.Millisecond) // there is no event to wait for: the program is another process
	}
	t.Fatal("time passed and nothing came of it")
}

// walk is a case that people take steps with.
type walk struct {
	t      testing.TB
	s      *server
	number string
	people map[string]*caller
	look   func(number string, at moment) // looks at the case where the walk is worth a picture; nil does not
}

// moment is where a walk is worth a picture.
type moment string

const (
	officersStep   moment = "officer" // an officer has a step of the process before him
	applicantsView moment = "steps"   // the applicant sees how far it is
)

func (w *walk) at(m moment) {
	if w.look != nil {
		w.look(w.number, m)
	}
}

func (w *walk) as(account string) *caller {
	if w.people[account] == nil {
		w.people[account] = signIn(w.t, w.s.URL, account)
	}
	return w.people[account]
}

// step takes an action, with more of the body as names and values, and wants a status.
func (w *walk) step(status int, account, action string, more ...any) answer {
	w.t.Helper()
	body := map[string]any{"action": action}
	for i := 0; i < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return w.as(account).must(w.t, status, "POST", "/api/v1/cases/"+w.number+"/actions", body)
}

func (w *walk) begin(account, item string) *walk {
	w.t.Helper()
	w.number = w.as(account).must(w.t, 201, "POST", "/api/v1/cases", application(w.t, w.as(account), item)).text("number")
	return w
}

// sound is a record of an inspection that found nothing to put right.
func sound() map[string]any {
	return map[string]any{"visited_on": "2026-11-30", "sanitation": "yes", "layout": "yes", "facilities": "yes", "management": "yes"}
}

// TestProcessesAreWalked takes a case of each drawn process from the application to its certificate, as the people of the demo province.
func TestProcessesAreWalked(t *testing.T) {
	s := start(t)
	people := map[string]*caller{}
	t.Run("inspection", func(t *testing.T) { inspected(t, &walk{t: t, s: s, people: people}) })
	t.Run("parallel", func(t *testing.T) { jointly(t, &walk{t: t, s: s, people: people}) })
}

// inspected: two officers look at the place, find something, and look again when the applicant has put it right.
func inspected(t *testing.T, w *walk) {
	company := w.as("company")
	w.begin("company", foodItem(t, company))
	w.step(200, "window.nanguan", "accept")
	review, second := signedIn(t, w.s, "review.nanguan"), signedIn(t, w.s, "inspect.nanguan")
	review.Open("/desk/cases/"+w.number).Wants(200, "办到哪一步", "材料审查").Follow("提交审查意见").Wants(200, "材料审查表")
	review.Choose("需要现场核查", "是").Choose("审查结论", "同意").Fill("审查意见", "材料齐全，布局需要现场核实。").Press("提交审查意见").Wants(200, "已完成：提出审查意见")

	w.at(officersStep)
	w.step(422, "review.nanguan", "opine", "comment", "没有填表")
	review.Open("/desk/cases/"+w.number).Follow("提交审查意见").Wants(200, "食品经营许可现场核查表", "经营者名称", "长春市南关区祥和餐饮有限公司")
	review.Fill("核查日期", "2026-11-30").Choose("环境卫生与污染源距离", "符合").Choose("布局和流程与平面图一致", "不符合").Choose("设备设施", "符合").Choose("食品安全管理制度和人员", "符合")
	review.Choose("审查结论", "不同意").Fill("审查意见", "专间没有独立的空调设施。").Press("提交审查意见").Wants(200, "已完成：提出审查意见")
	w.step(403, "review.nanguan", "opine", "comment", "一个人核查两次")
	second.Open("/desk/cases/"+w.number).Wants(200, "第二名核查人员确认", "现场核查记录", "不符合")
	opine(second, w.number, "属实。").Lacks(w.number)

	citizen := signedIn(t, w.s, "company")
	citizen.Open("/cases/"+w.number).Wants(200, "办到哪一步", "等待整改", "市场监督管理局").Lacks("专间没有独立的空调设施")
	w.at(applicantsView)
	w.as("review.nanguan").must(t, 409, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "ready", "text": "代为报告"})
	citizen.Follow("整改完成").Wants(200, "具体情况").Fill("具体情况", "空调已安装。").Press("整改完成").Wants(200, "已经告知办理机关")
	company.must(t, 409, "POST", "/api/v1/cases/"+w.number+"/events", map[string]any{"event": "ready"})

	w.step(200, "inspect.nanguan", "opine", "comment", "整改到位。", "record", sound())
	w.step(403, "inspect.nanguan", "opine", "comment", "又是同一个人")
	w.step(200, "review.nanguan", "opine", "comment", "属实。")
	w.step(200, "review.nanguan", "opine", "comment", "审核同意。")
	w.step(200, "chief.nanguan", "approve", "comment", "符合条件。")
	w.step(200, "window.nanguan", "deliver", "way", "online")
	issued(t, company, w.number)
	citizen.Open("/cases/"+w.number).Wants(200, "已办结", "食品经营许可证")
}

// jointly: three offices look at an application at once; one does not agree, so they confer before one decides for all.
func jointly(t *testing.T, w *walk) {
	company := w.as("company")
	w.begin("company", itemNamed(t, company, "施工许可证", "施工许可"))
	w.step(200, "window.nanguan", "accept")
	record := func(text string) map[string]any { return map[string]any{"checked": text} }
	w.at(officersStep)
	w.step(422, "review.land.nanguan", "opine", "comment", "同意")
	w.step(200, "review.land.nanguan", "opine", "comment", "用地手续齐全。", "record", record("用地批准手续、规划许可证"))
	w.step(200, "review.environment.nanguan", "opine", "comment", "环评批复的防治措施没有落实。", "agree", false, "record", record("环境影响评价批复"))
	w.step(409, "chief.housing.nanguan", "approve", "comment", "还有部门没有审查")
	signedIn(t, w.s, "company").Open("/cases/"+w.number).Wants(200, "办到哪一步", "质量安全监督审查", "生态环境分局", "联合决定")
	w.at(applicantsView)
	w.step(200, "review.housing.nanguan", "opine", "comment", "质量安全措施到位。", "record", record("施工图审查合格书"))
	w.step(409, "chief.housing.nanguan", "approve", "comment", "还没有会商")
	w.step(200, "review.housing.nanguan", "opine", "comment", "三部门会商：落实防治措施后同意。")
	w.step(200, "chief.housing.nanguan", "approve", "comment", "联合审查通过。")
	w.step(200, "window.nanguan", "deliver", "way", "online")
	issued(t, company, w.number)
}
