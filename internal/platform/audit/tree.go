package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// Hashes and tiles: 256 hashes of 32 bytes each, height 8.
const (
	hashSize   = sm.Size
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// hasher is RFC 6962's with SM3. It implements merkle.LogHasher.
type hasher struct{}

// Size returns the length of a hash.
func (hasher) Size() int { return hashSize }

// EmptyRoot returns the root of a tree without leaves.
func (hasher) EmptyRoot() []byte {
	h := sm.Sum(nil)
	return h[:]
}

// HashLeaf returns the hash of a leaf, here always a commitment.
func (hasher) HashLeaf(leaf []byte) []byte {
	h := sm.Hash()
	h.Write([]byte{0})
	h.Write(leaf)
	return h.Sum(nil)
}

// HashChildren returns the hash of an inner node.
func (hasher) HashChildren(left, right []byte) []byte {
	h := sm.Hash()
	h.Write([]byte{1})
	h.Write(left)
	h.Write(right)
	return h.Sum(nil)
}

// LeafHash returns the hash under which a commitment stands in the tree.
func LeafHash(commitment []byte) []byte { return hasher{}.HashLeaf(commitment) }

var ranges = &compact.RangeFactory{Hash: hasher{}.HashChildren}

// rootOf returns the root of a range that begins at 0.
func rootOf(r *compact.Range) ([]byte, error) {
	if r.End() == 0 {
		return hasher{}.EmptyRoot(), nil
	}
	return r.GetRootHash(nil)
}

// tileID says which tile.
type tileID struct{ level, place int64 }

func (t tileID) String() string { return fmt.Sprintf("tile %d of level %d", t.place, t.level) }

// tiles reads tiles once each.
type tiles struct {
	tx   *db.Tx
	seen map[tileID][]byte
}

func tilesOf(tx *db.Tx) *tiles { return &tiles{tx, map[tileID][]byte{}} }

// load returns the hashes of a tile; ErrUnknown when there is none.
func (t *tiles) load(ctx context.Context, id tileID) ([]byte, error) {
	if h, ok := t.seen[id]; ok {
		return h, nil
	}
	h, err := db.One[[]byte](ctx, t.tx, `SELECT hashes FROM audit_tile WHERE level = $1 AND place = $2`, id.level, id.place)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	t.seen[id] = h
	return h, nil
}

// node returns the hash of a perfect subtree. Nodes between the levels of tiles are hashed from the tile below them.
func (t *tiles) node(ctx context.Context, id compact.NodeID) ([]byte, error) {
	within := id.Level % tileHeight
	first := id.Index << within
	tile := tileID{int64(id.Level / tileHeight), int64(first / tileWidth)}
	hashes, err := t.load(ctx, tile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", tile, err)
	}
	begin, end := int(first%tileWidth)*hashSize, (int(first%tileWidth)+1<<within)*hashSize
	if end > len(hashes) {
		return nil, fmt.Errorf("reading %s: it is shorter than the tree needs", tile)
	}
	level := make([][]byte, 0, 1<<within)
	for i := begin; i < end; i += hashSize {
		level = append(level, hashes[i:i+hashSize])
	}
	for len(level) > 1 {
		for i := range len(level) / 2 {
			level[i] = hasher{}.HashChildren(level[2*i], level[2*i+1])
		}
		level = level[:len(level)/2]
	}
	return level[0], nil
}

func (t *tiles) nodes(ctx context.Context, ids []compact.NodeID) ([][]byte, error) {
	out := make([][]byte, len(ids))
	for i, id := range ids {
		var err error
		if out[i], err = t.node(ctx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// frontier returns the first size leaves as a range that more can be appended to.
func (t *tiles) frontier(ctx context.Context, size int64) (*compact.Range, error) {
	hashes, err := t.nodes(ctx, compact.RangeNodes(0, uint64(size), nil))
	if err != nil {
		return nil, err
	}
	return ranges.NewRange(0, uint64(size), hashes)
}

// root returns the root of the first size leaves.
func (t *tiles) root(ctx context.Context, size int64) ([]byte, error) {
	r, err := t.frontier(ctx, size)
	if err != nil {
		return nil, err
	}
	return rootOf(r)
}

// grow appends leaf hashes to a tree of size leaves and returns the tiles that changed, whole. Nothing is written.
func (t *tiles) grow(ctx context.Context, size int64, leaves [][]byte) (map[tileID][]byte, error) {
	r, err := t.frontier(ctx, size)
	if err != nil {
		return nil, err
	}
	// The last tile of each level, when it is not full, is what grows.
	open := map[tileID][]byte{}
	for level, n := int64(0), size; n > 0; level, n = level+1, n/tileWidth {
		if n%tileWidth == 0 {
			continue
		}
		id := tileID{level, n / tileWidth}
		h, err := t.load(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", id, err)
		}
		if int64(len(h)) != n%tileWidth*hashSize {
			return nil, fmt.Errorf("reading %s: it does not hold %d hashes", id, n%tileWidth)
		}
		open[id] = h
	}
	changed := map[tileID][]byte{}
	visit := func(id compact.NodeID, hash []byte) {
		if id.Level%tileHeight != 0 {
			return
		}
		tile := tileID{int64(id.Level / tileHeight), int64(id.Index / tileWidth)}
		if changed[tile] == nil {
			changed[tile] = append(make([]byte, 0, tileWidth*hashSize), open[tile]...)
		}
		changed[tile] = append(changed[tile], hash...)
	}
	for _, h := range leaves {
		if err := r.Append(h, visit); err != nil {
			return nil, fmt.Errorf("appending to the tree: %w", err)
		}
	}
	return changed, nil
}
