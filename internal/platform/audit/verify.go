package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/transparency-dev/merkle/compact"

	"xiangyun/internal/platform/db"
)

// page is how many rows a verification holds at a time.
const page = 1000

// Verify recomputes the whole log from its leaves, on one snapshot: positions without gaps, every commitment that can still be opened,
// every tile, the root and the signatures of every checkpoint that is kept, and that as many leaves are empty as were erased. What it
// can't see is a log that was cut short together with its checkpoints: for that somebody outside must have kept one.
//
// The error is about the reading; what is wrong with the log is in the report.
func (l *Log) Verify(ctx context.Context) (Report, error) {
	v := &verifier{log: l, keys: l.Keys(), tree: ranges.NewEmptyRange(0), open: map[int64][]byte{}}
	v.report.Origin = l.origin
	err := l.db.View(ctx, func(tx *db.Tx) error {
		v.tx = tx
		for _, step := range []func(context.Context) error{v.begin, v.leaves, v.rest, v.waiting, v.erasures} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, fmt.Errorf("verifying the log: %w", err)
	}
	return v.report, nil
}

// verifier holds what a verification has seen so far.
type verifier struct {
	log    *Log
	keys   []Key
	tx     *db.Tx
	report Report

	size        int64 // as audit_tree says
	tree        *compact.Range
	open        map[int64][]byte // level → recomputed hashes of its last tile
	full        []tileID         // recomputed whole, to be compared
	checkpoints []checkpointRow  // read ahead, by size
	last        int64            // size of the last checkpoint taken
	allRead     bool             // no checkpoint is left to read
	said        int64            // leaves that erasures say they emptied
	gone        int64            // leaves found missing so far
}

func (v *verifier) begin(ctx context.Context) (err error) {
	v.last = math.MinInt64
	if v.size, err = db.One[int64](ctx, v.tx, `SELECT size FROM audit_tree WHERE id = 1`); errors.Is(err, db.ErrNotFound) {
		v.report.fail("tree", "the row that holds its size is gone")
		err = nil
	}
	if err != nil {
		return err
	}
	return v.check(ctx) // the checkpoint of the empty tree
}

// leaves walks all leaves in the order of the tree.
func (v *verifier) leaves(ctx context.Context) error {
	for from := int64(-1); ; {
		rows, err := db.All[row](ctx, v.tx, `SELECT position, `+columns+` FROM audit_leaf WHERE position > $1 ORDER BY position LIMIT $2`, from, page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := v.leaf(ctx, r.leaf()); err != nil {
				return err
			}
			from = r.Position
		}
		if len(rows) < page {
			break
		}
	}
	v.report.Size = int64(v.tree.End())
	if v.report.Size != v.size {
		v.report.fail("tree", "it says it has %d leaves, but there are %d", v.size, v.report.Size)
	}
	var err error
	v.report.Root, err = rootOf(v.tree)
	return err
}

func (v *verifier) leaf(ctx context.Context, l Leaf) error {
	if next := int64(v.tree.End()) + v.gone; l.Position != next {
		v.report.fail(fmt.Sprintf("leaf %d", next), "it is missing; the next one there has the position %d", l.Position)
		v.gone += l.Position - next
	}
	v.content(fmt.Sprintf("leaf %d", l.Position), l)
	var err error
	visit := func(id compact.NodeID, hash []byte) {
		if id.Level%tileHeight != 0 {
			return
		}
		level := int64(id.Level / tileHeight)
		if id.Index%tileWidth == 0 {
			v.open[level] = v.open[level][:0]
		}
		v.open[level] = append(v.open[level], hash...)
		if id.Index%tileWidth == tileWidth-1 {
			v.full = append(v.full, tileID{level, int64(id.Index / tileWidth)})
		}
	}
	if err = v.tree.Append(LeafHash(l.Commitment), visit); err != nil {
		return err
	}
	for _, id := range v.full {
		if err := v.tile(ctx, id); err != nil {
			return err
		}
	}
	v.full = v.full[:0]
	return v.check(ctx)
}

// content checks what a leaf says against its commitment, and counts erasures.
func (v *verifier) content(where string, l Leaf) {
	switch {
	case len(l.Commitment) != hashSize:
		v.report.fail(where, "its commitment is no hash")
	case !l.Erased && !l.Opens():
		v.report.fail(where, "its content is not what was committed to when it was written")
	case l.Erased && (len(l.Data) > 0 || l.Salt != nil):
		v.report.fail(where, "its salt is gone, but its data is not: that is no erasure")
	}
	if l.Erased {
		v.report.Erased++
		return
	}
	if l.Kind == kindErased {
		var e erased
		if err := json.Unmarshal(l.Data, &e); err != nil {
			v.report.fail(where, "it says that leaves were erased, but not how many")
		}
		v.said += e.Leaves
	}
}

// tile compares a recomputed tile with the stored one.
func (v *verifier) tile(ctx context.Context, id tileID) error {
	v.report.Tiles++
	stored, err := db.One[[]byte](ctx, v.tx, `SELECT hashes FROM audit_tile WHERE level = $1 AND place = $2`, id.level, id.place)
	switch {
	case errors.Is(err, db.ErrNotFound):
		v.report.fail(id.String(), "it is missing")
	case err != nil:
		return err
	case !bytes.Equal(stored, v.open[id.level]):
		v.report.fail(id.String(), "its hashes are not those of the leaves")
	}
	return nil
}

// check compares every stored checkpoint of the size the walk has reached.
func (v *verifier) check(ctx context.Context) error {
	at := int64(v.tree.End())
	for {
		if len(v.checkpoints) == 0 && !v.allRead {
			list, err := db.All[checkpointRow](ctx, v.tx, `SELECT size, root, note, at FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, v.last, page)
			if err != nil {
				return err
			}
			v.checkpoints, v.allRead = list, len(list) < page
		}
		if len(v.checkpoints) == 0 || v.checkpoints[0].Size > at {
			return nil
		}
		c := v.checkpoints[0]
		v.checkpoints, v.last = v.checkpoints[1:], c.Size
		v.checkpoint(c, at)
	}
}

// checkpoint checks one stored checkpoint against the walk, which has reached its size.
func (v *verifier) checkpoint(c checkpointRow, at int64) {
	v.report.Checkpoints++
	where := fmt.Sprintf("checkpoint of %d leaves", c.Size)
	root, err := rootOf(v.tree)
	switch {
	case err != nil:
		v.report.fail(where, "the root can't be computed: %v", err)
	case c.Size != at:
		v.report.fail(where, "no tree of that size was ever reached")
	case !bytes.Equal(root, c.Root):
		v.report.fail(where, "its root is not that of the leaves")
	}
	signed, err := VerifyCheckpoint(c.Note, v.keys)
	switch {
	case err != nil:
		v.report.fail(where, "%v", err)
	case signed.Size != c.Size || !bytes.Equal(signed.Root, c.Root):
		v.report.fail(where, "what is signed is not what is stored")
	}
}

// rest checks what the walk did not come by: the tiles that still grow, tiles and checkpoints too many.
func (v *verifier) rest(ctx context.Context) error {
	for level, n := int64(0), v.report.Size; n > 0; level, n = level+1, n/tileWidth {
		if n%tileWidth != 0 {
			if err := v.tile(ctx, tileID{level, n / tileWidth}); err != nil {
				return err
			}
		}
	}
	stored, err := db.One[int64](ctx, v.tx, `SELECT count(*) FROM audit_tile`)
	if err != nil {
		return err
	}
	if stored > v.report.Tiles {
		v.report.fail("tiles", "%d are stored that the tree does not have", stored-v.report.Tiles)
	}
	beyond, err := db.All[int64](ctx, v.tx, `SELECT size FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, v.report.Size, maxFailures)
	for _, size := range beyond {
		v.report.fail(fmt.Sprintf("checkpoint of %d leaves", size), "it was signed, but the tree has only %d leaves: some are gone", v.report.Size)
	}
	return err
}

// waiting checks the leaves that have no position yet.
func (v *verifier) waiting(ctx context.Context) error {
	for from := ""; ; {
		rows, err := db.All[row](ctx, v.tx, `SELECT -1 AS position, `+columns+` FROM audit_inbox WHERE id > $1 ORDER BY id LIMIT $2`, from, page)
		if err != nil {
			return err
		}
		for _, r := range rows {
			v.report.Waiting++
			v.content("waiting leaf "+r.ID, r.leaf())
			from = r.ID
		}
		if len(rows) < page {
			return nil
		}
	}
}

// erasures compares how many leaves are empty with how many erasures say so.
func (v *verifier) erasures(context.Context) error {
	if v.said != v.report.Erased {
		v.report.fail("erasures", "%d leaves are empty, but erasures emptied %d", v.report.Erased, v.said)
	}
	return nil
}
