package assembly

import (
	"context"

	"xiangyun/internal/assembly/demo"
)

// LoadDemo brings the demo province into the store; what is there already is passed over.
func (a *App) LoadDemo(ctx context.Context, tell func(part string)) error {
	return demo.Load(ctx, demo.Services{DB: a.DB, Offices: a.Offices, Accounts: a.Accounts, Forms: a.Forms, Powers: a.Powers, Items: a.Items, Flows: a.Flows,
		Certificates: a.Certificates}, tell)
}
