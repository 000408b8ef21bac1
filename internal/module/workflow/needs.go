package workflow

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// Needs is what the module asks of others; assembly fills it. Processes of plain tasks ask nobody.
type Needs struct {
	Rights    Rights
	Calendars Calendars
	Queue     Queue
	Log       Log
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Calendars knows the working days of a region, met by the office module.
type Calendars interface {
	Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error)
}

// Queue takes jobs, met by platform/job.
type Queue interface {
	Insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
