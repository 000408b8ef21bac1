package item_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// million fills the library up to so many entries: the first base item's are written for every region, the others' made from them in the
// database. One in two hundred promises a time of its own, one in fifty states a limit its base does not have.
func (l library) million(b *testing.B, bases int) {
	b.Helper()
	ctx := context.Background()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	rows := region.Jilin()
	first := "222031901001"
	d := definition(b, food)
	for i := range bases {
		d.Code = fmt.Sprintf("22203190%d%03d", 1+i/900, 1+i%900)
		if i == 0 {
			first = d.Code
		}
		d.Kind, d.Name = item.Kind(d.Code[2:4]), fmt.Sprintf("事项%d", i)
		_, err := l.Publish(ctx, loader, d)
		must(err)
	}
	must(l.DB.Update(ctx, func(tx *db.Tx) error {
		version, err := db.One[string](ctx, tx, `SELECT version_id FROM item_base WHERE code = $1`, first)
		if err != nil {
			return err
		}
		for from := 0; from < len(rows); from += 50 {
			part := rows[from:min(from+50, len(rows))]
			var entries, versions []any
			for i, r := range part {
				n := from + i
				code := fmt.Sprintf("11%s%010d%d%s", r.Code.County6(), n, exercised(r.Code), first)
				override := fmt.Sprintf(`{"contact":{"address":"%s","windows":"","hours":"9–17","phone":"12345","supervise":"12345"}}`, r.Name)
				if n%200 == 0 {
					override = `{"promise_days":1,` + override[1:]
				}
				entries = append(entries, code, first, "o", r.Code.Prefix()+"d31", r.Code, "in_use", "", 1, "v"+code)
				versions = append(versions, "v"+code, code, 1, version, "o", r.Code.Prefix()+"d31", r.Name, code[:18], override, tx.Now, "x")
			}
			if err := tx.Later(ctx, `INSERT INTO item_entry VALUES `+db.Values(len(part), 9, 1), entries...); err != nil {
				return err
			}
			if err := tx.Later(ctx, `INSERT INTO item_entry_version VALUES `+db.Values(len(part), 11, 1), versions...); err != nil {
				return err
			}
		}
		return nil
	}))
	list, err := l.Bases(ctx, item.Query{})
	must(err)
	for _, x := range list {
		if x.Code()[:9] != first[:9] || x.Code() == first {
			continue
		}
		must(l.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO item_entry SELECT substr(code, 1, 19) || $1, $1, office_id, office_path, region, state, reason, version,
				'v' || substr(code, 1, 19) || $1 FROM item_entry WHERE base_code = $2`, x.Code(), first)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO item_entry_version SELECT 'v' || substr(v.entry_code, 1, 19) || $1, substr(v.entry_code, 1, 19) || $1, v.version, $2,
				v.office_id, v.office_path, v.office_name, v.office_code, v.override, v.published_at, v.published_by FROM item_entry_version v
				JOIN item_entry e ON e.version_id = v.id WHERE e.base_code = $3`, x.Code(), x.VersionID, first)
			return err
		}))
	}
	must(l.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO item_stated SELECT code, 'legal_days', base_code, region, CAST(substr(code, 19, 1) AS bigint), '30个工作日', 'other', 'x', $1
			FROM item_entry WHERE substr(code, 15, 4) LIKE '%00' OR substr(code, 15, 4) LIKE '%50'`, tx.Now)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE item_revision SET number = number + 1`)
		return err
	}))
	if _, err := l.Recount(ctx, loader); err != nil {
		b.Fatal(err)
	}
}

func exercised(c region.Code) int { return int(c.Level()) + 1 }

// BenchmarkMeter measures what the pages of the meter ask at a million entries: anew after a change, and as long as nothing changes.
func BenchmarkMeter(b *testing.B) {
	l := open(b)
	start := time.Now()
	l.million(b, 1+1_000_000/len(region.Jilin()))
	n, err := l.Census(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d entries, %d deviations, filled in %v", n.Entries, n.Deviations, time.Since(start))
	ctx := context.Background()
	changed := func() {
		err := l.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE item_revision SET number = number + 1`)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, x := range []struct {
		name string
		anew bool
		ask  func() error
	}{
		{"consistency-anew", true, func() error { _, err := l.Consistency(ctx); return err }},
		{"consistency", false, func() error { _, err := l.Consistency(ctx); return err }},
		{"reduction-anew", true, func() error { _, err := l.Reduction(ctx); return err }},
		{"reduction", false, func() error { _, err := l.Reduction(ctx); return err }},
		{"deviations", false, func() error { _, err := l.Deviations(ctx, keeper, item.DeviationQuery{Limit: 21}); return err }},
		{"deviations-region", false, func() error {
			_, err := l.Deviations(ctx, keeper, item.DeviationQuery{Limit: 21, Region: region.MustParse("222406")})
			return err
		}},
		{"deviations-none", false, func() error {
			_, err := l.Deviations(ctx, keeper, item.DeviationQuery{Limit: 21, Element: "fee"})
			return err
		}},
		{"deviations-county", false, func() error { _, err := l.Deviations(ctx, countyKeeper, item.DeviationQuery{Limit: 21}); return err }},
		{"quality-anew", true, func() error { _, err := l.Quality(ctx); return err }},
		{"quality-count", false, func() error { return l.RecountAll(ctx) }},
		{"history", false, func() error { _, err := l.History(ctx, item.ElementAny, 90); return err }},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				if x.anew {
					b.StopTimer()
					changed()
					b.StartTimer()
				}
				if err := x.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
