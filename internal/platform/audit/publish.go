package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/platform/db"
)

// Every checkpoint stays for a day, so that whoever fetched one finds it again; after that one an hour stays for ever.
const (
	allFor    = 24 * time.Hour
	keptEvery = time.Hour
)

// publish signs the tree as it is: prepare, sign, record. Two nodes that do it at once state the same root; the second note is dropped.
func (l *Log) publish(ctx context.Context) error {
	c, err := l.prepare(ctx)
	if err != nil {
		return err
	}
	if err := l.between("prepared"); err != nil {
		return err
	}
	if c.Note, err = c.sign(l.signers); err != nil {
		return err
	}
	if err := l.between("signed"); err != nil {
		return err
	}
	return l.db.Update(ctx, func(tx *db.Tx) error {
		last, err := db.One[time.Time](ctx, tx, `SELECT at FROM audit_checkpoint WHERE kept ORDER BY size DESC LIMIT 1`)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		keep := err != nil || !tx.Now.Before(last.Add(keptEvery))
		err = tx.Later(ctx, `INSERT INTO audit_checkpoint (size, root, note, at, kept) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (size) DO NOTHING`,
			c.Size, c.Root, c.Note, tx.Now, keep)
		if err != nil {
			return err
		}
		if err := l.between("recorded"); err != nil {
			return err
		}
		return tx.Later(ctx, `DELETE FROM audit_checkpoint WHERE NOT kept AND at < $1 AND size < $2`, tx.Now.Add(-allFor), c.Size)
	})
}

// prepare computes the root of the tree as it is. It refuses when the tiles contradict the checkpoint before: a log that signs two
// histories is worse than one that signs nothing.
func (l *Log) prepare(ctx context.Context) (c Checkpoint, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		c = Checkpoint{Origin: l.origin}
		if c.Size, err = db.One[int64](ctx, tx, `SELECT size FROM audit_tree WHERE id = 1`); err != nil {
			return err
		}
		t := tilesOf(tx)
		if c.Root, err = t.root(ctx, c.Size); err != nil {
			return err
		}
		before, err := l.Checkpoint(ctx, tx)
		if errors.Is(err, ErrUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		if before.Size > c.Size {
			return fmt.Errorf("the tree has %d leaves, but a checkpoint of %d was signed: refusing to sign", c.Size, before.Size)
		}
		signed, err := VerifyCheckpoint(before.Note, l.Keys())
		if err != nil {
			return fmt.Errorf("the checkpoint of %d leaves can't be trusted, refusing to sign another: %w", before.Size, err)
		}
		root, err := t.root(ctx, signed.Size)
		if err != nil {
			return err
		}
		if !bytes.Equal(root, signed.Root) {
			return fmt.Errorf("the tiles no longer give the root that was signed at %d leaves: refusing to sign", signed.Size)
		}
		return nil
	})
	return c, err
}
