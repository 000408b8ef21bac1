package casefile

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Certificates tells what an applicant holds, met by the cert module.
type Certificates interface {
	// Held returns the identifier of a valid certificate of any of these types, "" when there is none.
	Held(ctx context.Context, tx *db.Tx, subject string, types ...string) (string, error)
	// Issued tells whether there is a type of certificate with this key.
	Issued(ctx context.Context, tx *db.Tx, certType string) (bool, error)
	// Expires returns the last day of a certificate, zero when it has none.
	Expires(ctx context.Context, tx *db.Tx, identifier string) (civil.Date, error)
	// LedTo names the certificate a case led to, "" without one.
	LedTo(ctx context.Context, tx *db.Tx, caseID string) (name, identifier string, err error)
}
