package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// noteRouter has one call that takes a text, for those who are signed in, and one page that takes a form.
func noteRouter(t *testing.T, signedIn bool) (h http.Handler, calls *int) {
	t.Helper()
	r := web.NewRouter(web.Options{Log: slog.New(slog.DiscardHandler), BodyLimit: 1000, Enter: func(context.Context, web.Access) error {
		if !signedIn {
			return fault.New(fault.Unauthenticated, "office.not_signed_in")
		}
		return nil
	}})
	calls = new(int)
	type input struct {
		Body struct {
			Note string `json:"note" minLength:"1"`
		}
	}
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "note", Method: http.MethodPost, Path: "/api/v1/notes"}, func(context.Context, *input) (*struct{}, error) {
		*calls++
		return nil, nil
	})
	r.Page("POST /notes", web.Public, func(w http.ResponseWriter, _ *http.Request) error {
		*calls++
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	return r, calls
}

func send(t *testing.T, h http.Handler, path, kind, body string) (*httptest.ResponseRecorder, web.Problem) {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	var p web.Problem
	text, _ := io.ReadAll(rec.Body)
	_ = json.Unmarshal(text, &p) // a page is no problem document
	return rec, p
}

func TestStrangerIsSentToSignInBeforeHisBodyIsRead(t *testing.T) {
	h, calls := noteRouter(t, false)
	for _, body := range []string{`{}`, `{"note":"x"}`, `not json`, strings.Repeat("x", 2000)} {
		rec, p := send(t, h, "/api/v1/notes", "application/json", body)
		if rec.Code != http.StatusUnauthorized || p.Code != "office.not_signed_in" || rec.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%.20s: %d %s", body, rec.Code, p.Code)
		}
	}
	if *calls != 0 {
		t.Errorf("%d calls went through", *calls)
	}
}

func TestAnswersForOnePersonAreNotStored(t *testing.T) {
	h, _ := noteRouter(t, true)
	if rec, _ := send(t, h, "/api/v1/notes", "application/json", `{"note":"x"}`); rec.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d: %q", rec.Code, rec.Header().Get("Cache-Control"))
	}
}

func TestTooLongBodyIsToldSo(t *testing.T) {
	h, _ := noteRouter(t, true)
	rec, p := send(t, h, "/api/v1/notes", "application/json", `{"note":"`+strings.Repeat("x", 2000)+`"}`)
	if rec.Code != http.StatusRequestEntityTooLarge || p.Code != "web.body_too_large" {
		t.Errorf("%d %s", rec.Code, p.Code)
	}
}

func TestUnreadableTextIsRefused(t *testing.T) {
	h, calls := noteRouter(t, true)
	for name, row := range map[string]struct {
		note string
		ok   bool
	}{
		"plain":         {`祥云\n\t"\\u0000`, true},
		"pair":          {`\ud83d\ude00`, true},
		"nul":           {`a\u0000b`, false},
		"bell":          {`a\u0007b`, false},
		"delete":        {`\u007f`, false},
		"half":          {`\ud800abc`, false},
		"second half":   {`\udc00`, false},
		"two halves":    {`\ud800\ud800`, false},
		"no character":  {`\ufffe`, false},
		"broken UTF-8":  {"\xff\xfe", false},
		"after a slash": {`\\\u0001`, false},
	} {
		note := strings.ReplaceAll(row.note, `"`, `\"`)
		rec, p := send(t, h, "/api/v1/notes", "application/json", `{"note":"`+note+`"}`)
		if row.ok && rec.Code != http.StatusNoContent || !row.ok && (rec.Code != http.StatusUnprocessableEntity || len(p.Errors) != 1) {
			t.Errorf("%s: %d %+v", name, rec.Code, p)
		}
	}
	*calls = 0
	for _, form := range []string{"note=a%00b", "note=%ff%fe", "note=%07", "note=%ED%A0%80"} {
		if rec, _ := send(t, h, "/notes", "application/x-www-form-urlencoded", form); rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", form, rec.Code)
		}
	}
	if *calls != 0 {
		t.Errorf("%d forms went through", *calls)
	}
	if rec, _ := send(t, h, "/notes", "application/x-www-form-urlencoded", "note=%E7%A5%A5%0D%0A"); rec.Code != http.StatusNoContent {
		t.Errorf("a good form: %d", rec.Code)
	}
}
