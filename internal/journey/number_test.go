package journey

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/platform/db"
)

var quoted = regexp.MustCompile(`\b[34679ACDEFGHJKMNPQRTUVWXY]{9}\b`)

// TestTheNumberCanBeQuoted takes the number off the page that tells of a fault, as somebody who calls the help line does, and finds its line in the log.
func TestTheNumberCanBeQuoted(t *testing.T) {
	s := start(t)
	page := func(want int, method, path string, header http.Header) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != nil {
			req.Header = header
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		number := quoted.FindString(visible(string(body)))
		if err != nil || res.StatusCode != want || number == "" {
			t.Fatalf("%s %s: %d, %v, no number on the page:\n%s", method, path, res.StatusCode, err, body)
		}
		return number
	}
	lines := func(number string) (out []string) {
		for began := time.Now(); len(out) == 0 && time.Since(began) < 20*time.Second; {
			for line := range strings.Lines(s.log.String()) {
				if strings.HasSuffix(strings.TrimSpace(line), "request="+number) {
					out = append(out, line)
				}
			}
			time.Sleep(10 * time.Millisecond) // the line comes through a pipe, beside the answer
		}
		return out
	}
	number := page(403, "POST", "/preferences", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Accept-Language": {"zh"}})
	if got := lines(number); len(got) != 1 || !strings.Contains(got[0], "level=INFO msg=refused code=web.cross_origin status=403") {
		t.Errorf("of a refusal the log says %q", got)
	}
	a := signIn(t, s.URL, "company").must(t, 422, "POST", "/api/v1/cases", map[string]any{"item": 7})
	if got := lines(a.text("request")); a.text("request") == "" || len(got) != 1 || !strings.Contains(got[0], "code=web.request_invalid status=422") {
		t.Errorf("of a program's mistake the log says %q", got)
	}
	s.rename("hall_hall", "hall_elsewhere")
	number = page(500, "GET", "/halls?name=whatever", nil)
	s.rename("hall_elsewhere", "hall_hall")
	if got := lines(number); len(got) != 1 || !strings.Contains(got[0], "level=ERROR") || !strings.Contains(got[0], "hall_hall") {
		t.Errorf("of our own fault the log says %q", got)
	}
	if strings.Contains(s.log.String(), "name=whatever") {
		t.Error("the log tells what was asked")
	}
}

var tag = regexp.MustCompile(`(?s)<head.*?</head>|<[^>]*>`)

// visible is what a person reads of a page.
func visible(body string) string { return tag.ReplaceAllString(body, " ") }

// rename takes a table away from the running program, or gives it back.
func (s *server) rename(from, to string) {
	s.t.Helper()
	d := s.openDatabase()
	defer d.Close()
	err := d.Update(s.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(s.t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
