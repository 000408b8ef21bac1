package accountweb_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
)

// call asks the API and returns the status and the JSON.
func (b *building) call(method, path, token, body string) (int, map[string]any, http.Header) {
	b.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, req)
	var out map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			b.t.Fatalf("%s %s answers no JSON: %v %s", method, path, err, w.Body)
		}
	}
	return w.Code, out, w.Header()
}

func TestTokens(t *testing.T) {
	b := open(t, 1000)
	a := b.account("zhang.san", numberA, account.Citizen, "")
	right := `{"account":"zhang.san","password":"` + password + `"}`
	status, out, header := b.call("POST", "/api/v1/sessions", "", right)
	if status != 201 || header.Get("Set-Cookie") != "" {
		t.Fatalf("%d %v %v", status, out, header)
	}
	token, _ := out["token"].(string)
	person, _ := out["person"].(map[string]any)
	expires, err := time.Parse(time.RFC3339, out["expires_at"].(string))
	if err != nil || time.Until(expires) < 11*time.Hour || !strings.HasSuffix(out["expires_at"].(string), "Z") || person["id"] != a.SubjectID || person["name"] != "张晓琳" || len(out) != 3 {
		t.Errorf("answers %v", out)
	}
	if status, out, _ = b.call("GET", "/api/v1/me", token, ""); status != 200 || out["account"] != "zhang.san" || out["level"] != 2.0 || out["acting_for"] != nil {
		t.Errorf("me: %d %v", status, out)
	}
	if status, _, _ = b.call("DELETE", "/api/v1/sessions", token, ""); status != 204 {
		t.Errorf("ending the token: %d", status)
	}
	if status, out, _ = b.call("GET", "/api/v1/me", token, ""); status != 401 || out["code"] != "account.token_expired" {
		t.Errorf("an ended token: %d %v", status, out)
	}
	for body, want := range map[string]int{`{"account":"zhang.san","password":"wrong"}`: 401, `{"account":"nobody.here","password":"wrong"}`: 401, `{"account":"zhang.san"}`: 422, `{`: 422} {
		status, out, _ := b.call("POST", "/api/v1/sessions", "", body)
		if status != want || strings.Contains(out["detail"].(string), "zhang") || out["status"] != float64(want) {
			t.Errorf("%s answers %d %v", body, status, out)
		}
	}
	for range 4 {
		b.call("POST", "/api/v1/sessions", "", `{"account":"zhang.san","password":"wrong"}`)
	}
	if status, out, header := b.call("POST", "/api/v1/sessions", "", right); status != 429 || out["code"] != "account.locked" || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("locked: %d %v", status, out)
	}
}

func TestTokensOfAnAgentAndASecondFactor(t *testing.T) {
	b := open(t, 1000)
	a := b.account("company", numberA, account.Citizen, "")
	firm, err := b.accounts.PutSubject(t.Context(), actor.Program("test"), account.NewSubject{Kind: account.Company, Name: "长春市南关区祥和餐饮有限公司", Number: code, Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.accounts.AddAgent(t.Context(), actor.Program("test"), firm, a.SubjectID, account.RoleAgent); err != nil {
		t.Fatal(err)
	}
	_, out, _ := b.call("POST", "/api/v1/sessions", "", `{"account":"company","password":"`+password+`"}`)
	_, me, _ := b.call("GET", "/api/v1/me", out["token"].(string), "")
	if acting, _ := me["acting_for"].(map[string]any); acting["id"] != firm || acting["code"] != code {
		t.Errorf("acts for %v", me)
	}

	e, err := b.accounts.BeginTOTP(t.Context(), actor.Actor{Account: a.ID})
	if err != nil {
		t.Fatal(err)
	}
	secret := decode(t, e.Secret)
	if err := b.accounts.ConfirmTOTP(t.Context(), actor.Actor{Account: a.ID}, e.Secret, codeOf(secret, time.Now())); err != nil {
		t.Fatal(err)
	}
	if status, out, _ := b.call("POST", "/api/v1/sessions", "", `{"account":"company","password":"`+password+`"}`); status != 401 || out["code"] != "account.totp_required" {
		t.Errorf("without a code: %d %v", status, out)
	}
	next := codeOf(secret, time.Now().Add(30*time.Second))
	if status, out, _ := b.call("POST", "/api/v1/sessions", "", `{"account":"company","password":"`+password+`","code":"`+next+`"}`); status != 201 {
		t.Errorf("with a code: %d %v", status, out)
	}
}

func TestTheAPIOfAFlood(t *testing.T) {
	b := open(t, 2)
	for range 2 {
		b.call("POST", "/api/v1/sessions", "", `{"account":"nobody.here","password":"wrong"}`)
	}
	if status, out, _ := b.call("POST", "/api/v1/sessions", "", `{"account":"nobody.here","password":"wrong"}`); status != 429 || out["code"] != "web.too_often" {
		t.Errorf("%d %v", status, out)
	}
}
