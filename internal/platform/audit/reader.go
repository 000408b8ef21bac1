package audit

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
)

// Tree recomputes a log's tree from what it publishes, leaf after leaf. The zero value is not usable; see [NewTree].
type Tree struct{ r *compact.Range }

// NewTree returns a tree of size leaves, of which nothing is known but these hashes; nil for 0 leaves. They are what [Tree.Hashes] returned.
func NewTree(size int64, hashes [][]byte) (Tree, error) {
	if size < 0 {
		return Tree{}, errors.New("a size is not negative")
	}
	r, err := ranges.NewRange(0, uint64(size), hashes)
	if err != nil {
		return Tree{}, fmt.Errorf("taking up a tree of %d leaves: %w", size, err)
	}
	return Tree{r}, nil
}

// Append adds the leaf of a commitment.
func (t Tree) Append(commitment []byte) error { return t.r.Append(LeafHash(commitment), nil) }

// Size returns how many leaves it has.
func (t Tree) Size() int64 { return int64(t.r.End()) }

// Root returns the root hash.
func (t Tree) Root() ([]byte, error) { return rootOf(t.r) }

// Hashes returns what is to be kept to go on later: some hashes, as many as the size has ones in binary.
func (t Tree) Hashes() [][]byte { return t.r.Hashes() }

// ParseBundle reads an entry bundle of n commitments; anything else, longer or shorter, is an error.
func ParseBundle(content []byte, n int) ([][]byte, error) {
	out := make([][]byte, 0, n)
	for len(content) > 0 {
		if len(content) < 2 {
			return nil, errors.New("the bundle ends within an entry")
		}
		size := int(binary.BigEndian.Uint16(content))
		if size != hashSize || len(content) < 2+size {
			return nil, errors.New("an entry of the bundle is no commitment")
		}
		out = append(out, content[2:2+size])
		content = content[2+size:]
	}
	if len(out) != n {
		return nil, fmt.Errorf("the bundle holds %d entries, not %d", len(out), n)
	}
	return out, nil
}
