package office

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
)

// chunk is how many rows one INSERT carries in bulk loads.
const chunk = 500

// insertMany writes rows in few statements. head ends with VALUES; tail may say ON CONFLICT.
func insertMany(ctx context.Context, tx *db.Tx, head, tail string, columns int, rows [][]any) (written int64, err error) {
	for len(rows) > 0 {
		n := min(chunk, len(rows))
		args := make([]any, 0, n*columns)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		k, err := tx.Exec(ctx, head+" "+db.Values(n, columns, 1)+" "+tail, args...)
		if err != nil {
			return written, err
		}
		written += k
		rows = rows[n:]
	}
	return written, nil
}

func insertRegions(ctx context.Context, tx *db.Tx, all []region.Row) error {
	rows := make([][]any, len(all))
	for i, r := range all {
		parent := ""
		if r.Code.Level() > region.Province {
			parent = r.Code.Parent().String()
		}
		rows[i] = []any{r.Code.String(), r.Name, parent, r.Code.Statutory()}
	}
	_, err := insertMany(ctx, tx, `INSERT INTO office_region (code, name, parent, statutory) VALUES`, `ON CONFLICT (code) DO NOTHING`, 4, rows)
	return err
}

func insertChanges(ctx context.Context, tx *db.Tx, all []region.Change) error {
	rows := make([][]any, len(all))
	for i, c := range all {
		rows[i] = []any{db.NewKey(), c.On.String(), c.Old.String(), c.OldName, c.New.String(), regionName(c), c.Source}
	}
	_, err := insertMany(ctx, tx, `INSERT INTO office_region_change (id, changed_on, old_code, old_name, new_code, new_name, source) VALUES`, "", 7, rows)
	return err
}

func regionName(c region.Change) string {
	for _, r := range region.Jilin() {
		if r.Code == c.New {
			return r.Name
		}
	}
	return ""
}

func insertNotices(ctx context.Context, tx *db.Tx, notices []workday.Notice) error {
	for _, n := range notices {
		err := tx.Later(ctx, `INSERT INTO office_notice (year, papers, notice, imported_by, imported_at) VALUES ($1, $2, $3, 'system:seed', $4)
ON CONFLICT (year) DO NOTHING`, n.Year, strings.Join(n.Papers, " "), db.JSON[workday.Notice]{V: n}, tx.Now)
		if err != nil {
			return fmt.Errorf("notice of %d: %w", n.Year, err)
		}
	}
	return nil
}
