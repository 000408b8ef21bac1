package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/sm/smtest"
)

// TestTheOutsidersCommands: what a monitor ends with, and that a proof is checked without network.
func TestTheOutsidersCommands(t *testing.T) {
	d := dbtest.Open(t, audit.Schema)
	l, err := audit.New(d, smtest.Keyring(t), audit.Params{Origin: "xiangyun.test/log"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	var lines string
	for _, k := range l.Keys() {
		lines += k.String() + "\n"
	}
	folder := t.TempDir()
	keys, state, proof := filepath.Join(folder, "keys"), filepath.Join(folder, "state"), filepath.Join(folder, "leaf.tlog-proof")
	err = d.Update(t.Context(), func(tx *db.Tx) error { return l.Append(t.Context(), tx, audit.Entry{Kind: "case.read"}) })
	if err != nil {
		t.Fatal(err)
	}
	var empty, one audit.Checkpoint
	var p audit.Proof
	read := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := d.View(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	read(func(tx *db.Tx) error { empty, err = l.Checkpoint(t.Context(), tx); return err })
	if _, err := l.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	read(func(tx *db.Tx) error {
		if one, err = l.Checkpoint(t.Context(), tx); err != nil {
			return err
		}
		p, err = l.Prove(t.Context(), tx, 0)
		return err
	})
	for name, text := range map[string]string{keys: lines, proof: p.Text()} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	note := one.Note
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/log/checkpoint":
			_, _ = w.Write([]byte(note))
		case "/api/v1/log/tile/entries/000.p/1":
			_, _ = w.Write(append([]byte{0, 32}, p.Commitment...))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	look := func() (int, string) {
		code, out, errs := run(t, "log", "monitor", server.URL, "--keys", keys, "--state", state, "--once")
		return code, out + errs
	}
	if code, out := look(); code != 0 || !strings.Contains(out, "1 leaves, 1 read now") {
		t.Errorf("an honest log: %d %s", code, out)
	}
	note = empty.Note
	if code, out := look(); code != 1 || !strings.Contains(out, "FRAUD (shrunk): The log had 1 leaves") {
		t.Errorf("a log that was put back: %d %s", code, out)
	}
	server.Close()
	if code, out := look(); code != 3 || !strings.Contains(out, "can't be reached") {
		t.Errorf("a log that is not there: %d %s", code, out)
	}
	if code, _, errs := run(t, "log", "monitor", server.URL, "--quorum", "2", "--once"); code != 2 {
		t.Errorf("more witnesses than keys: %d %s", code, errs)
	}
	if code, out, errs := run(t, "log", "prove", proof, "--keys", keys); code != 0 || !strings.Contains(out, "leaf 0") {
		t.Errorf("a proof: %d %s%s", code, out, errs)
	}
	if err := os.WriteFile(proof, []byte(strings.Replace(p.Text(), "index 0", "index 1", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := run(t, "log", "prove", proof, "--keys", keys); code != 1 || !strings.Contains(errs, "does not hold") {
		t.Errorf("a proof of another leaf: %d %s%s", code, out, errs)
	}
}
