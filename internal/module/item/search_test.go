package item

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// everyday is the whole catalogue of the demo province, without a store.
func everyday(t testing.TB) *catalogue {
	t.Helper()
	var list []standingBase
	for _, pattern := range []string{"items/*.toml", "everyday/items/*.toml"} {
		names, err := filepath.Glob("../../assembly/demo/catalogue/" + pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no guides: %v", err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d, err := ParseDefinition(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := Check(&d); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			list = append(list, inUse(d))
		}
	}
	c := newCatalogue(1, list)
	c.index = newIndex(c.bases, []*segment{newSegment(c.bases)})
	return c
}

// inUse is a definition as if it were in force.
func inUse(d Definition) standingBase {
	return standingBase{&published{Base: Base{VersionID: d.Code, Definition: d}, terms: termsOf(&d)}, InUse}
}

// BenchmarkSegment is what indexing the whole library costs, in the background or at a start.
func BenchmarkSegment(b *testing.B) {
	c := everyday(b)
	for b.Loop() {
		newSegment(c.bases)
	}
}

// BenchmarkSentence is one search of a whole sentence, without the store.
func BenchmarkSentence(b *testing.B) {
	c := everyday(b)
	for b.Loop() {
		if len(c.match(Query{Text: "外省来打工孩子上学要什么证"})) == 0 {
			b.Fatal("nothing is found")
		}
	}
}

// TestEverydayQueries asks what people ask, in their words, and counts how often one of the items they mean stands among the first five
// (recall@5). testdata/queries.tsv was written before the search was tried on it: sentences, single words, official names, pinyin, slips and
// dialect.
func TestEverydayQueries(t *testing.T) {
	c := everyday(t)
	text, err := os.ReadFile("testdata/queries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	asked, found := 0, 0
	for line := range strings.Lines(string(text)) {
		query, codes, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("not a query: %q", line)
		}
		asked++
		hits := c.match(Query{Text: query})
		hits = hits[:min(5, len(hits))]
		if slices.ContainsFunc(hits, func(b *Base) bool { return slices.Contains(strings.Split(codes, ","), b.Code()) }) {
			found++
			continue
		}
		var names []string
		for _, b := range hits {
			names = append(names, b.Name)
		}
		t.Logf("%s (%s) finds %s", query, codes, strings.Join(names, " | "))
	}
	recall := float64(found) / float64(asked)
	t.Logf("recall@5 is %.3f: %d of %d", recall, found, asked)
	if asked != 300 || recall < 0.9 {
		t.Errorf("recall@5 of %d queries is %.3f, less than 0.9", asked, recall)
	}
}

// FuzzMatch asks what nobody would: whatever is typed finds each item once at most.
func FuzzMatch(f *testing.F) {
	for _, q := range []string{"", "食品", "spjyxk", "\xff\xfe", "a开b店c", "长春\x00", "ᄀᄁ🀀", "１２３Ａ"} {
		f.Add(q)
	}
	var list []standingBase
	for i, name := range []string{"食品经营许可", "开办饭店A1登记", "장애인 등록", "𠀀𠀁字号"} {
		list = append(list, inUse(Definition{Code: "00013150100" + string(rune('1'+i)), Name: name, Short: name}))
	}
	c := newCatalogue(1, list)
	c.index = newIndex(c.bases, []*segment{newSegment(c.bases[:2]), newSegment(c.bases[2:])})
	f.Fuzz(func(t *testing.T, query string) {
		seen := map[string]bool{}
		for _, b := range c.match(Query{Text: query}) {
			if seen[b.Code()] {
				t.Errorf("%q finds %s twice", query, b.Name)
			}
			seen[b.Code()] = true
		}
	})
}
