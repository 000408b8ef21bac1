package workflow

import (
	"context"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// Overruled is how the history names what an officer can't do: that signatures and delegations ended because the program completed their task.
const Overruled Verb = "overruled"

// overrule ends the signatures and delegations of a task that the program completes. An office that asks its own people for a signature must not stop
// by it what the law does by itself, as silence that accepts (行政许可法第三十二条第四项). Who was asked, by whom and of what kind is in the history of the
// task and in a leaf: it shows that a task was held up while its last day passed.
func (s *Service) overrule(ctx context.Context, tx *db.Tx, by actor.Actor, t *OpenTask) error {
	open, err := db.All[Side](ctx, tx, selectSide+`WHERE task_id = $1 AND kind IN ('before', 'delegate', 'after') AND state IN ('waiting', 'open') ORDER BY id LIMIT 200`, t.ID)
	if err != nil {
		return err
	}
	err = tx.Later(ctx, `UPDATE workflow_side SET state = 'removed', done_at = $1, done_by = $2 WHERE task_id = $3 AND kind IN ('before', 'delegate', 'after')
AND state IN ('waiting', 'open')`, tx.Now, by.Name(), t.ID)
	if err != nil {
		return err
	}
	err = tx.LaterOne(ctx, errGone, `UPDATE workflow_task SET version = version + 1, blocks = 0, follows = 0 WHERE id = $1 AND version = $2 AND state = 'open'`, t.ID, t.Version)
	if err != nil {
		return err
	}
	t.Version, t.Blocks, t.Follows = t.Version+1, 0, 0
	if s.tasks == nil {
		return nil
	}
	m, err := s.tasks.needs.Concerns.Concern(ctx, tx, by, t.Subject)
	if err != nil {
		return err
	}
	c := &command{t: s.tasks, by: by, verb: Overruled, task: taskRow{OpenTask: *t}, matter: m, data: map[string]any{}}
	var kinds, asked, names []string
	for _, o := range open {
		kinds, asked = append(kinds, string(o.Kind)), append(asked, o.AskedBy)
		names = append(names, o.OfficeName)
	}
	c.target = strings.Join(names, "、")
	c.data["kinds"], c.data["asked_by"] = kinds, asked
	return c.write(ctx, tx, "task.overruled")
}
