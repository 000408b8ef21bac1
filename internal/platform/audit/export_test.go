package audit

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

// Batch and page sizes tests cross.
const Batch, TileWidth = batch, tileWidth

// Between makes the log call f between the steps of sequencing.
func (l *Log) Between(f func(step string) error) { l.between = f }

// Every makes Run look that often.
func (l *Log) Every(d time.Duration) { l.every = d }

// Integrate runs one batch as seen in s, without looking again.
func (l *Log) Integrate(ctx context.Context) (func() (int, error), error) {
	s, err := l.look(ctx)
	return func() (int, error) { return l.integrate(ctx, s) }, err
}

// Sign makes a note of any statement with the log's keys.
func (l *Log) Sign(c Checkpoint) (string, error) { return c.sign(l.signers) }

// RootAt returns the root that the tiles give.
func RootAt(ctx context.Context, tx *db.Tx, size int64) ([]byte, error) {
	return tilesOf(tx).root(ctx, size)
}

// HashChildren and EmptyRoot are the tree's.
var (
	HashChildren = hasher{}.HashChildren
	EmptyRoot    = hasher{}.EmptyRoot
)
