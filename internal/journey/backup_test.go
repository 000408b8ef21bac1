package journey

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestBackupUnderLoad saves the installation while cases come in, restores it into an empty one, and finds there every case that was
// acknowledged before the backup began; the restored log proves itself.
func TestBackupUnderLoad(t *testing.T) {
	s := start(t)
	applicant, window := signIn(t, s.URL, "company"), signIn(t, s.URL, "window.nanguan")
	body := application(t, applicant, foodItem(t, applicant))
	before := map[string]bool{}
	for i := range 5 {
		a, err := applicant.call("POST", "/api/v1/cases", body, fmt.Sprintf("before-%d", i))
		if err != nil || a.Status != 201 {
			t.Fatalf("submitting: %v %d %s", err, a.Status, a.Raw)
		}
		before[a.text("number")] = true
	}
	ctx, stop := context.WithCancel(t.Context())
	got := &acknowledged{numbers: map[string]string{}, actions: map[string]bool{}}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() { load(ctx, applicant, window, body, fmt.Sprint("load-", worker), got) })
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

	r := s.restored(file)
	again := signIn(t, r.URL, "company")
	for number := range before {
		if a, err := again.call("GET", "/api/v1/cases/"+number, nil, ""); err != nil || a.Status != 200 {
			t.Errorf("case %s is not in the restored installation: %v %d", number, err, a.Status)
		}
	}
	if a, err := again.call("POST", "/api/v1/cases", body, "after"); err != nil || a.Status != 201 {
		t.Errorf("the restored installation takes no case: %v %d %s", err, a.Status, a.Raw)
	}
	if out, err := r.command("audit", "verify"); err != nil {
		t.Errorf("audit verify after the restore: %v\n%s", err, out)
	}
}

// restored restores a backup into an empty installation, puts the KEK back, and starts it.
func (s *server) restored(file string) *server {
	s.t.Helper()
	r := &server{t: s.t, Data: s.t.TempDir(), log: &lockedBuffer{}, address: "127.0.0.1:0"}
	r.args = []string{"--data", r.Data, "--demo"}
	for _, a := range s.args {
		if a == "--database-url" {
			r.args = append(r.args, a, freshSchema(s.t))
		}
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
