package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
)

// settle marks a task done, unless somebody else holds it, a signature is missing, or it changed since it was seen. Opinions that are still asked
// are asked no longer; those who sign after it are asked now. The program waits for nobody, see overrule.
func (s *Service) settle(ctx context.Context, tx *db.Tx, by actor.Actor, t *OpenTask, done Done) error {
	switch {
	case t.heldFrom(by):
		return errHeld
	case by.Kind == actor.System && t.Blocks+t.Follows > 0:
		if err := s.overrule(ctx, tx, by, t); err != nil {
			return err
		}
	case t.Blocks > 0:
		return errBlocked
	}
	given := ""
	if t.Follows > 0 && len(done.Values) > 0 {
		text, err := json.Marshal(done.Values)
		if err != nil {
			return fmt.Errorf("keeping what a task brought: %w", err)
		}
		given = string(text)
	}
	err := tx.LaterOne(ctx, errGone, `UPDATE workflow_task SET state = 'done', version = version + 1, done_at = $1, done_by = $2, done_for = $3, done_post = $4, outcome = $5, comment = $6,
given = $7 WHERE id = $8 AND state = 'open' AND version = $9`, tx.Now, by.Name(), by.Behalf, by.Post, done.Outcome, done.Comment, given, t.ID, t.Version)
	if err != nil {
		return err
	}
	if t.Sides > 0 {
		if err := dropSidesOf(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	if t.Follows == 0 {
		return nil
	}
	first, err := db.All[Side](ctx, tx, selectSide+`WHERE task_id = $1 AND kind = 'after' AND state = 'waiting' ORDER BY request_id, turn, id LIMIT 100`, t.ID)
	if err != nil {
		return err
	}
	turns := map[string]int{}
	for _, s := range first {
		if turn, ok := turns[s.RequestID]; ok && turn != s.Turn {
			continue
		}
		turns[s.RequestID] = s.Turn
		if err := tx.Later(ctx, `UPDATE workflow_side SET state = 'open', opened_at = $1 WHERE id = $2 AND state = 'waiting'`, tx.Now, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// mostSkipped bounds how many steps in a row are skipped.
const mostSkipped = 20

// skipSame completes of itself what the work of a transaction opened where the definition says so and the very person who did the task before may do
// the next as well (自动跳过同一人). Only what binds nobody outside is skipped, and nothing that brings something into the process. The way goes on as
// that person decided: the process sees the outcome of what he did himself.
func (s *Service) skipSame(ctx context.Context, tx *db.Tx, by actor.Actor, w *work, subject string, done Done) (ended bool, err error) {
	if s.tasks == nil || by.Kind != actor.Officer || !slices.ContainsFunc(w.order, func(r *running) bool { return r.definition.skips() }) {
		return false, nil
	}
	m, err := s.tasks.needs.Concerns.Concern(ctx, tx, by, subject)
	if err != nil {
		return false, err
	}
	for range mostSkipped {
		p, err := s.Process(ctx, tx, subject)
		if err != nil {
			return false, err
		}
		next, err := s.same(ctx, tx, p, by, m.Item)
		if err != nil || next == nil {
			return false, err
		}
		if err := s.settle(ctx, tx, by, next, Done{Outcome: samePerson}); err != nil {
			return false, err
		}
		if err := s.tasks.leaf(ctx, tx, by, m, "task.skipped", next.Node, map[string]any{}); err != nil {
			return false, err
		}
		w, r, err := s.taken(ctx, tx, p, next, "")
		if err != nil {
			return false, err
		}
		token, err := r.token(next.TokenID)
		if err != nil {
			return false, err
		}
		err = w.last(ctx, tx, r, machine.Command{Do: machine.Complete, Token: token, Outcome: done.Outcome})
		if err != nil || w.over(r) {
			return err == nil, err
		}
	}
	return false, nil
}

// samePerson is the outcome of a task that was skipped.
const samePerson = "same_person"

// skips tells whether a task of the process may be skipped at all.
func (d *Definition) skips() bool {
	return slices.ContainsFunc(d.program.Process().Elements, skippable)
}

func skippable(e *process.Element) bool {
	return e.Kind == process.UserTask && e.Duty.SkipSame && len(e.Outputs) == 0
}

// same is the first task that was opened just now and may be skipped for by.
func (s *Service) same(ctx context.Context, tx *db.Tx, p *Process, by actor.Actor, item string) (*OpenTask, error) {
	for i, o := range p.Open {
		if !o.OpenedAt.Equal(tx.Now) || !s.tasks.internal(o.Action) || !MayTake(by, o, item) {
			continue
		}
		d, err := s.Definition(ctx, tx, p.rows[p.of[o.ID]].DefinitionID)
		if err != nil {
			return nil, err
		}
		if e := d.program.Element(o.Node); e != nil && skippable(e) {
			return &p.Open[i], nil
		}
	}
	return nil, nil
}
