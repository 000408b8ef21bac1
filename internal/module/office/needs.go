package office

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Log    Log
	Grants []actor.Grant // of every module
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}
