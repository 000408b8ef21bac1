package workflow

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// settle marks a task done, unless somebody else holds it, a signature is missing, or it changed since it was seen. Opinions that are still asked
// are asked no longer; those who sign after it are asked now.
func settle(ctx context.Context, tx *db.Tx, by actor.Actor, t *OpenTask, done Done) error {
	switch {
	case t.heldFrom(by):
		return errHeld
	case t.Blocks > 0:
		return errBlocked
	}
	err := tx.LaterOne(ctx, errGone, `UPDATE workflow_task SET state = 'done', version = version + 1, done_at = $1, done_by = $2, done_for = $3, done_post = $4, outcome = $5, comment = $6
WHERE id = $7 AND state = 'open' AND version = $8`, tx.Now, by.Name(), by.Behalf, by.Post, done.Outcome, done.Comment, t.ID, t.Version)
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

// skipSame completes of itself what follows a task where the definition says so and the very person who did it may do the next as well (自动跳过同
// 一人). Only what binds nobody outside is skipped.
func (s *Service) skipSame(ctx context.Context, tx *db.Tx, by actor.Actor, d *Definition, t *OpenTask) (ended bool, err error) {
	if s.tasks == nil || by.Kind != actor.Officer || !d.skips() {
		return false, nil
	}
	m, err := s.tasks.needs.Concerns.Concern(ctx, tx, by, t.Subject)
	if err != nil {
		return false, err
	}
	for range mostSkipped {
		p, err := s.Process(ctx, tx, t.Subject)
		if err != nil {
			return false, err
		}
		next := p.same(s.tasks, by, m.Item, tx)
		if next == nil {
			return false, nil
		}
		if err := settle(ctx, tx, by, next, Done{Outcome: "same_person"}); err != nil {
			return false, err
		}
		if err := s.tasks.leaf(ctx, tx, by, m, "task.skipped", next.Node, map[string]any{}); err != nil {
			return false, err
		}
		if ended, err = p.advance(ctx, tx, next, next.DueOn); err != nil || ended {
			return ended, err
		}
	}
	return false, nil
}

func (d *Definition) skips() bool {
	for _, n := range d.Nodes {
		if n.SkipSame {
			return true
		}
	}
	return false
}

// same is the first task that was opened just now and may be skipped for by.
func (p *Process) same(t *Tasks, by actor.Actor, item string, tx *db.Tx) *OpenTask {
	for i, o := range p.Open {
		n := p.definition.Node(o.Node)
		if n != nil && n.SkipSame && o.OpenedAt.Equal(tx.Now) && t.internal(o.Action) && MayTake(by, o, item) {
			return &p.Open[i]
		}
	}
	return nil
}
