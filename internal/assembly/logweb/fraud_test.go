package logweb_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/monitor"
	"xiangyun/internal/platform/audit/witness"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// watched is a served log with an outsider who watches it.
type watched struct {
	*building
	server  *httptest.Server
	monitor *monitor.Monitor
	state   monitor.State
	lie     func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{building: open(t)}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.lie == nil || !w.lie(rw, r) {
			w.handler.ServeHTTP(rw, r)
		}
	}))
	t.Cleanup(w.server.Close)
	w.monitor = &monitor.Monitor{URL: w.server.URL, Keys: w.log.Keys()}
	return w
}

// look looks once and returns the kinds of fraud found, with spaces between.
func (w *watched) look() (kinds string, r monitor.Report) {
	w.t.Helper()
	r, next, err := w.monitor.Look(w.t.Context(), w.state)
	if err != nil {
		w.t.Fatal(err)
	}
	w.state = next
	for _, f := range r.Frauds {
		kinds = strings.TrimSpace(kinds + " " + f.Kind)
		if !strings.HasSuffix(f.Sentence, ".") || strings.Contains(f.Sentence, "%!") {
			w.t.Errorf("the sentence is %q", f.Sentence)
		}
	}
	return kinds, r
}

func (w *watched) write(n int) {
	w.t.Helper()
	w.append(make260()[:n]...)
	w.sequence()
}

func (w *watched) exec(statements ...string) {
	w.t.Helper()
	err := w.db.Update(w.t.Context(), func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(w.t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

var logTables = []string{"leaf", "inbox", "tile", "tree", "checkpoint"}

// rollBack puts the database back to what keep kept.
func (w *watched) keep() {
	for _, name := range logTables {
		w.exec(`CREATE TABLE kept_` + name + ` AS SELECT * FROM audit_` + name)
	}
}

func (w *watched) rollBack() {
	for _, name := range logTables {
		w.exec(`DELETE FROM audit_`+name, `INSERT INTO audit_`+name+` SELECT * FROM kept_`+name)
	}
}

func TestAMonitorFindsNothingInAnHonestLog(t *testing.T) {
	w := watch(t)
	if _, _, err := w.monitor.Look(t.Context(), w.state); !errors.Is(err, monitor.ErrUnreachable) {
		t.Errorf("before the first checkpoint: %v", err)
	}
	path := filepath.Join(t.TempDir(), "state.json")
	for _, n := range []int{1, 260, 3, 0, 252, 1} {
		w.write(n)
		kinds, r := w.look()
		if kinds != "" || r.Read != int64(n) || r.Size != w.state.Size {
			t.Fatalf("%q after %d more: %+v", kinds, n, r)
		}
		if err := w.state.Save(path); err != nil {
			t.Fatal(err)
		}
		var err error
		if w.state, err = monitor.Load(path); err != nil {
			t.Fatal(err)
		}
	}
	w.monitor.Full, w.monitor.Keys = true, nil
	if kinds, r := w.look(); kinds != "" || r.Read != 517 {
		t.Errorf("a whole look: %q, %+v", kinds, r)
	}
	w.state = monitor.State{}
	if kinds, r := w.look(); kinds != "" || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], w.log.Keys()[0].String()) {
		t.Errorf("without keys: %q, %+v", kinds, r)
	}
	w.server.Close()
	if _, _, err := w.monitor.Look(t.Context(), w.state); !errors.Is(err, monitor.ErrUnreachable) {
		t.Errorf("a dead server: %v", err)
	}
}

// TestPlantedFrauds changes the database behind the log, as somebody would who has all of it.
func TestPlantedFrauds(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(w *watched)
		full  bool
		want  string
		says  string
	}{
		"leaf-changed": {func(w *watched) {
			w.exec(`UPDATE audit_leaf SET commitment = (SELECT b.commitment FROM audit_leaf b WHERE b.position = 9) WHERE position = 7`)
		}, true, monitor.Changed, "Leaf 7 "},
		"new-leaf-changed": {func(w *watched) {
			w.write(5)
			w.exec(`UPDATE audit_leaf SET commitment = (SELECT b.commitment FROM audit_leaf b WHERE b.position = 9) WHERE position = 22`)
		}, false, monitor.Changed, "Leaf 22 "},
		"leaf-removed": {func(w *watched) {
			w.write(5)
			w.exec(`DELETE FROM audit_leaf WHERE position = 24`)
		}, false, monitor.Removed, "25 leaves"},
		"rolled-back": {func(w *watched) { w.rollBack() }, false, monitor.Shrunk, "had 20 leaves when it was last seen and has 12"},
		"rolled-back-to-nothing": {func(w *watched) {
			w.exec(`DELETE FROM audit_leaf`, `DELETE FROM audit_tile`, `DELETE FROM audit_checkpoint`, `UPDATE audit_tree SET size = 0`)
		}, false, monitor.Shrunk, "never signed"},
		"rolled-back-and-as-large": {func(w *watched) { w.rollBack(); w.write(8) }, false, monitor.Split, "two different trees of 20 leaves"},
		"rolled-back-and-larger":   {func(w *watched) { w.rollBack(); w.write(30) }, false, monitor.Rewritten, "first 20 leaves"},
		"checkpoint-forged": {func(w *watched) {
			w.exec(`UPDATE audit_checkpoint SET note = replace(note, '20', '21') WHERE size = 20`)
		}, false, monitor.Signature, "not signed by the keys"},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch(t)
			w.write(12)
			w.keep()
			w.write(8)
			if kinds, _ := w.look(); kinds != "" {
				t.Fatalf("before anything was done: %s", kinds)
			}
			before := w.state
			c.plant(w)
			w.monitor.Full = c.full
			for range 2 { // what was found once is found again
				kinds, r := w.look()
				if kinds != c.want || !strings.Contains(r.Frauds[0].Sentence, c.says) {
					t.Errorf("found %q, want %q: %+v", kinds, c.want, r)
				}
			}
			if w.state.Note != before.Note || w.state.Size != before.Size {
				t.Error("the state moved on")
			}
		})
	}
}

