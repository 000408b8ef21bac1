package office

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Log    Log
	Grants []actor.Grant // of every module
	Queue  Queue         // nil where no office is ever dissolved, as Estate
	Estate Estate
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Queue takes jobs, met by platform/job.
type Queue interface {
	Insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error
}

// Estate is what offices have in other modules, met by assembly.
type Estate interface {
	// Count tells what hangs on an office, in the order a page shows it.
	Count(ctx context.Context, tx *db.Tx, o Office) ([]Hanging, error)
	// Move gives what moves to the office that takes over, in portions, each whole; it may be called again when it was interrupted.
	Move(ctx context.Context, by actor.Actor, m Merger) error
}
