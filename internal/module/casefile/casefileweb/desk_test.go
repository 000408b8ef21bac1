package casefileweb_test

import (
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// From the inbox to the delivered decision, each officer at his own desk.
func TestOfficersHandleACase(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Window)
	p.Open("/desk").Wants(200, "待办", number, "食品经营许可", "受理", "长春市南关区祥和餐饮有限公司")
	p.Follow("办理最急的一件").Wants(200, "平面图.txt", "填写的内容", "137****1234", "食品安全管理人员 1 · 姓名").Lacks("13700001234")
	if !strings.Contains(p.Body(), `accesskey="a"`) || !strings.Contains(p.Body(), `accesskey="b"`) {
		t.Error("the actions have no keys")
	}
	p.Follow("受理").Wants(200, "《受理通知书》", "7 个工作日", "20 个工作日")
	if strings.Count(p.Body(), " autofocus") != 1 {
		t.Error("the first field has no cursor")
	}
	p.Press("受理").Wants(200, "已完成：已受理", "没有待办事项")
	if p.Path() != "/desk?done=accept&case="+number {
		t.Errorf("after the action at %s", p.Path())
	}
	p.Follow("查看这件办件").Wants(200, "已受理", "受理通知书", "现在没有需要您办理的操作")
	p.Follow("受理通知书").Wants(200, "决定予以受理", "返回办件")
	b.opine(t, number)
	p = b.as(t, casefiletest.Chief)
	p.Open("/desk/cases/"+number).Wants(200).Follow("不予批准").Wants(200, "说明理由").Press("不予批准").Wants(422, "请写明不予许可的理由")
	p.Follow("返回办件").Wants(200).Follow("准予").Wants(200, "带编号的准予决定书").Fill("决定说明", "现场核查合格").Press("准予").Wants(200, "已完成：准予")
	p = b.as(t, casefiletest.Window)
	p.Open("/desk/cases/"+number).Follow("送达").Wants(200, "窗口领取").Choose("送达方式", "窗口领取").Press("送达").Wants(200, "已完成：已送达")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "已办结", "准予行政许可决定书", "送达回证", "食品经营许可证", "评价这次办理", "现场核查合格").Lacks("window.nanguan", "符合条件")
	p.Follow("准予行政许可决定书").Wants(200, "决定准予行政许可", "现场核查合格")
}

func (b *building) opine(t *testing.T, number string) {
	t.Helper()
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk").Wants(200, "材料审查", "现场核查")
	p.Open("/desk/cases/"+number).Follow("提交审查意见").Wants(200, "不对申请人公开").Press("提交审查意见").Wants(422, "请选择同意或者不同意")
	p.Choose("审查结论", "同意").Fill("审查意见", "符合条件").Press("提交审查意见").Wants(200, "已完成：提出审查意见")
	p.Open("/desk/cases/"+number).Follow("提交审查意见").Choose("审查结论", "同意").Fill("审查意见", "符合条件").Press("提交审查意见").Wants(200, "没有待办事项")
}

// Of two officers with the same page the second is told what happened, and keeps what he typed.
func TestSecondOfficerIsTold(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	first, second := b.as(t, casefiletest.Window), b.as(t, casefiletest.Officer("window.second", "window", "220102d90"))
	address := "/desk/cases/" + number + "/actions/"
	first.Open(address + "accept").Wants(200)
	second.Open(address + "reject").Wants(200)
	b.by = casefiletest.Window
	first.Press("受理").Wants(200, "已完成")
	b.by = casefiletest.Officer("window.second", "window", "220102d90")
	second.Fill("不予受理的理由", "不属于本机关职权范围").Press("不予受理").Wants(409, "办件已有新的进展", "已受理", "不属于本机关职权范围", "220102d90 window")
	second.Follow("返回办件").Wants(200, "已受理")
	second.Open(address + "reject").Wants(409)
	// The same press again is the first one's.
	b.by = casefiletest.Window
	first.Post(address+"accept", url.Values{"version": {"1"}, "comment": {""}}).Wants(200, "已完成")
	first.Post(address+"accept", url.Values{"comment": {""}}).Wants(422)
	first.Open(address + "withdraw").Wants(404)
	first.Open(address + "dance").Wants(404)
}

