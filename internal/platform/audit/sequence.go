package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/platform/db"
)

// batch is how many leaves one transaction integrates: it bounds how long other writers of SQLite wait.
const batch = 512

// Run integrates what waits about each second, until ctx ends. Every node may run it: those that come second find nothing to do. It
// survives errors: it logs them, waits longer, and goes on. A round in which nothing waits is one read.
func (l *Log) Run(ctx context.Context) error {
	const slowest = 30 * time.Second
	for wait := l.every; ; {
		_, err := l.Sequence(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			wait = min(2*wait, max(slowest, l.every))
			l.log.ErrorContext(ctx, "integrating the log", "error", err, "next_try", wait)
		default:
			wait = l.every
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// Sequence integrates what waits now, signs a checkpoint of what the tree has become, and returns how many leaves this call numbered.
//
// Crash-safe at every step: a batch is one transaction, so a leaf waits or is in the tree, whole; a tree without a checkpoint gets it at
// the next call.
func (l *Log) Sequence(ctx context.Context) (int, error) {
	total := 0
	for {
		s, err := l.look(ctx)
		if err != nil {
			return total, fmt.Errorf("looking at the log: %w", err)
		}
		if s.Waiting {
			n, err := l.integrate(ctx, s)
			if err != nil {
				return total, fmt.Errorf("integrating waiting leaves: %w", err)
			}
			total += n
			if err := l.between("integrated"); err != nil {
				return total, err
			}
			// n is 0 when another node was faster. What waits then is found by looking again.
			if n == 0 || n == batch {
				continue
			}
			s.Signed = false
		}
		if s.Signed {
			return total, nil
		}
		if err := l.publish(ctx); err != nil {
			return total, fmt.Errorf("publishing a checkpoint: %w", err)
		}
		return total, nil
	}
}

// state is what a look at the log shows.
type state struct {
	Size    int64
	Turn    int64
	Waiting bool // leaves wait
	Signed  bool // the tree as it is has its checkpoint
}

func (l *Log) look(ctx context.Context) (s state, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		s, err = db.One[state](ctx, tx, `SELECT size, turn, EXISTS (SELECT 1 FROM audit_inbox) AS waiting,
EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.size = t.size) AS signed FROM audit_tree t WHERE id = 1`)
		return err
	})
	return s, err
}

// integrate numbers one batch. It returns 0 when another node moved the log since s was seen.
func (l *Log) integrate(ctx context.Context, s state) (n int, err error) {
	err = l.db.Update(ctx, func(tx *db.Tx) error {
		n = 0
		// Step 1: win the turn. Who comes second waits here for the first to commit, and then sees that it has moved.
		won, err := tx.Exec(ctx, `UPDATE audit_tree SET turn = turn + 1 WHERE id = 1 AND turn = $1 AND size = $2`, s.Turn, s.Size)
		if err != nil || won == 0 {
			return err
		}
		// Step 2: take from the inbox. Deleting returns each row as it is now: an erasure that came first is kept.
		waiting, err := db.All[row](ctx, tx, `DELETE FROM audit_inbox WHERE id IN (SELECT id FROM audit_inbox ORDER BY id LIMIT $1) RETURNING `+columns, batch)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if err := l.between("taken"); err != nil {
			return err
		}
		slices.SortFunc(waiting, func(a, b row) int { return strings.Compare(a.ID, b.ID) })
		hashes := make([][]byte, len(waiting))
		for i := range waiting {
			waiting[i].Position = s.Size + int64(i)
			hashes[i] = LeafHash(waiting[i].Commitment)
		}
		// Step 3: give them their places.
		if err := insertLeaves(ctx, tx, waiting); err != nil {
			return err
		}
		if err := l.between("numbered"); err != nil {
			return err
		}
		// Step 4: grow the tree.
		changed, err := tilesOf(tx).grow(ctx, s.Size, hashes)
		if err != nil {
			return err
		}
		if err := upsertTiles(ctx, tx, changed); err != nil {
			return err
		}
		if err := l.between("grown"); err != nil {
			return err
		}
		moved, err := tx.Exec(ctx, `UPDATE audit_tree SET size = $1 WHERE id = 1 AND size = $2`, s.Size+int64(len(waiting)), s.Size)
		if err != nil {
			return err
		}
		if moved != 1 {
			return fmt.Errorf("the tree is no longer %d leaves", s.Size)
		}
		n = len(waiting)
		return nil
	})
	return n, err
}

func insertLeaves(ctx context.Context, tx *db.Tx, rows []row) error {
	args := make([]any, 0, 12*len(rows))
	for _, r := range rows {
		var data any
		if r.Data != "" {
			data = r.Data
		}
		var salt any // NULL once erased
		if len(r.Salt) > 0 {
			salt = r.Salt
		}
		args = append(args, r.Position, r.ID, r.Kind, r.Actor, r.Office, r.Subject, r.Object, r.Basis, r.At, data, salt, r.Commitment)
	}
	return tx.Later(ctx, `INSERT INTO audit_leaf (position, `+columns+`) VALUES `+db.Values(len(rows), 12, 1), args...)
}

func upsertTiles(ctx context.Context, tx *db.Tx, changed map[tileID][]byte) error {
	args := make([]any, 0, 3*len(changed))
	for id, hashes := range changed {
		args = append(args, id.level, id.place, hashes)
	}
	return tx.Later(ctx, `INSERT INTO audit_tile (level, place, hashes) VALUES `+db.Values(len(changed), 3, 1)+`
ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes`, args...)
}
