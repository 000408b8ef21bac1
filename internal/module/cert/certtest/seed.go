package certtest

import (
	"context"
	"crypto/rand"
	"fmt"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// Log is what [Seed] writes leaves to.
type Log interface {
	Append(ctx context.Context, tx *db.Tx, e audit.Entry) error
}

// Seed fills the register with n certificates of other holders and their leaves, so that a measurement looks one up among many. They are rows of
// the usual size whose records open for nobody; issue those that are to be verified. The type food-operation must be deployed.
// Without a log no leaves are written.
func Seed(ctx context.Context, d *db.DB, log Log, n int) error {
	issuer, err := uscc.Make("11", "220102", "MB1A0099")
	if err != nil {
		return err
	}
	const batch = 500
	for from := 0; from < n; from += batch {
		err := d.Update(ctx, func(tx *db.Tx) error { return seed(ctx, tx, log, issuer, from, min(batch, n-from)) })
		if err != nil {
			return fmt.Errorf("seeding certificates: %w", err)
		}
	}
	return nil
}

func seed(ctx context.Context, tx *db.Tx, log Log, issuer uscc.Code, from, n int) error {
	type kind struct{ ID, Code string }
	k, err := db.One[kind](ctx, tx, `SELECT id, code FROM cert_type WHERE type_key = 'food-operation' ORDER BY version DESC LIMIT 1`)
	if err != nil {
		return err
	}
	code, err := certcode.ParseKind(k.Code)
	if err != nil {
		return err
	}
	record := make([]byte, 1800)
	if _, err := rand.Read(record); err != nil {
		return err
	}
	const columns = 25
	args := make([]any, 0, n*columns)
	for i := range n {
		id, err := certcode.New(code, issuer, fmt.Sprintf("20200101%08d", from+i), 1)
		if err != nil {
			return err
		}
		holder := fmt.Sprintf("seeded-%08d", from+i)
		args = append(args, db.NewKey(), id.String(), "seeded-case-"+id.Serial(), "seeded-"+id.Serial(), k.ID, "food-operation", "食品经营许可证", holder, "某公司", issuer.String(),
			"某局", "220102d99", "", "000131104003", "valid", "2026-01-01", "2026-01-01", "2030-12-31", record, record[:72], "", tx.Now, "", "", "")
		if log == nil {
			continue
		}
		err = log.Append(ctx, tx, audit.Entry{Kind: "cert.issued", Actor: "system:cert", Subject: holder, Object: "cert:" + id.String(), Data: map[string]string{"record": "00"}})
		if err != nil {
			return err
		}
	}
	return tx.Later(ctx, `INSERT INTO cert_cert (id, identifier, case_id, case_number, type_id, type_key, name, subject_id, holder, issuer_code, issuer_name, office_path,
centre_path, base_code, state, issued_on, valid_from, valid_until, record, signature, supersedes, prepared_at, ended_kind, ended_by, ended_case) VALUES `+
		db.Values(n, columns, 1), args...)
}
