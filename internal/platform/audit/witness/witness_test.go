package witness_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/witness"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

const origin = "xiangyun.test/log"

// house is a log on a real database.
type house struct {
	t    *testing.T
	db   *db.DB
	keys *sm.Keyring
	log  *audit.Log
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, db: dbtest.Open(t, audit.Schema), keys: smtest.Keyring(t)}
	h.log = h.with()
	return h
}

// with returns the log with these witnesses.
func (h *house) with(w ...audit.Witness) *audit.Log {
	h.t.Helper()
	l, err := audit.New(h.db, h.keys, audit.Params{Origin: origin})
	if err != nil {
		h.t.Fatal(err)
	}
	l.SetWitnesses(w)
	return l
}

func (h *house) write(n int) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *db.Tx) error {
		for range n {
			if err := h.log.Append(h.t.Context(), tx, audit.Entry{Kind: "case.read", Object: "case:1"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_, err = h.log.Sequence(h.t.Context())
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) view(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.View(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

// submission asks for the newest checkpoint, continuing the tree of old leaves.
func (h *house) submission(old int64) (s audit.Submission) {
	h.t.Helper()
	h.view(func(tx *db.Tx) error {
		c, err := h.log.Checkpoint(h.t.Context(), tx)
		if err != nil {
			return err
		}
		s = audit.Submission{Old: old, Note: c.Note}
		s.Proof, err = h.log.Consistency(h.t.Context(), tx, old, c.Size)
		return err
	})
	return s
}

func (h *house) witness(name string) *witness.Witness {
	h.t.Helper()
	return openWitness(h.t, name, h.t.TempDir(), h.log.Keys())
}

func openWitness(t *testing.T, name, folder string, keys []audit.Key) *witness.Witness {
	t.Helper()
	w, err := witness.Open(witness.Params{Name: name, Folder: folder, Logs: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() }) // some tests closed it before
	return w
}

// elsewhere serves a witness over the network.
func elsewhere(t *testing.T, w *witness.Witness) (*witness.Remote, *httptest.Server) {
	s := httptest.NewServer(witness.Handler(w))
	t.Cleanup(s.Close)
	return &witness.Remote{URL: s.URL, Public: w.Key()}, s
}

// TestWitnessesCosign: one here, one over the network; each checkpoint ends with both lines, and asking again changes nothing.
func TestWitnessesCosign(t *testing.T) {
	h := open(t)
	near, far := h.witness("near"), h.witness("far.example/w")
	remote, server := elsewhere(t, far)
	l := h.with(near, remote)
	if err := l.AskWitnesses(t.Context()); err != nil { // before the first checkpoint
		t.Fatal(err)
	}
	for _, n := range []int{3, 1, 300} {
		h.write(n)
		for range 2 {
			if err := l.AskWitnesses(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.view(func(tx *db.Tx) error {
		c, err := l.Published(t.Context(), tx, 2)
		if err != nil {
			return err
		}
		if _, err := audit.VerifyCheckpoint(c.Note, l.Keys()); err != nil {
			return err
		}
		good, err := audit.VerifyCosignatures(c.Note, []audit.Key{near.Key(), far.Key()})
		if err != nil || len(good) != 2 || c.Size != 304 || len(c.Cosignatures) != 2 {
			t.Errorf("%d leaves, %v, %v\n%s", c.Size, good, err, c.Note)
		}
		if _, err := l.Published(t.Context(), tx, 3); !errors.Is(err, audit.ErrUnknown) {
			t.Errorf("three witnesses signed: %v", err)
		}
		return nil
	})
	note, err := remote.Newest(t.Context(), origin)
	if err != nil || !strings.HasPrefix(note, origin+"\n304\n") {
		t.Errorf("the witness shows %q, %v", note, err)
	}
	// A silent witness holds up nobody, and is seen to be silent.
	server.Close()
	h.write(1)
	if err := l.AskWitnesses(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.view(func(tx *db.Tx) error {
		list, err := l.Witnesses(t.Context(), tx)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		if list[0].Size != 305 || list[0].Refusal != "" || list[1].Size != 304 || list[1].Refusal != audit.RefusalUnreachable {
			t.Errorf("they stand %+v", list)
		}
		c, err := l.Published(t.Context(), tx, 2)
		if err != nil || c.Size != 304 {
			t.Errorf("the newest both signed has %d leaves, %v", c.Size, err)
		}
		return nil
	})
}

// TestARolledBackLogGetsNoCosignature: the database is put back to an hour ago and goes on differently.
func TestARolledBackLogGetsNoCosignature(t *testing.T) {
	h := open(t)
	w := h.witness("w")
	l := h.with(w)
	h.write(3)
	h.ask(l)
	keep := []string{"leaf", "inbox", "tile", "tree", "checkpoint"}
	for _, name := range keep {
		h.exec(`CREATE TABLE kept_` + name + ` AS SELECT * FROM audit_` + name)
	}
	h.write(4)
	h.ask(l)
	for _, name := range keep {
		h.exec(`DELETE FROM audit_` + name)
		h.exec(`INSERT INTO audit_` + name + ` SELECT * FROM kept_` + name)
	}
	h.exec(`DELETE FROM audit_cosignature`)
	for _, c := range []struct {
		name    string
		grow    int
		refusal string
	}{{"smaller", 1, audit.RefusalConflict}, {"as-large", 3, audit.RefusalConflict}, {"larger", 2, audit.RefusalInconsistent}} {
		t.Run(c.name, func(t *testing.T) {
			h.write(c.grow)
			h.ask(l)
			h.view(func(tx *db.Tx) error {
				list, err := l.Witnesses(t.Context(), tx)
				if err != nil || list[0].Refusal != c.refusal || list[0].Known != 7 || !list[0].Signed.IsZero() {
					t.Errorf("it stands %+v, %v", list, err)
				}
				return nil
			})
		})
	}
}

func (h *house) ask(l *audit.Log) {
	h.t.Helper()
	if err := l.AskWitnesses(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(statement string) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), statement)
		return err
	})
	if err != nil {
		h.t.Fatalf("%s: %v", statement, err)
	}
}

// TestAWitnessRefuses asks for what must not be signed, here and over the network, and wants its memory unchanged.
func TestAWitnessRefuses(t *testing.T) {
	h := open(t)
	h.write(5)
	w := h.witness("w")
	remote, server := elsewhere(t, w)
	if _, err := w.AddCheckpoint(t.Context(), h.submission(0)); err != nil {
		t.Fatal(err)
	}
	five := h.submission(0)
	h.write(6)
	eleven := h.submission(5)
	stranger := open(t) // the same origin, other keys
	stranger.write(11)
	foreign := stranger.submission(5)
	wrong := eleven
	wrong.Proof = append([][]byte{bytes.Repeat([]byte{1}, 32)}, eleven.Proof[1:]...)
	for name, c := range map[string]struct {
		s      audit.Submission
		want   error
		status int
	}{
		"another-old-size":  {h.submission(4), &audit.ConflictError{}, 409},
		"from-nothing":      {h.submission(0), &audit.ConflictError{}, 409},
		"proof-wrong":       {wrong, audit.ErrInconsistent, 422},
		"proof-missing":     {audit.Submission{Old: 5, Note: eleven.Note}, audit.ErrInconsistent, 422},
		"other-keys":        {foreign, audit.ErrRefused, 403},
		"other-origin":      {audit.Submission{Old: 5, Note: "x" + eleven.Note}, audit.ErrRefused, 404},
		"smaller":           {audit.Submission{Old: 11, Note: five.Note}, nil, 400},
		"changed-root":      {audit.Submission{Old: 5, Note: strings.Replace(eleven.Note, "\n11\n", "\n12\n", 1), Proof: eleven.Proof}, audit.ErrRefused, 403},
		"signatures-gone":   {audit.Submission{Old: 5, Note: eleven.Note[:strings.Index(eleven.Note, "— ")]}, audit.ErrRefused, 403},
		"one-signature-off": {audit.Submission{Old: 5, Note: eleven.Note[:strings.LastIndex(eleven.Note, "— ")], Proof: eleven.Proof}, audit.ErrRefused, 403},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.AddCheckpoint(t.Context(), c.s)
			conflict, wanted := (*audit.ConflictError)(nil), (*audit.ConflictError)(nil)
			switch {
			case err == nil:
				t.Error("it signed")
			case errors.As(c.want, &wanted):
				if !errors.As(err, &conflict) || conflict.Known != 5 {
					t.Errorf("it says %v", err)
				}
			case c.want != nil && !errors.Is(err, c.want):
				t.Errorf("it says %v", err)
			}
			if status := post(t, server.URL, witness.FormatSubmission(c.s)); status != c.status {
				t.Errorf("it answers %d", status)
			}
			if _, err := remote.AddCheckpoint(t.Context(), c.s); err == nil {
				t.Error("it signed for the one who asks over the network")
			}
		})
	}
	for _, body := range []string{"", "old 5", "old 05\n\n" + eleven.Note, "old -5\n\n" + eleven.Note, "old 5\nx\n\n" + eleven.Note,
		"old 5\n" + strings.Repeat("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 64) + "\n" + eleven.Note, strings.Repeat("a", 70<<10)} {
		if status := post(t, server.URL, body); status != 400 {
			t.Errorf("%.20q is answered %d", body, status)
		}
	}
	if _, err := remote.AddCheckpoint(t.Context(), eleven); err != nil {
		t.Errorf("what is right is refused: %v", err)
	}
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	r, err := http.Post(url+"/add-checkpoint", "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

// TestSplitView: two trees of one size under one key; the witness signs one of them.
func TestSplitView(t *testing.T) {
	h := open(t)
	twin := open(t)
	twin.keys = h.keys
	twin.log = twin.with()
	h.write(4)
	twin.write(4)
	w := h.witness("w")
	l, other := h.with(w), twin.with(w)
	h.ask(l)
	twin.ask(other)
	twin.view(func(tx *db.Tx) error {
		list, err := other.Witnesses(t.Context(), tx)
		if err != nil || list[0].Refusal != audit.RefusalConflict || list[0].Known != 4 {
			t.Errorf("%+v, %v", list, err)
		}
		return err
	})
}

// TestNothingIsSignedThatIsNotStored: the disk is full, then is not; and what was stored is known after a restart.
func TestNothingIsSignedThatIsNotStored(t *testing.T) {
	h := open(t)
	h.write(2)
	folder := t.TempDir()
	w := openWitness(t, "w", folder, h.log.Keys())
	mend := w.FailToStore()
	if line, err := w.AddCheckpoint(t.Context(), h.submission(0)); err == nil || line != "" {
		t.Fatalf("it signed %q", line)
	}
	if _, err := w.Newest(origin); !errors.Is(err, audit.ErrUnknown) {
		t.Errorf("it remembers what it did not sign: %v", err)
	}
	mend()
	if _, err := w.AddCheckpoint(t.Context(), h.submission(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := witness.Open(witness.Params{Name: "w", Folder: folder, Logs: h.log.Keys()}); err == nil {
		t.Error("two processes are one witness")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again := openWitness(t, "w", folder, h.log.Keys())
	if again.Key().String() != w.Key().String() {
		t.Error("it has another key after the restart")
	}
	conflict := (*audit.ConflictError)(nil)
	if _, err := again.AddCheckpoint(t.Context(), h.submission(0)); !errors.As(err, &conflict) || conflict.Known != 2 {
		t.Errorf("it forgot: %v", err)
	}
	if err := errors.Join(again.Close(), os.Remove(filepath.Join(folder, "state.json"))); err != nil {
		t.Fatal(err)
	}
	if _, err := witness.Open(witness.Params{Name: "w", Folder: folder, Logs: h.log.Keys()}); err == nil || !strings.Contains(err.Error(), "no state") {
		t.Errorf("a witness without memory goes on: %v", err)
	}
}

// TestManyAtOnce: of all that continue nothing, one is signed.
func TestManyAtOnce(t *testing.T) {
	h := open(t)
	w := h.witness("w")
	var asked []audit.Submission
	for range 8 {
		h.write(1)
		asked = append(asked, h.submission(0))
	}
	var signed atomic.Int32
	var all sync.WaitGroup
	for _, s := range asked {
		all.Go(func() {
			if _, err := w.AddCheckpoint(context.Background(), s); err == nil {
				signed.Add(1)
			}
		})
	}
	all.Wait()
	if signed.Load() != 1 {
		t.Errorf("%d were signed", signed.Load())
	}
}

func FuzzParseSubmission(f *testing.F) {
	f.Add("old 5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n5\n")
	f.Add("old 0\n\nx")
	f.Add("\n\n")
	f.Fuzz(func(t *testing.T, body string) {
		s, err := witness.ParseSubmission(body)
		if err == nil && witness.FormatSubmission(s) != body {
			t.Errorf("%q is read as %+v", body, s)
		}
	})
}
