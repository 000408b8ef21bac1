package item

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights  Rights
	Offices Offices
	Forms   Forms
	Notices Notices
	Log     Log
}

// Rights decides who may act, met by the office module.
type Rights interface {
	// Check returns a fault when by may not do action on the target.
	Check(by actor.Actor, action string, on actor.Target) error
	// Reach returns the office-path prefixes within which by may do action, for lists.
	Reach(by actor.Actor, action string) []string
}

// Offices knows which offices implement what, met by the office module.
type Offices interface {
	// Departments returns the offices with this two-digit department code, of all levels, by path.
	Departments(ctx context.Context, tx *db.Tx, department string) ([]Office, error)
}

// Office is an implementing body (实施主体).
type Office struct {
	ID     string
	Path   string
	Name   string
	Code   string // unified social credit code
	Region region.Code
}

// Forms tells which forms exist, met by the form module.
type Forms interface {
	// Exists tells whether a form with this key was deployed.
	Exists(ctx context.Context, tx *db.Tx, key string) (bool, error)
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Send(ctx context.Context, tx *db.Tx, n Notice) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
