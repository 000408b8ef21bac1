package power

import (
	"context"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

type adjustmentRow struct {
	ID          string
	Code        string
	Change      Change
	Occasion    Occasion
	Stage       Stage
	Version     int
	Round       int
	BaseVersion int
	Reason      string
	Document    string
	FromOn      civil.Date
	Name        string
	Definition  db.JSON[Definition]
	OfficePath  string
	ProposedAt  time.Time
	MovedAt     time.Time
}

func (r adjustmentRow) adjustment() Adjustment {
	return Adjustment{ID: r.ID, Code: r.Code, Stage: r.Stage, Version: r.Version, Round: r.Round, BaseVersion: r.BaseVersion, OfficePath: r.OfficePath, Name: r.Name,
		Proposal:   Proposal{Change: r.Change, Occasion: r.Occasion, Reason: r.Reason, Document: r.Document, From: r.FromOn, Definition: r.Definition.V},
		ProposedAt: r.ProposedAt, MovedAt: r.MovedAt}
}

const adjustmentColumns = `id, code, change, occasion, stage, version, round, base_version, reason, document, from_on, name, definition, office_path, proposed_at, moved_at`

func adjustmentByID(ctx context.Context, tx *db.Tx, id string) (adjustmentRow, error) {
	return db.One[adjustmentRow](ctx, tx, `SELECT `+adjustmentColumns+` FROM power_adjustment WHERE id = $1`, id)
}

func openAdjustment(ctx context.Context, tx *db.Tx, code string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM power_adjustment WHERE code = $1 AND stage NOT IN ('published', 'withdrawn')`, code)
	return n > 0, err
}

// adjustments reads one row more than the page holds.
func adjustments(ctx context.Context, tx *db.Tx, reach []string, q AdjustmentQuery) ([]adjustmentRow, error) {
	args := []any{}
	where := db.PrefixAny("office_path", reach, &args)
	if q.Ended {
		where += ` AND stage IN ('published', 'withdrawn')`
	} else {
		where += ` AND stage NOT IN ('published', 'withdrawn')`
	}
	if q.After != "" {
		args = append(args, q.After)
		where += fmt.Sprintf(` AND id < $%d`, len(args))
	}
	args = append(args, q.Limit+1)
	return db.All[adjustmentRow](ctx, tx, `SELECT `+adjustmentColumns+` FROM power_adjustment WHERE `+where+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
}

func insertAdjustment(ctx context.Context, tx *db.Tx, a *Adjustment) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_adjustment (`+adjustmentColumns+`) VALUES (`+db.In(16, 1)+`)`, a.ID, a.Code, a.Change, a.Occasion, a.Stage, a.Version, a.Round,
		a.BaseVersion, a.Reason, a.Document, a.From, a.Name, db.JSON[Definition]{V: a.Definition}, a.OfficePath, tx.Now, tx.Now)
	if err != nil {
		return fmt.Errorf("storing an adjustment: %w", err)
	}
	return nil
}

func moveAdjustment(ctx context.Context, tx *db.Tx, id string, seen int, to Stage, from civil.Date) error {
	return tx.LaterOne(ctx, errMovedOn, `UPDATE power_adjustment SET stage = $1, from_on = $2, moved_at = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		to, from, tx.Now, id, seen)
}

func rewriteAdjustment(ctx context.Context, tx *db.Tx, a *Adjustment, seen int) error {
	return tx.LaterOne(ctx, errMovedOn, `UPDATE power_adjustment SET stage = $1, round = $2, base_version = $3, occasion = $4, reason = $5, document = $6, from_on = $7, name = $8,
		definition = $9, office_path = $10, moved_at = $11, version = version + 1 WHERE id = $12 AND version = $13`, a.Stage, a.Round, a.BaseVersion, a.Occasion, a.Reason, a.Document,
		a.From, a.Name, db.JSON[Definition]{V: a.Definition}, a.OfficePath, tx.Now, a.ID, seen)
}

// insertStep writes what was done in the adjustment's round.
func insertStep(ctx context.Context, tx *db.Tx, by actor.Actor, a *Adjustment, d Done) error {
	err := tx.Later(ctx, `INSERT INTO power_step (id, adjustment_id, round, act, agrees, said, by_person, by_account, by_post, at) VALUES (`+db.In(10, 1)+`)`,
		db.NewKey(), a.ID, a.Round, d.Act, d.Agrees, d.Said, person(by), by.Name(), by.Post, tx.Now)
	if err != nil {
		return fmt.Errorf("storing a step of an adjustment: %w", err)
	}
	return nil
}

func stepsOf(ctx context.Context, tx *db.Tx, id string) ([]Done, error) {
	return db.All[Done](ctx, tx, `SELECT round, act, agrees, said, by_post, at, by_person FROM power_step WHERE adjustment_id = $1 ORDER BY id LIMIT 1000`, id)
}
