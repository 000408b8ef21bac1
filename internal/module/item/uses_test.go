package item_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

func shorts(list []*item.Base) []string {
	var names []string
	for _, b := range list {
		names = append(names, b.Short)
	}
	return names
}

// used sums the written counts of an item.
func (l library) used(t testing.TB, base string) int64 {
	t.Helper()
	var n int64
	err := l.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.One[int64](context.Background(), tx, `SELECT CAST(coalesce(sum(uses), 0) AS bigint) FROM item_use_day WHERE base_code = $1`, base)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHotFollowsUse(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	ranked, err := l.Bases(ctx, item.Query{})
	if err != nil {
		t.Fatal(err)
	}
	last := ranked[len(ranked)-1]
	for range 150 {
		l.Opened(last.Code(), region.Code{})
	}
	l.Submitted(l.food(t).Code)
	l.Opened(strings.Repeat("9", 12), region.Code{}) // no item
	if err := l.FlushUses(ctx); err != nil {
		t.Fatal(err)
	}
	if err := l.FlushUses(ctx); err != nil || l.used(t, last.Code()) != 150 || l.used(t, food) != 5 || l.used(t, strings.Repeat("9", 12)) != 0 {
		t.Errorf("%d and %d uses, %v", l.used(t, last.Code()), l.used(t, food), err)
	}
	hot, _, err := l.Hot(ctx, item.Query{}, 3)
	if err != nil || len(hot) != 3 || hot[0].Code() != last.Code() || hot[1].Code() != ranked[0].Code() {
		t.Errorf("%v instead of %s first: %v", shorts(hot), last.Short, err)
	}
}

func TestHotBeginsWithTheRanks(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	ranked, err := l.Bases(ctx, item.Query{Audience: item.Company})
	if err != nil {
		t.Fatal(err)
	}
	hot, _, err := l.Hot(ctx, item.Query{Audience: item.Company}, 50)
	if err != nil || !slices.Equal(shorts(hot), shorts(ranked)) {
		t.Errorf("%v instead of %v: %v", shorts(hot), shorts(ranked), err)
	}
}

// What was counted when the program is told to stop is written.
func TestUsesAreWrittenAtTheEnd(t *testing.T) {
	l := seeded(t)
	l.food(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- l.CountUses(ctx) }()
	l.Opened(food, region.Code{})
	stop()
	if err := <-ended; err != nil || l.used(t, food) != 1 {
		t.Errorf("%d uses, %v", l.used(t, food), err)
	}
}

// A place has its own order once it is used enough; a village asks its county, and a place where little happened the one around it.
func TestHotByRegion(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	ranked, err := l.Bases(ctx, item.Query{})
	if err != nil {
		t.Fatal(err)
	}
	here, there := ranked[len(ranked)-1], ranked[len(ranked)-2]
	nanguan, tiexi := region.MustParse("220102000000"), region.MustParse("220302000000")
	for range 110 {
		l.Opened(here.Code(), region.MustParse("220102031000"))
	}
	for range 30 {
		l.Submitted(strings.Replace(l.food(t).Code, "220102", "220103", 1))
		l.Opened(there.Code(), tiexi)
	}
	if err := l.FlushUses(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		asked, place region.Code
		first        string
	}{{nanguan, nanguan, here.Code()}, {region.MustParse("220102031001"), nanguan, here.Code()}, {region.MustParse("220103000000"), region.MustParse("220103000000"), food},
		{region.MustParse("220104000000"), region.MustParse("220100000000"), food}, {tiexi, region.Code{}, food}, {region.Code{}, region.Code{}, food}} {
		hot, place, err := l.Hot(ctx, item.Query{Region: c.asked}, 2)
		if err != nil || place != c.place || hot[0].Code() != c.first {
			t.Errorf("%s: the order of %s, first %s: %v", c.asked, place, hot[0].Short, err)
		}
	}
}
