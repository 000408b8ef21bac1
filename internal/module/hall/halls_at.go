package hall

import (
	"context"

	"xiangyun/internal/platform/db"
)

// HallsAt tells how many halls and windows an office runs.
func (s *Service) HallsAt(ctx context.Context, tx *db.Tx, officePath string) (halls, windows int, err error) {
	if halls, err = db.One[int](ctx, tx, `SELECT count(*) FROM hall_hall WHERE office_path = $1`, officePath); err != nil || halls == 0 {
		return halls, 0, err
	}
	windows, err = db.One[int](ctx, tx, `SELECT count(*) FROM hall_window w JOIN hall_hall h ON h.id = w.hall_id WHERE h.office_path = $1`, officePath)
	return halls, windows, err
}
