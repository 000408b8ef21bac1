package assembly

import (
	"context"

	"xiangyun/internal/assembly/demo"
)

// LoadDemo brings the demo province into the store; what is there already is passed over.
func (a *App) LoadDemo(ctx context.Context, tell func(part string)) error {
	return demo.Load(ctx, a.demoServices(), tell)
}

// LoadProvince brings a whole province's catalogue into the store, see [demo.LoadProvince]; the demo province must be there.
func (a *App) LoadProvince(ctx context.Context, of demo.Slice, tell func(demo.Progress)) error {
	return demo.LoadProvince(ctx, a.demoServices(), of, tell)
}

// LoadCertificates issues invented certificates until there are so many, see [demo.LoadCertificates].
func (a *App) LoadCertificates(ctx context.Context, count int, tell func(demo.Progress)) error {
	return demo.LoadCertificates(ctx, a.demoServices(), count, tell)
}

func (a *App) demoServices() demo.Services {
	return demo.Services{DB: a.DB, Offices: a.Offices, Accounts: a.Accounts, Forms: a.Forms, Powers: a.Powers, Items: a.Items, Flows: a.Flows,
		Definitions: a.Definitions, Certificates: a.Certificates, Halls: a.Halls, Seals: a.Seals, Log: a.Audit}
}
