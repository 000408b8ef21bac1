package casefileweb_test

import (
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// What an office asks of its government is found in the inbox there, without knowing an address, and answered on the case's page.
func TestTheGovernmentIsAskedForALongerLimit(t *testing.T) {
	b := open(t)
	number := b.Hall.Submit(t, casefiletest.Company, b.Hall.ChangeApplication(t, casefiletest.Company)).Number
	b.Hall.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	government := casefiletest.Officer("head.nanguan", "government", "220102")
	b.as(t, government).Open("/desk").Wants(200, "没有待办事项")
	p := b.as(t, casefiletest.Chief)
	p.Open("/desk/cases/"+number).Wants(200).Lacks("不予延长").Follow("申请延长期限").Wants(200, "本级政府负责人批准", "不通知申请人")
	p.Press("申请延长期限").Wants(422, "请写明申请延长的理由")
	p.Fill("延长的理由", "需要专家论证").Press("申请延长期限").Wants(200, "已完成：报请政府延长期限")
	p.Open("/desk/cases/"+number).Wants(200, "报请政府延长期限", "申请延长 15 个工作日：需要专家论证")
	if p.Link("申请延长期限") != "" {
		t.Error("what was asked is offered to be asked again")
	}
	p = b.as(t, government)
	p.Open("/desk").Wants(200, number, "联合办理延长期限审批")
	p.Open("/desk/cases/"+number).Wants(200, "需要专家论证").Follow("不予延长").Press("不予延长").Wants(422, "请写明不予延长的理由")
	p.Fill("不予延长的理由", "材料已经齐全").Press("不予延长").Wants(200, "已完成：政府不予延长期限", "没有待办事项")
	b.as(t, casefiletest.Chief).Open("/desk/cases/"+number).Wants(200, "政府不予延长期限", "材料已经齐全")
	b.as(t, casefiletest.Company).Open("/cases/"+number).Wants(200).Lacks("需要专家论证", "材料已经齐全")
}
