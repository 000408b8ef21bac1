package cert

import (
	"context"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Log writes leaves, one or many at once, and shows them, met by platform/audit.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
	Enter(ctx context.Context, tx *db.Tx, list []audit.Entry) error
	ByObject(ctx context.Context, tx *db.Tx, object, after string, limit int) ([]audit.Leaf, error)
	Prove(ctx context.Context, tx *db.Tx, position int64) (audit.Proof, error)
}

// Issued tells that a certificate came into force. It holds keys only.
type Issued struct {
	Identifier string `json:"identifier"`
	CaseNumber string `json:"case_number"`
}

// EventName implements event.Event.
func (Issued) EventName() string { return "cert.issued" }

// IssuedMany tells that a batch of certificates came into force, whose holders are to hear of it. It holds keys only.
type IssuedMany struct {
	Batch        string   `json:"batch"`
	Certificates []string `json:"certificates"` // ids
}

// EventName implements event.Event.
func (IssuedMany) EventName() string { return "cert.issued_many" }

// IssueOrdered tells that an office ordered a checked table to be issued.
type IssueOrdered struct {
	Table string `json:"table"` // id
}

// EventName implements event.Event.
func (IssueOrdered) EventName() string { return "cert.issue_ordered" }

// Notice tells a holder something: a line of the locales, and where to go on.
type Notice struct {
	Subject string
	Key     string
	Args    []string
	Link    string // a path of ours
}
