package archtest

import (
	"fmt"
	"sort"
	"strings"
)

// edge is one allowed import between modules, with its reason.
type edge struct{ from, to, why string }

// edges is the module table of ARCHITECTURE.md: who may import whose domain package, and why. A pair that nobody uses any more is
// itself a finding, but for the modules that are not built yet.
var edges = []edge{
	{"notice", "account", "a message goes to a subject"},
	{"power", "office", "powers belong to offices"},
	{"item", "power", "nothing outside the list of powers becomes an item"},
	{"material", "item", "material rules are the item's"},
	{"workflow", "office", "tasks go to posts"},
	{"casefile", "item", "a case is pinned to an item version"},
	{"casefile", "form", "answers are checked against the item's form"},
	{"casefile", "material", "a case hands in documents"},
	{"casefile", "workflow", "a case is handled by a process"},
	{"casefile", "notice", "the applicant is told of every step"},
	{"casefile", "exchange", "cases travel between offices' systems"},
	{"bundle", "item", "a life event is made of items"},
	{"bundle", "casefile", "and of their cases"},
	{"hall", "item", "queues are per item"},
	{"hall", "office", "windows are offices'"},
	{"hall", "casefile", "a window receives cases"},
	{"construction", "item", "its stages are items"},
	{"construction", "casefile", "and cases"},
	{"construction", "bundle", "reviewed together"},
	{"seal", "office", "a seal is an office's"},
	{"cert", "seal", "certificates are sealed"},
	{"cert", "casefile", "an approval is what issues them"},
	{"cert", "account", "the holder is a subject"},
	{"cert", "exchange", "and they travel"},
	{"exchange", "office", "members are offices"},
	{"registry", "exchange", "golden records are fed by exchange"},
	{"national", "item", "reports up"}, {"national", "casefile", "reports up"}, {"national", "cert", "reports up"},
	{"national", "rating", "reports up"}, {"national", "exchange", "reports up"},
	{"supervision", "casefile", "cards are about cases"},
	{"rating", "casefile", "a rating is of a case"},
	{"rating", "notice", "the person is asked and told"},
	{"inspection", "power", "no inspection outside the powers"}, {"inspection", "office", "inspectors are offices'"},
	{"inspection", "exchange", "records travel"}, {"inspection", "notice", "the inspected is told"},
	{"credit", "casefile", "decisions become entries"}, {"credit", "inspection", "findings become entries"}, {"credit", "exchange", "entries travel"},
	{"appraisal", "office", "departments are appraised"}, {"appraisal", "notice", "and answer"},
	{"policy", "account", "who may be entitled"}, {"policy", "item", "claims are items"}, {"policy", "notice", "people are told"},
	{"site", "office", "sites are offices'"},
	{"shelf", "site", "the mobile brand is a site"},
	{"healthcode", "account", "codes are people's"}, {"healthcode", "office", "by order of an office"}, {"healthcode", "notice", "people are told"},
	{"figures", "casefile", "counts events"}, {"figures", "cert", "counts events"}, {"figures", "rating", "counts events"}, {"figures", "exchange", "counts events"},
}

// fieldSets draws the fields of a form and reads them for whichever page asks them. It leads to no page, so no circle can come of it.
const fieldSets = "internal/module/form/formweb"

// Imports checks who imports whom.
func Imports(t *Tree) []Finding {
	allowed := map[string]bool{}
	for _, e := range edges {
		allowed[e.from+" "+e.to] = true
	}
	var out []Finding
	for _, f := range t.Files {
		if f.Test || support(f.Package) {
			continue // a test may build what it needs; it ships nothing
		}
		for _, i := range f.Imports {
			if why := refuse(f.Package, i, allowed); why != "" {
				out = append(out, Finding{f.Path, fmt.Sprintf("must not import %s: %s", i, why)})
			}
		}
	}
	return out
}

// refuse returns why a folder may not import a package, or "".
func refuse(folder, imported string, allowed map[string]bool) string {
	target, ours := strings.CutPrefix(imported, Module+"/")
	from, web := module(folder)
	to, toWeb := module(target)
	switch {
	case strings.HasPrefix(folder, "internal/gov/"):
		if strings.Contains(strings.Split(imported, "/")[0], ".") || ours && !strings.HasPrefix(target, "internal/gov/") {
			return "values of government life know nobody but the standard library and each other"
		}
	case strings.HasPrefix(folder, "internal/platform/"):
		if ours && !strings.HasPrefix(target, "internal/platform/") && target != "web" {
			return "machinery knows no government words: it imports platform only"
		}
	case strings.HasPrefix(folder, "internal/design"):
		if ours && to != "" {
			return "the design system knows no module: pass it plain values"
		}
	case strings.HasPrefix(folder, "internal/adapter/"):
		if ours && (toWeb || strings.HasPrefix(target, "internal/assembly")) {
			return "an adapter meets an interface of a module and knows no page"
		}
	case from != "" && !web:
		switch {
		case imported == "net/http" || imported == "os" || strings.HasPrefix(imported, "github.com/a-h/templ"):
			return "a domain knows no HTTP, files or pages: put it in the module's web package or behind needs.go"
		case strings.HasPrefix(target, "internal/design"), strings.HasPrefix(target, "internal/adapter"), strings.HasPrefix(target, "internal/assembly"):
			return "a domain knows neither pages nor the outside world: name what it needs in needs.go"
		case toWeb:
			return "a domain knows no page"
		case ours && to != "" && to != from && !allowed[from+" "+to]:
			return fmt.Sprintf("the table of modules has no pair %s → %s: use an interface in needs.go, or an event", from, to)
		}
	case web:
		if toWeb && to != from && target != fieldSets {
			return "pages of two modules share through design, never with each other"
		}
		if strings.HasPrefix(target, "internal/assembly") || strings.HasPrefix(target, "internal/adapter") {
			return "pages are put together by assembly, not the other way round"
		}
	}
	return ""
}

// Cycles checks that the table itself is a DAG.
func Cycles(*Tree) []Finding {
	next := map[string][]string{}
	for _, e := range edges {
		next[e.from] = append(next[e.from], e.to)
		if e.why == "" {
			return []Finding{{"the table of modules", e.from + " → " + e.to + " has no reason"}}
		}
	}
	state := map[string]int{}
	var found []Finding
	var walk func(string, []string)
	walk = func(m string, path []string) {
		if state[m] == 1 {
			found = append(found, Finding{"the table of modules", "goes in a circle: " + strings.Join(append(path, m), " → ")})
			return
		}
		if state[m] == 2 {
			return
		}
		state[m] = 1
		for _, n := range next[m] {
			walk(n, append(path, m))
		}
		state[m] = 2
	}
	names := make([]string, 0, len(next))
	for m := range next {
		names = append(names, m)
	}
	sort.Strings(names)
	for _, m := range names {
		walk(m, nil)
	}
	return found
}
