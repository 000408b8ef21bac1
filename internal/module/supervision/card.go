package supervision

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// CardKind is how serious a card is.
type CardKind string

// The kinds.
const (
	YellowCard CardKind = "yellow"   // 黄牌: warned by a supervisor, or an application not answered in time
	RedCard    CardKind = "red"      // 红牌: the promised day has passed
	Reminder   CardKind = "reminder" // 督办
)

// CardState is where a card stands.
type CardState string

// The states.
const (
	CardOpen     CardState = "open"
	CardAnswered CardState = "answered"
	CardClosed   CardState = "closed"
)

// The causes of cards the program gives by itself.
const (
	CauseOverdue      = "overdue"
	CauseReplyOverdue = "reply_overdue"
)

// Card asks an office why a case is late, or strange, and what it does about it.
type Card struct {
	ID         string
	Kind       CardKind
	CaseID     string
	Number     string
	ItemName   string
	BaseCode   string
	OfficePath string
	OfficeName string `db:"-"`
	State      CardState
	Cause      string
	Said       string
	Answer     string
	Rounds     int
	IssuedBy   string
	IssuedAt   time.Time
	AnswerDue  civil.Date
	AnsweredAt time.Time
	AnsweredBy string
	Answerer   string // the person, whatever the account
	ClosedAt   time.Time
	Version    int64
}

// Late tells whether the answer is overdue on a day.
func (c Card) Late(today civil.Date) bool { return c.State == CardOpen && c.AnswerDue.Before(today) }

// mostSaid bounds what is written on a card and in its answer, in characters.
const mostSaid = 1000

// worded refuses texts that say nothing or too much.
func worded(text, field string) error {
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return fault.New(fault.Invalid, "supervision.bad_card").Field(field, "supervision.said_missing")
	case n > mostSaid:
		return fault.New(fault.Invalid, "supervision.bad_card").Field(field, "supervision.said_long", mostSaid)
	}
	return nil
}

// Issue gives a card about an open case by its number: fault.Invalid by field, fault.NotFound for a case that is not open below by's reach, fault.Conflict
// "supervision.card_there" when the case has such a card already.
func (s *Service) Issue(ctx context.Context, by actor.Actor, k CardKind, number, said string) (id string, err error) {
	said = strings.TrimSpace(said)
	if k != YellowCard && k != RedCard && k != Reminder {
		return "", fault.New(fault.Invalid, "supervision.bad_card").Field("kind", "supervision.kind_missing")
	}
	if err := worded(said, "said"); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := db.One[standing](ctx, tx, selectStanding+`WHERE number = $1`, strings.TrimSpace(number))
		if err == nil {
			err = s.needs.Rights.Check(by, ActIssue, actor.Target{OfficePath: c.OfficePath, Item: c.BaseCode})
		}
		if err != nil {
			return fault.New(fault.NotFound, "supervision.no_case")
		}
		id, err = s.issue(ctx, tx, by, k, c, "supervisor", said)
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "supervision.card_there")
		}
		return err
	})
	return id, err
}

// issue writes a card and its leaf.
func (s *Service) issue(ctx context.Context, tx *db.Tx, by actor.Actor, k CardKind, c standing, cause, said string) (string, error) {
	r, err := rules(ctx, tx)
	if err != nil {
		return "", err
	}
	due, err := s.answerDue(ctx, tx, c.OfficePath, k, r)
	if err != nil {
		return "", err
	}
	id := db.NewKey()
	_, err = tx.Exec(ctx, `INSERT INTO supervision_card (id, kind, case_id, number, item_name, base_code, office_path, state, cause, said, answer, rounds, issued_by,
issued_at, answer_due, answered_by, answerer, version) VALUES (`+db.In(18, 1)+`)`,
		id, string(k), c.CaseID, c.Number, c.ItemName, c.BaseCode, c.OfficePath, string(CardOpen), cause, said, "", 0, by.Name(), tx.Now, due, "", "", 1)
	if err != nil {
		return "", err
	}
	return id, s.leaf(ctx, tx, by, "supervision.card_issued", c.OfficePath, c.Number, map[string]any{"card": id, "kind": k, "cause": cause, "answer_due": due})
}

func (s *Service) leaf(ctx context.Context, tx *db.Tx, by actor.Actor, kind, office, number string, data map[string]any) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: office, Object: "case:" + number, Data: data})
}

// answerDue is the working day a card is to be answered by.
func (s *Service) answerDue(ctx context.Context, tx *db.Tx, officePath string, k CardKind, r Rules) (civil.Date, error) {
	prefix, _, _ := strings.Cut(officePath, "d")
	at, err := region.Parse(prefix + strings.Repeat("0", 12-len(prefix)))
	if err != nil {
		return civil.Date{}, err
	}
	cal, err := s.needs.Offices.Calendar(ctx, tx, at)
	if err != nil {
		return civil.Date{}, err
	}
	days := r.YellowAnswerDays
	if k == RedCard {
		days = r.RedAnswerDays
	}
	return cal.Add(civil.Of(tx.Now), days), nil
}
