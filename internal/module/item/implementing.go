package item

import (
	"context"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// Offices knows which offices implement what, met by the office module.
type Offices interface {
	// Departments returns the offices with this two-digit department code, of all levels, by path.
	Departments(ctx context.Context, tx *db.Tx, department string) ([]Office, error)
	// ByCodes returns the offices with these unified social credit codes, those that exist, by code.
	ByCodes(ctx context.Context, tx *db.Tx, codes []string) (map[string]Office, error)
}

// Office is an implementing body (实施主体).
type Office struct {
	ID     string
	Path   string
	Name   string
	Code   string // unified social credit code
	Region region.Code
}
