package audit_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

func TestTilePaths(t *testing.T) {
	for path, want := range map[string]audit.TilePath{
		"tile/0/000":                {Width: 256},
		"tile/1/x001/x234/067":      {Level: 1, Place: 1234067, Width: 256},
		"tile/0/x001/067.p/5":       {Place: 1067, Width: 5},
		"tile/63/999.p/255":         {Level: 63, Place: 999, Width: 255},
		"tile/entries/000":          {Entries: true, Width: 256},
		"tile/entries/x273/112.p/1": {Entries: true, Place: 273112, Width: 1},
	} {
		got, err := audit.ParseTilePath(path)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
		if want.String() != path {
			t.Errorf("%+v is written %s", want, want)
		}
	}
	for _, path := range []string{"", "tile", "tile/0", "0/000", "tile/0/", "tile/0/0", "tile/0/1000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/x000/001",
		"tile/0/001/067", "tile/0/x001/x067", "tile/0/x01/067", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/05", "tile/0/000.p/", "tile/0/000.p/5.p/5", "tile/0/000/",
		"tile/entries", "tile/data/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/ 00", "tile/0/٠٠٠", "TILE/0/000"} {
		if got, err := audit.ParseTilePath(path); !errors.Is(err, audit.ErrUnknown) {
			t.Errorf("%q is read as %+v, %v", path, got, err)
		}
	}
}

func FuzzTilePath(f *testing.F) {
	for _, s := range []string{"tile/0/000", "tile/1/x001/x234/067", "tile/entries/x001/067.p/5", "tile/63/999.p/255", "tile/0/x000/000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p, err := audit.ParseTilePath(path)
		if err != nil {
			return
		}
		if p.String() != path || p.Place < 0 || p.Level < 0 || p.Level > 63 || p.Width < 1 || p.Width > 256 {
			t.Errorf("%q is read as %+v, which is written %s", path, p, p)
		}
	})
}

// TestAMonitorRebuildsTheTree reads the log as a stranger does: checkpoint, bundles and tiles by their paths, no database.
func TestAMonitorRebuildsTheTree(t *testing.T) {
	h := open(t)
	const size = 256*2 + 20
	h.append(entries(size)...)
	h.sequence()
	fetch := func(p audit.TilePath) (out []byte) {
		t.Helper()
		h.view(func(tx *db.Tx) (err error) {
			out, err = h.log.Tile(t.Context(), tx, p.String())
			return err
		})
		return out
	}
	c, err := audit.VerifyCheckpoint(h.checkpoint().Note, h.log.Keys())
	if err != nil {
		t.Fatal(err)
	}
	var commitments [][]byte
	for place, left := int64(0), c.Size; left > 0; place, left = place+1, left-256 {
		width := int(min(left, 256))
		b := fetch(audit.TilePath{Entries: true, Place: place, Width: width})
		hashes := fetch(audit.TilePath{Place: place, Width: width})
		if len(hashes) != width*sm.Size {
			t.Fatalf("tile %d has %d bytes", place, len(hashes))
		}
		for i := 0; len(b) > 0; i++ {
			n := int(binary.BigEndian.Uint16(b))
			commitment := b[2 : 2+n]
			if !bytes.Equal(audit.LeafHash(commitment), hashes[i*sm.Size:(i+1)*sm.Size]) {
				t.Fatalf("bundle and tile %d differ at %d", place, i)
			}
			commitments, b = append(commitments, commitment), b[2+n:]
		}
	}
	if int64(len(commitments)) != c.Size || !bytes.Equal(reference(commitments), c.Root) {
		t.Error("the root of what is published is not the one that is signed")
	}
	upper := fetch(audit.TilePath{Level: 1, Width: 2})
	if !bytes.Equal(upper[:sm.Size], reference(commitments[:256])) || !bytes.Equal(upper[sm.Size:], reference(commitments[256:512])) {
		t.Error("the tile above is not made of the tiles below")
	}
	if !bytes.Equal(fetch(audit.TilePath{Width: 7}), fetch(audit.TilePath{Width: 256})[:7*sm.Size]) {
		t.Error("a partial tile is not the beginning of the whole one")
	}
	h.view(func(tx *db.Tx) error {
		for _, path := range []string{"tile/0/002", "tile/0/002.p/21", "tile/1/000", "tile/1/000.p/3", "tile/2/000.p/1", "tile/63/000", "tile/0/003.p/1", "tile/entries/002", "tile/entries/002.p/21",
			"tile/entries/x999/x999/x999/x999/x999/999", "tile/x/000"} {
			if _, err := h.log.Tile(t.Context(), tx, path); !errors.Is(err, audit.ErrUnknown) {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
}
