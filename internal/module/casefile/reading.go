package casefile

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// readAll is the reading of a whole case; others name the file or document that was read.
const readAll = "case"

// reading hands a case to f when by may know of it. What an officer reads, its leaf tells of in the same transaction; the same again within
// minutes is one reading and needs no write.
func (s *Service) reading(ctx context.Context, by actor.Actor, number, what string, f func(tx *db.Tx, c *Case) error) error {
	var key seenKey
	var now time.Time
	read := func(tx *db.Tx) (*Case, error) {
		c, err := byNumber(ctx, tx, number)
		if err != nil {
			return nil, err
		}
		return c, s.visible(ctx, tx, by, c)
	}
	unlogged := false
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := read(tx)
		if err != nil {
			return err
		}
		key, now = seenKey{by.Account, c.ID + "/" + what, c.Version}, tx.Now
		if unlogged = by.Kind == actor.Officer && s.freshly(key, now); unlogged {
			return nil
		}
		return f(tx, c)
	})
	if err != nil || !unlogged {
		return err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := read(tx)
		if err != nil {
			return err
		}
		if err := f(tx, c); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "case.read", Actor: by.Name(), Office: by.OfficePath, Subject: c.ApplicantID,
			Object: "case:" + c.Number, Basis: c.ItemName, Data: map[string]any{"what": what, "version": c.Version}})
	})
	if err != nil {
		s.forget(key)
	}
	return err
}
