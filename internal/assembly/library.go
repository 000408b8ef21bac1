package assembly

import (
	"context"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
)

// readers meets item.Notices with the notice module.
type readers struct{ notices *notice.Service }

// Send implements item.Notices.
func (r readers) Send(ctx context.Context, tx *db.Tx, n item.Notice) error {
	return r.notices.Send(ctx, tx, notice.Message{Subject: n.Subject, Key: n.Key, Args: n.Args, Link: n.Link})
}

// counted meets casefile.Events with the bus, and tells the library which items people apply for. It counts in memory, so that applying waits for
// nothing; a submission that is rolled back afterwards counts too, which a popular order survives.
type counted struct {
	bus   *event.Bus
	items *item.Service
	app   *App // its supervision is made after the cases it watches
}

// Emit implements casefile.Events.
func (c counted) Emit(ctx context.Context, tx *db.Tx, e event.Event) error {
	if m, ok := e.(casefile.Moved); ok {
		if m.Action == casefile.Submit {
			c.items.Submitted(m.Item)
		}
		if err := c.app.Supervision.Note(ctx, tx, m); err != nil {
			return err
		}
	}
	return c.bus.Emit(ctx, tx, e)
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
