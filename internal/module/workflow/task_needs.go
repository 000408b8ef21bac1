package workflow

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
)

// TaskNeeds is what [Tasks] asks of others; assembly fills it.
type TaskNeeds struct {
	Rights   Rights
	People   People
	Offices  Offices
	Concerns Concerns
	Notices  Notices
	Events   Events
	Log      Log
	Keys     Keys
	Internal []string // actions whose completion binds nobody outside: only these are signed after, taken back, forwarded and skipped
}

// Officer is somebody at work.
type Officer struct {
	Account string
	Subject string // the person behind the account, for messages
	Name    string // for other officers only
	Office  Office // of the main post
	Duties  []actor.Duty
}

// People knows officers, met by the office and account modules.
type People interface {
	// Officer returns who is behind an account: fault.NotFound "workflow.task_no_officer" for who holds no post now.
	Officer(ctx context.Context, tx *db.Tx, account string) (Officer, error)
	// At returns who holds a post at an office now, by account.
	At(ctx context.Context, tx *db.Tx, officePath string) ([]Officer, error)
}

// Offices knows the tree of offices, met by the office module.
type Offices interface {
	// At returns the office with a path: fault.NotFound when there is none.
	At(ctx context.Context, tx *db.Tx, path string) (Office, error)
	// Above returns the office of the same department one level higher: fault.NotFound at the top.
	Above(ctx context.Context, tx *db.Tx, path string) (Office, error)
	// Near returns whom an office may want to ask: its government's other offices, by path.
	Near(ctx context.Context, tx *db.Tx, path string) ([]Office, error)
}

// Concern is what a task is about.
type Concern struct {
	Number string
	Name   string   // of the item applied for
	Item   string   // base code
	Owner  string   // subject id of the person or company it is for
	Takes  []string // actions it would take now
}

// Concerns knows what tasks are about, met by the casefile module.
type Concerns interface {
	// Concern returns what a subject is; fault.NotFound for who may not know of it.
	Concern(ctx context.Context, tx *db.Tx, by actor.Actor, subject string) (Concern, error)
	// DueIn returns the date that many working days from today.
	DueIn(ctx context.Context, tx *db.Tx, subject string, days int) (string, error)
	// Return gives a subject back to who applied, with the reason.
	Return(ctx context.Context, tx *db.Tx, by actor.Actor, subject, reason string) error
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error
}

// Events tells other modules, met by platform/event.
type Events interface {
	Emit(ctx context.Context, tx *db.Tx, e event.Event) error
}

// Keys seals what officers write, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}
