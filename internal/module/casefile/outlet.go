package casefile

import (
	"context"

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

// Sealer puts the seal of the office that issued a document on it, met by the seal module. It signs once and keeps the file: the same document asked for again is
// the same file. ok is false where the office has no seal; the document then goes out with the words that hold its seal's place.
type Sealer interface {
	SealPaper(ctx context.Context, caseNumber string, p Paper, format paper.Format, d *paper.Document) (content []byte, ok bool, err error)
}

// Typesetter sets documents on pages, met by paper.Writer. With a paper.NoGlyph the document is whole all the same.
type Typesetter interface {
	Lay(l paper.Letter) (*paper.Document, error)
}
