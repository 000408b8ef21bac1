package journey

import (
	"regexp"
	"testing"

	"xiangyun/internal/platform/webtest"
)

// TestTwoLevels: a village receives an application for the county (帮办代办, 收受分离), the street handles the steps of its level, the county's
// office decides, all through pages without scripts. The person it is about follows it at home and reads who dealt with her data.
func TestTwoLevels(t *testing.T) { relieved(t, &walk{t: t, s: start(t)}) }

func relieved(t *testing.T, w *walk) {
	s := w.s
	at := func(account string) *webtest.Browser { return signedIn(t, s, account) }
	village := at("village.nanguan")
	receiveRelief(village)
	number := regexp.MustCompile(`[0-9]{21}`).FindString(village.Text())
	if number == "" {
		t.Fatalf("no case was received: %s", village.Text())
	}
	w.number = number

	// Nobody but the street has it on the desk now.
	for _, account := range []string{"window.nanguan", "review.civil.nanguan", "chief.civil.nanguan"} {
		at(account).Open("/desk").Wants(200).Lacks(number)
	}
	street := at("street.nanguan")
	street.Open("/desk").Wants(200, number, "受理", "低保").Follow(number).Wants(200, "窗口代收", "李小军", "待受理")
	street.Follow("受理").Wants(200, "《受理通知书》").Press("受理").Wants(200, "已完成：已受理", number, "入户调查和信息核对")
	w.at(officersStep)
	street.Follow(number).Follow("提交审查意见").Wants(200, "入户调查表").Choose("审查结论", "同意").Fill("审查意见", "入户调查属实，符合条件。").Press("提交审查意见").Wants(422, "调查日期")
	street.Fill("调查日期", "2026-11-30").Fill("共同生活的家庭成员人数", "2").Fill("核实的家庭月收入（元）", "680").Choose("财产状况", "符合规定").Choose("邻里访问或者信息核对有争议", "是")
	street.Press("提交审查意见").Wants(200, "已完成：提出审查意见").Open("/desk").Lacks(number)
	// There was doubt, so the village deliberates (民主评议). Whoever does is not shown the family's account.
	village.Open("/desk/cases/"+number).Wants(200, "民主评议", "入户调查和信息核对记录", "李小军").Lacks("6228400000000000000")
	opine(village, number, "评议同意。").Lacks(number)
	opine(street, number, "初审同意。").Lacks(number)

	// The publicity in the village (公示) stops the clock, with its basis.
	reviewer := at("review.civil.nanguan")
	reviewer.Open("/desk/cases/"+number).Wants(200, "入户调查属实，符合条件。").Follow("进入特别程序").Wants(200, "公示").Press("进入特别程序").Wants(200, "已完成：进入特别程序")
	citizen := at("citizen")
	citizen.Open("/cases").Wants(200, number, "特别程序中").Follow("低保").Wants(200, "暂停计时", "在村（社区）公示", "办到哪一步", "南岭街道", "窗口代收").Lacks("入户调查属实")
	w.at(applicantsView)
	s.pass(t, func() bool { return reviewer.Open("/desk").Has(number) })
	reviewer.Open("/desk/cases/"+number).Follow("恢复计时").Fill("特别程序的结果", "公示期满，无异议。").Press("恢复计时").Wants(200, "已完成：恢复计时")
	opine(reviewer, number, "家庭收入低于当地标准。")

	chief := at("chief.civil.nanguan")
	chief.Open("/desk/cases/"+number).Wants(200, "入户调查属实，符合条件。", "家庭收入低于当地标准。").Follow("准予").Fill("决定说明", "同意给予最低生活保障。").Press("准予").Wants(200, "已完成：准予")
	street.Open("/desk").Wants(200, number, "送达").Follow(number).Follow("送达").Press("送达").Wants(200, "已完成：已送达")

	issued(t, signIn(t, s.URL, "citizen"), number)
	citizen.Open("/cases/"+number).Wants(200, "已办结", "最低生活保障").Follow("查看最低生活保障证").Wants(200, "张晓琳", "有效")
	citizen.Open("/me/data").Wants(200, number, "华阳社区", "南关区民政局")
	// The village sees what it received, and nothing of other villages' or of the county's desk.
	village.Open("/desk/search").Fill("办件编号或者事项名称", number).Press("查询").Wants(200, number)
	at("window.yanji").Open("/desk/cases/" + number).Wants(404)
}

// receiveRelief applies for relief (低保) on behalf of the person at the village's counter.
func receiveRelief(b *webtest.Browser) {
	b.Open("/desk/receive").Wants(200, "窗口代收").Choose("申请人类型", "自然人").Fill("公民身份号码", "220102199303082083").Fill("姓名或者单位名称", "张晓琳")
	b.Fill("办理什么事项", "低保").Press("查找事项").Wants(200, "最低生活保障")
	b.Press("开始申请").Wants(422, "请确认申请人在场并同意")
	b.Choose("请选择事项", "最低生活保障").Choose("", "申请人在场并同意").Press("开始申请").Wants(200, "选择情形", "张*琳")
	b.Choose("为谁申请", "整个家庭").Choose("家里有没有重病患者", "没有").Choose("家里有没有持证残疾人", "没有").Choose("由谁来办", "委托村").Press("保存并继续").Wants(200, "填写申请表")
	b.Fill("联系电话", "13943100001").Fill("市", "长春市").Press("下一级").Fill("县", "南关区").Press("下一级").Fill("乡镇", "南岭街道")
	b.Fill("家庭住址", "长春市南关区南岭街道").Choose("申请方式", "家庭申请")
	member := "共同生活的家庭成员 1"
	b.FillIn(member, "姓名", "李小军").FillIn(member, "公民身份号码", "22010220050510002X").FillIn(member, "月收入", "0").Choose("与申请人关系", "子女").Choose("健康状况", "健康")
	b.Fill("家庭月总收入（元）", "680").Choose("住房情况", "自有住房").Choose("是否有机动车", "否").Choose("困难原因", "失业")
	b.Fill("开户银行", "吉林省农村信用社联合社").Fill("社会保障卡银行账号", "6228400000000000000").Choose("", "已如实申报")
	b.Press("保存并继续").Wants(200, "提供材料").Press("保存并继续").Wants(200, "核对并提交", "李小军", "委托代办书")
	b.Choose("", "以上内容和材料真实").Press("提交申请").Wants(200, "申请已提交", "查询码", "接待下一位")
}

// opine gives a favourable opinion; the browser is at the inbox afterwards.
func opine(b *webtest.Browser, number, text string) *webtest.Browser {
	b.Open("/desk").Wants(200, number).Follow(number).Follow("提交审查意见")
	b.Choose("审查结论", "同意").Fill("审查意见", text).Press("提交审查意见").Wants(200, "已完成：提出审查意见")
	return b.Open("/desk")
}
