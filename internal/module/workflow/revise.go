package workflow

import (
	"context"
	"errors"
	"maps"

	"xiangyun/internal/platform/db"
)

// Revise changes variables of the running process of a subject, for the ways it still decides; a subject without one is passed over. Nothing moves by it.
// Whoever calls guards the subject, as for [Service.Complete].
func (s *Service) Revise(ctx context.Context, tx *db.Tx, subject string, values map[string]any) error {
	if len(values) == 0 {
		return nil
	}
	row, err := db.One[instanceRow](ctx, tx, `SELECT `+instanceColumns+` FROM workflow_instance i WHERE i.subject = $1 AND i.state = 'running'`, subject)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := s.load(ctx, tx, row)
	if err != nil {
		return err
	}
	maps.Copy(r.values, values)
	r.changed, r.moved = true, true
	w := s.work()
	w.add(r)
	return w.finish(ctx, tx)
}
