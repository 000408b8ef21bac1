package assembly

import (
	"context"

	"xiangyun/internal/module/account"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
)

// posts meets account.Posts with the office module.
type posts struct{ offices *office.Service }

// Holding implements account.Posts.
func (p posts) Holding(ctx context.Context, tx *db.Tx, accountID string) (out account.Holding, ok bool, err error) {
	duties, main, ok, err := p.offices.Duties(ctx, tx, accountID)
	return account.Holding{Duties: duties, Office: main.ID, OfficePath: main.Path, OfficeName: main.Name, Region: main.Region}, ok, err
}

// implementers meets item.Offices with the office module.
type implementers struct{ offices *office.Service }

// Departments implements item.Offices.
func (i implementers) Departments(ctx context.Context, tx *db.Tx, department string) ([]item.Office, error) {
	list, err := i.offices.Departments(ctx, tx, department)
	out := make([]item.Office, len(list))
	for n, o := range list {
		out[n] = item.Office{ID: o.ID, Path: o.Path, Name: o.Name, Code: o.Code, Region: o.Region}
	}
	return out, err
}

// ByCodes implements item.Offices.
func (i implementers) ByCodes(ctx context.Context, tx *db.Tx, codes []string) (map[string]item.Office, error) {
	list, err := i.offices.ByCodes(ctx, tx, codes)
	out := make(map[string]item.Office, len(list))
	for code, o := range list {
		out[code] = item.Office{ID: o.ID, Path: o.Path, Name: o.Name, Code: o.Code, Region: o.Region}
	}
	return out, err
}
