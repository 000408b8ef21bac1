package item_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

var countyKeeper = actor.Actor{Kind: actor.Officer, Account: "chief", OfficePath: "220102d31", Duties: []actor.Duty{{Role: "keeper", OfficePath: "220102d31"}}}

// say has an entry say something.
func (l library) say(t testing.TB, by actor.Actor, code string, said map[string]string) error {
	t.Helper()
	return l.DB.Update(context.Background(), func(tx *db.Tx) error { return l.State(context.Background(), tx, by, code, said, "历史数据") })
}

func (l library) meter(t testing.TB) *item.Consistency {
	t.Helper()
	c, err := l.Consistency(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (l library) deviations(t testing.TB, by actor.Actor, q item.DeviationQuery) []item.Deviation {
	t.Helper()
	list, err := l.Deviations(context.Background(), by, q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (l library) waiting(t testing.TB) int {
	t.Helper()
	list, err := l.Todos(context.Background(), keeper, item.EntryDeviates, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func (l library) kinds(from int) (kinds []string) {
	for _, e := range l.Leaves[from:] {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestElementsAreSixteenAndSaySomething(t *testing.T) {
	l := seeded(t)
	err := l.DB.View(context.Background(), func(tx *db.Tx) error {
		list, err := l.Elements(context.Background(), tx)
		if len(list) != 16 || len(item.ElementKeys()) != 16 {
			t.Errorf("%d elements", len(list))
		}
		for i, e := range list {
			if e.Key != item.ElementKeys()[i] || !e.Locked || e.Keeper != 2 || e.Position != i+1 {
				t.Errorf("element %d is %+v", i, e)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range definitions(t) {
		for _, key := range item.ElementKeys() {
			if item.ElementValue(&d, key) == "" {
				t.Errorf("%s says nothing for %s", d.Name, key)
			}
		}
	}
	if d := definition(t, food); item.ElementValue(&d, "legal_days") != "20个工作日" || item.ElementValue(&d, "nothing") != "" {
		t.Errorf("the statutory limit reads %q", item.ElementValue(&d, "legal_days"))
	}
}

// The digest of a definition without the new elements is what it always was: publishing the same again changes nothing after an upgrade.
func TestElementsLeftOutAreNotWritten(t *testing.T) {
	d := definition(t, food)
	for _, key := range []string{"division", "exercise", "organ_nature"} {
		if text := jsonText(t, d); strings.Contains(text, key) {
			t.Errorf("%s is written though it is empty", key)
		}
	}
	d.OrganNature = "7"
	if err := item.Check(&d); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown nature of the organ is accepted: %v", err)
	}
}

func TestDriftIsMeasuredAndNeverShown(t *testing.T) {
	l := seeded(t)
	e := l.food(t)
	before := l.meter(t)
	if before.Total.Deviating != 0 || before.Total.Entries < 600 || before.Levels[4].Entries == 0 || before.Places["220102"].Entries == 0 {
		t.Fatalf("%+v", before.Total)
	}
	leaves := len(l.Leaves)
	said := map[string]string{"legal_days": "30个工作日", "name": " 食品经营许可 (县级权限)。", "level": "县级", "fee": "收费：每证50元", "kind": ""}
	if err := l.say(t, keeper, e.Code, said); err != nil {
		t.Fatal(err)
	}
	c := l.meter(t)
	if n, _ := c.Cell("legal_days", 4); n.Deviating != 1 || n.Entries != c.Levels[4].Entries {
		t.Errorf("the statutory limit: %+v", n)
	}
	if n, _ := c.Element("fee"); n.Deviating != 1 {
		t.Errorf("the fee: %+v", n)
	}
	for _, key := range []string{"name", "level", "kind", "materials"} {
		if n, ok := c.Element(key); !ok || n.Deviating != 0 {
			t.Errorf("%s deviates: %+v", key, n)
		}
	}
	if c.Total.Deviating != 1 || c.Levels[4].Deviating != 1 || c.Places["220102"].Deviating != 1 || c.Places["220103"].Deviating != 0 {
		t.Errorf("one entry deviates in two elements: %+v %+v", c.Total, c.Places["220102"])
	}
	list := l.deviations(t, keeper, item.DeviationQuery{})
	if len(list) != 2 || list[1].Element != "legal_days" || list[1].BaseValue != "20个工作日" || list[1].Said != "30个工作日" || list[1].Source != "历史数据" {
		t.Errorf("%+v", list)
	}
	if now := l.food(t); now.LegalDays != 20 || now.Version != e.Version {
		t.Errorf("a statement reached the guide: %d days", now.LegalDays)
	}
	if l.waiting(t) != 1 || strings.Join(l.kinds(leaves), " ") != "item.stated" {
		t.Errorf("%d wait, leaves %v", l.waiting(t), l.kinds(leaves))
	}
	n, err := l.Census(context.Background())
	if err != nil || n.Deviations != 2 {
		t.Errorf("the census counts %d, %v", n.Deviations, err)
	}
	leaves = len(l.Leaves)
	if err := l.say(t, keeper, e.Code, said); err != nil || len(l.Leaves) != leaves || l.waiting(t) != 1 {
		t.Errorf("stating the same again: %v, %v", err, l.kinds(leaves))
	}
	// What agrees now is forgotten.
	if err := l.say(t, keeper, e.Code, map[string]string{"legal_days": "20 个工作日", "fee": ""}); err != nil {
		t.Fatal(err)
	}
	if c := l.meter(t); c.Total.Deviating != 0 || l.waiting(t) != 0 {
		t.Errorf("%+v, %d wait", c.Total, l.waiting(t))
	}
}

func TestStatementsAreRefused(t *testing.T) {
	l := seeded(t)
	e := l.food(t)
	if err := l.say(t, keeper, e.Code, map[string]string{"colour": "red"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown element: %v", err)
	}
	if err := l.say(t, keeper, strings.Repeat("1", 31), map[string]string{"name": "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown entry: %v", err)
	}
	if err := l.say(t, actor.Actor{}, e.Code, map[string]string{"name": "x"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger: %v", err)
	}
	if l.meter(t).Total.Deviating != 0 {
		t.Error("a refused statement is kept")
	}
}

func TestAdopting(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	e := l.food(t)
	if err := l.say(t, keeper, e.Code, map[string]string{"legal_days": "30个工作日", "fee": "收费", "name": "别的"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Adopt(ctx, actor.Actor{}, e.Code, []string{"fee"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger corrected: %v", err)
	}
	leaves := len(l.Leaves)
	if err := l.Adopt(ctx, keeper, e.Code, []string{"fee", "kind"}); err != nil {
		t.Fatal(err)
	}
	if n := len(l.deviations(t, keeper, item.DeviationQuery{})); n != 2 || l.waiting(t) != 1 {
		t.Errorf("%d deviations are left, %d wait", n, l.waiting(t))
	}
	if err := l.Adopt(ctx, keeper, e.Code, []string{"fee"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("correcting again: %v", err)
	}
	if err := l.Adopt(ctx, keeper, e.Code, item.ElementKeys()); err != nil {
		t.Fatal(err)
	}
	if c := l.meter(t); c.Total.Deviating != 0 || l.waiting(t) != 0 || strings.Join(l.kinds(leaves), " ") != "item.adopted item.adopted" {
		t.Errorf("%+v, %d wait, %v", c.Total, l.waiting(t), l.kinds(leaves))
	}
}

// everywhere has every entry of the food licence say something.
func (l library) everywhere(t testing.TB, element, said string) int {
	t.Helper()
	page, err := l.List(context.Background(), item.Query{Base: food, Limit: item.Most})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]item.Stated, len(page.Rows))
	for i, e := range page.Rows {
		list[i] = item.Stated{Entry: e.Code, Element: element, Said: said}
	}
	err = l.DB.Update(context.Background(), func(tx *db.Tx) error { return l.StateMany(context.Background(), tx, keeper, "导入", list) })
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestAdoptingMany(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	n := l.everywhere(t, "conditions", "另有规定")
	if c := l.meter(t); c.Total.Deviating != n || n < 60 || l.waiting(t) != n {
		t.Fatalf("%d of %d, %d wait", c.Total.Deviating, n, l.waiting(t))
	}
	// Filters and pages.
	place := region.MustParse("2202")
	jilin := l.deviations(t, keeper, item.DeviationQuery{Region: place})
	if len(jilin) == 0 || len(jilin) == n {
		t.Errorf("%d in one prefecture", len(jilin))
	}
	for q, want := range map[item.DeviationQuery]int{{Element: "fee"}: 0, {Element: "conditions", Level: 4}: n, {Level: 2}: 0, {Base: food}: n, {Base: "222031301001"}: 0,
		{Entry: jilin[0].Entry}: 1} {
		if got := len(l.deviations(t, keeper, q)); got != want {
			t.Errorf("%+v: %d, want %d", q, got, want)
		}
	}
	seen := map[string]bool{}
	for q := (item.DeviationQuery{Limit: 7}); ; {
		page := l.deviations(t, keeper, q)
		for _, d := range page {
			seen[d.Entry] = true
		}
		if len(page) < 7 {
			break
		}
		q.After = item.DeviationPlace{Entry: page[6].Entry, Element: page[6].Element}
	}
	if len(seen) != n {
		t.Errorf("pages of seven show %d of %d", len(seen), n)
	}
	// A county sees and corrects its own only.
	if got := l.deviations(t, countyKeeper, item.DeviationQuery{}); len(got) != 1 || got[0].Region.String()[:6] != "220102" {
		t.Errorf("the county sees %d", len(got))
	}
	if _, err := l.AdoptAll(ctx, actor.Actor{}, item.DeviationQuery{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger corrected: %v", err)
	}
	if got, err := l.AdoptAll(ctx, countyKeeper, item.DeviationQuery{}); err != nil || got != 1 {
		t.Errorf("the county corrected %d, %v", got, err)
	}
	if got, err := l.AdoptAll(ctx, keeper, item.DeviationQuery{Region: place}); err != nil || got != len(jilin) {
		t.Errorf("the prefecture's: %d, %v", got, err)
	}
	if got, err := l.AdoptAll(ctx, keeper, item.DeviationQuery{}); err != nil || got != n-1-len(jilin) || l.waiting(t) != 0 {
		t.Errorf("the rest: %d, %v, %d wait", got, err, l.waiting(t))
	}
	leaves := len(l.Leaves)
	if got, err := l.AdoptAll(ctx, keeper, item.DeviationQuery{}); err != nil || got != 0 || len(l.Leaves) != leaves {
		t.Errorf("again: %d, %v", got, err)
	}
}

func TestABaseThatTakesOverWhatIsSaid(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	n := l.everywhere(t, "legal_days", "15个工作日")
	if err := l.say(t, keeper, l.food(t).Code, map[string]string{"fee": "收费"}); err != nil {
		t.Fatal(err)
	}
	l.meter(t)
	d := definition(t, food)
	d.LegalDays = 15
	leaves := len(l.Leaves)
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	c := l.meter(t)
	if limit, _ := c.Element("legal_days"); limit.Deviating != 0 || c.Total.Deviating != 1 || l.waiting(t) != 1 {
		t.Errorf("of %d there are left %+v, %d wait", n, c.Total, l.waiting(t))
	}
	if got := strings.Join(l.kinds(leaves), " "); got != "item.agreed item.published" {
		t.Errorf("leaves: %s", got)
	}
	// An entry follows its base from then on.
	d.LegalDays = 20
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	if limit, _ := l.meter(t).Element("legal_days"); limit.Deviating != 0 {
		t.Errorf("what was taken over deviates again: %+v", limit)
	}
}

func TestAnUnlockedElementIsNotCounted(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	l.everywhere(t, "procedure", "一步办结")
	if err := l.LockElement(ctx, countyKeeper, "procedure", false); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a county unlocked an element: %v", err)
	}
	if err := l.LockElement(ctx, keeper, "colour", false); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown element: %v", err)
	}
	leaves := len(l.Leaves)
	for range 2 {
		if err := l.LockElement(ctx, loader, "procedure", false); err != nil {
			t.Fatal(err)
		}
	}
	c := l.meter(t)
	if _, counted := c.Element("procedure"); counted || c.Total.Deviating != 0 || len(l.deviations(t, keeper, item.DeviationQuery{})) != 0 {
		t.Errorf("%+v", c.Total)
	}
	if got := strings.Join(l.kinds(leaves), " "); got != "item.element_locked" {
		t.Errorf("leaves: %s", got)
	}
	if err := l.LockElement(ctx, keeper, "procedure", true); err != nil || l.meter(t).Total.Deviating == 0 {
		t.Errorf("locked again: %v, %+v", err, l.meter(t).Total)
	}
}

func TestCancelledEntriesAreNotCompared(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	e := l.food(t)
	if err := l.say(t, keeper, e.Code, map[string]string{"fee": "收费"}); err != nil {
		t.Fatal(err)
	}
	before := l.meter(t)
	if err := l.End(ctx, keeper, e.Code, "机构撤销"); err != nil {
		t.Fatal(err)
	}
	after := l.meter(t)
	if after.Total.Entries != before.Total.Entries-1 || after.Total.Deviating != 0 || after.Places["220102"].Entries != before.Places["220102"].Entries-1 {
		t.Errorf("before %+v, after %+v", before.Total, after.Total)
	}
}

func TestHistory(t *testing.T) {
	l := seeded(t)
	ctx := context.Background()
	if err := l.KeepDay(ctx); err != nil {
		t.Fatal(err)
	}
	n := l.everywhere(t, "fee", "收费")
	for range 2 {
		if err := l.KeepDay(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for element, want := range map[string]int{item.ElementAny: n, "fee": n, "name": 0} {
		days, err := l.History(ctx, element, 90)
		if err != nil || len(days) != 1 || days[0].Deviating != want || days[0].Entries != l.meter(t).Total.Entries || len(days[0].Day) != 10 {
			t.Errorf("%s: %+v, %v", element, days, err)
		}
	}
	err := l.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO item_consistency_day (day, level, element, entries, deviating) VALUES ('2020-01-01', 4, 'any', 10, 5), ('2020-01-02', 4, 'any', 10, 4)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if days, err := l.History(ctx, item.ElementAny, 2); err != nil || len(days) != 2 || days[0].Day != "2020-01-02" || days[0].Deviating != 4 {
		t.Errorf("%+v, %v", days, err)
	}
}

// Two correct one deviation at once: one of them does, the other is told.
func TestAdoptingAtOnce(t *testing.T) {
	l := seeded(t)
	e := l.food(t)
	if err := l.say(t, keeper, e.Code, map[string]string{"fee": "收费"}); err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan error, 2)
	for range 2 {
		go func() { outcomes <- l.Adopt(context.Background(), keeper, e.Code, []string{"fee"}) }()
	}
	refused := 0
	for range 2 {
		switch err := <-outcomes; {
		case fault.Is(err, fault.Conflict):
			refused++
		case err != nil:
			t.Error(err)
		}
	}
	if refused != 1 {
		t.Errorf("%d of two were refused", refused)
	}
	if l.meter(t).Total.Deviating != 0 || l.waiting(t) != 0 {
		t.Error("it still deviates")
	}
}

func jsonText(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Figures made of what was kept from an earlier revision are made anew once that is counted again, though nothing changes in between.
func TestSparedFiguresAreNotKept(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	before := l.meter(t).Total.Entries
	unspare := l.Spare()
	if err := l.End(ctx, keeper, l.food(t).Code, "取消"); err != nil {
		t.Fatal(err)
	}
	if n := l.meter(t).Total.Entries; n != before {
		t.Fatalf("it is counted again at once: %d of %d", n, before)
	}
	unspare()
	if n := l.meter(t).Total.Entries; n != before-1 {
		t.Errorf("%d entries, there are %d", n, before-1)
	}
}
