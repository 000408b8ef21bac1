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
		if err := os.Rename(s.path(info.SHA256), filepath.Join(s.dir, leavingFolder, info.SHA256)); err != nil {
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
