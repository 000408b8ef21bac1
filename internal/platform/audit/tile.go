package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"xiangyun/internal/platform/db"
)

// TilePath is the address of a tile or an entry bundle as C2SP tlog-tiles writes it: tile/<L>/<N>[.p/<W>].
type TilePath struct {
	Entries bool  // an entry bundle: tile/entries/<N>
	Level   int64 // 0 to 63; 0 for bundles
	Place   int64 // N
	Width   int   // 1 to 255 for a partial tile, 256 for a full one
}

// Full tells whether the tile can never change any more.
func (p TilePath) Full() bool { return p.Width == tileWidth }

// String returns the path. N is written in groups of three digits, all but the last marked by x: 1234067 is x001/x234/067.
func (p TilePath) String() string {
	place := fmt.Sprintf("%03d", p.Place%1000)
	for n := p.Place / 1000; n > 0; n /= 1000 {
		place = fmt.Sprintf("x%03d/", n%1000) + place
	}
	level := "entries"
	if !p.Entries {
		level = strconv.FormatInt(p.Level, 10)
	}
	path := "tile/" + level + "/" + place
	if !p.Full() {
		path += ".p/" + strconv.Itoa(p.Width)
	}
	return path
}

// ParseTilePath reads a path in its one canonical form; every other spelling is ErrUnknown.
func ParseTilePath(path string) (TilePath, error) {
	p := TilePath{Width: tileWidth}
	level, rest, ok := strings.Cut(strings.TrimPrefix(path, "tile/"), "/")
	if !ok || len(path) > 100 {
		return TilePath{}, ErrUnknown
	}
	if p.Entries = level == "entries"; !p.Entries {
		n, err := strconv.ParseUint(level, 10, 6)
		if err != nil {
			return TilePath{}, ErrUnknown
		}
		p.Level = int64(n)
	}
	place, width, partial := strings.Cut(rest, ".p/")
	if partial {
		n, err := strconv.ParseUint(width, 10, 8)
		if err != nil || n == 0 {
			return TilePath{}, ErrUnknown
		}
		p.Width = int(n)
	}
	// Without the marks and slashes it is one number; whether they stood in the right places is seen by writing it again.
	n, err := strconv.ParseUint(strings.NewReplacer("x", "", "/", "").Replace(place), 10, 62)
	if err != nil {
		return TilePath{}, ErrUnknown
	}
	if p.Place = int64(n); p.String() != path {
		return TilePath{}, ErrUnknown
	}
	return p, nil
}

// Tile returns a tile or an entry bundle by its C2SP path. A partial tile is the beginning of the one that is there; ErrUnknown when
// that is shorter, or when the path is not written as C2SP has it.
func (l *Log) Tile(ctx context.Context, tx *db.Tx, path string) ([]byte, error) {
	p, err := ParseTilePath(path)
	if err != nil {
		return nil, err
	}
	if p.Entries {
		return bundle(ctx, tx, p)
	}
	hashes, err := tilesOf(tx).load(ctx, tileID{p.Level, p.Place})
	if err != nil {
		return nil, err
	}
	if len(hashes) < p.Width*hashSize {
		return nil, ErrUnknown
	}
	return hashes[:p.Width*hashSize], nil
}

// bundle returns what is public of the leaves of a tile: their commitments, each after its length in two bytes.
func bundle(ctx context.Context, tx *db.Tx, p TilePath) ([]byte, error) {
	if p.Place > (1<<62)/tileWidth {
		return nil, ErrUnknown
	}
	first := p.Place * tileWidth
	list, err := db.All[[]byte](ctx, tx, `SELECT commitment FROM audit_leaf WHERE position >= $1 AND position < $2 ORDER BY position`, first, first+int64(p.Width))
	if err != nil {
		return nil, err
	}
	if len(list) < p.Width {
		return nil, ErrUnknown
	}
	var out []byte
	for _, c := range list {
		out = binary.BigEndian.AppendUint16(out, uint16(len(c)))
		out = append(out, c...)
	}
	return out, nil
}
