package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Unmoved is what [Estate.Move] could not move, while the rest went over.
type Unmoved struct {
	N     int    // cases
	First string // number of one of them
	Err   error
}

// Error implements error.
func (u *Unmoved) Error() string {
	return fmt.Sprintf("%d cases, %s among them: %v", u.N, u.First, u.Err)
}

// Unwrap gives what stood in the way.
func (u *Unmoved) Unwrap() error { return u.Err }

// Stuck is what kept the last round of a merger from its end. It is tried again by itself.
type Stuck struct {
	N     int    `json:"n"`     // cases that could not be moved; 0 when something else went wrong
	First string `json:"first"` // number of one of them
	Why   string `json:"why"`   // key of a fault; "" when it was none
}

// Stuck tells what keeps a merger under way from its end; ok is false when nothing does.
func (m Merger) Stuck() (s Stuck, ok bool) {
	if m.State != MergerRunning || m.Reason == "" {
		return s, false
	}
	return s, json.Unmarshal([]byte(m.Reason), &s) == nil
}

// keepStuck writes down what went wrong, for those who look at the merger's page.
func (s *Service) keepStuck(ctx context.Context, m Merger, wrong error) error {
	if ctx.Err() != nil {
		return nil // the program stops: nothing went wrong
	}
	var stuck Stuck
	var left *Unmoved
	if errors.As(wrong, &left) {
		stuck.N, stuck.First = left.N, left.First
	}
	if f, ok := fault.Of(wrong); ok {
		stuck.Why = f.Key
	}
	text, err := json.Marshal(stuck)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE office_merger SET reason = $1 WHERE id = $2 AND state = 'running'`, string(text), m.ID)
		return err
	})
}
