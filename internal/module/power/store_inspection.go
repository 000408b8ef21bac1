package power

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

func inspections(ctx context.Context, tx *db.Tx) ([]InspectionItem, error) {
	return db.All[InspectionItem](ctx, tx, `SELECT code, name, power_code, office FROM power_inspection ORDER BY code`)
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
