package journey

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
)

var axeSource = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("../../web/node_modules/axe-core/axe.min.js")
	return string(b), err
})

// axe checks the page the tab shows against WCAG and good practice, or only against these rules.
func (b *tab) axe(rules ...string) {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatalf("axe-core is missing: run `make assets`: %v", err)
	}
	b.ask(`window.axe ? '' : (() => { ` + source + `; return '' })()`)
	options := map[string]any{"resultTypes": []string{"violations"}}
	if len(rules) > 0 {
		options["runOnly"] = rules
	}
	in, err := json.Marshal(options)
	if err != nil {
		b.t.Fatal(err)
	}
	found := b.ask(`axe.run(document, ` + string(in) + `).then(r => r.violations.map(v =>
		v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | ')).join('\n'))`)
	for v := range strings.SplitSeq(found, "\n") {
		if v != "" {
			b.t.Errorf("%s: %s", b.path(), v)
		}
	}
}

var hole = regexp.MustCompile(`\[[a-z_]+(\.[a-z0-9_]+)+\]`)

// sound checks what holds for every page: one first heading, a title of its own, no word that a locale lacks.
func (b *tab) sound() {
	b.t.Helper()
	if n := b.ask(`String(document.querySelectorAll('h1').length)`); n != "1" {
		b.t.Errorf("%s has %s first headings", b.path(), n)
	}
	if title := b.ask(`document.title`); !strings.Contains(title, " · ") {
		b.t.Errorf("%s is called %q", b.path(), title)
	}
	if h := hole.FindString(b.ask(`document.documentElement.innerText`)); h != "" {
		b.t.Errorf("%s has no words for %s", b.path(), h)
	}
}

// fits checks that the page is no wider than its screen, and that what a form asks stands one below the other: whoever fills it in reads down.
func (b *tab) fits() {
	b.t.Helper()
	beside := b.ask(`(() => { const asked = [...document.querySelectorAll('#fields > *')].map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.height > 0);
		return asked.filter(([, r], i) => i > 0 && r.top < asked[i - 1][1].bottom - 1).slice(0, 3).map(([e]) => e.innerText.slice(0, 20)).join(', ') })()`)
	if beside != "" {
		b.t.Errorf("%s asks beside each other: %s", b.path(), beside)
	}
	wide := b.ask(`(() => { const root = document.documentElement; if (root.scrollWidth <= root.clientWidth + 1) return '';
		return [...document.querySelectorAll('main *, header *, footer *')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('svg, .sr')).slice(0, 3)
			.map(e => e.tagName + '.' + (e.className.baseVal || e.className)).join(', ') || 'something' })()`)
	if wide != "" {
		b.t.Errorf("%s is wider than the screen: %s", b.path(), wide)
	}
}

// dress shows the page as somebody with this preference sees it: "elder", "contrast" or none. The server writes the same class; that it
// does, TestAccessibility sees once.
func (b *tab) dress(theme string) {
	b.t.Helper()
	b.ask(`(() => { const c = document.documentElement.classList; c.remove('elder', 'contrast'); if ('` + theme + `') c.add('` + theme + `'); return '' })()`)
}
