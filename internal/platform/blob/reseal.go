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

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Reseal encrypts anew, with the newest key of the keyring, the contents whose address begins with this byte and that an older one has encrypted; how many it
// did, and how many were left as they are, being damaged or not to be read or written. It ends at a full disk. Who reads one meanwhile reads on in the file he
// has opened.
func (s *Store) Reseal(ctx context.Context, first byte) (done, failed int, err error) {
	err = s.walk(hex.EncodeToString([]byte{first}), func(sha string, _ fs.FileInfo) error {
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
	return done, failed, err
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
	err = s.walkAll(func(sha string, _ fs.FileInfo) error {
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
	return n, nil
}
