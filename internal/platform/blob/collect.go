package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
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
	err := each(c.folder(unnamedFolder), prefix, func(sha string, info fs.FileInfo) error {
		c.since[sha] = info.ModTime()
		return nil
	})
	if err != nil {
		return err
	}
	var some []string
	err = c.walk(prefix, func(sha string, _ fs.FileInfo) error {
		if some = append(some, sha); len(some) < together {
			return ctx.Err()
		}
		defer func() { some = nil }()
		return c.judge(ctx, some)
	})
	if err != nil {
		return err
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
	return each(c.folder(leavingFolder), prefix, func(sha string, info fs.FileInfo) error {
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
