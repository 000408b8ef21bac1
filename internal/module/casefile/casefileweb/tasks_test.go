package casefileweb_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
)

// taskOf is the first open task of a case.
func (b *building) taskOf(t *testing.T, number string) workflow.OpenTask {
	t.Helper()
	v, err := b.Cases.View(t.Context(), casefiletest.Chief, number)
	if err != nil || len(v.Tasks) == 0 {
		t.Fatalf("no task of %s, %v", number, err)
	}
	return v.Tasks[0]
}

// What officers do with a task besides its step, by the small forms of the case's page.
func TestMoreActions(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Wants(200, "更多操作：材料审查", "认领后只在您的待办中出现", "生成征求意见函").Press("认领").Wants(200, "已完成：认领", "review.nanguan")
	p.Open("/desk?tab=held").Wants(200, number, "已认领")
	p = b.as(t, casefiletest.Second)
	p.Open("/desk?tab=held").Wants(200, "没有待办事项")
	if strings.Count(p.Open("/desk").Body(), number) == 0 {
		t.Error("the other task of the case is not the post's")
	}

	task := b.taskOf(t, number)
	p = b.as(t, casefiletest.Reviewer)
	at := "/desk/tasks/" + task.ID + "/"
	p.Post(at+"ask", url.Values{"number": {number}, "to": {"office:220102d16"}, "days": {"x"}}).Wants(422, "请填写工作日的天数", "征求什么意见")
	p.Post(at+"ask", url.Values{"number": {number}, "days": {"3"}, "words": {"油烟排放是否合格"}}).Wants(422, "请选择对象")
	p.Choose("征求哪些单位", "220102d16").Press("征求其他单位意见").Wants(200, "已完成：征求意见", "征求意见函", "油烟排放是否合格", "待答复")
	p.Open("/desk/asked").Wants(200, number, "220102d16", "待答复")

	p = b.as(t, casefiletest.Environment)
	p.Open("/desk").Wants(200, number, "征求意见").Follow(number).Wants(200, "油烟排放是否合格").Fill("意见", "排放合格").Press("答复意见").Wants(200, "已完成：提交意见", "排放合格")
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk/asked").Wants(200, "已答复")
	p.Open("/desk/cases/"+number).Wants(200, "排放合格")
	p.Post(at+"dance", url.Values{"number": {number}}).Wants(404)
	p.Post(at+"claim", url.Values{"number": {number}, "version": {"99"}}).Wants(409, "返回办件")
}

func TestCosignOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	task := b.taskOf(t, number)
	p := b.as(t, casefiletest.Reviewer)
	p.Post("/desk/tasks/"+task.ID+"/cosign", url.Values{"number": {number}, "kind": {"before"}, "to": {"account:second.nanguan"}, "words": {"请核对"}}).Wants(200, "已完成：加签", "还差 1 人签署")
	p = b.as(t, casefiletest.Second)
	p.Open("/desk").Wants(200, "前加签").Follow(number).Press("提交签署意见").Wants(422, "请选择同意或者不同意")
	p.Choose("审查结论", "不同意").Press("提交签署意见").Wants(422, "请写明内容或者理由")
	p.Fill("意见", "面积不足").Press("提交签署意见").Wants(200, "已完成：提交意见", "不同意", "面积不足")
	// A joint inspection with its record.
	p = b.as(t, casefiletest.Reviewer)
	today := civil.Of(task.OpenedAt).String()
	p.Post("/desk/tasks/"+task.ID+"/invite", url.Values{"number": {number}, "kind": {"inspection"}, "to": {"office:220102d16"}, "on": {today}, "place": {"人民大街1号"}, "words": {"查看后厨"}}).
		Wants(200, "联合踏勘", "人民大街1号")
	p.Fill("结论", "符合条件").Press("形成踏勘记录").Wants(200, "已完成：形成记录", "联合踏勘记录", "未提交意见")
}

func TestCopiesOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Post("/desk/tasks/"+b.taskOf(t, number).ID+"/copy", url.Values{"number": {number}, "to": {"office:220102d16"}, "words": {"供参考"}}).Wants(200, "已完成：抄送", "未读")
	p = b.as(t, casefiletest.Environment)
	p.Open("/desk/copies").Wants(200, number, "供参考").Press("已阅").Wants(200, "已阅")
	p.Follow(number).Wants(200, "食品经营许可")
	p = b.as(t, casefiletest.Foreign)
	p.Open("/desk/copies").Wants(200, "没有抄送")
	p.Open("/desk/cases/" + number).Wants(404)
}

