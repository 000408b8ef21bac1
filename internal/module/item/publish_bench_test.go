package item_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
)

// entriesOfVillages is how many villages and communities the province has: what one item of theirs has to move.
const entriesOfVillages = 13014

// BenchmarkPublish13014 publishes a new version of an item that 13,014 offices took up, and does the two statements that takes on the same rows
// without anything around them; the ratio of both times is reported.
func BenchmarkPublish13014(b *testing.B) {
	l := library{itemtest.Open(b)}
	ctx := context.Background()
	d := definition(b, food)
	d.Levels = []int{6}
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		b.Fatal(err)
	}
	claims := make([]item.Claim, entriesOfVillages)
	for i := range claims {
		code, err := uscc.Make("11", "220102", fmt.Sprintf("MB%06d", i))
		if err != nil {
			b.Fatal(err)
		}
		claims[i] = item.Claim{Base: food, Override: item.Override{Contact: itemtest.Contact(item.Office{Name: "village"})}, Office: item.Office{ID: fmt.Sprint("o", i),
			Path: "220102001" + fmt.Sprintf("%05d", i), Name: "village", Code: code.String(), Region: region.MustParse("220102001001")}}
	}
	if n, err := l.Claim(ctx, itemtest.Loader, claims); err != nil || n != entriesOfVillages {
		b.Fatal(n, err)
	}
	var publishing, bare time.Duration
	words := 0
	for b.Loop() {
		words++
		d.Guide.Summary = fmt.Sprint("summary ", words)
		began := time.Now()
		v, err := l.Publish(ctx, itemtest.Loader, d)
		publishing += time.Since(began)
		if err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		err = l.DB.Update(ctx, func(tx *db.Tx) error { return bareFollow(ctx, tx, v.VersionID) })
		bare += time.Since(began)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(publishing.Milliseconds())/float64(b.N), "ms/publish")
	b.ReportMetric(float64(bare.Milliseconds())/float64(b.N), "ms/bare")
	b.ReportMetric(float64(publishing)/float64(bare), "ratio")
}

// bareFollow writes the same rows once more under other ids.
func bareFollow(ctx context.Context, tx *db.Tx, version string) error {
	n, err := tx.Exec(ctx, `INSERT INTO item_entry_version (id, entry_code, version, base_version_id, office_id, office_path, office_name, office_code,
		override, published_at, published_by)
		SELECT v.base_version_id || '+' || e.code, e.code, e.version + 1, v.base_version_id, v.office_id, v.office_path, v.office_name, v.office_code,
		v.override, v.published_at, v.published_by FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.base_code = $1`, food)
	if err != nil {
		return err
	}
	if n != entriesOfVillages {
		return fmt.Errorf("%d rows", n)
	}
	_, err = tx.Exec(ctx, `UPDATE item_entry SET version = version + 1, version_id = $1 || '+' || code WHERE base_code = $2`, version, food)
	return err
}
