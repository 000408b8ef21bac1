package archtest

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
)

var (
	languages = []string{"zh", "en", "ko"}
	// written is what may be a key, or the beginning of one.
	written     = regexp.MustCompile(`"([A-Za-z0-9_.-]+)"`)
	placeholder = regexp.MustCompile(`\{\d+\}`)
	// sure are the calls whose key argument is certainly a line of the locales.
	sure = regexp.MustCompile(`(?:fault\.New\(fault\.\w+,\s*|page\.T\(ctx,\s*|\.Field\([^,()]+,\s*)"([a-z_]+\.[a-z0-9_.]+)"`)
)

// Locales checks that every language says every word, with the same placeholders, that the words asked for exist and that none is
// kept that nobody says.
func Locales(t *Tree) []Finding {
	words, out := catalogue(t)
	source := sources(t)
	for _, m := range sure.FindAllStringSubmatch(source, -1) {
		if _, ok := words[m[1]]; !ok && !opens(words, m[1]) {
			out = append(out, Finding{"a page or fault", "says " + m[1] + ", which no locale has"})
		}
	}
	said := map[string]bool{}
	for _, m := range written.FindAllStringSubmatch(source, -1) {
		said[m[1]] = true
	}
	for key, where := range words {
		if !said[key] && !dynamic(said, key) {
			out = append(out, Finding{where, key + " is a line nobody says"})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return dedupe(out)
}

// opens tells whether a text is the written-out beginning of lines whose end is computed.
func opens(words map[string]string, text string) bool {
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "_") {
		return false
	}
	for key := range words {
		if strings.HasPrefix(key, text) {
			return true
		}
	}
	return false
}

// dynamic tells whether a key's beginning is written out and its end computed: "casefile.state." + state.
func dynamic(said map[string]bool, key string) bool {
	for i := len(key) - 1; i > 0; i-- {
		if (key[i] == '.' || key[i] == '_') && strings.Count(key[:i+1], ".") >= 1 && said[key[:i+1]] {
			return true
		}
	}
	return false
}

func catalogue(t *Tree) (map[string]string, []Finding) {
	words := map[string]string{}
	var out []Finding
	_ = fs.WalkDir(t.FS, "internal", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Base(path.Dir(p)) != "locale" || path.Base(p) != "zh.toml" {
			return nil
		}
		folder := path.Dir(p)
		lines := map[string]map[string]string{}
		for _, l := range languages {
			m := map[string]string{}
			text, err := fs.ReadFile(t.FS, folder+"/"+l+".toml")
			if err == nil {
				err = toml.Unmarshal(text, &m)
			}
			if err != nil {
				out = append(out, Finding{folder + "/" + l + ".toml", err.Error()})
			}
			lines[l] = m
		}
		for _, l := range languages {
			for key, text := range lines[l] {
				words[key] = folder
				for _, other := range languages {
					there, ok := lines[other][key]
					if !ok {
						out = append(out, Finding{folder + "/" + other + ".toml", "lacks " + key})
					} else if marks(there) != marks(text) {
						out = append(out, Finding{folder, fmt.Sprintf("%s has other placeholders in %s than in %s", key, other, l)})
					}
				}
			}
		}
		return nil
	})
	return words, out
}

func marks(text string) string {
	m := placeholder.FindAllString(text, -1)
	sort.Strings(m)
	return strings.Join(dedupe(m), "")
}

// sources joins everything in which a key may be written out.
func sources(t *Tree) string {
	var b strings.Builder
	_ = fs.WalkDir(t.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "dist" || d.Name() == "var" || d.Name() == "archtest") {
			return fs.SkipDir
		}
		switch path.Ext(p) {
		case ".go", ".templ", ".json", ".js":
			if text, err := fs.ReadFile(t.FS, p); err == nil && !strings.HasSuffix(p, "_templ.go") {
				b.Write(text)
			}
		}
		return nil
	})
	return b.String()
}

func dedupe[T comparable](in []T) []T {
	seen := map[T]bool{}
	var out []T
	for _, v := range in {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

var leafKind = regexp.MustCompile(`audit\.Entry\{\s*Kind:\s*"([^"]+)"`)

// AuditKinds checks that every kind of leaf is described in docs/audit-events.md.
func AuditKinds(t *Tree) []Finding {
	text, err := fs.ReadFile(t.FS, "docs/audit-events.md")
	if err != nil {
		return []Finding{{"docs/audit-events.md", "is missing"}}
	}
	var out []Finding
	for _, f := range t.production() {
		for _, m := range leafKind.FindAllStringSubmatch(f.Text, -1) {
			if !strings.Contains(string(text), "`"+m[1]+"`") {
				out = append(out, Finding{f.Path, "writes leaves of the kind " + m[1] + ", which docs/audit-events.md does not describe"})
			}
		}
	}
	return out
}