func TestBatch(t *testing.T) {
	b := open(t)
	first, second := casefiletest.Submitted(t, b.Hall).Number, casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Window)
	if body := p.Open("/desk").Wants(200, first, second, "批量办理勾选的任务").Body(); strings.Count(body, `form="batch"`) != 2 {
		t.Error("not every task can be ticked")
	}
	p.Post("/desk/batch", url.Values{"task": {b.taskOf(t, first).ID, b.taskOf(t, second).ID}}).Wants(200, "共 2 件", first, second)
	p.Press("全部办理").Wants(422, "批量")
	p.Choose("怎样办理", "受理").Press("全部办理").Wants(200, "已办理", first, second)
	p.Open("/desk").Wants(200, "没有待办事项")
	// One that somebody else was faster with does not hold up the others.
	third, fourth := casefiletest.Submitted(t, b.Hall).Number, casefiletest.Submitted(t, b.Hall).Number
	tasks := url.Values{"task": {b.taskOf(t, third).ID, b.taskOf(t, fourth).ID}, "action": {"accept"}, "go": {"do"}} // seen while both waited
	b.Act(t, casefiletest.Window, casefile.Step{Number: third, Action: casefile.Accept})
	p.Post("/desk/batch", tasks).Wants(200, third, "申请已受理，不能再这样做", fourth, "已办理")
	p.Post("/desk/batch", url.Values{"go": {"do"}, "action": {"refuse"}}).Wants(422, "逐件说明理由")
	p.Post("/desk/batch", url.Values{}).Wants(200, "没有勾选")
	p = b.as(t, casefiletest.Reviewer)
	p.Post("/desk/batch", url.Values{"task": {b.taskOf(t, first).ID, b.taskOf(t, second).ID}}).Wants(200, "同意").Choose("怎样办理", "提交审查意见：同意").Fill("意见或者说明", "符合条件").
		Press("全部办理").Wants(200, "已办理")
}

func TestDeputiesOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Reviewed(t, b.Hall)
	p := b.as(t, casefiletest.Chief)
	today := civil.Of(time.Now()).String()
	p.Open("/desk/deputies").Wants(200, "代理人", "没有代理").Press("设置").Wants(422, "请选择代理人")
	p.Fill("代理人", "review.nanguan").Fill("开始日期", today).Fill("结束日期", today).Press("设置").Wants(200, "代理人已设置", "review.nanguan")
	p.Fill("代理人", "second.nanguan").Fill("开始日期", today).Fill("结束日期", today).Press("设置").Wants(409, "已经有代理人")
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk").Wants(200, number, "决定", "代理").Follow(number).Wants(200).Follow("准予").Wants(200).Press("准予").Wants(200, "已完成：准予")
	v, err := b.Cases.View(t.Context(), casefiletest.Chief, number)
	if err != nil {
		t.Fatal(err)
	}
	if last := v.Events[len(v.Events)-1]; last.Actor != "review.nanguan" || !strings.Contains(last.Post, "代理") {
		t.Errorf("recorded as %+v", last)
	}
	if !slices.ContainsFunc(b.Leaves(t, number), func(x casefiletest.Told) bool {
		return x.Name == "case.approved" && x.Actor == "review.nanguan" && strings.Contains(x.Data, `"for":"chief.nanguan"`)
	}) {
		t.Errorf("no leaf says who acted for whom: %+v", b.Leaves(t, number))
	}
	p = b.as(t, casefiletest.Chief)
	p.Open("/desk/deputies").Press("结束代理").Wants(200, "代理已结束", "没有代理")
}

func TestUrgeByTheApplicant(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "催办").Press("催办").Wants(200, "已提醒承办人员").Press("催办").Wants(200, "今天已经催办过")
	p = b.as(t, casefiletest.Window)
	p.Open("/desk").Wants(200, "催办 1 次")
	p = b.as(t, casefiletest.Other)
	p.Post("/cases/"+number+"/urge", url.Values{}).Wants(404)
}

func TestTaskAPI(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	at := "/api/v1/tasks/" + b.taskOf(t, number).ID + "/"
	b.by = casefiletest.Reviewer
	b.call(t, "POST", at+"claim", map[string]any{}, "").wants(t, 200)
	b.by = casefiletest.Second
	b.call(t, "POST", at+"claim", map[string]any{}, "").wants(t, 403)
	b.by = casefiletest.Foreign
	b.call(t, "POST", at+"claim", map[string]any{}, "").wants(t, 404)
	b.by = casefiletest.Citizen
	b.call(t, "POST", at+"claim", map[string]any{}, "").wants(t, 403)
	b.by = casefiletest.Reviewer
	b.call(t, "POST", at+"dance", map[string]any{}, "").wants(t, 404)
	b.call(t, "POST", at+"delegate", map[string]any{}, "").wants(t, 422)
	order := map[string]any{"to": []map[string]any{{"account": "second.nanguan"}}, "words": "请办理"}
	first := b.call(t, "POST", at+"delegate", order, "k1").wants(t, 200)
	second := b.call(t, "POST", at+"delegate", order, "k1").wants(t, 200)
	if first.raw != second.raw {
		t.Errorf("%s, then %s", first.raw, second.raw)
	}
	b.call(t, "POST", at+"delegate", order, "k2").wants(t, 409)
	b.by = casefiletest.Second
	list := b.call(t, "GET", "/api/v1/tasks", nil, "").wants(t, 200)
	if !strings.Contains(list.raw, `"kind":"delegate"`) {
		t.Errorf("the inbox: %s", list.raw)
	}
	side := first.body["made"].([]any)[0].(string)
	b.call(t, "POST", "/api/v1/tasks/"+side+"/answer", map[string]any{"words": "已办"}, "").wants(t, 200)
	b.by = casefiletest.Chief
	b.call(t, "POST", at+"release", map[string]any{}, "").wants(t, 200)
}
