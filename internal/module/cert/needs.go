package cert

import (
	"context"
	"crypto"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/paper"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights interface {
		Check(by actor.Actor, action string, on actor.Target) error
	} // met by the office module
	Cases interface { // met by the casefile module
		Granted(ctx context.Context, tx *db.Tx, caseID string) (casefile.Granted, error)
	}
	Offices Offices
	Notices interface {
		Send(ctx context.Context, tx *db.Tx, n Notice) error
	} // met by the notice module
	Events interface {
		Emit(ctx context.Context, tx *db.Tx, e event.Event) error
	}
	Log   Log
	Keys  Keys
	Paper interface {
		Set(s paper.Sheet) (*paper.Page, error)
	} // met by paper.Writer
	Base string // how the outside reaches us, "https://…": it stands in every code
}

// Offices knows who issues, met by the office module.
type Offices interface {
	// Issuer returns name, unified social credit code and region of the office with this path.
	Issuer(ctx context.Context, tx *db.Tx, path string) (Issuer, error)
	// Place says a region's whole name; "" for an unknown one.
	Place(region string) string
}

// Log writes leaves and shows them, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
	ByObject(ctx context.Context, tx *db.Tx, object, after string, limit int) ([]audit.Leaf, error)
	Prove(ctx context.Context, tx *db.Tx, position int64) (audit.Proof, error)
}

// Keys seals and signs, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
	Signer(name string) (crypto.Signer, error)
	PublicKey(name string) (crypto.PublicKey, error)
}
