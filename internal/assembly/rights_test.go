package assembly

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// Who walks the routes.
const (
	nobody        = "stranger"
	citizen       = "citizen"
	officer       = "officer"
	administrator = "administrator"
)

// walkers are the tokens of a citizen, an officer and an administrator; a stranger has none.
func walkers(t *testing.T, a *App) map[string]string {
	t.Helper()
	ctx, program := t.Context(), actor.Program("test")
	_, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{nobody: ""}
	logins := map[string]string{citizen: "zhang.san", officer: "window.test", administrator: "admin.test"}
	for login, row := range map[string][3]string{"window.test": {"220102198506120014", office.RoleWindow, "220102d90"}, "admin.test": {"11010519491231002X", office.RoleAdmin, "22"}} {
		made, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: login, Password: testPassword, Use: useFor(row[1]),
			Subject: account.NewSubject{Kind: account.Person, Name: "王建国", Number: row[0], Level: 3}})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Offices.Appoint(ctx, program, office.Appointment{AccountID: made.ID, Role: row[1], OfficePath: row[2]}); err != nil {
			t.Fatal(err)
		}
	}
	for who, login := range logins {
		in, err := a.Accounts.SignIn(ctx, account.Credentials{Login: login, Password: testPassword})
		if err != nil {
			t.Fatal(err)
		}
		if tokens[who], _, err = a.Accounts.NewToken(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	return tokens
}

func useFor(role string) account.Use {
	if role == office.RoleAdmin {
		return account.Administrator
	}
	return account.Officer
}

// answer is what one request got.
type answer struct {
	status int
	to     string // where it is led
	body   string
}

func ask(t *testing.T, h http.Handler, method, path, token, kind, body string) answer {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	req.RemoteAddr = "127.0.0.1:1"
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	text, err := io.ReadAll(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{rec.Code, rec.Header().Get("Location"), string(text)}
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// filled puts a value into each place of a pattern.
func filled(path, value string) string {
	return wildcard.ReplaceAllStringFunc(strings.ReplaceAll(path, "{$}", ""), func(string) string { return value })
}

const signOut = "DELETE /api/v1/sessions"

// Every route is asked by everybody, with what could stand in its address and its body: nobody comes in where he may not, and nothing breaks.
func TestEveryRoute(t *testing.T) {
	a, e := app(t)
	tokens := walkers(t, a)
	values := []string{"x", "0192aaaa-0000-7000-8000-000000000000", "220102031261125000001", "22", "1", "%00", "%ff", strings.Repeat("9", 300), "accept", "0%2F000"}
	bodies := []struct{ kind, text string }{{"application/json", `{}`}, {"application/json", `[]`}, {"application/json", "\x00"}, {"application/x-www-form-urlencoded", "a=b&version=1&go=next"},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\nx\r\n--b--"}, {"multipart/form-data; boundary=b", "--b"}}
	for _, r := range e.Router.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		for who, token := range tokens {
			for i, v := range values {
				b := bodies[i%len(bodies)]
				if method == http.MethodGet {
					b.kind, b.text = "", ""
				}
				if r.Pattern == signOut || strings.Contains(path, "/sessions/end") || path == "/sign-out" {
					continue // it ends the token the walk needs; its strangers are asked below
				}
				got := ask(t, e.Handler, method, filled(path, v), token, b.kind, b.text)
				if got.status >= 500 && path != "/readyz" { // which says that no background work runs here

					t.Errorf("%s with %.20q as %s: %d", r.Pattern, v, who, got.status)
				}
				checkEntry(t, r, method, who, got)
			}
		}
		if r.Pattern == signOut || strings.Contains(path, "/sessions/end") {
			checkEntry(t, r, method, nobody, ask(t, e.Handler, method, filled(path, "x"), "", "", ""))
		}
	}
}

// checkEntry compares an answer with what the route's access says.
func checkEntry(t *testing.T, r web.Route, method, who string, got answer) {
	t.Helper()
	shut := false
	switch {
	case r.Access == web.Public:
		if who == nobody && strings.HasPrefix(got.to, "/sign-in") {
			t.Errorf("%s is public, but leads a stranger to sign in", r.Pattern)
		}
		return
	case who == nobody:
		led := method == http.MethodGet && !r.API && got.status == http.StatusSeeOther && strings.HasPrefix(got.to, "/sign-in?next=")
		if !led && got.status != http.StatusUnauthorized {
			t.Errorf("%s as a stranger: %d %s", r.Pattern, got.status, got.to)
		}
		return
	case r.Access == web.Staff:
		shut = who == citizen
	case r.Access == web.Admin:
		shut = who == citizen || who == officer || who == administrator // this one has no second factor, so no duties yet
	}
	if shut && got.status != http.StatusForbidden {
		t.Errorf("%s is for %s, and answers a %s %d", r.Pattern, r.Access, who, got.status)
	}
	if !shut && r.API && got.status == http.StatusUnauthorized { // of the pages, one acts on the browser's session, which a token has none of
		t.Errorf("%s as %s: 401", r.Pattern, who)
	}
}

// Every call of the API is described, and what is described is there.
func TestTheDescriptionIsTheAPI(t *testing.T) {
	_, e := app(t)
	described := map[string]bool{}
	for path, item := range e.Router.API().OpenAPI().Paths {
		for method, there := range map[string]bool{"GET": item.Get != nil, "POST": item.Post != nil, "PUT": item.Put != nil, "PATCH": item.Patch != nil, "DELETE": item.Delete != nil} {
			if there {
				described[method+" "+path] = true
			}
		}
	}
	var routes []string
	for _, r := range e.Router.Routes() {
		if r.API {
			routes = append(routes, strings.ReplaceAll(r.Pattern, "...}", "}"))
		}
	}
	for _, r := range routes {
		if !described[r] {
			t.Errorf("%s is not described", r)
		}
	}
	for d := range described {
		if !slices.Contains(routes, d) {
			t.Errorf("%s is described, but there is no such route", d)
		}
	}
	if len(routes) < 20 {
		t.Errorf("%d calls only", len(routes))
	}
	for _, r := range e.Router.Routes() {
		method, path, _ := strings.Cut(strings.ReplaceAll(r.Pattern, "...}", "}"), " ")
		item := e.Router.API().OpenAPI().Paths[path]
		if !r.API || r.Access == web.Public || item == nil {
			continue
		}
		op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[method]
		if op == nil || len(op.Security) == 0 {
			t.Errorf("%s wants a token, and its description does not say so", r.Pattern)
		}
	}
}

// What a problem document says is in the caller's language, and never a stack or a statement.
func TestRefusalsAreInTheCallersLanguage(t *testing.T) {
	_, e := app(t)
	for language, word := range map[string]string{"zh": "登录", "en": "Sign in", "ko": "로그인"} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/cases", nil)
		req.Header.Set("Accept-Language", language)
		rec := httptest.NewRecorder()
		e.Handler.ServeHTTP(rec, req)
		if body := rec.Body.String(); rec.Code != fault.Unauthenticated.Status() || !strings.Contains(strings.ToLower(body), strings.ToLower(word)) {
			t.Errorf("%s: %d %s", language, rec.Code, body)
		}
	}
}
