package supervision

import (
	"context"
	"sort"

	"xiangyun/internal/platform/db"
)

const selectStanding = `SELECT case_id, number, item_name, base_code, office_path, phase, day, warn_on FROM supervision_case `

// counted are cases as they are counted so far.
func counted(ctx context.Context, tx *db.Tx, ids []string) ([]standing, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return db.All[standing](ctx, tx, selectStanding+`WHERE case_id IN (`+db.In(len(ids), 1)+`)`, args...)
}

func forget(ctx context.Context, tx *db.Tx, list []change) error {
	args := make([]any, len(list))
	for i, c := range list {
		args[i] = c.ID
	}
	return tx.Later(ctx, `DELETE FROM supervision_change WHERE id IN (`+db.In(len(args), 1)+`)`, args...)
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 200

// store writes a tally. Rows are written in one order everywhere, so that two nodes that count wait for each other and never in a circle.
func (t *tally) store(ctx context.Context, tx *db.Tx) error {
	if err := t.storeCases(ctx, tx); err != nil {
		return err
	}
	open := make([]openKey, 0, len(t.open))
	for k, n := range t.open {
		if n != 0 {
			open = append(open, k)
		}
	}
	sort.Slice(open, func(i, j int) bool {
		a, b := open[i], open[j]
		return a.Path+"\x00"+string(a.Phase)+a.Day < b.Path+"\x00"+string(b.Phase)+b.Day
	})
	var args []any
	for _, k := range open {
		args = append(args, k.Path, string(k.Phase), k.Day, above(k.Path), t.open[k])
	}
	err := inPieces(ctx, tx, args, 5, func(n int) string {
		return `INSERT INTO supervision_open (path, phase, day, parent, cases) VALUES ` + db.Values(n, 5, 1) + `
ON CONFLICT (path, phase, day) DO UPDATE SET cases = supervision_open.cases + excluded.cases`
	})
	if err != nil {
		return err
	}
	return t.storeFlow(ctx, tx)
}

func (t *tally) storeFlow(ctx context.Context, tx *db.Tx) error {
	flow := make([]flowKey, 0, len(t.flow))
	for k := range t.flow {
		flow = append(flow, k)
	}
	sort.Slice(flow, func(i, j int) bool {
		a, b := flow[i], flow[j]
		return a.Path+"\x00"+a.Day+string(a.Measure) < b.Path+"\x00"+b.Day+string(b.Measure)
	})
	var args []any
	for _, k := range flow {
		args = append(args, k.Path, k.Day, string(k.Measure), above(k.Path), t.flow[k])
	}
	return inPieces(ctx, tx, args, 5, func(n int) string {
		return `INSERT INTO supervision_flow (path, day, measure, parent, times) VALUES ` + db.Values(n, 5, 1) + `
ON CONFLICT (path, day, measure) DO UPDATE SET times = supervision_flow.times + excluded.times`
	})
}

// storeCases writes how cases are counted from now on.
func (t *tally) storeCases(ctx context.Context, tx *db.Tx) error {
	var args, over []any
	sort.Slice(t.cases, func(i, j int) bool { return t.cases[i].CaseID < t.cases[j].CaseID })
	for _, c := range t.cases {
		if c.Phase == "" {
			if t.known[c.CaseID] {
				over = append(over, c.CaseID)
			}
			continue
		}
		args = append(args, c.CaseID, c.Number, c.ItemName, c.BaseCode, c.OfficePath, string(c.Phase), c.Day, c.WarnOn)
	}
	err := inPieces(ctx, tx, args, 8, func(n int) string {
		return `INSERT INTO supervision_case (case_id, number, item_name, base_code, office_path, phase, day, warn_on) VALUES ` + db.Values(n, 8, 1) + `
ON CONFLICT (case_id) DO UPDATE SET office_path = excluded.office_path, phase = excluded.phase, day = excluded.day, warn_on = excluded.warn_on`
	})
	if err != nil || len(over) == 0 {
		return err
	}
	return tx.Later(ctx, `DELETE FROM supervision_case WHERE case_id IN (`+db.In(len(over), 1)+`)`, over...)
}

// inPieces runs a statement of many rows, columns wide, in pieces.
func inPieces(ctx context.Context, tx *db.Tx, args []any, columns int, text func(rows int) string) error {
	for len(args) > 0 {
		n := min(len(args)/columns, rowsAtOnce)
		if err := tx.Later(ctx, text(n), args[:n*columns:n*columns]...); err != nil {
			return err
		}
		args = args[n*columns:]
	}
	return nil
}