// TestALyingServer: the database is whole, and the server tells one person something else than everybody. Witnesses tell.
func TestALyingServer(t *testing.T) {
	w := watch(t)
	one, two := openWitness(t, w, "one"), openWitness(t, w, "two")
	w.log.SetWitnesses([]audit.Witness{one, two})
	served := httptest.NewServer(witness.Handler(one))
	t.Cleanup(served.Close)
	w.write(12)
	w.keep()
	w.write(8)
	// The twin has the same keys and another history.
	twin := watch(t)
	twin.log = other(t, twin.db, w.keys)
	twin.handler = twin.pages()
	twin.write(20)
	ask := func() {
		t.Helper()
		if err := w.log.AskWitnesses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	w.monitor.Witnesses, w.monitor.Quorum = []audit.Key{one.Key(), two.Key()}, 2
	w.monitor.Views = []*witness.Remote{{URL: served.URL, Public: one.Key()}}
	if kinds, r := w.look(); kinds != "" || r.Witnessed != 20 || len(r.Notes) != 0 {
		t.Fatalf("an honest server: %q, %+v", kinds, r)
	}
	lie := func(rw http.ResponseWriter, r *http.Request) bool { twin.handler.ServeHTTP(rw, r); return true }
	fresh := func() { w.state = monitor.State{} }

	fresh()
	w.lie = lie
	if kinds, _ := w.look(); kinds != monitor.Unwitnessed {
		t.Errorf("somebody who wants witnesses is shown another tree: %q", kinds)
	}
	w.monitor.Quorum = 0
	if kinds, r := w.look(); kinds != monitor.Split || len(r.Frauds[0].Evidence) != 2 {
		t.Errorf("somebody who asks a witness is shown another tree of the same size: %q, %+v", kinds, r)
	}
	twin.write(30)
	if kinds, _ := w.look(); kinds != monitor.Rewritten {
		t.Errorf("and a larger one: %q", kinds)
	}
	// A smaller tree, put back before what the witness has seen.
	w.lie = nil
	w.rollBack()
	if kinds, _ := w.look(); kinds != monitor.Shrunk {
		t.Errorf("and a smaller one: %q", kinds)
	}
	// Somebody without witnesses and without memory can't tell, and is told so nowhere: that is why there are witnesses.
	w.monitor.Views = nil
	if kinds, _ := w.look(); kinds != "" {
		t.Errorf("nothing to compare with: %q", kinds)
	}
	fresh()
	w.lie = func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/tile/entries/") {
			rw.WriteHeader(http.StatusOK)
			_, _ = rw.Write([]byte("\x00\x05short"))
			return true
		}
		return false
	}
	if kinds, _ := w.look(); kinds != monitor.Removed {
		t.Errorf("rubbish for leaves: %q", kinds)
	}
}

