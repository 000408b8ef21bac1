package item

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

const planColumns = `id, code, to_state, reason, effective_on, made_by`

func insertPlan(ctx context.Context, tx *db.Tx, p Plan) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_plan (id, code, to_state, reason, effective_on, made_at, made_by) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		p.ID, p.Code, p.ToState, p.Reason, p.EffectiveOn.String(), tx.Now, p.MadeBy)
	return err
}

func planByID(ctx context.Context, tx *db.Tx, id string) (Plan, error) {
	return db.One[Plan](ctx, tx, `SELECT `+planColumns+` FROM item_plan WHERE id = $1 AND done = ''`, id)
}

func plansOf(ctx context.Context, tx *db.Tx, codes []string) ([]Plan, error) {
	return db.All[Plan](ctx, tx, `SELECT `+planColumns+` FROM item_plan WHERE done = '' AND code IN (`+db.In(len(codes), 1)+`) ORDER BY effective_on`, anys(codes)...)
}

func endPlan(ctx context.Context, tx *db.Tx, id, how string) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_plan SET done = $1 WHERE id = $2 AND done = ''`, how, id)
}

func duePlans(ctx context.Context, tx *db.Tx, today civil.Date, limit int) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM item_plan WHERE done = '' AND effective_on <= $1 ORDER BY effective_on, id LIMIT $2`, today.String(), limit)
}
