package rating

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Rectification is a bad rating as the rated office sees it: without case, person and hour.
type Rectification struct {
	ID         string
	OfficePath string
	OfficeName string
	State      State
	Grade      Grade
	Labels     []string
	Text       string // the applicant's words; in one that was opened by [Service.Read] only
	Answer     string // likewise
	OpenedOn   civil.Date
	ClaimDue   civil.Date
	VerifyDue  civil.Date
	AnswerDue  civil.Date
	AnsweredAt time.Time
	CanAnswer  bool // by may claim and answer it
}

// Due is the date the next step is due by; zero once it is answered.
func (r Rectification) Due() civil.Date {
	switch r.State {
	case Opened:
		return r.ClaimDue
	case Claimed:
		return r.AnswerDue
	}
	return civil.Date{}
}

// Late tells whether the next step is overdue on a day.
func (r Rectification) Late(today civil.Date) bool { return !r.Due().IsZero() && today.After(r.Due()) }

// Waiting is a page of rectifications.
type Waiting struct {
	Rows []Rectification
	Next string // for RectificationQuery.After; "" on the last page
}

// RectificationQuery asks for rectifications: those that wait, due first on top, or those answered, the newest on top.
type RectificationQuery struct {
	Answered bool
	After    string
	Limit    int
}

// Rectifications lists those of the offices by may see.
func (s *Service) Rectifications(ctx context.Context, by actor.Actor, q RectificationQuery) (w Waiting, err error) {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return w, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := rectifications(ctx, tx, s.needs.Rights.Reach(by, ActSee), q)
		if len(rows) > q.Limit {
			rows = rows[:q.Limit]
			last := rows[q.Limit-1]
			w.Next = last.AnswerDue.String() + "." + last.ID
		}
		for _, r := range rows {
			w.Rows = append(w.Rows, r.shown())
		}
		return err
	})
	return w, err
}

var errNoRectification = fault.New(fault.NotFound, "rating.not_found")

// find reads a rectification that by may do action on; fault.NotFound "rating.not_found" for who may not even see it.
func (s *Service) find(ctx context.Context, tx *db.Tx, by actor.Actor, action, id string) (r rectificationRow, err error) {
	r, err = rectification(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return r, errNoRectification
	}
	if err != nil {
		return r, err
	}
	on := actor.Target{OfficePath: r.OfficePath, Item: r.BaseCode}
	if s.needs.Rights.Check(by, ActSee, on) != nil {
		return r, errNoRectification
	}
	return r, s.needs.Rights.Check(by, action, on)
}

// Read opens a rectification with the applicant's words. The reading is a leaf.
func (s *Service) Read(ctx context.Context, by actor.Actor, id string) (out Rectification, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.find(ctx, tx, by, ActSee, id)
		if err != nil {
			return err
		}
		out = r.shown()
		if out.Text, err = s.unseal(r.Words, r.RatingID, "words"); err != nil {
			return err
		}
		if out.Answer, err = s.unseal(r.Answer, r.RatingID, "answer"); err != nil {
			return err
		}
		out.CanAnswer = s.needs.Rights.Check(by, ActAnswer, actor.Target{OfficePath: r.OfficePath, Item: r.BaseCode}) == nil
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "rating.read", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID,
			Object: "rating:" + r.RatingID, Basis: "差评核实整改"})
	})
	return out, err
}

// Claim says that the office looks into it. fault.Conflict "rating.moved_on" when it was claimed before.
func (s *Service) Claim(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.find(ctx, tx, by, ActAnswer, id)
		if err != nil {
			return err
		}
		if err := claim(ctx, tx, by, id); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "rating.claimed", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID,
			Object: "rating:" + r.RatingID, Basis: "差评核实整改", Data: map[string]any{"due": r.ClaimDue.String()}})
	})
}

// Answer says to the applicant what was done, or why nothing can be. Claim comes first: fault.Conflict "rating.moved_on" when it was not claimed
// or is answered already.
func (s *Service) Answer(ctx context.Context, by actor.Actor, id, text string) error {
	text = strings.TrimSpace(text)
	refused := fault.New(fault.Invalid, "rating.bad_answer")
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		refused.Field("answer", "rating.answer_missing")
	case n > LongestAnswer:
		refused.Field("answer", "rating.answer_long", LongestAnswer)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.find(ctx, tx, by, ActAnswer, id)
		if err != nil {
			return err
		}
		if err := refused.OrNil(); err != nil {
			return err
		}
		sealed, err := s.seal(text, r.RatingID, "answer")
		if err != nil {
			return err
		}
		if err := answer(ctx, tx, by, id, sealed); err != nil {
			return err
		}
		if err := countAnswer(ctx, tx, r.OfficePath); err != nil {
			return err
		}
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "rating.answered", Actor: by.Name(), Office: by.OfficePath, Subject: r.SubjectID,
			Object: "rating:" + r.RatingID, Basis: "差评核实整改", Data: map[string]any{"due": r.AnswerDue.String()}})
		if err != nil {
			return err
		}
		return s.needs.Notices.Send(ctx, tx, notice.Message{Subject: r.SubjectID, Key: "rating.told.answered", Args: []string{r.OfficeName, r.CaseNumber},
			Link: "/cases/" + r.CaseNumber + "/rate"})
	})
}
