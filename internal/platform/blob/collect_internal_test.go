package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xiangyun/internal/platform/fault"
)

const grace = 72 * time.Hour

// rows are what the tables name.
type rows map[string]bool

func (r rows) named(_ context.Context, some []string) (out []string, err error) {
	for _, sha := range some {
		if r[sha] {
			out = append(out, sha)
		}
	}
	return out, nil
}

func (s *Store) collectAll(t *testing.T, named Named) (all Collected) {
	t.Helper()
	for first := range 256 {
		c, err := s.Collect(t.Context(), byte(first), grace, named)
		if err != nil {
			t.Fatal(err)
		}
		all.Contents, all.Bytes, all.Waiting = all.Contents+c.Contents, all.Bytes+c.Bytes, all.Waiting+c.Waiting
	}
	return all
}

// age makes everything on disk older.
func (s *Store) age(t *testing.T, by time.Duration) {
	t.Helper()
	for _, name := range s.files(t) {
		p := filepath.Join(s.dir, name)
		info, err := os.Stat(p)
		if err == nil {
			err = os.Chtimes(p, info.ModTime().Add(-by), info.ModTime().Add(-by))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Store) there(t *testing.T, info Info) bool {
	t.Helper()
	_, err := s.read(t, info.SHA256)
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// A content that no row names is removed when its time has passed, and no sooner; one that is named never is.
func TestCollect(t *testing.T) {
	s := open(t)
	kept, lost := s.mustPut(t, "kept", "a.txt"), s.mustPut(t, "lost", "b.txt")
	r := rows{kept.SHA256: true}
	s.age(t, 30*24*time.Hour) // it was named all that time: what counts is since when it is not
	for night, want := range []Collected{{Waiting: 1}, {Waiting: 1}, {Waiting: 1}, {Contents: 1, Bytes: storedSize(4)}, {}} {
		if got := s.collectAll(t, r.named); got != want {
			t.Errorf("night %d: %+v, want %+v", night, got, want)
		}
		s.age(t, 24*time.Hour+time.Minute)
	}
	if s.there(t, lost) || !s.there(t, kept) {
		t.Error("the wrong one was removed")
	}
	if left := s.files(t); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// What is handed in anew is safe from then on, though its row is still to come; what is named again begins anew when it is not.
func TestCollectSparesWhatIsHandedInAgain(t *testing.T) {
	s, r := open(t), rows{}
	info := s.mustPut(t, "shared", "a.txt")
	s.collectAll(t, r.named)
	s.age(t, 2*grace)
	s.mustPut(t, "shared", "a.txt") // its row comes later
	if got := s.collectAll(t, r.named); got.Contents != 0 || !s.there(t, info) {
		t.Errorf("lost what was just handed in: %+v", got)
	}
	r[info.SHA256] = true
	s.collectAll(t, r.named)
	s.age(t, 2*grace)
	delete(r, info.SHA256)
	if got := s.collectAll(t, r.named); got.Contents != 0 || got.Waiting != 1 {
		t.Errorf("on the first night without a row: %+v", got)
	}
	s.age(t, grace+time.Minute)
	if got := s.collectAll(t, r.named); got.Contents != 1 {
		t.Errorf("after its time: %+v", got)
	}
}

// While the tables can't be asked nothing is removed.
func TestCollectFailsRatherThanNotKnow(t *testing.T) {
	s := open(t)
	info := s.mustPut(t, "something", "a.txt")
	s.collectAll(t, rows{}.named)
	s.age(t, 2*grace)
	errGone := errors.New("the database is gone")
	first, err := hex.DecodeString(info.SHA256[:2])
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Collect(t.Context(), first[0], grace, func(context.Context, []string) ([]string, error) { return nil, errGone })
	if !errors.Is(err, errGone) || !s.there(t, info) {
		t.Errorf("%v", err)
	}
}

// What a crash left on its way out comes back, and is judged again; what was placed anew meanwhile stays as it is.
func TestCollectAfterACrash(t *testing.T) {
	for _, again := range []bool{false, true} {
		s := open(t)
		info := s.mustPut(t, "something", "a.txt")
		r := rows{info.SHA256: true}
		s.collectAll(t, r.named) // makes the folders
		s.age(t, 2*grace)
		if _, err := (&collection{Store: s, before: time.Now()}).leave(info.SHA256); err != nil {
			t.Fatal(err)
		}
		if again {
			s.mustPut(t, "something", "a.txt")
		}
		s.collectAll(t, r.named)
		if left := s.files(t); !s.there(t, info) || len(left) != 1 {
			t.Errorf("left %v", left)
		}
		if stat, err := os.Stat(s.path(info.SHA256)); err != nil || again && time.Since(stat.ModTime()) > time.Hour {
			t.Errorf("what was placed anew is old: %v", err)
		}
	}
}

// Two nodes collect while others hand the same contents in and name them: whatever a row names afterwards is there.
func TestCollectBesideUploads(t *testing.T) {
	s := open(t)
	const contents = 40
	text := func(i int) string { return fmt.Sprintf("content %d", i) }
	for i := range contents {
		s.mustPut(t, text(i), "a.txt")
	}
	s.collectAll(t, rows{}.named)
	s.age(t, 2*grace) // every one of them is to be removed now
	var mu sync.Mutex
	r := rows{}
	named := func(ctx context.Context, some []string) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		return r.named(ctx, some)
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for first := range 256 {
				if _, err := s.Collect(t.Context(), byte(first), grace, named); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var infos [contents]Info
	for i := range contents {
		wg.Go(func() {
			info, err := s.Put(t.Context(), strings.NewReader(text(i)), "a.txt")
			if err != nil {
				t.Error(err)
			}
			infos[i] = info
			mu.Lock()
			defer mu.Unlock()
			r[info.SHA256] = true
		})
	}
	wg.Wait()
	for i, info := range infos {
		if got, err := s.read(t, info.SHA256); err != nil || got != text(i) {
			t.Errorf("content %d is %q, %v", i, got, err)
		}
	}
	if left := s.files(t); slices.ContainsFunc(left, func(name string) bool { return strings.HasPrefix(name, leavingFolder) }) {
		t.Errorf("left on their way out: %v", left)
	}
}

// One collector has found a content old, another takes what was handed in at that moment: the first removes what it found, and no more.
func TestCollectorsDoNotRemoveEachOthers(t *testing.T) {
	s := open(t)
	info := s.mustPut(t, "shared", "a.txt")
	s.collectAll(t, rows{}.named) // makes the folders
	s.age(t, 2*grace)
	a, b := &collection{Store: s, before: time.Now().Add(-grace)}, &collection{Store: s, before: time.Now().Add(-grace)}
	old, err := a.leave(info.SHA256)
	if err != nil || old.late {
		t.Fatalf("%+v, %v", old, err)
	}
	s.mustPut(t, "shared", "a.txt")
	fresh, err := b.leave(info.SHA256)
	if err != nil || !fresh.late {
		t.Fatalf("%+v, %v", fresh, err)
	}
	if err := errors.Join(a.settle(old), b.settle(fresh)); err != nil {
		t.Fatal(err)
	}
	if !s.there(t, info) || a.done.Contents != 1 || b.done.Contents != 0 {
		t.Errorf("what was just handed in is gone: %+v, %+v", a.done, b.done)
	}
	for _, name := range s.files(t) {
		if strings.HasPrefix(name, leavingFolder) {
			t.Errorf("%s is left on its way out", name)
		}
	}
}

// On a full disk nothing can be marked; what is ripe is removed all the same, and makes room.
func TestCollectOnAFullDisk(t *testing.T) {
	s := open(t)
	ripe := s.mustPut(t, "ripe", "a.txt")
	s.collectAll(t, rows{}.named)
	s.age(t, 2*grace)
	other := s.mustPut(t, "other", "b.txt")
	s.mark = func(path string) error { return &os.PathError{Op: "open", Path: path, Err: syscall.ENOSPC} }
	if got := s.collectAll(t, rows{}.named); got.Contents != 1 || got.Waiting != 1 || s.there(t, ripe) || !s.there(t, other) {
		t.Errorf("%+v", got)
	}
	errBroken := errors.New("the disk is broken")
	s.mark = func(string) error { return errBroken }
	first, err := hex.DecodeString(other.SHA256[:2])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Collect(t.Context(), first[0], grace, rows{}.named); !errors.Is(err, errBroken) {
		t.Errorf("another trouble is not told: %v", err)
	}
}

// A content that can't be written does not keep the others from the newest key; it is counted, and still counts as left.
func TestResealGoesOnAfterAFailure(t *testing.T) {
	s := open(t)
	for i := range 3 {
		s.mustPut(t, fmt.Sprint("content ", i), "a.txt")
	}
	if err := s.keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	left := func() int64 {
		t.Helper()
		n, err := s.Stale(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := left(); n != 3 {
		t.Errorf("%d contents are left before", n)
	}
	broken := true
	s.create = func(dir string) (tempFile, error) {
		if broken {
			broken = false
			return nil, &os.PathError{Op: "open", Path: dir, Err: syscall.EIO}
		}
		return createTemp(dir)
	}
	done, failed := 0, 0
	for first := range 256 {
		d, f, err := s.Reseal(t.Context(), byte(first))
		if err != nil {
			t.Fatal(err)
		}
		done, failed = done+d, failed+f
	}
	if n := left(); done != 2 || failed != 1 || n != 1 {
		t.Errorf("%d done, %d failed, %d left", done, failed, n)
	}
}
