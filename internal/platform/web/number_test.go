package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/observe"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

var shown = regexp.MustCompile(`[34679ACDEFGHJKMNPQRTUVWXY]{9}`)

// The number a person is shown stands in the log: of a refusal with its code and nothing that was sent, of our own mistakes with their cause.
func TestTheNumberThatIsShownIsInTheLog(t *testing.T) {
	words, err := page.Load(page.Words, web.Words)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	r := web.NewRouter(web.Options{Log: observe.Logger(&log, "info", "text"), Catalogue: words})
	for name, h := range map[string]web.Handler{
		"panic":    func(http.ResponseWriter, *http.Request) error { panic("boom") },
		"mistake":  func(http.ResponseWriter, *http.Request) error { return errors.New("no such table") },
		"conflict": func(http.ResponseWriter, *http.Request) error { return fault.New(fault.Conflict, "once.other_body") },
		"invalid": func(_ http.ResponseWriter, r *http.Request) error {
			return fault.New(fault.Invalid, "web.request_invalid").Field(r.URL.Query().Get("name"), "web.field_invalid")
		},
		"nothing": func(http.ResponseWriter, *http.Request) error { return fault.New(fault.NotFound, "web.not_found") },
	} {
		r.Page("GET /"+name, web.Public, h)
		r.Page("GET /api/"+name, web.Public, h)
	}
	h := words.Middleware(r.Outermost(func(web.Observed) {}, r))
	for _, c := range []struct {
		path   string
		status int
		line   string // "" for none
	}{
		{"/panic", 500, `level=ERROR msg="a handler panicked"`}, {"/api/panic", 500, `level=ERROR msg="a handler panicked"`},
		{"/mistake", 500, `level=ERROR msg="a request failed" error="no such table"`}, {"/api/mistake", 500, `level=ERROR msg="a request failed" error="no such table"`},
		{"/conflict", 409, `level=INFO msg=refused code=once.other_body status=409`}, {"/api/conflict", 409, `level=INFO msg=refused code=once.other_body status=409`},
		{"/invalid?name=220102199003072318", 422, `level=INFO msg=refused code=web.request_invalid status=422`},
		{"/api/invalid?name=220102199003072318", 422, `level=INFO msg=refused code=web.request_invalid status=422`},
		{"/nothing", 404, ""}, {"/api/nothing", 404, ""},
	} {
		log.Reset()
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, c.path, nil))
		number := rec.Header().Get("X-Request-Id")
		if rec.Code != c.status || !shown.MatchString(number) || !strings.Contains(rec.Body.String(), number) {
			t.Errorf("%s: %d, number %q, %s", c.path, rec.Code, number, rec.Body.String())
		}
		found := ""
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, c.line) && strings.HasSuffix(strings.TrimSpace(line), "request="+number) {
				found = line
			}
		}
		if (found != "") != (c.line != "") || c.line == "" && log.Len() > 0 {
			t.Errorf("%s wrote %q", c.path, log.String())
		}
		if strings.Contains(log.String(), "220102199003072318") {
			t.Errorf("%s: what was sent stands in the log: %s", c.path, log.String())
		}
	}
}
