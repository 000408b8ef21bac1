package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// When an office is dissolved (机构撤并), another goes on with what it was handling (行政诉讼法第二十六条第六款). The case becomes that office's, with its tasks; from
// then on documents bear its name and the numbers of its own series. No date moves: the applicant waits for the government, not for one of its offices.

// Merged is an office that was dissolved into another.
type Merged struct {
	From      string // path
	FromName  string
	Into      workflow.Office
	Document  string // number of the decision
	DecidedBy string // account
}

// Heirs knows which offices were dissolved, met by the office module.
type Heirs interface {
	// Merged returns by which merger the office at a path was dissolved; ok is false while it stands.
	Merged(ctx context.Context, tx *db.Tx, path string) (m Merged, ok bool, err error)
}

// merger is the actor of cases that go over.
var merger = actor.Program("casefile.merger")

// columns in which a case names an office that handles it.
var handlingColumns = []string{"office_path", "centre_path", "received_path"}

// Unmoved is what [Service.Inherit] could not give to the other office. The others went over.
type Unmoved struct {
	Numbers []string // of the cases
	Errs    []error  // why, one for each
}

// Error implements error.
func (u *Unmoved) Error() string {
	return fmt.Sprintf("%d cases could not go to another office: %v", len(u.Numbers), errors.Join(u.Errs...))
}

// Unwrap gives what stood in the way.
func (u *Unmoved) Unwrap() []error { return u.Errs }

// Inherit gives the open cases of a dissolved office to the one that took over, each in a transaction of its own: its tasks, its history, a leaf and a
// word to the applicant. It goes on where it was stopped and tells how many it moved; of what was moved it changes nothing. A case that can't be moved
// does not hold up the others: [*Unmoved] names it at the end, to be tried again.
func (s *Service) Inherit(ctx context.Context, by actor.Actor, m Merged) (moved int, err error) {
	if by.Kind != actor.System {
		return 0, fault.New(fault.Forbidden, "casefile.officers_only")
	}
	type row struct{ ID, Number string }
	left := &Unmoved{}
	for _, column := range handlingColumns {
		for after := ""; ; {
			var page []row
			err := s.db.View(ctx, func(tx *db.Tx) (err error) {
				page, err = db.All[row](ctx, tx, `SELECT id, number FROM casefile_case WHERE `+column+` = $1 AND `+column+` <> '' AND closed_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
					m.From, after, changeBatch)
				return err
			})
			if err != nil {
				return moved, fmt.Errorf("finding cases of a dissolved office: %w", err)
			}
			for _, c := range page {
				if err := ctx.Err(); err != nil {
					return moved, err
				}
				went, err := s.inheritCase(ctx, c.ID, m)
				if went {
					moved++
				}
				if err != nil && !slices.Contains(left.Numbers, c.Number) { // a case may name the office twice
					left.Numbers, left.Errs = append(left.Numbers, c.Number), append(left.Errs, fmt.Errorf("moving case %s to another office: %w", c.Number, err))
				}
			}
			if len(page) < changeBatch {
				break
			}
			after = page[len(page)-1].ID
		}
	}
	if len(left.Numbers) > 0 {
		return moved, left
	}
	return moved, nil
}

// inheritCase moves one case, open or closed; it tells whether there was anything to move.
func (s *Service) inheritCase(ctx context.Context, id string, m Merged) (went bool, err error) {
	for attempt := 0; ; attempt++ {
		err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
			went, err = s.inherit(ctx, tx, id, m)
			return err
		})
		went = went && err == nil
		if attempt == tries || !fault.HasKey(err, "casefile.moved_on") && !fault.HasKey(err, "workflow.task_gone") {
			return went, err
		}
	}
}

func (s *Service) inherit(ctx context.Context, tx *db.Tx, id string, m Merged) (went bool, err error) {
	c, err := byID(ctx, tx, id)
	if err != nil {
		return false, err
	}
	decides := c.OfficePath == m.From
	if !decides && c.CentrePath != m.From && c.ReceivedPath != m.From {
		return false, nil
	}
	if decides {
		c.OfficeID, c.OfficePath, c.OfficeName = m.Into.ID, m.Into.Path, m.Into.Name
	}
	for _, path := range []*string{&c.CentrePath, &c.ReceivedPath} {
		if *path == m.From {
			*path = m.Into.Path
		}
	}
	seen := c.Version
	c.Version++
	err = tx.LaterOne(ctx, errMoved, `UPDATE casefile_case SET office_id = $1, office_path = $2, office_name = $3, centre_path = $4, received_path = $5, version = $6
WHERE id = $7 AND version = $8`, c.OfficeID, c.OfficePath, c.OfficeName, c.CentrePath, c.ReceivedPath, c.Version, c.ID, seen)
	if err != nil {
		return false, err
	}
	if err := s.needs.Flows.Relocate(ctx, tx, c.ID, m.From, m.Into); err != nil {
		return false, err
	}
	e := Event{Action: Inherit, State: c.State, Comment: fmt.Sprintf("%s → %s（%s）", m.FromName, m.Into.Name, m.Document), args: []string{m.FromName, m.Into.Name}}
	if !decides {
		e.told = "inherit_centre"
	}
	return true, s.record(ctx, tx, merger, c, e, "case.inherited", map[string]any{"from_office": m.From, "to_office": m.Into.Path, "document": m.Document, "decided_by": m.DecidedBy})
}

// dissolved tells that the office that decides a case was dissolved: the case goes over before anything is done with it, also one that was closed, so
// that no document bears the name of an office that is no more.
type dissolved struct {
	caseID string
	by     Merged
}

// Error implements error.
func (d dissolved) Error() string { return "the office " + d.by.From + " was dissolved" }

// standing refuses a case whose office was dissolved with [dissolved].
func (s *Service) standing(ctx context.Context, tx *db.Tx, c *Case) error {
	if s.needs.Heirs == nil {
		return nil
	}
	m, ok, err := s.needs.Heirs.Merged(ctx, tx, c.OfficePath)
	if err == nil && ok {
		err = dissolved{c.ID, m}
	}
	return err
}

func openAt(column string) string {
	return `SELECT count(*) FROM casefile_case WHERE ` + column + ` = $1 AND ` + column + ` <> '' AND closed_at IS NULL`
}

// OpenAt tells how many cases that are not closed an office handles, and how many series of document numbers bear its name this year.
func (s *Service) OpenAt(ctx context.Context, tx *db.Tx, officePath, officeName string) (cases, series int, err error) {
	for _, column := range handlingColumns {
		n, err := db.One[int](ctx, tx, openAt(column), officePath)
		if err != nil {
			return 0, 0, err
		}
		cases = max(cases, n) // a case may name the office twice
	}
	year := civil.Of(tx.Now).Year()
	var heads []any
	for _, f := range paperForms {
		for _, permit := range []bool{true, false} {
			heads = append(heads, fmt.Sprintf("paper/%s%s〔%d〕", officeName, f.head(permit).Series, year))
		}
	}
	series, err = db.One[int](ctx, tx, `SELECT count(*) FROM casefile_counter WHERE series IN (`+db.In(len(heads), 1)+`)`, heads...)
	return cases, series, err
}
