package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Named returns those of some addresses that a row names. What it leaves out is lost for good, so it fails rather than not know.
type Named func(ctx context.Context, addresses []string) ([]string, error)

// Collected is what [Store.Collect] did.
type Collected struct {
	Contents int   // removed
	Bytes    int64 // they took on disk
	Waiting  int   // named by no row, and not for long enough yet
}

// together is how many addresses are asked about at once.
const together = 500

// Collect removes the contents whose address begins with this byte and that nobody needs: no row has named them for longer than grace, and nobody handed them in
// within it. Grace is longer than any upload takes from its bytes to its row, and than any backup takes from its rows to its files. Any number of nodes may
// collect at once, and beside uploads: what is handed in meanwhile stays or is placed anew.
func (s *Store) Collect(ctx context.Context, first byte, grace time.Duration, named Named) (Collected, error) {
	c := &collection{Store: s, before: time.Now().Add(-grace), named: named, since: map[string]time.Time{}}
	err := c.run(ctx, hex.EncodeToString([]byte{first}))
	if err != nil {
		err = fmt.Errorf("collecting contents: %w", err)
	}
	return c.done, err
}

// Reseal encrypts anew, with the newest key of the keyring, the contents whose address begins with this byte and that an older one has encrypted; how many it
// did, and how many were left as they are, being damaged or not to be read or written. It ends at a full disk. Who reads one meanwhile reads on in the file he
// has opened.
func (s *Store) Reseal(ctx context.Context, first byte) (done, failed int, err error) {
	prefix := hex.EncodeToString([]byte{first})
	c := &collection{Store: s}
	shards, err := os.ReadDir(filepath.Join(s.dir, prefix))
	if err != nil {
		return 0, 0, gone(err)
	}
	for _, shard := range shards {
		err := c.each(filepath.Join(s.dir, prefix, shard.Name()), prefix, func(sha string, _ fs.FileInfo) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			again, err := s.again(sha)
			switch {
			case noSpace(err):
				return fmt.Errorf("encrypting a content anew: %w", err)
			case err != nil && !fault.Is(err, fault.NotFound):
				failed++ // the others are not held up by it
			case again:
				done++
			}
			return nil
		})
		if err != nil {
			return done, failed, err
		}
	}
	return done, failed, nil
}

// again encrypts one content anew, unless the newest key has encrypted it. It counts as handed in now, as somebody may just be doing.
func (s *Store) again(sha string) (bool, error) {
	r, err := s.open(sha)
	if err != nil {
		return false, err
	}
	defer r.Close()
	if !r.stale(s.keys) {
		return false, nil
	}
	f, err := s.create(s.temp())
	if err != nil {
		return false, err
	}
	placed := false
	defer func() {
		_ = f.Close() // closed before, unless something went wrong that is told already
		if !placed {
			_ = os.Remove(f.Name()) // best effort: Sweep takes what stays
		}
	}()
	w, err := newWriter(f, s.keys)
	if err != nil {
		return false, err
	}
	if _, err := io.Copy(w, r); err != nil {
		return false, err
	}
	if err := errors.Join(w.finish(r.head.kind, r.head.sum), f.Sync(), f.Close()); err != nil {
		return false, err
	}
	// A content that was collected meanwhile is not brought back: no row names it.
	if _, err := os.Stat(s.path(sha)); err != nil {
		return false, gone(err)
	}
	placed = true
	return true, s.place(f.Name(), sha)
}

// stale tells whether an older key than the newest has encrypted a content.
func (r *reader) stale(keys *sm.Keyring) bool {
	return !bytes.Equal(r.open[len(magic):len(magic)+4], keys.Head()[1:])
}

// Stale counts the contents that the newest key of the keyring has not encrypted, those among them that do not open.
func (s *Store) Stale(ctx context.Context) (n int64, err error) {
	c := &collection{Store: s}
	for first := range 256 {
		prefix := hex.EncodeToString([]byte{byte(first)})
		shards, err := os.ReadDir(filepath.Join(s.dir, prefix))
		if gone(err) != nil {
			return n, fmt.Errorf("counting contents: %w", err)
		}
		for _, shard := range shards {
			err := c.each(filepath.Join(s.dir, prefix, shard.Name()), prefix, func(sha string, _ fs.FileInfo) error {
				r, err := s.open(sha)
				switch {
				case fault.Is(err, fault.NotFound):
				case err != nil:
					n++
				default:
					if r.stale(s.keys) {
						n++
					}
					_ = r.Close() // it was only read
				}
				return ctx.Err()
			})
			if err != nil {
				return n, fmt.Errorf("counting contents: %w", err)
			}
		}
	}
	return n, nil
}

// Empty tells whether the store has no content.
func (s *Store) Empty() (bool, error) {
	c := &collection{Store: s}
	errFound := errors.New("there is one")
	for first := range 256 {
		prefix := hex.EncodeToString([]byte{byte(first)})
		shards, err := os.ReadDir(filepath.Join(s.dir, prefix))
		if gone(err) != nil {
			return false, fmt.Errorf("looking for contents: %w", err)
		}
		for _, shard := range shards {
			err := c.each(filepath.Join(s.dir, prefix, shard.Name()), prefix, func(string, fs.FileInfo) error { return errFound })
			if errors.Is(err, errFound) {
				return false, nil
			}
			if err != nil {
				return false, fmt.Errorf("looking for contents: %w", err)
			}
		}
	}
	return true, nil
}

