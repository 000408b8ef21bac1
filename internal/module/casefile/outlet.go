package casefile

import (
	"context"
	"time"

	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/paper"
)

// Notices tells people things, met by the notice module.
type Notices interface {
	Send(ctx context.Context, tx *db.Tx, m notice.Message) error
}

// Events tells others, met by event.Bus.
type Events interface {
	Emit(ctx context.Context, tx *db.Tx, e event.Event) error
}

// Log writes leaves, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Keys seals what applicants say, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Sealer puts the seal of the office that issued a document on it, met by the seal module. The same document at the same instant is the same file, signed once. ok
// is false where the office has no seal for the format; the document then goes out with the words that hold its seal's place. No transaction may be open.
type Sealer interface {
	HasSeal(ctx context.Context, officePath string, format paper.Format) (ok bool, err error)
	SealPaper(ctx context.Context, s ToSeal) (content []byte, ok bool, err error)
}

// ToSeal is a document that is to bear a seal.
type ToSeal struct {
	CaseNumber string
	OfficePath string // whose seal
	At         time.Time
	Format     paper.Format
	Document   *paper.Document
}

// Typesetter sets documents on pages, met by paper.Writer. With a paper.NoGlyph the document is whole all the same.
type Typesetter interface {
	Lay(l paper.Letter) (*paper.Document, error)
}
