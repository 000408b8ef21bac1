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

// workplace names the office an account works in, "" for one that works in none: what keepers read of who wrote a draft.
func (a *App) workplace(ctx context.Context, accountID string) (name string) {
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		_, main, ok, err := a.Offices.Duties(ctx, tx, accountID)
		if ok {
			name = main.Name
		}
		return err
	})
	if err != nil {
		a.Log.WarnContext(ctx, "the office of an account can't be read", "error", err)
	}
	return name
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