// What is asked is asked once and completely; the applicant sees it beside each material and brings it.
func TestCorrection(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Window)
	p.Open("/desk/cases/"+number).Follow("要求补正").Wants(200, "一次性全部告知").Press("要求补正").Wants(422, "请至少选择一项")
	p.Choose("需要补正的内容", "与食品经营相适应的主要设备设施").Fill("“与食品经营相适应的主要设备设施", "缺少面积标注").Press("要求补正").Wants(422, "请一次性写明需要补正的全部内容")
	if p.Value("“与食品经营相适应的主要设备设施") != "缺少面积标注" {
		t.Error("what was asked did not come again")
	}
	p.Fill("补正说明", "平面图请重新绘制").Press("要求补正").Wants(200, "已完成：要求补正")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "待补正", "需要您补正", "平面图请重新绘制")
	p.Follow("补正").Wants(200, "缺少面积标注", "补正材料通知书", "更正填写的内容")
	p.Press("提交补正").Wants(422, "请补交材料、修改填写内容，或者写明补正说明")
	layout := "选择文件 与食品经营相适应的主要设备设施"
	p.Attach(layout, "新图.png", []byte("no picture")).Press("提交补正").Wants(422)
	if p.FieldError(layout) == "" {
		t.Error("no reason beside the file")
	}
	p.Attach(layout, "新图.pdf", pdf("new")).Press("上传").Wants(200, "新图.pdf")
	p.Attach(layout, "误传.pdf", pdf("wrong")).Press("上传").Wants(200, "新图.pdf", "误传.pdf").Press("移除 误传.pdf").Wants(200, "新图.pdf").Lacks("误传.pdf")
	p.Fill("补正说明", "已按要求重新绘制").Press("提交补正").Wants(200, "补正已提交", "待受理", "新图.pdf")
	p.Open("/cases/" + number + "/correct").Wants(409)
	p = b.as(t, casefiletest.Window)
	p.Open("/desk/cases/"+number).Wants(200, "新图.pdf", "已按要求重新绘制", "补正")
	if p.Link("要求补正") != "" {
		t.Error("a second correction is offered")
	}
}

func TestWithdraw(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Follow("撤回申请").Wants(200, "不再办理").Fill("撤回的原因", strings.Repeat("长", 2001)).Press("确认撤回").Wants(422)
	p.Fill("撤回的原因", "不开店了").Press("确认撤回").Wants(200, "申请已撤回", "已撤回")
	p.Open("/cases/" + number + "/withdraw").Wants(409)
	p.Open("/items/"+b.Code(casefiletest.Food)+"/apply").Wants(200, "选择情形")
}

func TestClockStands(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Wants(200).Follow("进入特别程序").Wants(200, "办事指南列明的特别程序")
	p.Fill("所需工作日", "0").Press("进入特别程序").Wants(422, "请填写工作日的天数")
	p.Fill("所需工作日", "999").Press("进入特别程序").Wants(422)
	suspend := b.Definition(t).Suspend
	if len(suspend) > 1 {
		p.Choose("进行哪一种特别程序", suspend[0].Name)
	}
	p.Fill("所需工作日", "1").Press("进入特别程序").Wants(200, "已完成：进入特别程序")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "特别程序中", "暂停计时", suspend[0].Name, "特别程序告知书")
	p = b.as(t, casefiletest.Chief)
	p.Open("/desk/cases/"+number).Follow("恢复计时").Wants(200).Press("恢复计时").Wants(200, "已完成：恢复计时")
	p.Open("/desk/cases/"+number).Follow("延长期限").Wants(200, "最多 10 个工作日").Fill("所需工作日", "5").Fill("延长的理由", "案情复杂").Press("延长期限").Wants(200, "已完成：延长期限")
	p.Open("/desk/cases/" + number + "/actions/extend").Wants(409)
}

