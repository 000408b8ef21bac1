package casefileweb_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// TestPublicityOnPages has a stranger and somebody signed in object on the public page; the office replies at its desk.
func TestPublicityOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Reviewed(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Follow("公示").Fill("公示内容", "电话 13900000000").Press("公示").Wants(422, "不能有身份证号码")
	p.Fill("公示内容", "拟准予许可").Press("公示").Wants(200, "已完成：公示")
	b.address = "203.0.113.9"
	p = b.as(t, actor.Actor{})
	p.Open("/publicity?region=220300000000").Wants(200, "这个地区现在没有公示")
	p.Open("/publicity?region=220100000000").Wants(200, "食品经营许可").Follow("食品经营许可").Wants(200, "拟准予许可", "南关区")
	p.Press("提出异议").Wants(422, "请填写姓名", "请填写联系方式", "请写明异议和理由")
	p.Fill("姓名", "李某").Fill("联系电话", "0431-00000000").Fill("异议和理由", "面积与实际不符").Press("提出异议").Wants(200, "已经收到您的异议")
	p = b.as(t, casefiletest.Other)
	p.Open("/publicity").Follow("食品经营许可").Fill("异议和理由", "油烟扰民").Press("提出异议").Wants(200, "已经收到您的异议", "您提出的异议", "还没有答复")
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Wants(200, "面积与实际不符", "0431-00000000", "油烟扰民").Follow("答复异议").Fill("答复", "已实地测量").Press("答复异议").Wants(422, "请选择答复哪一个异议")
	v, err := b.Cases.View(t.Context(), casefiletest.Reviewer, number)
	if err != nil {
		t.Fatal(err)
	}
	p.Choose("答复哪一个异议", v.Objections[1].Text).Press("答复异议").Wants(200, "已完成：答复异议")
	b.as(t, casefiletest.Other).Open("/publicity").Follow("食品经营许可").Wants(200, "已实地测量")
	b.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.AnswerObjection, Comment: "已实地测量"})
	p = b.as(t, actor.Actor{})
	for range 3 {
		p.Open("/publicity").Follow("食品经营许可").Fill("姓名", "李某").Fill("联系电话", "0431-00000000").Fill("异议和理由", "再次提出").Press("提出异议").Wants(200, "已经收到您的异议")
	}
	p.Open("/publicity").Follow("食品经营许可").Fill("姓名", "李某").Fill("联系电话", "0431-00000000").Fill("异议和理由", "再次提出").Press("提出异议").Wants(429)
}
