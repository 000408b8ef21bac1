package power

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/job"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights Rights
	Events Events
	Queue  Queue
	Log    Log
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Events tells others, met by event.Bus.
type Events interface {
	Emit(ctx context.Context, tx *db.Tx, e event.Event) error
}

// Queue keeps what is to be told on a day ahead, met by job.Queue.
type Queue interface {
	Insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