// Definition is the food licence as published.
func (b *building) Definition(t *testing.T) struct{ Suspend []struct{ Name string } } {
	t.Helper()
	var out struct{ Suspend []struct{ Name string } }
	for _, s := range casefiletest.Definition(t, casefiletest.Food).Guide.Suspend {
		out.Suspend = append(out.Suspend, struct{ Name string }{s.Name})
	}
	return out
}

func TestStrangersKnowNothing(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	v, err := b.Cases.View(t.Context(), casefiletest.Company, number)
	if err != nil {
		t.Fatal(err)
	}
	var file string
	for _, m := range v.Materials {
		if m.FileID != "" {
			file = m.ID
		}
	}
	p := b.as(t, casefiletest.Other)
	for _, path := range []string{"", "/correct", "/withdraw", "/files/" + file, "/papers/x"} {
		p.Open("/cases/" + number + path).Wants(404)
	}
	p.Open("/desk").Wants(403)
	p = b.as(t, casefiletest.Foreign)
	p.Open("/desk/cases/" + number).Wants(404)
	p.Post("/desk/cases/"+number+"/actions/accept", url.Values{"version": {"1"}}).Wants(404)
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/" + number + "/actions/accept").Wants(403)
	p = b.as(t, casefiletest.Window)
	p.Open("/cases/" + number + "/files/" + file).Wants(200)
	if p.Header("Content-Type") != "text/plain; charset=utf-8" || !strings.HasPrefix(p.Header("Content-Disposition"), "attachment") || !strings.Contains(p.Header("Content-Security-Policy"), "sandbox") {
		t.Errorf("a text is sent as %q, %q", p.Header("Content-Type"), p.Header("Content-Disposition"))
	}
}

func TestProgress(t *testing.T) {
	b := open(t)
	r := casefiletest.Submitted(t, b.Hall)
	p := b.as(t, casefiletest.Citizen)
	b.by.Kind = ""
	p.Open("/progress").Wants(200, "不用登录").Press("查询").Wants(422, "请输入办件编号", "请输入查询码")
	wrong := "000000"
	if r.QueryCode == wrong {
		wrong = "111111"
	}
	p.Fill("办件编号", r.Number).Fill("查询码", wrong).Press("查询").Wants(404, "办件编号或者查询码不正确").Lacks("食品经营许可")
	p.Fill("办件编号", r.Number[:6]+" "+r.Number[6:]).Fill("查询码", r.QueryCode).Press("查询").Wants(200, "食品经营许可", "待受理", "提交申请").Lacks("祥和餐饮")
	if strings.Contains(p.Path(), r.QueryCode) {
		t.Error("the code stands in the address")
	}
	for range 40 {
		p.Post("/progress", url.Values{"number": {r.Number}, "code": {wrong}})
		if p.Status() == 429 {
			return
		}
	}
	t.Error("guessing is never slowed down")
}

// A village clerk applies for somebody who came to him.
func TestReceive(t *testing.T) {
	b := open(t)
	clerk := casefiletest.Village
	clerk.Region = region.MustParse("220102001001")
	p := b.as(t, clerk)
	p.Open("/desk/receive").Wants(200, "窗口代收").Press("开始申请").Wants(422, "请输入证件号码", "请输入姓名或者单位名称", "请输入要办的事项", "请确认申请人在场并同意")
	p.Fill("公民身份号码", "22020319851112402X").Fill("姓名", "李晓明").Fill("办理什么事项", "居民养老").Press("查找事项").Wants(200, "城乡居民养老保险参保登记")
	p.Choose("请选择事项", "城乡居民养老保险参保登记").Choose("", "申请人在场").Press("开始申请").Wants(422)
	if p.FieldError("公民身份号码") == "" || p.Value("姓名") != "李晓明" {
		t.Error("a name that does not fit the number is not told beside it")
	}
	p.Fill("姓名", "李明").Press("开始申请").Wants(200, "代 李* 申请", "选择情形")
	p.Choose("是否属于", "否").Choose("由谁来办", "亲属").Press("保存，以后再办").Wants(200, "没有填完的代收申请")
	p.Follow("继续填写").Wants(200, "填写申请表")
	if p.Value("手机号码") != "" {
		t.Error("an officer is shown a phone number he did not compare")
	}
	answers := b.PensionApplication(t).Answers
	b.keepAnswers(t, clerk, answers)
	p.Open(b.at(t, "materials")).Attach("选择文件 代办人身份证明", "证件.pdf", pdf("id")).Press("保存并继续").Wants(200, "核对并提交")
	p.Choose("", "以上内容和材料真实").Press("提交申请").Wants(200, "申请已提交", "查询码", "接待下一位")
	p.Follow("返回办件").Wants(200, "李*", "窗口代收", "代为撤回")
	number := numberIn(p)
	p.Open("/cases/"+number).Wants(200, "代为撤回")
	p.Open("/cases").Wants(200, number, "李*")
	p.Open("/items/"+b.Code(casefiletest.Food)+"/apply").Wants(200, "窗口代收", "食品经营许可")
	p.Fill("公民身份号码", "22020319851112402X").Fill("姓名", "李明").Choose("", "申请人在场").Choose("请选择事项", "食品经营许可").Press("开始申请").Wants(200)
}

