package journey

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/platform/db/dbtest"
)

// TestBadInput sends what people and programs get wrong: each gets the right status and a sentence in the caller's language, and none
// hears its own words again.
func TestBadInput(t *testing.T) {
	s := start(t)
	applicant := signIn(t, s.URL, "company")
	code := foodItem(t, applicant)
	good := application(t, applicant, code)
	with := func(answer string, v any) map[string]any {
		answers := map[string]any{}
		for k, a := range good["answers"].(map[string]any) {
			answers[k] = a
		}
		answers[answer] = v
		body := map[string]any{}
		for k, b := range good {
			body[k] = b
		}
		body["answers"] = answers
		return body
	}
	for name, body := range map[string]map[string]any{
		"check-digit": with("credit_code", "91220102MA1P8Q9R4M"), "unknown-field": with("nobody_asked", "x"), "wrong-kind": with("staff_count", "twelve"),
		"no-item": {"item": "no such item", "answers": map[string]any{}}, "empty": {},
	} {
		a, err := applicant.call("POST", "/api/v1/cases", body, "")
		if err != nil || (a.Status != 422 && a.Status != 404) || a.text("detail") == "" {
			t.Errorf("%s: %v %d %s", name, err, a.Status, a.Raw)
		}
		if bytes.Contains(a.Raw, []byte("91220102MA1P8Q9R4M")) {
			t.Errorf("%s: the answer repeats what was sent", name)
		}
	}
	if a := applicant.must(t, 404, "GET", "/api/v1/cases/220102031261124999999", nil); a.text("code") == "" {
		t.Errorf("an unknown case: %s", a.Raw)
	}
	stranger(s.URL).must(t, 401, "GET", "/api/v1/cases", nil)
	if a, err := applicant.upload("image.pdf", []byte("MZ this is a program, whatever its name says")); err != nil || a.Status != 415 {
		t.Errorf("a mislabelled upload: %v %d %s", err, a.Status, a.Raw)
	}
}

// TestHugeUpload sends two gigabytes: the server refuses without taking them in.
func TestHugeUpload(t *testing.T) {
	s := start(t)
	c := signIn(t, s.URL, "company")
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		part, err := form.CreateFormFile("file", "huge.pdf")
		if err == nil {
			_, err = part.Write([]byte("%PDF-1.4\n"))
		}
		chunk := bytes.Repeat([]byte("0123456789abcdef"), 1<<12)
		for sent := 0; err == nil && sent < 2<<30; sent += len(chunk) {
			_, err = part.Write(chunk)
		}
		_ = write.CloseWithError(err) // the server may have hung up
	}()
	req, err := http.NewRequest("POST", s.URL+"/api/v1/uploads", read)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	a, err := c.send(req)
	_ = read.Close()
	// A server that stops reading may close the connection before the client has read the answer: that is a refusal too.
	if err == nil && a.Status != 413 {
		t.Errorf("two gigabytes were answered %d %s", a.Status, a.Raw)
	}
	stranger(s.URL).must(t, 200, "GET", "/healthz", nil)
}

// TestTwoOfficers lets two officers take the same case at the same moment: exactly one does, the other is told.
func TestTwoOfficers(t *testing.T) {
	s := start(t)
	applicant, window := signIn(t, s.URL, "company"), signIn(t, s.URL, "window.nanguan")
	body := application(t, applicant, foodItem(t, applicant))
	for range 5 {
		number := applicant.must(t, 201, "POST", "/api/v1/cases", body).text("number")
		answers := make([]answer, 2)
		var wg sync.WaitGroup
		for i, action := range []string{"accept", "reject"} {
			wg.Go(func() {
				answers[i], _ = window.call("POST", "/api/v1/cases/"+number+"/actions", map[string]any{"action": action, "comment": "不属于本机关职权。"}, "")
			})
		}
		wg.Wait()
		a, b := answers[0].Status, answers[1].Status
		if !(a == 200 && b == 409 || a == 409 && b == 200) {
			t.Errorf("two officers at once were answered %d and %d: %s %s", a, b, answers[0].Raw, answers[1].Raw)
		}
	}
}

// TestLoginFlood tries passwords until the account is kept out for a while.
func TestLoginFlood(t *testing.T) {
	s := start(t)
	c := stranger(s.URL)
	seen := map[int]int{}
	for range 12 {
		a, err := c.call("POST", "/api/v1/sessions", map[string]any{"account": "review.yanji", "password": "guess"}, "")
		if err != nil {
			t.Fatal(err)
		}
		seen[a.Status]++
	}
	if seen[401] == 0 || seen[429] == 0 || seen[401]+seen[429] != 12 {
		t.Errorf("a flood was answered %v", seen)
	}
	if a, err := c.call("POST", "/api/v1/sessions", map[string]any{"account": "review.yanji", "password": demoPassword}, ""); err != nil || a.Status != 429 {
		t.Errorf("a locked account was answered %v %d", err, a.Status)
	}
	signIn(t, s.URL, "citizen") // others are not kept out
}

// TestEngineGone takes PostgreSQL away for ten seconds in the middle of submissions. What was answered is kept, what was not is sent again with
// its key, and nothing is there twice.
func TestEngineGone(t *testing.T) {
	if os.Getenv(dbtest.Variable) == "" {
		t.Skip("SQLite is part of the program: it can't be gone without it")
	}
	out, err := exec.Command("bash", "../../scripts/postgres.sh", "start").Output()
	if err != nil {
		t.Fatalf("starting a cluster of its own: %v", err)
	}
	dir, address, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	cluster := func(verb string) {
		t.Helper()
		if out, err := exec.Command("bash", "../../scripts/postgres.sh", verb, dir).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", verb, err, out)
		}
	}
	t.Cleanup(func() { cluster("stop") })
	s := startOn(t, address)
	applicant := signIn(t, s.URL, "company")
	body := application(t, applicant, foodItem(t, applicant))
	got := nothingYet(s)
	statuses := map[int]int{}
	submit := func(key string) {
		a, err := applicant.call("POST", "/api/v1/cases", body, key)
		got.mu.Lock()
		defer got.mu.Unlock()
		if err == nil && a.Status == 201 {
			got.numbers[key] = a.text("number")
			return
		}
		statuses[a.Status]++
		got.unsure = append(got.unsure, attempt{key, body})
	}
	for i := range 10 {
		submit(fmt.Sprint("before-", i))
	}
	cluster("halt")
	back := time.NewTimer(10 * time.Second)
	people := time.NewTicker(20 * time.Millisecond) // fifty a second try
	defer people.Stop()
	for i, gone := 0, true; gone; i++ {
		select {
		case <-back.C:
			gone = false
		case <-people.C:
			submit(fmt.Sprint("gone-", i))
		}
	}
	cluster("again")
	s.ready()
	got.resend(t, applicant)
	for status := range statuses {
		if status != 503 && status != 401 && status != 0 {
			t.Errorf("while the engine was gone somebody was answered %d", status)
		}
	}
	if statuses[503] == 0 {
		t.Errorf("nobody was told that the system is busy: %v", statuses)
	}
	check(t, s, applicant, got)
}
