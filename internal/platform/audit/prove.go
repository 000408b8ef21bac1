package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/transparency-dev/merkle/proof"

	"xiangyun/internal/platform/db"
)

// Proof shows that a leaf is in the tree of a checkpoint.
type Proof struct {
	Position   int64
	Commitment []byte
	LeafHash   []byte
	Hashes     [][]byte // from the leaf's sibling up, RFC 6962 2.1.1
	Checkpoint Checkpoint
}

// Verify checks the proof against the root it names; the checkpoint's signatures are [VerifyCheckpoint]'s matter.
func (p Proof) Verify() error {
	return VerifyInclusion(p.Commitment, p.Position, p.Checkpoint.Size, p.Hashes, p.Checkpoint.Root)
}

// Prove returns the inclusion of the leaf at a position in the newest checkpoint. ErrUnknown while no checkpoint reaches it.
func (l *Log) Prove(ctx context.Context, tx *db.Tx, position int64) (Proof, error) {
	c, err := l.Checkpoint(ctx, tx)
	if err != nil {
		return Proof{}, err
	}
	if position < 0 || position >= c.Size {
		return Proof{}, ErrUnknown
	}
	leaf, err := l.At(ctx, tx, position)
	if err != nil {
		return Proof{}, err
	}
	nodes, err := proof.Inclusion(uint64(position), uint64(c.Size))
	if err != nil {
		return Proof{}, fmt.Errorf("proving leaf %d: %w", position, err)
	}
	hashes, err := path(ctx, tx, nodes)
	if err != nil {
		return Proof{}, fmt.Errorf("proving leaf %d: %w", position, err)
	}
	return Proof{Position: position, Commitment: leaf.Commitment, LeafHash: LeafHash(leaf.Commitment), Hashes: hashes, Checkpoint: c}, nil
}

// Consistency returns the proof that the tree of from leaves is the beginning of the tree of to leaves, RFC 6962 2.1.2. It is empty when one
// of them is empty or both are the same. ErrUnknown when the tree is smaller than to, or from is greater.
func (l *Log) Consistency(ctx context.Context, tx *db.Tx, from, to int64) ([][]byte, error) {
	size, err := db.One[int64](ctx, tx, `SELECT size FROM audit_tree WHERE id = 1`)
	if err != nil {
		return nil, err
	}
	if from < 0 || from > to || to > size {
		return nil, ErrUnknown
	}
	nodes, err := proof.Consistency(uint64(from), uint64(to))
	if err != nil {
		return nil, fmt.Errorf("proving %d in %d: %w", from, to, err)
	}
	return path(ctx, tx, nodes)
}

func path(ctx context.Context, tx *db.Tx, n proof.Nodes) ([][]byte, error) {
	hashes, err := tilesOf(tx).nodes(ctx, n.IDs)
	if err != nil {
		return nil, err
	}
	return n.Rehash(hashes, hasher{}.HashChildren)
}

// Checkpoint returns the newest checkpoint; ErrUnknown before the log has signed its first.
func (l *Log) Checkpoint(ctx context.Context, tx *db.Tx) (Checkpoint, error) {
	list, err := l.Checkpoints(ctx, tx, 1)
	if err == nil && len(list) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Checkpoint{}, err
	}
	return list[0], nil
}

// Checkpoints returns the newest checkpoints that are still there, the newest first.
func (l *Log) Checkpoints(ctx context.Context, tx *db.Tx, limit int) ([]Checkpoint, error) {
	rows, err := db.All[checkpointRow](ctx, tx, `SELECT size, root, note, at FROM audit_checkpoint ORDER BY size DESC LIMIT $1`, limit)
	out := make([]Checkpoint, len(rows))
	for i, r := range rows {
		out[i] = Checkpoint{Origin: l.origin, Size: r.Size, Root: r.Root, Note: r.Note, At: r.At}
	}
	return out, err
}

// Growth returns size and time of the checkpoints kept for ever, one an hour at most, since an instant, the oldest first; at most a year of them.
func (l *Log) Growth(ctx context.Context, tx *db.Tx, since time.Time) ([]Checkpoint, error) {
	return db.All[Checkpoint](ctx, tx, `SELECT size, at FROM audit_checkpoint WHERE kept AND at >= $1 ORDER BY size LIMIT 9000`, since)
}

type checkpointRow struct {
	Size int64
	Root []byte
	Note string
	At   time.Time
}

// VerifyInclusion checks that a commitment is the leaf at a position of the tree with this size and root.
func VerifyInclusion(commitment []byte, position, size int64, hashes [][]byte, root []byte) error {
	if position < 0 || size < 0 {
		return errors.New("a position and a size are not negative")
	}
	return proof.VerifyInclusion(hasher{}, uint64(position), uint64(size), LeafHash(commitment), hashes, root)
}

// VerifyConsistency checks that the tree of from leaves and fromRoot is the beginning of the tree of to leaves and toRoot.
func VerifyConsistency(from, to int64, hashes [][]byte, fromRoot, toRoot []byte) error {
	if from < 0 || to < 0 {
		return errors.New("a size is not negative")
	}
	return proof.VerifyConsistency(hasher{}, uint64(from), uint64(to), hashes, fromRoot, toRoot)
}
