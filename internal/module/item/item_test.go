package item_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

var keeper, loader = itemtest.Keeper, itemtest.Loader

type library struct{ *itemtest.Library }

func open(t testing.TB) library   { return library{itemtest.Open(t)} }
func seeded(t testing.TB) library { return library{itemtest.Seeded(t)} }

func definitions(t testing.TB) []item.Definition { return itemtest.Definitions(t) }

var contact = itemtest.Contact

func (l library) find(t testing.TB, code string) *item.Entry {
	t.Helper()
	var e *item.Entry
	err := l.DB.View(context.Background(), func(tx *db.Tx) error {
		var err error
		e, err = l.Entry(context.Background(), tx, code)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const food = "000131104003"

func (l library) food(t testing.TB) *item.Entry {
	t.Helper()
	page, err := l.List(context.Background(), item.Query{Base: food, Region: region.MustParse("220102000000")})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	return page.Rows[0]
}

func TestSeedTwiceWritesOnce(t *testing.T) {
	l := seeded(t)
	leaves := len(l.Leaves)
	again, err := l.SeedCatalogue(context.Background(), itemtest.Loader, definitions(t), contact)
	if err != nil {
		t.Fatal(err)
	}
	if again.Changed != 0 || again.Entries != 0 || len(l.Leaves) != leaves {
		t.Errorf("the second seeding wrote %+v", again)
	}
	n, err := l.Census(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if n.Base != 10 || n.Entries < 600 || n.Offices < 300 || n.Regions < 60 || n.Indexed != n.Entries || n.Deviations != 0 || n.Variants <= n.Entries {
		t.Errorf("%+v", n)
	}
}

func TestPublishMovesEntriesAndKeepsVersions(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	old := l.food(t)
	d := definition(t, food)
	d.PromiseDays = 5
	for i := range d.Guide.Variants {
		d.Guide.Variants[i].PromiseDays = 0
	}
	b, err := l.Publish(ctx, itemtest.Loader, d)
	if err != nil {
		t.Fatal(err)
	}
	now := l.food(t)
	if b.Version != 2 || now.Version != 2 || now.BaseVersion != 2 || now.PromiseDays != 5 || now.Code != old.Code || now.ID == old.ID {
		t.Errorf("base %d, entry %d on base %d promising %d", b.Version, now.Version, now.BaseVersion, now.PromiseDays)
	}
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		pinned, err := l.EntryVersion(ctx, tx, old.ID)
		if err == nil && (pinned.PromiseDays != 7 || pinned.Version != 1) {
			t.Errorf("the pinned version promises %d days", pinned.PromiseDays)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if same, err := l.Publish(ctx, itemtest.Loader, d); err != nil || same.Version != 2 {
		t.Errorf("publishing the same again: %v, %v", same, err)
	}
}

func definition(t testing.TB, code string) item.Definition {
	t.Helper()
	for _, d := range definitions(t) {
		if d.Code == code {
			return d
		}
	}
	t.Fatal("no such definition")
	return item.Definition{}
}

func TestPublishRefuses(t *testing.T) {
	l := open(t)
	for field, change := range map[string]func(*item.Definition){
		"promise_days":       func(d *item.Definition) { d.PromiseDays = 21 },
		"guide.materials.0":  func(d *item.Definition) { d.Guide.Materials[0].Name = "法律法规规定的其他材料" },
		"guide.materials.1":  func(d *item.Definition) { d.Guide.Materials[1].Ways = nil },
		"guide.basis":        func(d *item.Definition) { d.Guide.Basis = d.Guide.Basis[3:] },
		"visit_reason":       func(d *item.Definition) { d.Visits = 1 },
		"kind":               func(d *item.Definition) { d.Kind = item.Public },
		"code":               func(d *item.Definition) { d.Code = "1" },
		"guide":              func(d *item.Definition) { d.Guide.Materials[0].When = `plaec == "catering"` },
		"guide.form_key":     func(d *item.Definition) { d.Guide.FormKey = "nothing" },
		"guide.variants.1":   func(d *item.Definition) { d.Guide.Variants[1].Suffix = "01" },
		"guide.fee_note":     func(d *item.Definition) { d.Guide.FeeNote = "" },
		"guide.conditions":   func(d *item.Definition) { d.Guide.Conditions = nil },
		"instant":            func(d *item.Definition) { d.Instant = true },
		"guide.materials.11": func(d *item.Definition) { d.Guide.Materials[11].Issuer = "" },
	} {
		d := definition(t, food)
		change(&d)
		_, err := l.Publish(context.Background(), itemtest.Loader, d)
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := l.Publish(context.Background(), actor.Actor{}, definition(t, food)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger published: %v", err)
	}
}

func TestSituationChangesMaterials(t *testing.T) {
	e := seeded(t).food(t)
	codes := func(variant string, situation map[string]string) string {
		list, err := e.MaterialsFor(variant, situation)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, m := range list {
			out = append(out, m.Code[len(m.Code)-2:])
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		variant   string
		situation map[string]string
		want      string
	}{
		{"new", map[string]string{"place": "catering", "network": "no", "machine": "no", "agent": "self"}, "01 02 03 04"},
		{"new", map[string]string{"place": "sales", "network": "yes", "machine": "yes", "agent": "agent"}, "01 02 03 04 05 06 11 12"},
		{"new", map[string]string{"place": "canteen", "contracted": "contractor", "network": "yes", "agent": "self"}, "01 02 03 04 07"},
		{"renewal", map[string]string{"place": "catering", "network": "no", "machine": "no", "agent": "self"}, "01 02 08 10"},
		{"change", map[string]string{"place": "catering", "changed": "name"}, "01 02 08 09"},
	} {
		if got := codes(c.variant, c.situation); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.variant, c.situation, got, c.want)
		}
	}
	if err := e.CheckSituation("new", map[string]string{"place": "catering", "network": "no", "machine": "no", "agent": "self"}); err != nil {
		t.Error(err)
	}
	f, _ := fault.Of(e.CheckSituation("new", map[string]string{"place": "catering", "network": "no", "agent": "self"}))
	if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "situation.machine" {
		t.Errorf("an open question: %v", f)
	}
	if _, err := e.MaterialsFor("new", map[string]string{"place": "moon"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown answer: %v", err)
	}
	if _, err := e.Questions("rebirth", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown variant: %v", err)
	}
}

func TestSearch(t *testing.T) {
	l := seeded(t)
	for text, want := range map[string]string{
		"开饭店": food, "食品经营许可": food, "食品经营许可证": food, "spjyxk": food, "我想在南关开饭店": food, "ＳＰＪＹ": food, "食品许可": food,
		"kaifandian": food,
	} {
		page, err := l.List(context.Background(), item.Query{Text: text, Region: region.MustParse("220102001000")})
		if err != nil || len(page.Rows) == 0 || page.Rows[0].BaseCode != want || page.Rows[0].Region.String() != "220102000000" {
			t.Errorf("%s: %d rows, %v", text, len(page.Rows), err)
		}
	}
	for _, nothing := range []string{"zzzzqq", "？？", "量子计算"} {
		if page, err := l.List(context.Background(), item.Query{Text: nothing}); err != nil || len(page.Rows) > 0 {
			t.Errorf("%s: %d rows, %v", nothing, len(page.Rows), err)
		}
	}
}

// walk returns every code of a query, page by page.
func (l library) walk(t *testing.T, q item.Query) []*item.Entry {
	t.Helper()
	var rows []*item.Entry
	for {
		page, err := l.List(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) > q.Limit {
			t.Fatalf("a page of %d rows", len(page.Rows))
		}
		rows = append(rows, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return rows
		}
	}
}

func TestListPages(t *testing.T) {
	l := seeded(t)
	all := l.walk(t, item.Query{Limit: item.Most})
	if len(all) != 600 {
		t.Fatalf("%d entries", len(all))
	}
	for place, within := range map[string]string{"": "22", "220000000000": "22", "220100000000": "2201", "220102000000": "220102", "220102001001": "220102"} {
		q := item.Query{Limit: 7}
		if place != "" {
			q.Region = region.MustParse(place)
		}
		var want, got []string
		for _, e := range all {
			if strings.HasPrefix(e.Region.String(), within) {
				want = append(want, e.Code)
			}
		}
		for _, e := range l.walk(t, q) {
			got = append(got, e.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("%s: %s", place, diff)
		}
	}
	if _, err := l.List(context.Background(), item.Query{After: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a strange position: %v", err)
	}
}

func TestStatesAndOverrides(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	e := l.food(t)
	three, nine := 3, 9
	if _, err := l.Improve(ctx, keeper, e.Code, item.Override{PromiseDays: &nine}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a longer promise: %v", err)
	}
	better, err := l.Improve(ctx, keeper, e.Code, item.Override{PromiseDays: &three, Contact: item.Contact{Phone: "0431-1"}})
	if err != nil || better.PromiseDays != 3 || better.Version != 2 || better.Contact.Phone != "0431-1" || better.Promise("change") != 3 {
		t.Errorf("%+v, %v", better, err)
	}
	if err := l.SetState(ctx, keeper, e.Code, item.Paused, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a pause without a reason: %v", err)
	}
	if err := l.SetState(ctx, keeper, food, item.Paused, "system change"); err != nil {
		t.Fatal(err)
	}
	if now := l.find(t, e.Code); now.State != item.Paused || now.Reason != "system change" {
		t.Errorf("%s %s", now.State, now.Reason)
	}
	if err := l.End(ctx, keeper, food, "abolished"); err != nil {
		t.Fatal(err)
	}
	if err := l.SetState(ctx, loader, food, item.InUse, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("back from the end: %v", err)
	}
	page, err := l.List(ctx, item.Query{Text: "开饭店"})
	if err != nil || slices.ContainsFunc(page.Rows, func(e *item.Entry) bool { return e.BaseCode == food }) {
		t.Errorf("a cancelled item is listed: %v", err)
	}
}

func BenchmarkList(b *testing.B) {
	l := seeded(b)
	q := item.Query{Text: "开饭店", Region: region.MustParse("220102000000")}
	for b.Loop() {
		if _, err := l.List(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
}
