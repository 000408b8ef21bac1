package assembly

import (
	"context"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// underWay meets item.Cases with the casefile module, which is made after the library.
type underWay struct{ a *App }

// Running implements item.Cases.
func (u underWay) Running(ctx context.Context, tx *db.Tx, codes []string) ([]item.RunningCases, error) {
	list, err := u.a.Cases.RunningUnder(ctx, tx, codes)
	out := make([]item.RunningCases, len(list))
	for i, r := range list {
		out[i] = item.RunningCases{Code: r.BaseCode, Level: r.Level, Cases: r.Cases}
	}
	return out, err
}
