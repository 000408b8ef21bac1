package casefileweb_test

import (
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// body is a complete application as the API takes it.
func (b *building) body(t *testing.T) map[string]any {
	t.Helper()
	a := b.FoodApplication(t, casefiletest.Company)
	return map[string]any{"item": a.Item, "variant": a.Variant, "situation": a.Situation, "answers": a.Answers, "materials": []any{
		map[string]any{"code": "M310003", "upload": a.Materials[0].Files[0]}, map[string]any{"code": "M310004", "evidence": "later"}}}
}

func TestAPISubmitsOnce(t *testing.T) {
	b := open(t)
	b.by = casefiletest.Company
	body := b.body(t)
	first := b.call(t, "POST", "/api/v1/cases", body, "k1").wants(t, 201)
	if len(first.text("number")) != 21 || first.text("state") != "submitted" || len(first.text("query_code")) != 6 {
		t.Errorf("answered %s", first.raw)
	}
	again := b.call(t, "POST", "/api/v1/cases", body, "k1").wants(t, 201)
	if again.raw != first.raw {
		t.Errorf("the second answer is another: %s", again.raw)
	}
	body["variant"] = "renewal"
	b.call(t, "POST", "/api/v1/cases", body, "k1").wants(t, 409)
	other := b.call(t, "POST", "/api/v1/cases", b.body(t), "").wants(t, 201)
	if other.text("number") == first.text("number") {
		t.Error("two applications are one case")
	}
	list := b.call(t, "GET", "/api/v1/cases?limit=1", nil, "").wants(t, 200)
	next := list.text("next")
	if rows, _ := list.body["data"].([]any); len(rows) != 1 || next == "" {
		t.Fatalf("listed %s", list.raw)
	}
	rest := b.call(t, "GET", "/api/v1/cases?limit=1&after="+next, nil, "").wants(t, 200)
	if !strings.Contains(rest.raw, first.text("number")) || rest.text("next") != "" {
		t.Errorf("the second page is %s", rest.raw)
	}
}

func TestAPIRefuses(t *testing.T) {
	b := open(t)
	b.by = casefiletest.Company
	body := b.body(t)
	answers := map[string]any{}
	for k, v := range body["answers"].(map[string]any) {
		answers[k] = v
	}
	answers["staff_count"] = "forty-two"
	body["answers"], body["materials"] = answers, []any{map[string]any{"code": "M310003", "upload": "nothing"}, map[string]any{"code": "M999999", "upload": "x"}}
	a := b.call(t, "POST", "/api/v1/cases", body, "").wants(t, 422)
	if !strings.Contains(a.raw, `"answers.staff_count"`) || strings.Contains(a.raw, "forty-two") || a.text("code") == "" {
		t.Errorf("refused as %s", a.raw)
	}
	body = b.body(t)
	body["materials"] = []any{map[string]any{"code": "M000002", "evidence": "1.2.156.9999"}}
	if a := b.call(t, "POST", "/api/v1/cases", body, "").wants(t, 422); !strings.Contains(a.raw, "materials.M000002") || strings.Contains(a.raw, "9999") {
		t.Errorf("a certificate that is not held is refused as %s", a.raw)
	}
	b.Held[casefiletest.CompanyID+"/market-001"] = "1.2.156.9999"
	if a := b.call(t, "POST", "/api/v1/cases", body, "").wants(t, 422); strings.Contains(a.raw, "materials.M000002") {
		t.Errorf("the certificate that is held is refused: %s", a.raw)
	}
	body = b.body(t)
	body["phone"] = "13500001234"
	if a := b.call(t, "POST", "/api/v1/cases", body, "").wants(t, 422); strings.Contains(a.raw, "13500001234") {
		t.Errorf("what was sent is echoed: %s", a.raw)
	}
	delete(body, "phone")
	delete(body, "item")
	b.call(t, "POST", "/api/v1/cases", body, "").wants(t, 422)
	b.by.Kind = ""
	b.call(t, "POST", "/api/v1/cases", b.body(t), "").wants(t, 401)
}

func TestAPICase(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	path := "/api/v1/cases/" + number
	b.by = casefiletest.Window
	tasks := b.call(t, "GET", "/api/v1/tasks", nil, "").wants(t, 200)
	if rows, _ := tasks.body["data"].([]any); len(rows) != 1 || !strings.Contains(tasks.raw, number) || !strings.Contains(tasks.raw, `"action":"accept"`) {
		t.Errorf("inbox: %s", tasks.raw)
	}
	b.call(t, "POST", path+"/actions", map[string]any{"action": "dance"}, "").wants(t, 422)
	b.call(t, "POST", path+"/actions", map[string]any{"action": "reject"}, "").wants(t, 422)
	b.call(t, "POST", path+"/actions", map[string]any{"action": "accept", "version": 7}, "").wants(t, 409)
	b.by = casefiletest.Chief
	b.call(t, "POST", path+"/actions", map[string]any{"action": "accept"}, "").wants(t, 403)
	b.by = casefiletest.Window
	done := b.call(t, "POST", path+"/actions", map[string]any{"action": "accept", "version": 1}, "a1").wants(t, 200)
	if done.text("state") != "accepted" || done.text("number") != number {
		t.Errorf("accepted as %s", done.raw)
	}
	if again := b.call(t, "POST", path+"/actions", map[string]any{"action": "accept", "version": 1}, "a1").wants(t, 200); again.raw != done.raw {
		t.Errorf("the second answer is another: %s", again.raw)
	}
	b.call(t, "POST", path+"/actions", map[string]any{"action": "accept"}, "").wants(t, 409)
	b.by = casefiletest.Reviewer
	b.call(t, "POST", path+"/actions", map[string]any{"action": "suspend", "procedure": casefiletest.Definition(t, casefiletest.Food).Guide.Suspend[0].Kind, "days": 1}, "").wants(t, 200)
	b.call(t, "POST", path+"/actions", map[string]any{"action": "resume"}, "").wants(t, 200)
	b.by = casefiletest.Company
	c := b.call(t, "GET", path, nil, "").wants(t, 200)
	clock, _ := c.body["clock"].(map[string]any)
	pinned, _ := c.body["item"].(map[string]any)
	timeline, _ := c.body["timeline"].([]any)
	intervals, _ := clock["intervals"].([]any)
	if c.text("state") != "accepted" || clock["running"] != true || clock["legal_due"] == "" || clock["promise_due"] == "" || len(intervals) != 1 || len(timeline) != 4 ||
		pinned["code"] != b.Code(casefiletest.Food) || pinned["version"] != 1.0 || len(c.text("query_code")) != 6 {
		t.Errorf("the case is %s", c.raw)
	}
	if !strings.Contains(c.raw, `"certificates":[{"identifier":"1.2.156.3001","name":"食品经营许可证"}]`) || !strings.Contains(c.raw, `"actions":["withdraw"]`) {
		t.Errorf("the case is %s", c.raw)
	}
	if strings.Contains(c.raw, "window.nanguan") {
		t.Error("the applicant is told an officer's account")
	}
	b.by = casefiletest.Other
	b.call(t, "GET", path, nil, "").wants(t, 404)
	b.call(t, "POST", path+"/actions", map[string]any{"action": "withdraw"}, "").wants(t, 404)
	b.call(t, "GET", "/api/v1/tasks", nil, "").wants(t, 403)
}

func TestAPICorrection(t *testing.T) {
	b := open(t)
	number := casefiletest.Submitted(t, b.Hall).Number
	path := "/api/v1/cases/" + number + "/actions"
	b.by = casefiletest.Window
	b.call(t, "POST", path, map[string]any{"action": "request_correction", "comment": "请补正", "asked": []any{map[string]any{"code": "M310003", "text": "缺少面积"}}}, "").wants(t, 200)
	b.by = casefiletest.Company
	id := b.Upload(t, casefiletest.Company)
	done := b.call(t, "POST", path, map[string]any{"action": "submit_correction", "materials": []any{map[string]any{"code": "M310003", "upload": id}}}, "").wants(t, 200)
	if done.text("state") != string(casefile.Submitted) {
		t.Errorf("corrected: %s", done.raw)
	}
	page := b.call(t, "GET", "/api/v1/cases/"+number, nil, "").wants(t, 200)
	if !strings.Contains(page.raw, `"revision":2`) || !strings.Contains(page.raw, "补正材料通知书") {
		t.Errorf("the case is %s", page.raw)
	}
}
