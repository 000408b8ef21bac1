package blob

import (
	"bytes"
	"context"
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
// did, and how many are damaged and were left as they are. Who reads one meanwhile reads on in the file he has opened.
func (s *Store) Reseal(ctx context.Context, first byte) (done, damaged int, err error) {
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
			case errors.Is(err, ErrDamaged):
				damaged++
			case err != nil && !fault.Is(err, fault.NotFound):
				return fmt.Errorf("encrypting a content anew: %w", err)
			case again:
				done++
			}
			return nil
		})
		if err != nil {
			return done, damaged, err
		}
	}
	return done, damaged, nil
}

// again encrypts one content anew, unless the newest key has encrypted it. It counts as handed in now, as somebody may just be doing.
func (s *Store) again(sha string) (bool, error) {
	r, err := s.open(sha)
	if err != nil {
		return false, err
	}
	defer r.Close()
	if head := s.keys.Head(); bytes.Equal(r.open[len(magic):len(magic)+4], head[1:]) {
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

// each calls f for the files of a folder that are named as contents are.
func (c *collection) each(folder, prefix string, f func(sha string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return gone(err)
	}
	for _, e := range entries {
		if len(e.Name()) != 64 || !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().IsRegular() {
			err = f(e.Name(), info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judge looks which of some contents are named, and does with the others what their time asks for.
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
	for _, sha := range some {
		since, marked := c.since[sha]
		delete(c.since, sha)
		mark := filepath.Join(c.folder(unnamedFolder), sha)
		switch {
		case named[sha] && marked:
			err = gone(os.Remove(mark))
		case named[sha]:
		case !marked:
			c.done.Waiting++
			err = os.WriteFile(mark, nil, 0o600)
		case since.After(c.before):
			c.done.Waiting++
		default:
			err = c.take(sha, mark)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// take removes a content unless it was handed in lately. It leaves its place first: from then on whoever hands it in finds nothing to touch and places it
// anew, so that what its time says afterwards is final.
func (c *collection) take(sha, mark string) error {
	leaving := filepath.Join(c.folder(leavingFolder), sha)
	if err := os.Rename(c.path(sha), leaving); err != nil {
		return gone(err)
	}
	info, err := os.Stat(leaving)
	if err != nil {
		return gone(err)
	}
	if info.ModTime().After(c.before) {
		c.done.Waiting++
		return c.restore(sha)
	}
	if err := os.Remove(leaving); err != nil {
		return gone(err)
	}
	c.done.Contents++
	c.done.Bytes += info.Size()
	return errors.Join(syncDir(filepath.Dir(c.path(sha))), gone(os.Remove(mark)))
}

// putBack returns what a crash left on its way out.
func (c *collection) putBack(prefix string) error {
	return c.each(c.folder(leavingFolder), prefix, func(sha string, _ fs.FileInfo) error { return c.restore(sha) })
}

// restore puts a content that was leaving back, unless it was placed anew.
func (c *collection) restore(sha string) error {
	leaving := filepath.Join(c.folder(leavingFolder), sha)
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
