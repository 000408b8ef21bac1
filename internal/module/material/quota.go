package material

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Quota bounds what one account may upload: who hands something in never meets it, who floods the store does. A bound that is 0 is none.
//
// Waiting is what was uploaded and no case has used so far. It falls when a case is submitted, when its owner takes a file away, and when what nobody used is
// forgotten. A day ends at midnight in China, and what was refused counts as well, for it was stored all the same.
type Quota struct {
	WaitingFiles int64
	WaitingBytes int64
	DayFiles     int64
	DayBytes     int64
	OfficerTimes int64 // an officer scans for a whole window: so many times as much; 0 is once
}

// of is what holds for an actor.
func (q Quota) of(by actor.Actor) Quota {
	if n := q.OfficerTimes; by.Kind == actor.Officer && n > 1 {
		return Quota{WaitingFiles: n * q.WaitingFiles, WaitingBytes: n * q.WaitingBytes, DayFiles: n * q.DayFiles, DayBytes: n * q.DayBytes}
	}
	return q
}

// amount is so many files with so many bytes together.
type amount struct{ Files, Bytes int64 }

func (a amount) over(files, bytes int64) bool {
	return files > 0 && a.Files > files || bytes > 0 && a.Bytes > bytes
}

// megabytes are what people know of bytes.
func megabytes(n int64) int64 { return n >> 20 }

// waits refuses when what waits is more than may wait.
func (q Quota) waits(a amount) error {
	if !a.over(q.WaitingFiles, q.WaitingBytes) {
		return nil
	}
	return fault.New(fault.TooMany, "material.quota_waiting", q.WaitingFiles, megabytes(q.WaitingBytes), keptDays)
}

// sent refuses when what was sent on a day is more than may be.
func (q Quota) sent(a amount) error {
	if !a.over(q.DayFiles, q.DayBytes) {
		return nil
	}
	return fault.New(fault.TooMany, "material.quota_day", q.DayFiles, megabytes(q.DayBytes))
}

// room refuses before anything is read what could only be refused afterwards. Whether a file has room is decided when its size is known.
func (s *Service) room(ctx context.Context, by actor.Actor) error {
	q := s.needs.Quota.of(by)
	if q == (Quota{}) {
		return nil
	}
	var today, held amount
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		today, err = db.One[amount](ctx, tx, `SELECT files, bytes FROM material_quota WHERE account_id = $1 AND day = $2`, by.Account, civil.Of(tx.Now).String())
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		held, err = waiting(ctx, tx, by)
		return err
	})
	if err != nil {
		return fmt.Errorf("counting uploads: %w", err)
	}
	today.Files++
	held.Files++
	if err := q.sent(today); err != nil {
		return err
	}
	return q.waits(held)
}

func waiting(ctx context.Context, tx *db.Tx, by actor.Actor) (amount, error) {
	return db.One[amount](ctx, tx, `SELECT count(*) AS files, CAST(COALESCE(sum(size), 0) AS bigint) AS bytes FROM material_file WHERE account_id = $1 AND NOT used`, by.Account)
}

// charge counts a file that was stored. refused says that it may not stay; that it was sent is counted all the same, so the transaction is to be kept. The
// row of an account is written first: of two files at one moment the second waits, and finds the first one counted.
func (s *Service) charge(ctx context.Context, tx *db.Tx, by actor.Actor, size int64) (refused, err error) {
	q := s.needs.Quota.of(by)
	if q == (Quota{}) {
		return nil, nil
	}
	today, err := db.One[amount](ctx, tx, `INSERT INTO material_quota (account_id, day, files, bytes) VALUES ($1, $2, 1, $3) ON CONFLICT (account_id) DO UPDATE SET
files = CASE WHEN material_quota.day = excluded.day THEN material_quota.files ELSE 0 END + 1,
bytes = CASE WHEN material_quota.day = excluded.day THEN material_quota.bytes ELSE 0 END + excluded.bytes, day = excluded.day RETURNING files, bytes`,
		by.Account, civil.Of(tx.Now).String(), size)
	if err != nil {
		return nil, fmt.Errorf("counting an upload: %w", err)
	}
	if refused := q.sent(today); refused != nil {
		return refused, nil
	}
	held, err := waiting(ctx, tx, by)
	if err != nil {
		return nil, fmt.Errorf("counting what waits: %w", err)
	}
	held.Files++
	held.Bytes += size
	return q.waits(held), nil
}

// Discard forgets those of some files that by uploaded and no case has used, so that they wait no longer. Of anybody else's, of what was used and of what is
// gone nothing is said or done: twice does no harm.
func (s *Service) Discard(ctx context.Context, by actor.Actor, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	args := []any{by.Account}
	for _, id := range ids {
		args = append(args, id)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM material_file WHERE account_id = $1 AND NOT used AND id IN (`+db.In(len(ids), 2)+`)`, args...)
	})
}

// mostAtOnce is how many uploads of one account run at once in this process: each passes [Service.room] before the others are counted, and is stored then.
const mostAtOnce = 4

func (s *Service) begin(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[account] >= mostAtOnce {
		return false
	}
	s.running[account]++
	return true
}

func (s *Service) end(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[account]--; s.running[account] <= 0 {
		delete(s.running, account)
	}
}
