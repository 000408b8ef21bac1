package account

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights    Rights
	Posts     Posts
	Log       Log
	Keys      Keys
	RealName  RealName
	Notices   Notices   // nil tells nobody
	Companies Companies // the register of companies; without one no company can be registered
	// Demo lets the demo administrators sign in before they have enrolled a second factor.
	Demo bool
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
}

// Posts tells what an account may do at work, met by the office module; ok is false without a post.
type Posts interface {
	Holding(ctx context.Context, tx *db.Tx, accountID string) (h Holding, ok bool, err error)
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Keys seals and finds personal data, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
	Index(domain, text string) []byte
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error
}

// Companies checks a company, met by an adapter.
type Companies interface {
	// Represents tells whether the register has this legal representative (法定代表人) for it.
	Represents(ctx context.Context, company, code, representative string) (bool, error)
}

// RealName tells whether the police's register has a name under a number, met by an adapter.
type RealName interface {
	Matches(ctx context.Context, name, number string) (bool, error)
}
