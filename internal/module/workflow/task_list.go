package workflow

import (
	"context"
	"sort"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// CopiesTo returns what was copied to by or his posts, newest first, those before the id when it is not empty.
func (t *Tasks) CopiesTo(ctx context.Context, by actor.Actor, before string, limit int) (out []CopyView, err error) {
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	if before == "" {
		before = lastKey
	}
	err = t.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[Copy](ctx, tx, selectCopy+`WHERE account = $1 AND account <> '' AND id < $2 ORDER BY id DESC LIMIT $3`, by.Account, before, limit)
		if err != nil {
			return err
		}
		seen := map[[2]string]bool{}
		for _, d := range by.Duties {
			post := [2]string{d.OfficePath, d.Role}
			if seen[post] {
				continue
			}
			seen[post] = true
			more, err := db.All[Copy](ctx, tx, selectCopy+`WHERE account = '' AND office_path = $1 AND role = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, d.OfficePath, d.Role, before, limit)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		sort.Slice(rows, func(i, j int) bool { return rows[i].ID > rows[j].ID })
		n := t.names(ctx, tx)
		for _, c := range rows[:min(len(rows), limit)] {
			v, err := t.copyView(c, by, n)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return n.err
	})
	return out, err
}

// AskedBy returns the opinions, inspections and expert reviews that by asked for, newest first, those before the id when it is not empty.
func (t *Tasks) AskedBy(ctx context.Context, by actor.Actor, before string, limit int) (out []Side, err error) {
	if by.Kind != actor.Officer {
		return nil, fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	if before == "" {
		before = lastKey
	}
	err = t.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Side](ctx, tx, selectSide+`WHERE asked_by = $1 AND kind IN ('opinion', 'inspection', 'expert') AND id < $2 ORDER BY id DESC LIMIT $3`, by.Account, before, limit)
		return err
	})
	return out, err
}

// ByID returns tasks of a process by their ids, those that exist, whatever became of them. The list is short.
func (s *Service) ByID(ctx context.Context, tx *db.Tx, ids []string) ([]OpenTask, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return db.All[OpenTask](ctx, tx, selectTask+`WHERE id IN (`+db.In(len(ids), 1)+`) ORDER BY id`, args...)
}
