package item

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights       Rights
	Offices      Offices
	Forms        Forms
	Powers       Powers
	Cases        Cases
	Notices      Notices
	Log          Log
	Queue        Queue
	Certificates Certificates
	Store        Store
}

// Rights decides who may act, met by the office module.
type Rights interface {
	// Check returns a fault when by may not do action on the target.
	Check(by actor.Actor, action string, on actor.Target) error
	// Reach returns the office-path prefixes within which by may do action, for lists.
	Reach(by actor.Actor, action string) []string
}

// Forms tells which forms exist, met by the form module.
type Forms interface {
	// Exists tells whether a form with this key was deployed.
	Exists(ctx context.Context, tx *db.Tx, key string) (bool, error)
}

// Powers is the list of powers (权责清单), met by the power module.
type Powers interface {
	InForce(ctx context.Context, tx *db.Tx, code string) (bool, error)
	// Lacking returns those of some codes whose powers are not in force today.
	Lacking(ctx context.Context, tx *db.Tx, codes []string) ([]string, error)
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Send(ctx context.Context, tx *db.Tx, n Notice) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Queue takes jobs, met by platform/job.
type Queue interface {
	Insert(ctx context.Context, tx *db.Tx, a job.Args, options ...job.Option) error
}
