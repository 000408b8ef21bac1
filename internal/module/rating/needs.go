package rating

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/sm"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights  Rights
	Cases   Cases
	Offices Offices
	Notices Notices
	Events  Events
	Log     Log
	Keys    *sm.Keyring // seals what people say
	Days    Days        // zero: the usual ones
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Cases knows what may be rated, met by the casefile module: by's own case that was decided or has ended, fault.NotFound otherwise.
type Cases interface {
	OwnClosed(ctx context.Context, tx *db.Tx, by actor.Actor, number string) (casefile.Case, error)
}

// Offices knows when offices work, met by the office module.
type Offices interface {
	Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error)
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Send(ctx context.Context, tx *db.Tx, m notice.Message) error
}

// Events tells others, met by event.Bus.
type Events interface {
	Emit(ctx context.Context, tx *db.Tx, e event.Event) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
