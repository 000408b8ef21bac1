package workflow

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Incident is a place where a process can't go on by itself.
type Incident struct {
	ID         string
	Subject    string // whose process it is
	Number     string
	Title      string
	Process    string // its key
	Version    int
	Element    string
	Reason     string // one of package machine's, or "unfired"
	Code       string // of an error nobody catches
	OfficePath string
	OpenedAt   time.Time
}

type incidentRow struct {
	Incident
	InstanceID string
	Owner      int
}

const selectIncident = `SELECT n.id, n.instance_id, n.owner, n.element, n.reason, n.code, n.office_path, n.opened_at, i.subject, i.number, i.title,
d.definition_key AS process, d.version FROM workflow_incident n JOIN workflow_instance i ON i.id = n.instance_id JOIN workflow_definition d ON d.id = i.definition_id `

// Incidents returns the open incidents of processes by may look after, the newest first, those before the one named when it is not empty.
func (s *Service) Incidents(ctx context.Context, by actor.Actor, before string, limit int) (list []Incident, err error) {
	reach := s.needs.Rights.Reach(by, ActKeep)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "workflow.not_keeper")
	}
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	args := []any{before, limit}
	where := `WHERE n.closed_at IS NULL AND n.id < $1 AND (` + db.PrefixAny("n.office_path", reach, &args) + `) ORDER BY n.id DESC LIMIT $2`
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[incidentRow](ctx, tx, selectIncident+where, args...)
		for _, r := range rows {
			list = append(list, r.Incident)
		}
		return err
	})
	return list, err
}

// Retry lets the process of an incident try again where it stopped. fault.Conflict "workflow.incident_closed" when somebody did before. When the
// cause is still there a new incident follows.
func (s *Service) Retry(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := db.One[incidentRow](ctx, tx, selectIncident+`WHERE n.id = $1`, id)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "workflow.no_incident")
		}
		if err != nil {
			return err
		}
		if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: row.OfficePath}); err != nil {
			return err
		}
		closed := fault.New(fault.Conflict, "workflow.incident_closed")
		err = tx.LaterOne(ctx, closed, `UPDATE workflow_incident SET closed_at = $1, closed_by = $2 WHERE id = $3 AND closed_at IS NULL`, tx.Now, by.Name(), id)
		if err != nil {
			return err
		}
		w := s.work()
		r, err := w.instance(ctx, tx, row.InstanceID)
		if err != nil {
			return err
		}
		if r == nil {
			return closed
		}
		c := machine.Command{Do: machine.Retry, Token: row.Owner}
		if row.Reason == unfired {
			c = machine.Command{Do: machine.Fire, Token: row.Owner, Event: row.Element, Often: true}
			if err := tx.Later(ctx, `DELETE FROM workflow_timer WHERE instance_id = $1 AND owner = $2 AND event = $3`, row.InstanceID, row.Owner, row.Element); err != nil {
				return err
			}
		}
		if err := w.move(ctx, tx, r, c); err != nil {
			return refused(err)
		}
		if err := w.finish(ctx, tx); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "workflow.retried", Actor: by.Name(), Office: by.OfficePath, Object: "workflow:" + row.Subject,
			Basis: "流程维护", Data: map[string]any{"process": row.Process, "version": row.Version, "element": row.Element, "reason": row.Reason}})
	})
}

// refused says to a person what a step that never ends means.
func refused(err error) error {
	if errors.Is(err, errEndless) {
		return fault.New(fault.Conflict, "workflow.endless").Because(err)
	}
	return err
}
