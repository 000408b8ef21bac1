package supervision

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Kind of cases an office's list shows.
type Kind string

// The kinds, by the figures of the board.
const (
	AllOpen        Kind = "open"
	LateCases      Kind = "red"
	WarnedCases    Kind = "yellow"
	DueCases       Kind = "due"
	StandingCases  Kind = "standing"
	DeliveringLate Kind = "delivering"
)

// Kinds lists them in the order they are offered.
var Kinds = []Kind{AllOpen, LateCases, WarnedCases, DueCases, StandingCases, DeliveringLate}

// Listed is a case in a list: no applicant is named.
type Listed struct {
	CaseID   string
	Number   string
	ItemName string
	Phase    Phase
	Day      civil.Date
}

// List is a page of cases.
type List struct {
	Path  string
	Name  string
	Kind  Kind
	Cases []Listed
	Next  string // the case the next page begins after; "" on the last
}

// Cases lists the open cases of one office of a kind, those of the oldest day first: fault.Forbidden for who may not see it; whose duty is for certain items sees those. after is List.Next of the page
// before. It shows what is counted, which is a second behind at most.
func (s *Service) Cases(ctx context.Context, by actor.Actor, path string, k Kind, after string, limit int) (l List, err error) {
	path, items, err := s.mayItems(by, path)
	if err != nil {
		return l, err
	}
	l.Path, l.Kind = path, k
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, err := rules(ctx, tx)
		if err != nil {
			return err
		}
		where, args, ok := k.where(civil.Of(tx.Now), r, []any{path})
		if !ok {
			return fault.New(fault.NotFound, "supervision.no_list")
		}
		where += itemTerm(items, &args)
		if after != "" {
			args = append(args, after)
			where += ` AND (day, case_id) > (SELECT day, case_id FROM supervision_case WHERE case_id = ` + db.In(1, len(args)) + `)`
		}
		args = append(args, limit+1)
		l.Cases, err = db.All[Listed](ctx, tx, `SELECT case_id, number, item_name, phase, day FROM supervision_case WHERE office_path = $1 AND `+where+`
ORDER BY day, case_id LIMIT `+db.In(1, len(args)), args...)
		if err != nil {
			return err
		}
		if len(l.Cases) > limit {
			l.Cases = l.Cases[:limit]
			l.Next = l.Cases[limit-1].CaseID
		}
		names, err := s.needs.Offices.Names(ctx, tx, []string{path})
		l.Name = names[path]
		return err
	})
	return l, err
}

// where is the condition of a kind.
func (k Kind) where(today civil.Date, r Rules, args []any) (string, []any, bool) {
	switch k {
	case AllOpen:
		return `phase <> ''`, args, true
	case LateCases:
		return `phase IN ('replying', 'running') AND day < $2`, append(args, today), true
	case WarnedCases:
		return `phase = 'running' AND warn_on <= $2 AND day >= $2`, append(args, today), true
	case DueCases:
		return `phase IN ('replying', 'running') AND day = $2`, append(args, today), true
	case StandingCases:
		return `phase = 'suspended'`, args, true
	case DeliveringLate:
		return `phase = 'delivering' AND day < $2`, append(args, today.Add(-r.DeliverDays)), true
	}
	return "", nil, false
}
