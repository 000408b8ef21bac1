package assembly

import (
	"context"

	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
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
}

// Emit implements casefile.Events.
func (c counted) Emit(ctx context.Context, tx *db.Tx, e event.Event) error {
	if m, ok := e.(casefile.Moved); ok && m.Action == casefile.Submit {
		c.items.Submitted(m.Item)
	}
	return c.bus.Emit(ctx, tx, e)
}
