package seal

import (
	"context"
	"crypto"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights  Rights
	Owners  Owners
	Cases   Cases
	Notices Notices
	Log     interface { // met by platform/audit
		Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
	}
	Secrets  *sm.Keyring // seals what people write
	Keys     Keys
	Outlines picture.Outlines
	Time     interface { // RFC 3161 tokens, met by timestamp.Client; nil: the built-in authority's, or none
		Timestamp(ctx context.Context, over []byte) ([]byte, error)
	}
	BuiltIn bool // certificates come from a built-in authority, and everything carries 测试
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Owners knows who may own seals and who belongs to them, met by the office and account modules.
type Owners interface {
	Owner(ctx context.Context, tx *db.Tx, kind OwnerKind, id string) (Owner, error)
	People(ctx context.Context, tx *db.Tx, o Owner) ([]Person, error)
	// Leads tells whether a person manages a company here, and whether he is its legal representative, who manages it as well.
	Leads(ctx context.Context, tx *db.Tx, person, company string) (manages, represents bool, err error)
}

// Cases knows whether by works on a case that an office handles, met by the casefile module.
type Cases interface {
	Handled(ctx context.Context, tx *db.Tx, by actor.Actor, number, officePath string) error
}

// Notices tells people things, met by the notice module.
type Notices interface {
	Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error
}

// Keys keeps private keys by their labels, met by adapter/hsm. Create returns the key there is, or makes one; doing it again changes nothing.
type Keys interface {
	Create(ctx context.Context, label string) (crypto.PublicKey, error)
	Signer(ctx context.Context, label string) (crypto.Signer, error)
}
