package design_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

func inLanguage(t testing.TB, p page.Prefs) context.Context {
	t.Helper()
	c, err := page.Load(design.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return page.With(context.Background(), c, p)
}

func render(t testing.TB, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestComponents renders every component with zero params and every example, in every language, and checks the rules of HTML
// that break pages silently.
func TestComponents(t *testing.T) {
	for _, language := range page.Languages {
		ctx := inLanguage(t, page.Prefs{Locale: language})
		for _, c := range design.Components() {
			if c.About == "" {
				t.Errorf("%s says nothing about itself", c.Name)
			}
			check(t, language+" "+c.Name+" zero", render(t, ctx, c.Zero))
			for _, e := range c.Examples {
				check(t, language+" "+c.Name+" "+e.Name, render(t, ctx, e.View))
			}
		}
	}
}

// TestPages checks the frame around pages for everyone who may see it.
func TestPages(t *testing.T) {
	viewers := map[string]design.Viewer{
		"stranger": {Path: "/items?q=餐"},
		"person":   {SignedIn: true, Name: "张晓琳", Kind: "person", Unread: 120, Path: "/cases"},
		"agent":    {SignedIn: true, Name: "张晓琳", Kind: "person", ActingFor: "祥和餐饮有限公司", Links: []design.Link{{Text: "切换身份", Href: "/me/act"}}},
		"officer":  {SignedIn: true, Name: "李明", Kind: "officer"},
		"admin":    {SignedIn: true, Name: "admin", Kind: "admin"},
	}
	p := design.Page{Title: "我的办件", Section: "cases", Crumbs: []design.Crumb{{Text: "我的办件"}}, Banner: &design.BannerParams{Text: "好"}}
	for name, v := range viewers {
		for _, language := range page.Languages {
			ctx := design.WithViewer(inLanguage(t, page.Prefs{Locale: language, Elder: true, Contrast: true}), v)
			check(t, name, render(t, ctx, design.Layout(p)))
			check(t, name+" plain", render(t, ctx, design.Layout(design.Page{Plain: true})))
		}
	}
	ctx := inLanguage(t, page.Prefs{Elder: true})
	out := render(t, templ.WithChildren(ctx, design.Gallery()), design.Layout(design.Page{Title: "设计系统"}))
	check(t, "gallery", out)
	if !strings.Contains(out, `<html lang="zh-CN" class="no-js elder">`) {
		t.Error("长者模式 does not reach <html>")
	}
	check(t, "statement", render(t, ctx, design.AccessibilityStatement()))
	check(t, "hero", render(t, ctx, design.Hero(design.HeroParams{Title: "办事", Links: []design.Link{{Text: "开餐馆", Href: "/items"}}})))
	check(t, "panel", render(t, ctx, design.Panel(design.PanelParams{Label: "办件编号", Value: "1", Text: "好"})))
}

// check parses HTML and reports what is wrong with it: ids twice, references to nothing, inputs without labels, buttons and links
// without names, styles and scripts inline, texts that lack a translation.
func check(t *testing.T, name, text string) {
	t.Helper()
	if strings.Contains(text, "[design.") {
		t.Errorf("%s: text without translation: %s", name, between(text, "[design.", "]"))
	}
	if strings.Contains(text, "{1}") && !strings.Contains(text, "data-") {
		t.Errorf("%s: a place in a text is not filled", name)
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	d := &document{ids: map[string]int{}, labelled: map[string]bool{}}
	d.gather(root)
	d.inspect(root, false)
	for id, n := range d.ids {
		if n > 1 {
			d.wrong = append(d.wrong, fmt.Sprintf("id %q stands %d times", id, n))
		}
	}
	for _, w := range d.wrong {
		t.Errorf("%s: %s", name, w)
	}
}

type document struct {
	ids      map[string]int
	labelled map[string]bool
	wrong    []string
}

func (d *document) gather(n *html.Node) {
	if id := attr(n, "id"); id != "" {
		d.ids[id]++
	}
	if n.Data == "label" {
		d.labelled[attr(n, "for")] = true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		d.gather(c)
	}
}

func (d *document) inspect(n *html.Node, inForm bool) {
	if n.Type == html.ElementNode {
		d.element(n, inForm)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		d.inspect(c, inForm || n.Data == "form")
	}
}

func (d *document) element(n *html.Node, inForm bool) {
	say := func(format string, args ...any) {
		d.wrong = append(d.wrong, "<"+n.Data+"> "+fmt.Sprintf(format, args...))
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			say("has %s: the content security policy forbids it", a.Key)
		}
		if a.Key == "id" && a.Val == "" {
			say("has an empty id")
		}
		if a.Key == "aria-describedby" || a.Key == "aria-labelledby" || (n.Data == "label" && a.Key == "for") {
			for _, id := range strings.Fields(a.Val) {
				if d.ids[id] == 0 {
					say("%s names %q, which is not there", a.Key, id)
				}
			}
		}
	}
	switch n.Data {
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && attr(n, "aria-label") == "" && !d.labelled[attr(n, "id")] {
			say("name=%q has no label", attr(n, "name"))
		}
	case "button", "a", "summary", "h1", "h2", "h3", "legend", "label", "option":
		if strings.TrimSpace(words(n)) == "" {
			say("has no words")
		}
	case "img":
		say("is not used: drawings are inline")
	case "script", "style":
		if attr(n, "src") == "" {
			say("is inline")
		}
	case "form":
		if inForm {
			say("stands inside another form")
		}
	case "svg":
		if attr(n, "aria-hidden") != "true" && attr(n, "role") != "img" {
			say("is neither hidden nor named")
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(words(c))
	}
	return b.String()
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// TestLocales holds the three languages to the same keys with the same places, and every key to a use.
func TestLocales(t *testing.T) {
	places := regexp.MustCompile(`\{\d\}`)
	texts := map[string]map[string]string{}
	for _, l := range page.Languages {
		text, err := fs.ReadFile(design.Locale, "locale/"+l+".toml")
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]string{}
		if err := toml.Unmarshal(text, &said); err != nil {
			t.Fatal(err)
		}
		texts[l] = said
	}
	for key, zh := range texts["zh"] {
		for _, l := range []string{"en", "ko"} {
			found := places.FindAllString(texts[l][key], -1)
			wanted := places.FindAllString(zh, -1)
			slices.Sort(found)
			slices.Sort(wanted)
			if texts[l][key] == "" || !slices.Equal(found, wanted) {
				t.Errorf("%s: %s says %q for %q", l, key, texts[l][key], zh)
			}
		}
	}
	for _, l := range []string{"en", "ko"} {
		if len(texts[l]) != len(texts["zh"]) {
			t.Errorf("%s has %d keys, zh %d", l, len(texts[l]), len(texts["zh"]))
		}
	}
}

func TestErrorsOf(t *testing.T) {
	ctx := inLanguage(t, page.Prefs{})
	if got := design.ErrorsOf(ctx, fmt.Errorf("engine gone")); got != nil {
		t.Errorf("an internal error became %v", got)
	}
	err := fmt.Errorf("submitting: %w", fault.New(fault.Invalid, "design.errors.title").Field("name", "design.file.size", "2 MB"))
	got := design.ErrorsOf(ctx, err)
	if len(got) != 1 || got.Of("name") != "每个文件不超过 2 MB" || got.Of("other") != "" {
		t.Errorf("got %v", got)
	}
	if got := design.ErrorsOf(ctx, fault.New(fault.Conflict, "design.errors.title")); len(got) != 1 || got[0].Text != "请更正以下内容" {
		t.Errorf("a fault without fields became %v", got)
	}
}

func TestRegionValue(t *testing.T) {
	for _, c := range []struct {
		name, want string
		sent       []string
	}{
		{"nothing", "", nil},
		{"not a code", "", []string{"", "2201"}},
		{"the deepest", "220102001000", []string{"220100000000", "220102000000", "220102001000", ""}},
		{"a city changed after its county", "220200000000", []string{"220200000000", "220102000000"}},
		{"a village", "220102001001", []string{"220102001000", "220102001001"}},
	} {
		if got := design.RegionValue(c.sent); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDateValue(t *testing.T) {
	form := map[string][]string{"a.year": {"2026"}, "a.month": {"3"}, "a.day": {" 5"}, "b.year": {"x"}}
	for name, want := range map[string]string{"a": "2026-03-05", "b": "x--", "c": ""} {
		if got := design.DateValue(form, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestClockLimit(t *testing.T) {
	for _, c := range []struct {
		days, used int
		want       design.Tone
	}{{20, 0, design.Good}, {20, 15, design.Good}, {20, 16, design.Warn}, {5, 4, design.Warn}, {5, 5, design.Warn}, {5, 6, design.Bad}} {
		if got := (design.ClockLimit{Days: c.days, Used: c.used}).Tone(); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.used, c.days, got, c.want)
		}
	}
}

func BenchmarkGuidePage(b *testing.B) {
	ctx := inLanguage(b, page.Prefs{})
	c := design.Layout(design.Page{Title: "食品经营许可"})
	var size int
	for b.Loop() {
		var buf bytes.Buffer
		if err := c.Render(templ.WithChildren(ctx, design.Gallery()), &buf); err != nil {
			b.Fatal(err)
		}
		size = buf.Len()
	}
	b.SetBytes(int64(size))
}