func openWitness(t *testing.T, w *watched, name string) *witness.Witness {
	t.Helper()
	out, err := witness.Open(witness.Params{Name: name, Folder: t.TempDir(), Logs: w.log.Keys()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	return out
}

func other(t *testing.T, d *db.DB, keys *sm.Keyring) *audit.Log {
	t.Helper()
	l, err := audit.New(d, keys, audit.Params{Origin: "xiangyun.test/log"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSignedButNotLogged: whoever holds a certificate's file asks the log for the leaf of its issuing.
func TestSignedButNotLogged(t *testing.T) {
	w := watch(t)
	const identifier, elsewhere = "1.2.156.3005.2.X", "1.2.156.3005.2.Y"
	record := strings.Repeat("ab", 32)
	issue := func(identifier, record string) audit.Entry {
		return audit.Entry{Kind: "cert.issued", Actor: "system:cert", Subject: "zhang", Object: "cert:" + identifier, Basis: "《行政许可法》第三十九条",
			Data: map[string]string{"record": record}}
	}
	w.append(issue(identifier, record))
	logged := func(identifier, record string, now time.Time) string {
		t.Helper()
		r, err := w.monitor.Logged(t.Context(), w.state, identifier, record, now)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Frauds) > 0 {
			return r.Frauds[0].Kind
		}
		return r.Notes[0]
	}
	now := time.Now()
	if got := logged(identifier, record, now); !strings.Contains(got, "this moment") {
		t.Errorf("while it waits: %s", got)
	}
	if got := logged(identifier, record, now.Add(time.Hour)); got != monitor.Unlogged {
		t.Errorf("while it waits for an hour: %s", got)
	}
	w.write(5)
	if kinds, _ := w.look(); kinds != "" {
		t.Fatal(kinds)
	}
	if got := logged(identifier, record, now); !strings.Contains(got, "is leaf ") {
		t.Errorf("in the log: %s", got)
	}
	for name, c := range map[string][2]string{"another": {elsewhere, record}, "another-record": {identifier, strings.Repeat("cd", 32)}} {
		if got := logged(c[0], c[1], now); got != monitor.Unlogged {
			t.Errorf("%s: %s", name, got)
		}
	}
	// An insider makes the leaf up: the answer opens, but is in no signed tree; or is in it, and says something else.
	w.lie = func(rw http.ResponseWriter, r *http.Request) bool {
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		var o monitor.Opening
		if json.Unmarshal(answer.Body.Bytes(), &o) != nil {
			return false
		}
		position := *o.Position + 1
		o.Position = &position
		return json.NewEncoder(rw).Encode(o) == nil
	}
	if got := logged(identifier, record, now); got != monitor.Unlogged {
		t.Errorf("a proof for another place: %s", got)
	}
	w.lie = func(rw http.ResponseWriter, r *http.Request) bool {
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		_, err := rw.Write([]byte(strings.ReplaceAll(answer.Body.String(), identifier, elsewhere)))
		return err == nil
	}
	if got := logged(elsewhere, record, now); got != monitor.Unlogged {
		t.Errorf("a leaf that says something else: %s", got)
	}
	w.lie = nil
	w.erased = true
	if got := logged(elsewhere, record, now); !strings.Contains(got, "erased") {
		t.Errorf("erased: %s", got)
	}
	if code := w.status("/api/v1/log/certificates/" + identifier + "?record=x"); code != 422 {
		t.Errorf("no digest is answered %d", code)
	}
	if code := w.status("/api/v1/log/checkpoint?witnesses=-1"); code != 422 {
		t.Errorf("no number is answered %d", code)
	}
	if code := w.status("/api/v1/log/certificate-key"); code != 200 {
		t.Errorf("the key of certificates: %d", code)
	}
}

func (w *watched) status(path string) int {
	w.t.Helper()
	r, err := http.Get(w.server.URL + path)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		w.t.Fatal(err)
	}
	return r.StatusCode
}
