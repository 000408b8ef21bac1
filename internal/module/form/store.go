package form

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
)

type row struct {
	ID         string
	Key        string `db:"form_key"`
	Version    int
	Digest     string
	SchemaText string
	DeployedAt time.Time
}

const columns = "id, form_key, version, digest, schema_text, deployed_at"

func insert(ctx context.Context, tx *db.Tx, r row) error {
	return tx.Later(ctx, `INSERT INTO form_definition (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6)`,
		r.ID, r.Key, r.Version, r.Digest, r.SchemaText, r.DeployedAt)
}

func latest(ctx context.Context, tx *db.Tx, key string) (row, error) {
	return db.One[row](ctx, tx, `SELECT `+columns+` FROM form_definition WHERE form_key = $1 ORDER BY version DESC LIMIT 1`, key)
}

func latestID(ctx context.Context, tx *db.Tx, key string) (string, error) {
	return db.One[string](ctx, tx, `SELECT id FROM form_definition WHERE form_key = $1 ORDER BY version DESC LIMIT 1`, key)
}

func versionID(ctx context.Context, tx *db.Tx, key string, version int) (string, error) {
	return db.One[string](ctx, tx, `SELECT id FROM form_definition WHERE form_key = $1 AND version = $2`, key, version)
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.One[row](ctx, tx, `SELECT `+columns+` FROM form_definition WHERE id = $1`, id)
}