func TestSearch(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Window)
	p.Open("/desk/search").Wants(200, "办件查询").Fill("办件编号或者事项名称", number).Press("查询").Wants(200, number, "食品经营许可")
	p.Fill("办件编号或者事项名称", "12").Press("查询").Wants(422, "至少前 15 位")
	p.Fill("办件编号或者事项名称", "").Fill("提交日期从", "2026-02-30").Press("查询").Wants(422, "请填写存在的日期")
	p.Fill("提交日期从", "").Fill("状态", "已办结").Press("查询").Wants(200, "没有找到办件")
	p.Open("/desk/search?q="+number).Wants(200, number)
	for range 21 {
		casefiletest.Submitted(t, b.Hall)
	}
	p.Open("/desk/search").Fill("办件编号或者事项名称", "食品经营").Press("查询").Wants(200).Lacks(number).Press("下一页").Wants(200, number)
	p = b.as(t, casefiletest.Foreign)
	p.Open("/desk/search?q="+number).Wants(200, "没有找到办件")
}

func TestPaging(t *testing.T) {
	b := open(t)
	first := casefiletest.Submitted(t, b.Hall).Number
	var last string
	for range 25 {
		last = casefiletest.Submitted(t, b.Hall).Number
	}
	p := b.as(t, casefiletest.Company)
	p.Open("/cases").Wants(200, last).Lacks(first).Follow("下一页").Wants(200, first).Lacks(last).Follow("回到第一页").Wants(200, last)
	p = b.as(t, casefiletest.Window)
	p.Open("/desk").Wants(200, first).Lacks(last).Follow("下一页").Wants(200, last).Lacks(first)
}

func TestEveryLanguage(t *testing.T) {
	b := open(t)
	number := casefiletest.Approved(t, b.Hall)
	b.foodDraft(t)
	draft := "/applications/" + func() string { b.by = casefiletest.Company; return b.draftOf(t, b.by).ID }()
	for language, words := range map[string]string{"en": "My cases", "ko": "내 신청"} {
		p := b.as(t, casefiletest.Company)
		p.Language = language
		p.Open("/cases").Wants(200, words)
		for _, path := range []string{"/cases/" + number, draft + "/situation", draft + "/form", draft + "/materials", draft + "/confirm", draft + "/discard", "/progress"} {
			p.Open(path).Wants(200)
		}
		p = b.as(t, casefiletest.Window)
		p.Language = language
		for _, path := range []string{"/desk", "/desk/search?q=" + number, "/desk/receive", "/desk/cases/" + number, "/desk/cases/" + number + "/actions/deliver"} {
			p.Open(path).Wants(200)
		}
	}
	for _, a := range casefile.Actions {
		if a == casefile.SubmitCorrection || a == casefile.BringMissing || a == casefile.Withdraw {
			continue
		}
		b.by = casefiletest.Window
		if p := b.as(t, casefiletest.Window).Open("/desk/cases/" + number + "/actions/" + string(a)); p.Status() == 404 || p.Status() >= 500 {
			t.Errorf("%s answers %d", a, p.Status())
		}
	}
}
