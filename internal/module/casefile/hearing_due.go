package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// LapseHearings lets cases go on whose hearing nobody asked for in time, and tells how many.
func (s *Service) LapseHearings(ctx context.Context) (lapsed int, err error) {
	return s.sweep(ctx, `SELECT offered_on AS day, case_id FROM casefile_hearing WHERE state = 'offered' AND offered_on < $1 AND (offered_on, case_id) > ($2, $3)
ORDER BY offered_on, case_id LIMIT $4`, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		h, err := s.heldHearing(ctx, tx, c)
		if err != nil || h == nil || !civil.Of(tx.Now).After(h.Days.AskBy) {
			return false, err
		}
		if _, err := Next(c, LapseHearing); err != nil {
			return false, tx.Later(ctx, `UPDATE casefile_hearing SET state = $1 WHERE case_id = $2`, string(HearingLapsed), c.ID) // it was withdrawn or closed meanwhile
		}
		return true, s.byLaw(ctx, tx, c, LapseHearing)
	})
}

// RemindHearings reminds offices of hearings that must be called within days, or were held and have no record, once each, and tells how many.
func (s *Service) RemindHearings(ctx context.Context) (reminded int, err error) {
	return s.sweep(ctx, `SELECT asked_on AS day, case_id FROM casefile_hearing WHERE state IN ('asked', 'called') AND reminded_on IS NULL AND asked_on < $1 AND (asked_on, case_id) > ($2, $3)
ORDER BY asked_on, case_id LIMIT $4`, func(ctx context.Context, tx *db.Tx, c *Case) (bool, error) {
		h, err := s.heldHearing(ctx, tx, c)
		if err != nil || h == nil {
			return false, err
		}
		cal, err := s.calendarOf(ctx, tx, c)
		if err != nil {
			return false, err
		}
		today, key, day := civil.Of(tx.Now), "casefile.told.hearing_call", h.Days.NoticeBy
		due := h.State == HearingAsked && !today.Before(cal.Add(day, -hearingWarn))
		if h.State == HearingCalled {
			key, day, due = "casefile.told.hearing_record", h.HeldOn, today.After(h.HeldOn)
		}
		if !due && c.State.Open() {
			return false, nil
		}
		if err := tx.Later(ctx, `UPDATE casefile_hearing SET reminded_on = $1 WHERE case_id = $2`, today, c.ID); err != nil {
			return false, err
		}
		if !c.State.Open() { // it was withdrawn: nothing is to be done
			return false, nil
		}
		return true, s.tellOffice(ctx, tx, c, key, day.String())
	})
}

func (s *Service) heldHearing(ctx context.Context, tx *db.Tx, c *Case) (*HeldHearing, error) {
	cal, err := s.calendarOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	return hearingOf(ctx, tx, cal, c.ID)
}

// officeRoles are who is told of what a case's office must see to.
var officeRoles = []string{townshipRole, "reviewer", "chief"}

// mostTold is how many officers of one office are told of one thing.
const mostTold = 20

// tellOffice tells those who examine and decide at a case's office, for their work.
func (s *Service) tellOffice(ctx context.Context, tx *db.Tx, c *Case, key string, args ...string) error {
	return s.tellAt(ctx, tx, c, c.OfficePath, key, args...)
}

// tellAt is tellOffice for another office that has to do with the case.
func (s *Service) tellAt(ctx context.Context, tx *db.Tx, c *Case, path, key string, args ...string) error {
	list, err := s.needs.Flows.Officers(ctx, tx, path)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o workflow.Officer) bool {
		for _, d := range o.Duties {
			if slices.Contains(officeRoles, d.Role) {
				return false
			}
		}
		return true
	})
	for _, o := range list[:min(len(list), mostTold)] {
		if err := s.tellAtDesk(ctx, tx, c, o.Subject, key, args...); err != nil {
			return err
		}
	}
	return nil
}

// tellOfficer tells one officer; who is no officer any more is not told.
func (s *Service) tellOfficer(ctx context.Context, tx *db.Tx, c *Case, account, key string, args ...string) error {
	o, err := s.needs.Flows.Officer(ctx, tx, account)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.tellAtDesk(ctx, tx, c, o.Subject, key, args...)
}

func (s *Service) tellAtDesk(ctx context.Context, tx *db.Tx, c *Case, subject, key string, args ...string) error {
	return s.needs.Notices.Send(ctx, tx, notice.Message{Subject: subject, Key: key, Args: append([]string{c.ItemName, c.Number}, args...), Link: "/desk/cases/" + c.Number, Desk: true})
}
