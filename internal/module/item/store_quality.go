package item

import (
	"context"
	"errors"
	"slices"
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

type overrideRow struct {
	BaseCode string
	Override string // JSON of an [Override]
}

// eachOverride hands over what every entry not cancelled says of its own.
func eachOverride(ctx context.Context, tx *db.Tx, f func(overrideRow) error) error {
	return db.Each(ctx, tx, f, `SELECT e.base_code, v.override FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.state <> 'cancelled'`)
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

func replaceQualityCounts(ctx context.Context, tx *db.Tx, rows []qualityCount) error {
	if _, err := tx.Exec(ctx, `DELETE FROM item_quality_count`); err != nil {
		return err
	}
	for part := range slices.Chunk(rows, statedBatch) {
		args := make([]any, 0, 3*len(part))
		for _, r := range part {
			args = append(args, r.Rule, r.BaseCode, r.Findings)
		}
		if err := tx.Later(ctx, `INSERT INTO item_quality_count (rule, base_code, findings) VALUES `+db.Values(len(part), 3, 1), args...); err != nil {
			return err
		}
	}
	return tx.Later(ctx, `INSERT INTO item_quality_counted (id, counted_at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET counted_at = excluded.counted_at`, tx.Now)
}
