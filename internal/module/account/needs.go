package account

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights   Rights
	Posts    Posts
	Log      Log
	Keys     Keys
	RealName RealName
	// Demo lets the administrators of the demo province sign in before they have enrolled a second factor.
	Demo bool
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
}

// Posts tells what an account may do at work, met by the office module.
type Posts interface {
	// Holding returns the duties and the main office; ok is false for somebody without a post.
	Holding(ctx context.Context, tx *db.Tx, accountID string) (h Holding, ok bool, err error)
}

// Holding is what an account holds at work.
type Holding struct {
	Duties     []actor.Duty
	Office     string
	OfficePath string
	OfficeName string
	Region     region.Code
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

// RealName checks a name against a number, met by an adapter.
type RealName interface {
	// Matches tells whether the register has this name under this number.
	Matches(ctx context.Context, name, number string) (bool, error)
}
