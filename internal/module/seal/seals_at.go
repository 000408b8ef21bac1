package seal

import (
	"context"

	"xiangyun/internal/platform/db"
)

// SealsAt tells how many seals of an office are in use or suspended: they are handed in when it is dissolved.
func (s *Service) SealsAt(ctx context.Context, tx *db.Tx, officePath string) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*) FROM seal_seal WHERE owner_kind = 'office' AND owner_id = $1 AND state IN ('in_use', 'suspended')`, officePath)
}
