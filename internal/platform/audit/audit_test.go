package audit_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

const origin = "xiangyun.test/log"

// house is a database with its log.
type house struct {
	t    testing.TB
	db   *db.DB
	keys *sm.Keyring
	log  *audit.Log
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, db: dbtest.Open(t, audit.Schema), keys: smtest.Keyring(t)}
	h.log = h.another()
	return h
}

// another returns the log as another node has it.
func (h *house) another() *audit.Log {
	h.t.Helper()
	l, err := audit.New(h.db, h.keys, audit.Params{Origin: origin})
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

func (h *house) append(entries ...audit.Entry) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *db.Tx) error {
		for _, e := range entries {
			if err := h.log.Append(h.t.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) sequence() int {
	h.t.Helper()
	n, err := h.log.Sequence(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *house) view(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.View(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) checkpoint() (c audit.Checkpoint) {
	h.t.Helper()
	h.view(func(tx *db.Tx) (err error) {
		c, err = h.log.Checkpoint(h.t.Context(), tx)
		return err
	})
	return c
}

func (h *house) verify() audit.Report {
	h.t.Helper()
	r, err := h.log.Verify(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) whole() audit.Report {
	h.t.Helper()
	r := h.verify()
	if !r.OK() {
		h.t.Fatalf("the log is not whole:\n%s", r)
	}
	return r
}

// entries makes n entries about the cases 0 to n-1.
func entries(n int) []audit.Entry {
	out := make([]audit.Entry, n)
	for i := range out {
		out[i] = audit.Entry{Kind: "case.accepted", Actor: "an officer", Office: "220102d31", Subject: "a person", Object: fmt.Sprintf("case:%d", i), Basis: "食品经营许可",
			Data: map[string]any{"state": "accepted", "n": i}}
	}
	return out
}

func TestALeafIsSeenAtOnceAndNumberedLater(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	h.append(audit.Entry{Kind: "case.read", Actor: "an officer", Subject: "a person", Object: "case:1"})
	seen := func(position ...int64) {
		t.Helper()
		h.view(func(tx *db.Tx) error {
			list, err := h.log.ByObject(t.Context(), tx, "case:1", "", 10)
			if err != nil || len(list) != 2 || list[0].Kind != "case.accepted" || list[1].Kind != "case.read" || list[0].Position != position[0] || list[1].Position != position[1] {
				t.Errorf("of the case: %v, %v", list, err)
			}
			if !list[0].Opens() || list[0].Erased || list[1].Data != nil || !json.Valid(list[0].Data) || !list[0].At.Equal(list[0].At.Truncate(1e6)) {
				t.Errorf("it does not open: %+v", list[0])
			}
			page, err := h.log.BySubject(t.Context(), tx, "a person", "", 3)
			if err != nil || len(page) != 3 || page[0].Kind != "case.read" {
				t.Fatalf("of the person: %v, %v", page, err)
			}
			rest, err := h.log.BySubject(t.Context(), tx, "a person", page[2].ID, 3)
			if err != nil || len(rest) != 1 || rest[0].Object != "case:0" {
				t.Errorf("of the person, on: %v, %v", rest, err)
			}
			after, err := h.log.ByObject(t.Context(), tx, "case:1", list[0].ID, 10)
			if err != nil || len(after) != 1 || after[0].ID != list[1].ID {
				t.Errorf("of the case, on: %v, %v", after, err)
			}
			return nil
		})
	}
	seen(audit.Waiting, audit.Waiting)
	if n := h.sequence(); n != 4 {
		t.Errorf("%d were numbered", n)
	}
	seen(1, 3)
	if n := h.sequence(); n != 0 {
		t.Errorf("%d were numbered again", n)
	}
	h.whole()
}

func TestNobodysDataIsNotEverybodys(t *testing.T) {
	h := open(t)
	h.append(audit.Entry{Kind: "item.published"}, audit.Entry{Kind: "case.read", Subject: "a person"})
	for range 2 {
		h.view(func(tx *db.Tx) error {
			for _, list := range []func() ([]audit.Leaf, error){
				func() ([]audit.Leaf, error) { return h.log.BySubject(t.Context(), tx, "", "", 10) },
				func() ([]audit.Leaf, error) { return h.log.ByObject(t.Context(), tx, "", "", 10) },
				func() ([]audit.Leaf, error) { return h.log.BySubject(t.Context(), tx, "another", "", 10) },
			} {
				if got, err := list(); err != nil || len(got) != 0 {
					t.Errorf("got %v, %v", got, err)
				}
			}
			return nil
		})
		h.sequence()
	}
}

func TestSearch(t *testing.T) {
	h := open(t)
	h.append(entries(2)...)
	h.sequence()
	h.append(audit.Entry{Kind: "case.read", Actor: "another", Subject: "a person", Object: "case:1"})
	for _, q := range []struct {
		query audit.Query
		want  int
	}{{audit.Query{}, 3}, {audit.Query{Kind: "case.accepted"}, 2}, {audit.Query{Kind: "case.read"}, 1}, {audit.Query{Actor: "an officer", Object: "case:1"}, 1},
		{audit.Query{Subject: "a person", Kind: "case.lost"}, 0}, {audit.Query{Actor: "another"}, 1},
		{audit.Query{Kinds: []string{"case.read", "data.read"}, Subject: "a person"}, 1}, {audit.Query{Kinds: []string{"case.read", "case.accepted"}}, 3}} {
		h.view(func(tx *db.Tx) error {
			got, err := h.log.Search(t.Context(), tx, q.query, "", 10)
			if err != nil || len(got) != q.want {
				t.Errorf("%+v: %d leaves, %v", q.query, len(got), err)
			}
			if len(got) > 1 && got[0].ID < got[1].ID {
				t.Errorf("%+v: the oldest comes first", q.query)
			}
			return nil
		})
	}
}

func TestNothingIsAppendedInPart(t *testing.T) {
	h := open(t)
	undo := errors.New("undo")
	err := h.db.Update(t.Context(), func(tx *db.Tx) error {
		if err := h.log.Append(t.Context(), tx, audit.Entry{Kind: "case.accepted"}); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	for _, e := range []audit.Entry{{}, {Kind: "case.accepted", Data: func() {}}} {
		if err := h.db.Update(t.Context(), func(tx *db.Tx) error { return h.log.Append(t.Context(), tx, e) }); err == nil {
			t.Errorf("%+v was taken", e)
		}
	}
	if h.sequence() != 0 {
		t.Error("an undone leaf was numbered")
	}
}

func TestOrigin(t *testing.T) {
	h := open(t)
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\u00a0b"} {
		if _, err := audit.New(h.db, h.keys, audit.Params{Origin: name}); err == nil {
			t.Errorf("%q is taken as an origin", name)
		}
	}
}

// The shape of RFC 6962 with SM3: the hashes of GB/T 32905 for the empty text, and the prefixes of 2.1.
func TestHashes(t *testing.T) {
	if got := hex.EncodeToString(audit.EmptyRoot()); got != "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b" {
		t.Errorf("the empty root is %s", got)
	}
	of := func(b ...byte) []byte {
		s := sm.Sum(b)
		return s[:]
	}
	if !bytes.Equal(audit.LeafHash([]byte("L")), of(0, 'L')) || !bytes.Equal(audit.HashChildren([]byte("a"), []byte("b")), of(1, 'a', 'b')) {
		t.Error("the prefixes of RFC 6962 are not there")
	}
}

// reference is MTH of RFC 6962 2.1, by its definition.
func reference(leaves [][]byte) []byte {
	switch n := len(leaves); n {
	case 0:
		return audit.EmptyRoot()
	case 1:
		return audit.LeafHash(leaves[0])
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		return audit.HashChildren(reference(leaves[:k]), reference(leaves[k:]))
	}
}

// TestEverySize grows a tree leaf by leaf over the border of a tile and proves every leaf in every size and some sizes in each other.
func TestEverySize(t *testing.T) {
	h := open(t)
	const most = 300
	h.append(entries(most)...)
	h.sequence()
	var commitments [][]byte
	h.view(func(tx *db.Tx) error {
		for i := range int64(most) {
			leaf, err := h.log.At(t.Context(), tx, i)
			if err != nil || !leaf.Opens() {
				t.Fatalf("leaf %d: %+v, %v", i, leaf, err)
			}
			commitments = append(commitments, leaf.Commitment)
		}
		roots := make([][]byte, most+1)
		for size := range int64(most + 1) {
			got, err := audit.RootAt(t.Context(), tx, size)
			if roots[size] = reference(commitments[:size]); err != nil || !bytes.Equal(got, roots[size]) {
				t.Fatalf("the root of %d leaves is wrong: %v", size, err)
			}
		}
		for from := int64(0); from <= most; from += 7 {
			for _, to := range []int64{from, from + 1, 255, 256, 257, most} {
				if to < from || to > most {
					continue
				}
				proof, err := h.log.Consistency(t.Context(), tx, from, to)
				if err == nil {
					err = audit.VerifyConsistency(from, to, proof, roots[from], roots[to])
				}
				if err != nil {
					t.Fatalf("%d in %d: %v", from, to, err)
				}
				if from > 0 && from < to && audit.VerifyConsistency(from, to, proof, roots[from-1], roots[to]) == nil {
					t.Fatalf("%d in %d is proven of another root", from, to)
				}
			}
		}
		for position := range int64(most) {
			p, err := h.log.Prove(t.Context(), tx, position)
			if err == nil {
				err = p.Verify()
			}
			if err != nil || p.Checkpoint.Size != most {
				t.Fatalf("leaf %d: %v", position, err)
			}
			if audit.VerifyInclusion(commitments[(position+1)%most], position, most, p.Hashes, roots[most]) == nil {
				t.Fatalf("leaf %d proves another", position)
			}
		}
		for _, pair := range [][2]int64{{-1, 1}, {2, 1}, {1, most + 1}} {
			if _, err := h.log.Consistency(t.Context(), tx, pair[0], pair[1]); !errors.Is(err, audit.ErrUnknown) {
				t.Errorf("%v: %v", pair, err)
			}
		}
		for _, position := range []int64{-1, most} {
			if _, err := h.log.Prove(t.Context(), tx, position); !errors.Is(err, audit.ErrUnknown) {
				t.Errorf("leaf %d: %v", position, err)
			}
		}
		return nil
	})
}

// TestManyCheckpoints grows by uneven steps over two tiles and keeps every checkpoint provable from every later one.
func TestManyCheckpoints(t *testing.T) {
	h := open(t)
	seen := []audit.Checkpoint{}
	for _, n := range []int{0, 1, 1, 5, 120, 129, 1, 255, 256, 1, audit.Batch + 3} {
		h.append(entries(n)...)
		if got := h.sequence(); got != n {
			t.Fatalf("%d of %d were numbered", got, n)
		}
		c := h.checkpoint()
		if _, err := audit.VerifyCheckpoint(c.Note, h.log.Keys()); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, c)
	}
	last := seen[len(seen)-1]
	h.view(func(tx *db.Tx) error {
		for _, c := range seen {
			proof, err := h.log.Consistency(t.Context(), tx, c.Size, last.Size)
			if err == nil {
				err = audit.VerifyConsistency(c.Size, last.Size, proof, c.Root, last.Root)
			}
			if err != nil {
				t.Errorf("%d in %d: %v", c.Size, last.Size, err)
			}
		}
		return nil
	})
	r := h.whole()
	if r.Size != last.Size || !bytes.Equal(r.Root, last.Root) || r.Checkpoints != int64(len(seen)) {
		t.Errorf("the report says %+v", r)
	}
	if !strings.Contains(r.String(), "the log is whole") {
		t.Error(r.String())
	}
}
