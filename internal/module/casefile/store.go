package casefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

const caseColumns = `id, number, query_code, state, version, entry_id, item_code, item_version, base_code, item_name, variant, form_id, flow_id, cert_type,
applicant_id, applicant_kind, applicant, account_id, channel, region, office_id, office_path, office_name, centre_path, received_path, submitted_at,
received_on, accepted_on, decided_at, closed_at, outcome, legal_days, promise_days, legal_unit, promise_unit, extended_days, legal_due, promise_due,
reply_due, corrections, calendar, yellow_on, red_on, used_days`

const selectCase = `SELECT ` + caseColumns + ` FROM casefile_case WHERE `

func insertCase(ctx context.Context, tx *db.Tx, c *Case) error {
	err := tx.Later(ctx, `INSERT INTO casefile_case (`+caseColumns+`) VALUES (`+db.In(44, 1)+`)`,
		c.ID, c.Number, c.QueryCode, string(c.State), c.Version, c.EntryID, c.ItemCode, c.ItemVersion, c.BaseCode, c.ItemName, c.Variant, c.FormID, c.FlowID,
		c.CertType, c.ApplicantID, c.ApplicantKind, c.Applicant, c.AccountID, c.Channel, c.Region, c.OfficeID, c.OfficePath, c.OfficeName, c.CentrePath,
		c.ReceivedPath, c.SubmittedAt, c.ReceivedOn, c.AcceptedOn, c.DecidedAt, c.ClosedAt, c.Outcome, c.LegalDays, c.PromiseDays, string(c.LegalUnit),
		string(c.PromiseUnit), c.ExtendedDays, c.LegalDue, c.PromiseDue, c.ReplyDue, c.Corrections,
		c.Calendar, c.YellowOn, c.RedOn, c.UsedDays)
	if err != nil {
		return fmt.Errorf("storing a case: %w", err)
	}
	return nil
}

func byNumber(ctx context.Context, tx *db.Tx, number string) (*Case, error) {
	return found(db.One[Case](ctx, tx, selectCase+`number = $1`, number))
}

func byID(ctx context.Context, tx *db.Tx, id string) (*Case, error) {
	return found(db.One[Case](ctx, tx, selectCase+`id = $1`, id))
}

func found(c Case, err error) (*Case, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, errHidden
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// errMoved is what everybody but the first is told.
var errMoved error = fault.New(fault.Conflict, "casefile.moved_on")

// move stores a case that took a step, unless somebody else was faster: fault.Conflict "casefile.moved_on", which a later call or the commit may find.
func move(ctx context.Context, tx *db.Tx, c *Case, seen int64) error {
	return tx.LaterOne(ctx, errMoved, `UPDATE casefile_case SET state = $1, version = $2, accepted_on = $3, decided_at = $4, closed_at = $5, outcome = $6, extended_days = $7,
legal_due = $8, promise_due = $9, reply_due = $10, corrections = $11, received_on = $12, calendar = $13, yellow_on = $14,
red_on = $15, used_days = $16 WHERE id = $17 AND version = $18`,
		string(c.State), c.Version, c.AcceptedOn, c.DecidedAt, c.ClosedAt, c.Outcome, c.ExtendedDays, c.LegalDue, c.PromiseDue, c.ReplyDue, c.Corrections,
		c.ReceivedOn, c.Calendar, c.YellowOn, c.RedOn, c.UsedDays, c.ID, seen)
}

func insertContent(ctx context.Context, tx *db.Tx, id string, revision int, sealed []byte) error {
	return tx.Later(ctx, `INSERT INTO casefile_content (case_id, revision, content, at) VALUES ($1, $2, $3, $4)`, id, revision, sealed, tx.Now)
}

func insertMaterials(ctx context.Context, tx *db.Tx, id string, revision int, list []Material) error {
	if len(list) == 0 {
		return nil
	}
	args := make([]any, 0, len(list)*10)
	for i := range list {
		list[i].ID = db.NewKey()
		m := list[i]
		args = append(args, m.ID, id, m.Code, m.Name, m.Way, m.FileID, m.Evidence, m.DueOn, revision, tx.Now)
	}
	return tx.Later(ctx, `INSERT INTO casefile_material (id, case_id, code, name, way, file_id, evidence, due_on, revision, at) VALUES `+db.Values(len(list), 10, 1), args...)
}

func materialsOf(ctx context.Context, tx *db.Tx, id string) ([]Material, error) {
	return db.All[Material](ctx, tx, `SELECT id, code, name, way, file_id, evidence, due_on, revision, at FROM casefile_material WHERE case_id = $1 ORDER BY id LIMIT 500`, id)
}

func insertHistory(ctx context.Context, tx *db.Tx, id string, e Event, comment []byte) error {
	return tx.Later(ctx, `INSERT INTO casefile_history (case_id, version, action, state, actor, post, office_path, comment, paper, behalf, at) VALUES (`+db.In(11, 1)+`)`,
		id, e.Version, string(e.Action), string(e.State), e.Actor, e.Post, e.OfficePath, comment, e.Paper, string(e.Behalf), e.At)
}

func (s *Service) history(ctx context.Context, tx *db.Tx, id string) ([]Event, error) {
	type historyRow struct {
		Version    int64
		Action     Action
		State      State
		Actor      string
		Post       string
		OfficePath string
		Comment    []byte
		Paper      string
		Behalf     Proxy
		At         time.Time
	}
	rows, err := db.All[historyRow](ctx, tx, `SELECT version, action, state, actor, post, office_path, comment, paper, behalf, at FROM casefile_history
WHERE case_id = $1 ORDER BY version LIMIT 500`, id)
	if err != nil {
		return nil, err
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		comment, err := s.unseal(r.Comment, id, "comment")
		if err != nil {
			return nil, err
		}
		out[i] = Event{Version: r.Version, Action: r.Action, State: r.State, Actor: r.Actor, Post: r.Post, OfficePath: r.OfficePath, Comment: string(comment), Paper: r.Paper,
			Behalf: r.Behalf, At: r.At}
	}
	return out, nil
}

func (s *Service) unseal(sealed []byte, id, column string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := s.needs.Keys.Open(sealed, aad(id, column))
	if err != nil {
		return nil, fmt.Errorf("opening %s of a case: %w", column, err)
	}
	return plain, nil
}
