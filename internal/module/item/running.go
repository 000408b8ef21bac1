package item

import (
	"context"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Cases counts the undecided cases of base items (12 digits) or entries (31 characters), met by the casefile module.
type Cases interface {
	Running(ctx context.Context, tx *db.Tx, codes []string) ([]RunningCases, error)
}

// RunningCases is how many cases of an item are not decided at one level of government. They keep the version they were submitted under: a publication
// changes nothing for them.
type RunningCases struct {
	Code  string // of the base item
	Level string // exercising level (行使层级), one digit
	Cases int
}

// RunningUnder counts the cases that run under some base items (12 digits) or entries (31 characters), by base item and level.
func (s *Service) RunningUnder(ctx context.Context, tx *db.Tx, codes ...string) ([]RunningCases, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	list, err := s.needs.Cases.Running(ctx, tx, codes)
	if err != nil {
		return nil, fmt.Errorf("counting running cases: %w", err)
	}
	return list, nil
}

// runningCases adds up.
func runningCases(list []RunningCases) int {
	n := 0
	for _, r := range list {
		n += r.Cases
	}
	return n
}

// mustDecide refuses to take a version back or to end an item while cases run under it, unless who does it says that they are finished under the
// version they have. Nothing would stop them by itself: what becomes of them is a decision, so it is asked for and written down.
func (s *Service) mustDecide(ctx context.Context, tx *db.Tx, code string, keep bool) (int, error) {
	list, err := s.RunningUnder(ctx, tx, code)
	if err != nil {
		return 0, err
	}
	n := runningCases(list)
	if n > 0 && !keep {
		return n, fault.New(fault.Conflict, "item.cases_running", n).Field("keep_cases", "item.cases_running_choose")
	}
	return n, nil
}
