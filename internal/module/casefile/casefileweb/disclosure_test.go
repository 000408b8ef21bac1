package casefileweb_test

import (
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/once"
)

// Numbers and phones in a case's answers are masked on the page and in JSON until an officer who handles it says what for.
func TestDisclosure(t *testing.T) {
	b := open(t)
	a := b.FoodApplication(t, casefiletest.Company)
	a.Answers["contact_phone"] = "13812349876"
	receipt, err := b.Cases.Submit(t.Context(), casefiletest.Company, a, once.Params{})
	if err != nil {
		t.Fatal(err)
	}
	number := receipt.Number
	p := b.as(t, casefiletest.Window)
	p.Open("/desk/cases/"+number).Wants(200, "138****9876").Lacks("13812349876")
	p.Follow("查看明文").Wants(200, "每次查看都会记录").Lacks("13812349876").Press("显示").Wants(422, "请选择查看的用途").Lacks("13812349876")
	p.Choose("为什么要查看", "联系申请人").Press("显示").Wants(200, "13812349876", "本次查看已记录", "13700001234")
	b.as(t, casefiletest.Company).Open("/cases/"+number).Wants(200, "13812349876")
	b.as(t, casefiletest.Supervisor).Open("/desk/cases/"+number).Wants(200, "138****9876").Lacks("查看明文")
	p.Open("/desk/cases/" + number + "/disclosure").Wants(403)
	b.by = casefiletest.Window
	answers := b.call(t, "GET", "/api/v1/cases/"+number, nil, "").wants(t, 200).body["answers"].(map[string]any)
	if answers["contact_phone"] != "138****9876" {
		t.Errorf("%v", answers)
	}
	d := b.call(t, "POST", "/api/v1/cases/"+number+"/disclosures", map[string]any{"purpose": casefile.Purposes[1]}, "").wants(t, 200)
	if d.body["answers"].(map[string]any)["contact_phone"] != "13812349876" {
		t.Error(d.raw)
	}
	b.call(t, "POST", "/api/v1/cases/"+number+"/disclosures", map[string]any{}, "").wants(t, 422)
	b.by = casefiletest.Foreign
	b.call(t, "POST", "/api/v1/cases/"+number+"/disclosures", map[string]any{"purpose": "contact"}, "").wants(t, 404)
}

// Whoever was applied for reads who did it, and how he came to.
func TestActingForSomebody(t *testing.T) {
	b := open(t)
	a := b.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	number := b.Submit(t, casefiletest.Village, a).Number
	b.as(t, casefiletest.Citizen).Open("/cases/"+number).Wants(200, "220102001001 clerk 代 张*琳（本人到场）")
	b.as(t, casefiletest.Village).Open("/desk/cases/"+number).Wants(200, "代 张*琳（本人到场）")
}
