package item

import (
	"context"

	"xiangyun/internal/platform/db"
)

// EntriesAt tells how many implementation entries of an office are not cancelled. They stay its own until the list of powers says otherwise.
func (s *Service) EntriesAt(ctx context.Context, tx *db.Tx, officePath string) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*) FROM item_entry WHERE office_path = $1 AND state <> 'cancelled'`, officePath)
}
