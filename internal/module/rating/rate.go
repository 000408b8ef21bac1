package rating

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Asked is a case that by may rate, or has rated.
type Asked struct {
	Number     string
	ItemName   string
	OfficeName string
	Given      *Rating // nil while it is not rated
}

// Ask tells whether by may rate a case and how by rated it: the fault of Cases.OwnClosed for any case but by's own that is over.
func (s *Service) Ask(ctx context.Context, by actor.Actor, number string) (a Asked, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.needs.Cases.OwnClosed(ctx, tx, by, number)
		if err != nil {
			return err
		}
		a = Asked{Number: c.Number, ItemName: c.ItemName, OfficeName: c.OfficeName}
		a.Given, err = s.given(ctx, tx, c.ID)
		return err
	})
	return a, err
}

// Of returns by's rating of by's own case; fault.NotFound "rating.none" when by has not rated it.
func (s *Service) Of(ctx context.Context, by actor.Actor, number string) (*Rating, error) {
	a, err := s.Ask(ctx, by, number)
	if err != nil {
		return nil, err
	}
	if a.Given == nil {
		return nil, fault.New(fault.NotFound, "rating.none")
	}
	return a.Given, nil
}

// Satisfaction meets casefile.Ratings: the grade a case was rated, as GB/T 39046 numbers it, "" without a rating. It is for the report to the national
// platform and names nobody.
func (s *Service) Satisfaction(ctx context.Context, tx *db.Tx, caseID string) (string, error) {
	row, err := ratingOf(ctx, tx, caseID)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return row.Grade.BasicDataCode(), err
}

// Rate takes by's rating of by's own case that was decided or has ended. A case is rated once: fault.Conflict "rating.already" after that,
// unless the request has the key of the first. fault.Invalid by field for what can't be a rating.
func (s *Service) Rate(ctx context.Context, by actor.Actor, number string, r Rating, key once.Params) error {
	refused := r.check()
	_, _, err := once.Do(ctx, s.db, key, func(tx *db.Tx) (struct{}, error) {
		c, err := s.needs.Cases.OwnClosed(ctx, tx, by, number)
		if err != nil {
			return struct{}{}, err
		}
		if refused != nil {
			return struct{}{}, refused
		}
		return struct{}{}, s.take(ctx, tx, by, &c, &r)
	})
	return err
}

// take writes a rating with everything that follows from it.
func (s *Service) take(ctx context.Context, tx *db.Tx, by actor.Actor, c *casefile.Case, r *Rating) error {
	id := db.NewKey()
	words, err := s.seal(r.Text, id, "words")
	if err != nil {
		return err
	}
	first, err := insertRating(ctx, tx, id, c, r, words)
	if err != nil {
		return err
	}
	if !first {
		return fault.New(fault.Conflict, "rating.already")
	}
	if r.Grade.Bad() {
		if err := s.open(ctx, tx, id, c); err != nil {
			return err
		}
	}
	satisfaction := r.Grade.Satisfaction()
	err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "rating.given", Actor: by.Name(), Subject: c.ApplicantID, Object: "rating:" + id,
		Basis: "国办发〔2019〕51号", Data: map[string]any{"satisfaction": satisfaction, "channel": r.Channel, "office": c.OfficePath}})
	if err != nil {
		return err
	}
	if err := s.needs.Events.Emit(ctx, tx, Given{c.Number, satisfaction}); err != nil {
		return err
	}
	// Last, since on PostgreSQL it makes ratings of the same office wait for each other.
	return count(ctx, tx, c, r.Grade)
}

// open begins the rectification of a bad rating.
func (s *Service) open(ctx context.Context, tx *db.Tx, ratingID string, c *casefile.Case) error {
	place, err := region.Parse(c.Region)
	if err != nil {
		return fmt.Errorf("reading where a case was handled: %w", err)
	}
	cal, err := s.needs.Offices.Calendar(ctx, tx, place)
	if err != nil {
		return err
	}
	today, days := civil.Of(tx.Now), s.needs.Days
	return insertRectification(ctx, tx, opening{ID: randomID(), RatingID: ratingID, OfficePath: c.OfficePath, OpenedOn: today,
		ClaimDue: cal.Add(today, days.Claim), VerifyDue: cal.Add(today, days.Verify), AnswerDue: cal.Add(today, days.Normal)})
}

// randomID makes a key without a time in it.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// given reads the rating of a case as its author may read it; nil when there is none.
func (s *Service) given(ctx context.Context, tx *db.Tx, caseID string) (*Rating, error) {
	row, err := ratingOf(ctx, tx, caseID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil //nolint:nilnil // Asked says what nil means
	}
	if err != nil {
		return nil, err
	}
	r := &Rating{Grade: row.Grade, Labels: row.Labels.V, Channel: row.Channel, At: row.GivenAt}
	if r.Text, err = s.unseal(row.Words, row.ID, "words"); err != nil {
		return nil, err
	}
	if row.State != "" {
		r.Answer = &Answer{State: row.State, Due: row.AnswerDue, At: row.AnsweredAt}
		r.Answer.Text, err = s.unseal(row.Answer, row.ID, "answer")
	}
	return r, err
}
