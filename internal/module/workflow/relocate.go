package workflow

import (
	"context"
	"strings"

	"xiangyun/internal/platform/db"
)

// Relocate puts another office where one stands in the process of a subject: its open tasks there, the whole post's again, and all that will be asked of it.
// Whoever calls guards the subject, as for [Service.Complete].
func (s *Service) Relocate(ctx context.Context, tx *db.Tx, subject, from string, to Office) error {
	type row struct {
		ID      string
		Places  db.JSON[Places]
		Machine string
		Version int64
	}
	rows, err := db.All[row](ctx, tx, `SELECT id, places, machine, version FROM workflow_instance WHERE (subject = $1 OR topic = $2) AND state = 'running'`, subject, subject)
	if err != nil {
		return err
	}
	for _, r := range rows {
		changed := exchange(r.Places.V, from, to)
		if strings.Contains(r.Machine, `"path":"`+from+`"`) {
			if r.Machine, err = exchangeTurns(r.Machine, from, to); err != nil {
				return err
			}
			changed = true
		}
		if !changed {
			continue
		}
		err := tx.LaterOne(ctx, errGone, `UPDATE workflow_instance SET places = $1, machine = $2, version = version + 1 WHERE id = $3 AND version = $4`, r.Places, r.Machine, r.ID, r.Version)
		if err != nil {
			return err
		}
	}
	return tx.Later(ctx, `UPDATE workflow_task SET office_id = $1, office_path = $2, office_name = $3, holder = '', version = version + 1
WHERE subject = $4 AND office_path = $5 AND state = 'open'`, to.ID, to.Path, to.Name, subject, from)
}
