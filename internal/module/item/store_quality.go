package item

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/platform/db"
)

const ruleColumns = `key, position, scope, kind, parameter, severity, message, enabled, law`

func qualityRules(ctx context.Context, tx *db.Tx) ([]QualityRule, error) {
	return db.All[QualityRule](ctx, tx, `SELECT `+ruleColumns+` FROM item_quality_rule ORDER BY position`)
}

func qualityRule(ctx context.Context, tx *db.Tx, key string) (QualityRule, error) {
	return db.One[QualityRule](ctx, tx, `SELECT `+ruleColumns+` FROM item_quality_rule WHERE key = $1`, key)
}

func updateQualityRule(ctx context.Context, tx *db.Tx, r QualityRule) error {
	return tx.Later(ctx, `UPDATE item_quality_rule SET enabled = $1, parameter = $2 WHERE key = $3`, r.Enabled, r.Parameter, r.Key)
}

type qualityCount struct {
	Rule     string
	BaseCode string
	Findings int
}

func qualityCounts(ctx context.Context, tx *db.Tx) ([]qualityCount, error) {
	return db.All[qualityCount](ctx, tx, `SELECT rule, base_code, findings FROM item_quality_count`)
}

// qualityCounted returns when entries were counted; zero for never.
func qualityCounted(ctx context.Context, tx *db.Tx) (time.Time, error) {
	at, err := db.One[time.Time](ctx, tx, `SELECT counted_at FROM item_quality_counted WHERE id = 1`)
	if errors.Is(err, db.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// findingsCounted returns how much the rules found in entries when they were last checked.
func findingsCounted(ctx context.Context, tx *db.Tx) (n int, at time.Time, err error) {
	if n, err = db.One[int](ctx, tx, `SELECT CAST(COALESCE(sum(findings), 0) AS bigint) FROM item_quality_count`); err != nil {
		return 0, at, err
	}
	at, err = qualityCounted(ctx, tx)
	return n, at, err
}
