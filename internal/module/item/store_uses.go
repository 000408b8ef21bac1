package item

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xiangyun/internal/platform/db"
)

type useRow struct {
	BaseCode string
	Uses     int64
}

func usesSince(ctx context.Context, tx *db.Tx, day string) ([]useRow, error) {
	return db.All[useRow](ctx, tx, `SELECT base_code, CAST(sum(uses) AS bigint) AS uses FROM item_use_day WHERE day > $1 GROUP BY base_code`, day)
}

// usesIn returns the uses in the counties that begin with some digits.
func usesIn(ctx context.Context, tx *db.Tx, prefix, day string) ([]useRow, error) {
	var args []any
	where := db.PrefixAny("county", []string{prefix}, &args)
	args = append(args, day)
	return db.All[useRow](ctx, tx, `SELECT base_code, CAST(sum(uses) AS bigint) AS uses FROM item_use_place WHERE `+where+` AND day > `+placeholder(len(args))+
		` GROUP BY base_code`, args...)
}

// addUses adds to the counts of a day. Rows are written in order, so that two nodes never wait for each other in a circle.
func addUses(ctx context.Context, tx *db.Tx, day string, counted map[usedAt]int64) error {
	var whole, placed []usedAt
	for at := range counted {
		if at.county == "" {
			whole = append(whole, at)
		} else {
			placed = append(placed, at)
		}
	}
	for _, list := range [][]usedAt{whole, placed} {
		slices.SortFunc(list, func(a, b usedAt) int {
			return cmp.Or(strings.Compare(a.county, b.county), strings.Compare(a.base, b.base))
		})
		for len(list) > 0 {
			n := min(batch, len(list))
			if err := addPortion(ctx, tx, day, list[:n], counted); err != nil {
				return err
			}
			list = list[n:]
		}
	}
	return nil
}

// addPortion adds rows that all have a county, or all have none.
func addPortion(ctx context.Context, tx *db.Tx, day string, list []usedAt, counted map[usedAt]int64) error {
	var args []any
	for _, at := range list {
		if at.county != "" {
			args = append(args, at.county)
		}
		args = append(args, day, at.base, counted[at])
	}
	if list[0].county == "" {
		return tx.Later(ctx, `INSERT INTO item_use_day (day, base_code, uses) VALUES `+db.Values(len(list), 3, 1)+`
			ON CONFLICT (day, base_code) DO UPDATE SET uses = item_use_day.uses + excluded.uses`, args...)
	}
	return tx.Later(ctx, `INSERT INTO item_use_place (county, day, base_code, uses) VALUES `+db.Values(len(list), 4, 1)+`
		ON CONFLICT (county, day, base_code) DO UPDATE SET uses = item_use_place.uses + excluded.uses`, args...)
}

func forgetUses(ctx context.Context, tx *db.Tx, before string) error {
	if err := tx.Later(ctx, `DELETE FROM item_use_place WHERE day < $1`, before); err != nil {
		return err
	}
	return tx.Later(ctx, `DELETE FROM item_use_day WHERE day < $1`, before)
}
