package supervision

import (
	"context"
	"errors"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

const selectCard = `SELECT id, kind, case_id, number, item_name, base_code, office_path, state, cause, said, answer, rounds, issued_by, issued_at, answer_due,
answered_at, answered_by, answerer, closed_at, version FROM supervision_card `

var errNoCard error = fault.New(fault.NotFound, "supervision.no_card")

// Card returns one card: fault.NotFound for who may not see its office.
func (s *Service) Card(ctx context.Context, by actor.Actor, id string) (c Card, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if c, err = s.seen(ctx, tx, by, id); err != nil {
			return err
		}
		names, err := s.needs.Offices.Names(ctx, tx, []string{c.OfficePath})
		c.OfficeName = names[c.OfficePath]
		return err
	})
	return c, err
}

func (s *Service) seen(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Card, error) {
	c, err := db.One[Card](ctx, tx, selectCard+`WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return c, errNoCard
	}
	if err != nil {
		return c, err
	}
	if s.needs.Rights.Check(by, ActSee, actor.Target{OfficePath: c.OfficePath, Item: c.BaseCode}) != nil {
		return Card{}, errNoCard
	}
	return c, nil
}

// Cards lists the cards of a level in a state, newest first; after is the id of the last one seen.
func (s *Service) Cards(ctx context.Context, by actor.Actor, path string, state CardState, after string, limit int) (out []Card, next string, err error) {
	path, items, err := s.mayItems(by, path)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		after = "g" // behind every key
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args := []any{string(state), after}
		where := db.PrefixAny("office_path", []string{path}, &args) + itemTerm(items, &args)
		args = append(args, limit+1)
		out, err = db.All[Card](ctx, tx, selectCard+`WHERE state = $1 AND id < $2 AND `+where+` ORDER BY id DESC LIMIT `+db.In(1, len(args)), args...)
		if err != nil {
			return err
		}
		if len(out) > limit {
			out, next = out[:limit], out[limit-1].ID
		}
		var paths []string
		for _, c := range out {
			paths = append(paths, c.OfficePath)
		}
		names, err := s.needs.Offices.Names(ctx, tx, paths)
		for i := range out {
			out[i].OfficeName = names[out[i].OfficePath]
		}
		return err
	})
	return out, next, err
}

// Answer says for an office why a case is late and what is done. Answering an answered card is fault.Conflict "supervision.card_moved".
func (s *Service) Answer(ctx context.Context, by actor.Actor, id, answer string) error {
	answer = strings.TrimSpace(answer)
	if err := worded(answer, "answer"); err != nil {
		return err
	}
	return s.move(ctx, by, id, ActAnswer, CardOpen, "supervision.card_answered", func(ctx context.Context, tx *db.Tx, c Card) error {
		return tx.LaterOne(ctx, errCardMoved, `UPDATE supervision_card SET state = $1, answer = $2, answered_at = $3, answered_by = $4, answerer = $5, version = version + 1
WHERE id = $6 AND version = $7`, string(CardAnswered), answer, tx.Now, by.Name(), person(by), id, c.Version)
	})
}

// person is who acts, whatever account he uses.
func person(by actor.Actor) string {
	if by.Subject != "" {
		return by.Subject
	}
	return by.Name()
}

// another refuses whoever answered a card himself.
func another(by actor.Actor, c Card) error {
	if c.Answerer == person(by) || c.AnsweredBy == by.Name() {
		return fault.New(fault.Forbidden, "supervision.own_answer")
	}
	return nil
}

// Close takes an answer as it is. Whoever gave it can't: fault.Forbidden "supervision.own_answer".
func (s *Service) Close(ctx context.Context, by actor.Actor, id string) error {
	return s.move(ctx, by, id, ActIssue, CardAnswered, "supervision.card_closed", func(ctx context.Context, tx *db.Tx, c Card) error {
		if err := another(by, c); err != nil {
			return err
		}
		return tx.LaterOne(ctx, errCardMoved, `UPDATE supervision_card SET state = $1, closed_at = $2, version = version + 1 WHERE id = $3 AND version = $4`,
			string(CardClosed), tx.Now, id, c.Version)
	})
}

// Return asks for a better answer and says why; the office has as long again. Whoever answered can't.
func (s *Service) Return(ctx context.Context, by actor.Actor, id, said string) error {
	said = strings.TrimSpace(said)
	if err := worded(said, "said"); err != nil {
		return err
	}
	return s.move(ctx, by, id, ActIssue, CardAnswered, "supervision.card_returned", func(ctx context.Context, tx *db.Tx, c Card) error {
		if err := another(by, c); err != nil {
			return err
		}
		r, err := rules(ctx, tx)
		if err != nil {
			return err
		}
		due, err := s.answerDue(ctx, tx, c.OfficePath, c.Kind, r)
		if err != nil {
			return err
		}
		return tx.LaterOne(ctx, errCardMoved, `UPDATE supervision_card SET state = $1, said = $2, rounds = rounds + 1, answer_due = $3, version = version + 1
WHERE id = $4 AND version = $5`, string(CardOpen), c.Said+"\n"+said, due, id, c.Version)
	})
}

var errCardMoved error = fault.New(fault.Conflict, "supervision.card_moved")

// move takes a step with a card by's right reaches, from the state it must be in, and writes its leaf.
func (s *Service) move(ctx context.Context, by actor.Actor, id, right string, from CardState, leaf string, step func(context.Context, *db.Tx, Card) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.seen(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, right, actor.Target{OfficePath: c.OfficePath, Item: c.BaseCode}); err != nil {
			return err
		}
		if c.State != from {
			return errCardMoved
		}
		if err := step(ctx, tx, c); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, leaf, c.OfficePath, c.Number, map[string]any{"card": id, "round": c.Rounds})
	})
}
