package journey

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"xiangyun/internal/platform/db/dbtest"
)

// TestBackupUnderLoad saves the installation while cases come in, restores it into an empty one, and finds there every case that was
// acknowledged before the backup began, its files and its certificate; the restored log proves itself. What was saved from one engine is restored into the
// other as well, and back.
func TestBackupUnderLoad(t *testing.T) {
	s := start(t)
	all := allDesks(t, s.URL)
	body := application(t, all.applicant, foodItem(t, all.applicant))
	before := map[string]bool{}
	whole := ""
	for i := range 5 {
		a, err := all.applicant.call("POST", "/api/v1/cases", body, fmt.Sprintf("before-%d", i))
		if err != nil || a.Status != 201 {
			t.Fatalf("submitting: %v %d %s", err, a.Status, a.Raw)
		}
		whole = a.text("number")
		before[whole] = true
	}
	all.finish(whole, func(string) {})
	kept := keptOf(t, all.applicant, whole)
	ctx, stop := context.WithCancel(t.Context())
	got := nothingYet(s)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() { load(ctx, all, body, fmt.Sprint("load-", worker), got) })
	}
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if out, err := s.command("backup", file); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	stop()
	wg.Wait()
	if len(got.numbers) == 0 {
		t.Error("nothing came in while the backup ran")
	}
	look := func(r *server) {
		t.Helper()
		again := signIn(t, r.URL, "company")
		for number := range before {
			if a, err := again.call("GET", "/api/v1/cases/"+number, nil, ""); err != nil || a.Status != 200 {
				t.Errorf("case %s is not in the restored installation: %v %d", number, err, a.Status)
			}
		}
		for path, want := range kept {
			if a, err := again.call("GET", path, nil, ""); err != nil || a.Status != 200 || !bytes.Equal(a.Raw, want) {
				t.Errorf("%s came back as %d bytes, was %d: %v %d", path, len(a.Raw), len(want), err, a.Status)
			}
		}
		if a, err := again.call("POST", "/api/v1/cases", body, "after"); err != nil || a.Status != 201 {
			t.Errorf("the restored installation takes no case: %v %d %s", err, a.Status, a.Raw)
		}
		if out, err := r.command("audit", "verify"); err != nil {
			t.Errorf("audit verify after the restore: %v\n%s", err, out)
		}
	}
	look(s.restored(file, s.empty()))
	if os.Getenv(dbtest.Variable) == "" {
		return // without PostgreSQL there is no other engine
	}
	across := s.restored(file, "")
	look(across)
	back := filepath.Join(t.TempDir(), "back.tar.gz")
	if out, err := across.command("backup", back); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	look(across.restored(back, s.empty()))
}

// keptOf reads what belongs to a case and is no row of it: the files that were handed in, and the two documents of its certificate.
func keptOf(t *testing.T, c *caller, number string) map[string][]byte {
	t.Helper()
	kept := map[string][]byte{}
	files := 0
	for _, m := range c.must(t, 200, "GET", "/api/v1/cases/"+number, nil).list("materials") {
		if dig(m, "way") != "upload" {
			continue
		}
		path := "/cases/" + number + "/files/" + dig(m, "id").(string)
		kept[path] = c.must(t, 200, "GET", path, nil).Raw
		if !bytes.Equal(kept[path], paper(dig(m, "code").(string))) {
			t.Errorf("%s is not what was handed in", path)
		}
		files++
	}
	if files == 0 {
		t.Error("the case has no files")
	}
	for _, format := range []string{"pdf", "ofd"} {
		path := "/api/v1/certificates/" + issued(t, c, number) + "/document?format=" + format
		kept[path] = c.must(t, 200, "GET", path, nil).Raw
	}
	return kept
}

// empty is the address of one more empty database of the server's engine; "" is SQLite.
func (s *server) empty() string {
	s.t.Helper()
	for _, a := range s.args {
		if a == "--database-url" {
			return freshSchema(s.t)
		}
	}
	return ""
}

// restored restores a backup into an empty installation on the database of this address, puts the KEK back, and starts it.
func (s *server) restored(file, address string) *server {
	s.t.Helper()
	r := &server{t: s.t, Data: s.t.TempDir(), log: &lockedBuffer{}, address: "127.0.0.1:0"}
	r.args = []string{"--data", r.Data, "--demo"}
	if address != "" {
		r.args = append(r.args, "--database-url", address)
	}
	kek, err := os.ReadFile(filepath.Join(s.Data, "kek"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.Data, "kek"), kek, 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, err := r.command("restore", file); err != nil {
		s.t.Fatalf("restore: %v\n%s", err, out)
	}
	r.run()
	s.t.Cleanup(r.stop)
	return r
}
