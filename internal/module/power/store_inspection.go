package power

import (
	"cmp"
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

// inspections returns all, by the bytes of their codes: a database sorts by its collation, and a list compared or paged here must be in one order.
func inspections(ctx context.Context, tx *db.Tx) ([]InspectionItem, error) {
	list, err := db.All[InspectionItem](ctx, tx, `SELECT code, name, power_code, office FROM power_inspection`)
	slices.SortFunc(list, byCode)
	return list, err
}

func byCode(a, b InspectionItem) int { return cmp.Compare(a.Code, b.Code) }

// holdInspections has everybody else who replaces the list wait until this transaction ends.
func holdInspections(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE power_inspection_list SET loads = loads + 1 WHERE id = 1`)
	return err
}

// replaceInspections puts a list in the place of what there was, a statement for dozens.
func replaceInspections(ctx context.Context, tx *db.Tx, list []InspectionItem) error {
	if err := tx.Later(ctx, `DELETE FROM power_inspection`); err != nil {
		return err
	}
	for part := range slices.Chunk(list, batch) {
		var args []any
		for _, i := range part {
			args = append(args, i.Code, i.Name, i.PowerCode, i.Office)
		}
		if err := tx.Later(ctx, `INSERT INTO power_inspection (code, name, power_code, office) VALUES `+db.Values(len(part), 4, 1), args...); err != nil {
			return err
		}
	}
	return nil
}