// collection is one run of [Store.Collect].
type collection struct {
	*Store
	before time.Time
	named  Named
	since  map[string]time.Time // when a content was first seen to be named by nobody
	done   Collected
}

func (c *collection) folder(name string) string { return filepath.Join(c.dir, name) }

func (c *collection) run(ctx context.Context, prefix string) error {
	for _, name := range []string{unnamedFolder, leavingFolder} {
		if err := os.MkdirAll(c.folder(name), 0o700); err != nil {
			return err
		}
	}
	if err := c.putBack(prefix); err != nil {
		return err
	}
	err := c.each(c.folder(unnamedFolder), prefix, func(sha string, info fs.FileInfo) error {
		c.since[sha] = info.ModTime()
		return nil
	})
	if err != nil {
		return err
	}
	shards, err := os.ReadDir(filepath.Join(c.dir, prefix))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var some []string
	for _, shard := range shards {
		err := c.each(filepath.Join(c.dir, prefix, shard.Name()), prefix, func(sha string, _ fs.FileInfo) error {
			if some = append(some, sha); len(some) < together {
				return ctx.Err()
			}
			defer func() { some = nil }()
			return c.judge(ctx, some)
		})
		if err != nil {
			return err
		}
	}
	if err := c.judge(ctx, some); err != nil {
		return err
	}
	for sha := range c.since { // whose content is gone
		if err := gone(os.Remove(filepath.Join(c.folder(unnamedFolder), sha))); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for the files of a folder that are named as contents are; one on its way out has a name of its taker's own after the address.
func (c *collection) each(folder, prefix string, f func(sha string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return gone(err)
	}
	for _, e := range entries {
		sha, _, _ := strings.Cut(e.Name(), ".")
		if len(sha) != 64 || !strings.HasPrefix(sha, prefix) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().IsRegular() {
			err = f(sha, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judge looks which of some contents are named, and does with the others what their time asks for. It removes before it writes anything down: on a full disk
// that makes the room.
func (c *collection) judge(ctx context.Context, some []string) error {
	if len(some) == 0 {
		return nil
	}
	list, err := c.named(ctx, some)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, sha := range list {
		named[sha] = true
	}
	var unmarked []string
	for _, sha := range some {
		since, marked := c.since[sha]
		delete(c.since, sha)
		switch {
		case named[sha] && marked:
			err = gone(os.Remove(c.markOf(sha)))
		case named[sha]:
		case !marked:
			unmarked = append(unmarked, sha)
		case since.After(c.before):
			c.done.Waiting++
		default:
			err = c.take(sha)
		}
		if err != nil {
			return err
		}
	}
	for _, sha := range unmarked {
		c.done.Waiting++
		if err := c.mark(c.markOf(sha)); err != nil && !noSpace(err) {
			return err
		}
		// Without its mark it waits from the next time on.
	}
	return nil
}

func (c *collection) markOf(sha string) string { return filepath.Join(c.folder(unnamedFolder), sha) }

func createMark(path string) error { return os.WriteFile(path, nil, 0o600) }

// leaving is a content that has left its place.
type leaving struct {
	sha, path string
	bytes     int64
	late      bool // it was handed in lately: it goes back
}

// take removes a content unless it was handed in lately. It leaves its place first: from then on whoever hands it in finds nothing to touch and places it
// anew, so that what its time says afterwards is final.
func (c *collection) take(sha string) error {
	out, err := c.leave(sha)
	if err != nil {
		return gone(err)
	}
	return c.settle(out)
}

// leave takes a content from its place, under a name nobody else uses: another collector may take what was placed anew meanwhile, and neither removes
// the other's.
func (c *collection) leave(sha string) (leaving, error) {
	out := leaving{sha: sha, path: filepath.Join(c.folder(leavingFolder), sha+"."+rand.Text())}
	if err := os.Rename(c.path(sha), out.path); err != nil {
		return out, err
	}
	info, err := os.Stat(out.path)
	if err != nil {
		return out, err // put back by another, who took it for left by a crash
	}
	out.bytes, out.late = info.Size(), info.ModTime().After(c.before)
	return out, nil
}

// settle removes what has left, or puts it back.
func (c *collection) settle(out leaving) error {
	if out.late {
		c.done.Waiting++
		return c.restore(out.sha, out.path)
	}
	if err := os.Remove(out.path); err != nil {
		return gone(err)
	}
	c.done.Contents++
	c.done.Bytes += out.bytes
	return errors.Join(syncDir(filepath.Dir(c.path(out.sha))), gone(os.Remove(c.markOf(out.sha))))
}

// putBack returns what a crash left on its way out.
func (c *collection) putBack(prefix string) error {
	return c.each(c.folder(leavingFolder), prefix, func(sha string, info fs.FileInfo) error {
		return c.restore(sha, filepath.Join(c.folder(leavingFolder), info.Name()))
	})
}

// restore puts a content that was leaving back, unless it was placed anew.
func (c *collection) restore(sha, leaving string) error {
	if err := os.MkdirAll(filepath.Dir(c.path(sha)), 0o700); err != nil {
		return err
	}
	if err := os.Link(leaving, c.path(sha)); err != nil && !errors.Is(err, fs.ErrExist) {
		return gone(err)
	}
	return errors.Join(syncDir(filepath.Dir(c.path(sha))), gone(os.Remove(leaving)))
}

// gone forgives that something is not there: another node was faster.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
