package province_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/assembly/demo/province"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// everyday are the guides that were written one by one; no forms are needed to find them.
func everyday(t *testing.T) []item.Definition {
	t.Helper()
	var list []item.Definition
	for _, pattern := range []string{"items/*.toml", "everyday/items/*.toml"} {
		names, err := filepath.Glob("../catalogue/" + pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no guides: %v", err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d, err := item.ParseDefinition(text)
			if err != nil {
				t.Fatal(err)
			}
			d.Guide.FormKey = ""
			list = append(list, d)
		}
	}
	return list
}

// TestEverydayQueriesAmongAll asks the everyday queries with the whole province's items in the library: five times as many, and none of them among
// the answers the queries were written for.
func TestEverydayQueriesAmongAll(t *testing.T) {
	l, ctx := itemtest.Open(t), context.Background()
	all, err := province.Definitions()
	if err != nil {
		t.Fatal(err)
	}
	guides := everyday(t)
	names := map[string]string{}
	for _, d := range guides {
		names[d.Name], names[d.Code] = d.Code, d.Name
	}
	for _, d := range all {
		if names[d.Name] != "" || names[d.Code] != "" {
			t.Errorf("%s %s is there already, as %s%s", d.Code, d.Name, names[d.Name], names[d.Code])
		}
	}
	if _, err := l.PublishMany(ctx, itemtest.Loader, append(guides, all...)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../../module/item/testdata/queries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	asked, found := 0, 0
	for line := range strings.Lines(string(text)) {
		query, codes, _ := strings.Cut(strings.TrimSpace(line), "\t")
		hits, err := l.Bases(ctx, item.Query{Text: query})
		if err != nil {
			t.Fatal(err)
		}
		asked++
		hits = hits[:min(5, len(hits))]
		if slices.ContainsFunc(hits, func(b *item.Base) bool { return slices.Contains(strings.Split(codes, ","), b.Code()) }) {
			found++
			continue
		}
		var said []string
		for _, b := range hits {
			said = append(said, b.Name)
		}
		t.Logf("%s (%s) finds %s", query, codes, strings.Join(said, " | "))
	}
	recall := float64(found) / float64(asked)
	t.Logf("recall@5 among %d items is %.3f: %d of %d", len(all)+len(guides), recall, found, asked)
	if asked != 300 || recall < 0.88 {
		t.Errorf("recall@5 of %d queries among all items is %.3f", asked, recall)
	}
}
