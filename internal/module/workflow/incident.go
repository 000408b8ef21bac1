package workflow

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

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

// IncidentCount is how many open incidents a version of a process has.
type IncidentCount struct {
	Process string
	Version int
	Name    string
	Open    int
}

// IncidentCounts counts the open incidents by may look after by the version of their process, the most first.
func (s *Service) IncidentCounts(ctx context.Context, by actor.Actor) (list []IncidentCount, err error) {
	reach := s.needs.Rights.Reach(by, ActKeep)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "workflow.not_keeper")
	}
	var args []any
	text := `SELECT d.definition_key AS process, d.version, d.name, count(*) AS open FROM workflow_incident n JOIN workflow_instance i ON i.id = n.instance_id
JOIN workflow_definition d ON d.id = i.definition_id WHERE n.closed_at IS NULL AND (` + db.PrefixAny("n.office_path", reach, &args) + `)
GROUP BY d.definition_key, d.version, d.name ORDER BY count(*) DESC, d.definition_key, d.version LIMIT 100`
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = db.All[IncidentCount](ctx, tx, text, args...)
		return err
	})
	return list, err
}

// Incident returns an incident that by may look after, and whether it is still open; fault.NotFound "workflow.no_incident".
func (s *Service) Incident(ctx context.Context, by actor.Actor, id string) (n Incident, open bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := s.incident(ctx, tx, by, id)
		n = row.Incident
		if err == nil {
			open, err = db.One[bool](ctx, tx, `SELECT closed_at IS NULL FROM workflow_incident WHERE id = $1`, id)
		}
		return err
	})
	return n, open, err
}

func (s *Service) incident(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (incidentRow, error) {
	row, err := db.One[incidentRow](ctx, tx, selectIncident+`WHERE n.id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return row, fault.New(fault.NotFound, "workflow.no_incident")
	}
	if err != nil {
		return row, err
	}
	return row, s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: row.OfficePath})
}

// Retry lets the process of an incident try again where it stopped. fault.Conflict "workflow.incident_closed" when somebody did before. When the
// cause is still there a new incident follows.
func (s *Service) Retry(ctx context.Context, by actor.Actor, id string) error {
	return s.resolve(ctx, by, id, "", func(row incidentRow) machine.Command {
		if row.Reason == unfired {
			return machine.Command{Do: machine.Fire, Token: row.Owner, Event: row.Element, Often: true}
		}
		return machine.Command{Do: machine.Retry, Token: row.Owner}
	})
}

// GiveUp lets the process of an incident go on behind the element where it stopped, as if it had been done; why is in the leaf. Where the process does not
// know which way to go on it is fault.Conflict "workflow.not_skippable": then only another version of the process helps, or sending back.
func (s *Service) GiveUp(ctx context.Context, by actor.Actor, id, why string) error {
	why, err := reasonOf(why)
	if err != nil {
		return err
	}
	err = s.resolve(ctx, by, id, why, func(row incidentRow) machine.Command {
		return machine.Command{Do: machine.Skip, Token: row.Owner}
	})
	if fault.HasKey(err, "workflow.no_way_back") {
		return fault.New(fault.Conflict, "workflow.not_skippable").Because(err)
	}
	return err
}

// reasonOf is a reason a keeper gave, refused as fault.Invalid "workflow.reason" when there is none or it is too long.
func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > mostReason {
		return "", fault.New(fault.Invalid, "workflow.reason", mostReason).Field("reason", "workflow.reason", mostReason)
	}
	return text, nil
}

// resolve closes an incident and moves its process; with a reason it is given up.
func (s *Service) resolve(ctx context.Context, by actor.Actor, id, why string, command func(incidentRow) machine.Command) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := s.incident(ctx, tx, by, id)
		if err != nil {
			return err
		}
		closed := fault.New(fault.Conflict, "workflow.incident_closed")
		err = tx.LaterOne(ctx, closed, `UPDATE workflow_incident SET closed_at = $1, closed_by = $2, closed_why = $3 WHERE id = $4 AND closed_at IS NULL`, tx.Now, by.Name(), why, id)
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
		c := command(row)
		if c.Do == machine.Fire {
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
		kind, basis := "workflow.retried", "流程维护"
		if why != "" {
			kind, basis = "workflow.given_up", why
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "workflow:" + row.Subject,
			Basis: basis, Data: map[string]any{"process": row.Process, "version": row.Version, "element": row.Element, "reason": row.Reason}})
	})
}

// refused says to a person what a step that never ends means.
func refused(err error) error {
	if errors.Is(err, errEndless) {
		return fault.New(fault.Conflict, "workflow.endless").Because(err)
	}
	return err
}
