package casefileweb_test

import (
	"testing"

	"xiangyun/internal/module/casefile/casefiletest"
)

// The window hands a case to the right department, which takes it, on pages and in JSON.
func TestTransferPages(t *testing.T) {
	b := open(t)
	b.Hall.Implement(t, casefiletest.Food, "14", "27")
	number := casefiletest.Submitted(t, b.Hall).Number
	p := b.as(t, casefiletest.Window)
	p.Open("/desk/cases/"+number).Wants(200).Follow("转办").Wants(200, "收到申请的日期和答复期限不变", "220102d27", "《转办告知书》")
	p.Fill("转办的理由", "应当由其他部门办理").Press("转办").Wants(422, "请选择转给哪个部门")
	p.Fill("转给哪个部门", "220102d27").Press("转办").Wants(200, "已完成：转办")
	p.Open("/desk/cases/"+number).Wants(200, "现在没有需要您办理的操作", "转办告知书", "转办接收")
	taker := casefiletest.Officer("review.other", "reviewer", "220102d27")
	p = b.as(t, taker)
	p.Open("/desk").Wants(200, number, "转办接收")
	p.Open("/desk/cases/"+number).Follow("退回转办").Wants(200, "说明理由退回")
	actions := b.call(t, "GET", "/api/v1/cases/"+number, nil, "").wants(t, 200).body["actions"].([]any)
	if len(actions) != 2 || actions[0] != "take_over" || actions[1] != "send_back" {
		t.Errorf("%v", actions)
	}
	b.call(t, "POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": "take_over"}, "k").wants(t, 200)
	b.call(t, "POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": "take_over"}, "k").wants(t, 200)
	b.as(t, casefiletest.Company).Open("/cases/"+number).Wants(200, "接收转办", "转办告知书", "220102d27")
	b.by = casefiletest.Window
	list := b.call(t, "GET", "/api/v1/cases/"+number, nil, "").wants(t, 200).body["transfer_to"].([]any)
	if len(list) != 2 {
		t.Errorf("%v", list)
	}
}
