package cert

import (
	"context"
	"crypto"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/paper"
)

// Needs is what the module asks of others; assembly fills it. Cases is met by casefile, Notices by notice, Paper by paper.Writer; [Rights] stands with
// the actions, [Subjects] with the verifiers, [Log] with the events, [Tables] with what is asked of it.
type Needs struct {
	Rights Rights
	Cases  interface {
		Granted(ctx context.Context, tx *db.Tx, caseID string) (casefile.Granted, error)
	}
	Offices  Offices
	Subjects Subjects
	Notices  interface {
		Send(ctx context.Context, tx *db.Tx, n Notice) error
	}
	Events interface {
		Emit(ctx context.Context, tx *db.Tx, e event.Event) error
	}
	Log   Log
	Keys  Keys
	Paper interface {
		Set(s paper.Sheet) (*paper.Page, error)
	}
	Tables Tables // nil where no tables are issued
	Seals  Seals  // nil where nobody seals
	Base   string // how the outside reaches us, "https://…": it stands in every code
}

// Offices knows who issues, met by the office module: name, code and region of an office, a region's whole name, the office with a code ("" for none).
type Offices interface {
	Issuer(ctx context.Context, tx *db.Tx, path string) (Issuer, error)
	Place(region string) string
	ByCode(ctx context.Context, tx *db.Tx, code string) (path, name string, err error)
}

// Keys seals, signs and makes what is searched for findable, met by sm.Keyring.
type Keys interface {
	Index(domain, text string) []byte
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
	Signer(name string) (crypto.Signer, error)
	PublicKey(name string) (crypto.PublicKey, error)
}
