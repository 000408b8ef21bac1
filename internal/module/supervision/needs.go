package supervision

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights  Rights
	Cases   Cases
	Offices Offices
	Log     Log
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Cases knows where cases stand, met by the casefile module.
type Cases interface {
	Standings(ctx context.Context, tx *db.Tx, ids []string) ([]casefile.Standing, error)
	// StandingsAfter walks all cases by their keys.
	StandingsAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]casefile.Standing, error)
}

// Offices knows names and calendars, met by the office module.
type Offices interface {
	Names(ctx context.Context, tx *db.Tx, paths []string) (map[string]string, error)
	Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error)
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
