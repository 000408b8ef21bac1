package item_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

// villages are the committees of some villages of one township, with codes of their own.
func villages(t testing.TB, n int) []item.Claimant {
	t.Helper()
	var list []item.Claimant
	for i := range n {
		digits := fmt.Sprintf("220102001%03d", i+1)
		c, err := uscc.Make("11", digits[:6], "MB"+digits[6:])
		if err != nil {
			t.Fatal(err)
		}
		o := item.Office{ID: "village-" + digits, Path: digits, Name: "第" + digits + "村", Code: c.String(), Region: region.MustParse(digits)}
		list = append(list, item.Claimant{Office: o, Contact: contact(o)})
	}
	return list
}

// village is a definition that villages take up.
func village(t testing.TB, code string) item.Definition {
	d := definition(t, food)
	d.Code, d.Kind, d.Levels, d.Rank, d.Guide.FormKey = code, item.Public, []int{5, 6}, 0, ""
	d.Name += code
	return d
}

func TestClaimMany(t *testing.T) {
	l, ctx := open(t), context.Background()
	codes := []string{"222011301000", "222011302001", "222011302002"}
	var definitions []item.Definition
	for _, c := range codes {
		definitions = append(definitions, village(t, c))
	}
	if n, err := l.PublishMany(ctx, loader, definitions); err != nil || n != 3 {
		t.Fatalf("%d published, %v", n, err)
	}
	if n, err := l.PublishMany(ctx, loader, definitions); err != nil || n != 0 {
		t.Fatalf("again: %d published, %v", n, err)
	}
	offices := villages(t, 40)
	// A run that ended half-way is finished by the next.
	if n, err := l.ClaimMany(ctx, loader, offices[:15], codes[:2]); err != nil || n != 30 {
		t.Fatalf("%d entries, %v", n, err)
	}
	if n, err := l.ClaimMany(ctx, loader, offices, codes); err != nil || n != 90 {
		t.Fatalf("%d entries, %v", n, err)
	}
	leaves := len(l.Leaves)
	if n, err := l.ClaimMany(ctx, loader, offices, codes); err != nil || n != 0 || len(l.Leaves) != leaves {
		t.Fatalf("again: %d entries, %d leaves, %v", n, len(l.Leaves)-leaves, err)
	}
	census, err := l.Census(ctx)
	if err != nil || census.Entries != 120 || census.Indexed != 120 || census.Offices != 40 || census.Deviations != 0 || census.IndexBytes == 0 {
		t.Errorf("%+v, %v", census, err)
	}
	page, err := l.List(ctx, item.Query{Base: codes[1], Region: offices[7].Region})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	e := page.Rows[0]
	if e.OfficeID != offices[7].ID || e.Contact != offices[7].Contact || e.Level != 6 || e.Version != 1 || e.Code != offices[7].Code+"6"+codes[1] {
		t.Errorf("%+v", e)
	}
	// What was made in bulk is an entry like any other: its office may better it.
	better, err := l.Improve(ctx, keeper, e.Code, item.Override{Contact: item.Contact{Address: "新址"}})
	if err != nil || better.Version != 2 || better.Contact.Address != "新址" {
		t.Errorf("%+v, %v", better, err)
	}
}

func TestClaimManyRefuses(t *testing.T) {
	l, ctx := open(t), context.Background()
	offices := villages(t, 2)
	if _, err := l.ClaimMany(ctx, loader, offices, []string{"222011301000"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown item: %v", err)
	}
	if _, err := l.ClaimMany(ctx, loader, offices, []string{"x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("no code: %v", err)
	}
	stranger := keeper
	stranger.Duties = nil
	if _, err := l.ClaimMany(ctx, stranger, offices, []string{"222011301000"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger: %v", err)
	}
	offices[1].Code = "11220102MB000000XX"
	if _, err := l.ClaimMany(ctx, loader, offices, []string{"222011301000"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an office without a code: %v", err)
	}
}

// TestPagesMeet walks through lists of every kind of place, page by page: every entry once, in one order.
func TestPagesMeet(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	var codes []string
	var definitions []item.Definition
	for i := range 70 { // more than one question asks for
		codes = append(codes, fmt.Sprintf("2220113%02d001", i+20))
		definitions = append(definitions, village(t, codes[i]))
	}
	if _, err := l.PublishMany(ctx, loader, definitions); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ClaimMany(ctx, loader, villages(t, 3), codes[65:]); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]int{"": 0, "220000000000": 0, "220100000000": 0, "220102000000": 0, "220102001002": 5} {
		var r region.Code
		if place != "" {
			r = region.MustParse(place)
		}
		var seen []string
		q := item.Query{Region: r, Limit: 7}
		for {
			page, err := l.List(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Rows {
				seen = append(seen, e.Code)
			}
			if page.Next == "" {
				break
			}
			q.After = page.Next
		}
		whole, err := l.List(ctx, item.Query{Region: r, Limit: item.Most})
		if err != nil {
			t.Fatal(err)
		}
		var first []string
		for _, e := range whole.Rows {
			first = append(first, e.Code)
		}
		if len(seen) < len(first) || !slices.Equal(seen[:len(first)], first) {
			t.Errorf("%s: pages of 7 and of %d differ: %d and %d", place, item.Most, len(seen), len(first))
		}
		slices.Sort(seen)
		if n := len(slices.Compact(slices.Clone(seen))); n != len(seen) {
			t.Errorf("%s: %d of %d rows are shown twice", place, len(seen)-n, len(seen))
		}
		if of := slices.DeleteFunc(seen, func(c string) bool { return c[19:26] != "2220113" }); want > 0 && len(of) != want {
			t.Errorf("%s: %d of the village's items, want %d", place, len(of), want)
		}
	}
	if _, err := l.List(ctx, item.Query{After: "11220102MB1A00036E4220131001002"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an After of nothing: %v", err)
	}
}

// TestSearchWhileTheLibraryGrows publishes more than is indexed by the side, and finds each at once.
func TestSearchWhileTheLibraryGrows(t *testing.T) {
	l, ctx := seeded(t), context.Background()
	words := []string{"蜂箱", "鹿茸", "榛蘑", "雪蛤", "山核桃"}
	for i := range 80 {
		d := village(t, fmt.Sprintf("2220113%02d001", i))
		d.Name, d.Synonyms = fmt.Sprintf("%s%s登记第%d号", words[i%5], words[i/5%5], i), nil
		if _, err := l.Publish(ctx, loader, d); err != nil {
			t.Fatal(err)
		}
		found, err := l.Bases(ctx, item.Query{Text: d.Name})
		if err != nil || len(found) == 0 || found[0].Name != d.Name {
			t.Fatalf("%s is not found first: %v", d.Name, err)
		}
	}
	d := village(t, "222011300001")
	d.Name, d.Synonyms = "野山参移栽报告", nil
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	found, err := l.Bases(ctx, item.Query{Text: "蜂箱蜂箱登记第0号"})
	if err != nil || slices.ContainsFunc(found[:1], func(b *item.Base) bool { return b.Code() == d.Code }) {
		t.Errorf("the old name of %s still finds it: %v", d.Code, err)
	}
}
