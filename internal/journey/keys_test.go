package journey

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// standing is what "keys status" says.
type standing struct {
	Generation int              `json:"generation"`
	DataKeys   int              `json:"data_keys"`
	Left       map[string]int64 `json:"left"`
}

func (s *server) keys() (out standing) {
	s.t.Helper()
	text, err := s.command("keys", "status", "--json")
	if err == nil {
		err = json.Unmarshal([]byte(text[strings.Index(text, "{"):]), &out)
	}
	if err != nil {
		s.t.Fatalf("keys status: %v\n%s", err, text)
	}
	return out
}

// TestKeysBesideTheServer rotates the data key and replaces the KEK while the server runs: it takes both up, seals everything anew, a case with its files, its
// documents and its certificate opens as before, and the next start opens with the new KEK alone.
func TestKeysBesideTheServer(t *testing.T) {
	s := start(t)
	all := allDesks(t, s.URL)
	body := application(t, all.applicant, foodItem(t, all.applicant))
	number := all.applicant.must(t, 201, "POST", "/api/v1/cases", body).text("number")
	all.finish(number, func(string) {})
	kept := keptOf(t, all.applicant, number)
	look := func(when string) {
		t.Helper()
		c := signIn(t, s.URL, "company")
		for path, want := range kept {
			if a, err := c.call("GET", path, nil, ""); err != nil || a.Status != 200 || !bytes.Equal(a.Raw, want) {
				t.Errorf("%s: %s is %d bytes, was %d: %v %d", when, path, len(a.Raw), len(want), err, a.Status)
			}
		}
		a := c.must(t, 200, "GET", "/api/v1/cases/"+number, nil)
		if a.text("query_code") == "" || dig(a.Body, "answers", "credit_code") == nil {
			t.Errorf("%s: the case is %s", when, a.Raw)
		}
	}
	if out, err := s.command("keys", "rotate"); err != nil || !strings.Contains(out, "2 data keys") {
		t.Fatalf("keys rotate: %v\n%s", err, out)
	}
	for began := time.Now(); ; {
		if got := s.keys(); len(got.Left) == 0 {
			break
		} else if time.Since(began) > 3*time.Minute {
			t.Fatalf("still sealed with older keys: %v", got.Left)
		}
		time.Sleep(200 * time.Millisecond) // there is no event to wait for: the program is another process
	}
	look("after the rotation")
	all.applicant.must(t, 201, "POST", "/api/v1/cases", body)
	if got := s.keys(); len(got.Left) != 0 {
		t.Errorf("the server still seals with the old key: %v", got.Left)
	}
	if out, err := s.command("keys", "rewrap"); err != nil || !strings.Contains(out, "the old KEK is kept as") {
		t.Fatalf("keys rewrap: %v\n%s", err, out)
	}
	look("after the KEK was replaced")
	s.stop()
	s.run()
	look("after a start with the new KEK")
	s.stop()
	old, err := filepath.Glob(filepath.Join(s.Data, "kek.until-*"))
	if err != nil || len(old) != 1 {
		t.Fatalf("the old KEK is %v, %v", old, err)
	}
	if err := os.Rename(old[0], filepath.Join(s.Data, "kek")); err != nil {
		t.Fatal(err)
	}
	if out, err := s.command("audit", "verify"); err == nil || !strings.Contains(out, "is not the one this keyring was wrapped with") {
		t.Errorf("the old KEK opens it: %v\n%s", err, out)
	}
}
