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

// TestTypedOtherwise asks for one thing as people type it: initials, pinyin, slips, traditional characters, full width, old names.
func TestTypedOtherwise(t *testing.T) {
	c := everyday(t)
	for query, want := range map[string]string{
		"spjy": "食品经营许可", "SPJYXK": "食品经营许可", "shipinjingying": "食品经营许可", "食品经营需可": "食品经营许可", "食品经菅许可正": "食品经营许可",
		"食品經營許可": "食品经营许可", "ｓｐｊｙ": "食品经营许可", "食品 经营 许可": "食品经营许可", "身份證補領": "居民身份证", "駕駛證換證": "驾驶证",
		"户口薄": "户口簿", "房本": "不动产", "绿本": "抵押登记", "公基金": "公积金", "營業執造": "营业执照", "zhizhao": "执照",
	} {
		hits := c.match(Query{Text: query})
		hits = hits[:min(5, len(hits))]
		if !slices.ContainsFunc(hits, func(b *Base) bool { return strings.Contains(b.Name+b.Short+strings.Join(b.Synonyms, ""), want) }) {
			var names []string
			for _, b := range hits {
				names = append(names, b.Name)
			}
			t.Errorf("%s finds %s and not %s", query, strings.Join(names, " | "), want)
		}
	}
}

// What nobody offers is not found, but something close to it is offered.
func TestNearest(t *testing.T) {
	c := everyday(t)
	const query = "月球旅行"
	if hits := c.match(Query{Text: query}); len(hits) != 0 {
		t.Errorf("%s finds %s", query, hits[0].Name)
	}
	if near := c.nearest(Query{Text: query}, 3); len(near) == 0 || len(near) > 3 || !strings.Contains(near[0].Name, "旅行") {
		t.Errorf("%d near", len(near))
	}
	if near := c.nearest(Query{Text: "zzzz"}, 3); len(near) != 0 {
		t.Errorf("%d items are near nothing", len(near))
	}
}

// FuzzTyped reads whatever people type.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"食品經營許可", "\xff\x00", "五险一金五险", strings.Repeat("注消", 50)} {
		f.Add(s)
	}
	c := newCatalogue(1, nil)
	c.index = newIndex(nil, nil)
	f.Fuzz(func(t *testing.T, text string) {
		query := typed(text)
		if again := typed(query); again != query {
			t.Errorf("%q becomes %q and then %q", text, query, again)
		}
		corrected(query)
		c.match(Query{Text: text})
		c.nearest(Query{Text: text}, 3)
	})
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
