package hall

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights  Rights
	Offices Offices
	Items   Items
	Notices Notices
	Events  Events
	Log     Log
	Keys    Keys
	Clock   func() time.Time // nil is the transaction's; only tests move it
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Offices knows when and where offices work, met by the office module.
type Offices interface {
	Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error)
	// Superior returns the service centre of the next government up, or that government; ok is false above the province.
	Superior(ctx context.Context, tx *db.Tx, path string) (o Office, ok bool, err error)
}

// Items finds an item by the code of its entry, met by the item module.
type Items interface {
	Entry(ctx context.Context, tx *db.Tx, code string) (*item.Entry, error)
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Send(ctx context.Context, tx *db.Tx, n Notice) error
}

// Events tells others, met by event.Bus.
type Events interface {
	Emit(ctx context.Context, tx *db.Tx, e event.Event) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
