package archtest

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"unicode"
)

// glossaryFile maps the law's words to the code's: zh, english, code, module, say-not, source; one line each.
const glossaryFile = "docs/glossary.tsv"

// Glossary checks that no exported identifier uses a word the glossary says not to.
func Glossary(t *Tree) []Finding {
	text, err := fs.ReadFile(t.FS, glossaryFile)
	if err != nil {
		return []Finding{{glossaryFile, "is missing"}}
	}
	banned := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for n := 1; lines.Scan(); n++ {
		if n == 1 || lines.Text() == "" {
			continue
		}
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 6 {
			return []Finding{{fmt.Sprintf("%s:%d", glossaryFile, n), fmt.Sprintf("has %d cells, want 6", len(cells))}}
		}
		for _, w := range strings.Split(cells[4], ",") {
			if w = strings.TrimSpace(w); w != "" {
				banned[w] = cells[1]
			}
		}
	}
	var out []Finding
	for _, f := range t.production() {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			var id *ast.Ident
			switch n := n.(type) {
			case *ast.FuncDecl:
				id = n.Name
			case *ast.TypeSpec:
				id = n.Name
			default:
				return true
			}
			for _, w := range words(id.Name) {
				if say := banned[w]; say != "" {
					out = append(out, Finding{t.at(id.Pos()), fmt.Sprintf("%s says %q: the glossary says %q", id.Name, w, say)})
				}
			}
			return true
		})
	}
	return out
}

// words splits an identifier at its capitals, in lower case.
func words(name string) []string {
	var out []string
	start := 0
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			out = append(out, strings.ToLower(name[start:i]))
			start = i
		}
	}
	return append(out, strings.ToLower(name[start:]))
}

// Names checks that no folder has a name that says nothing.
func Names(t *Tree) []Finding {
	bad := map[string]bool{"pkg": true, "util": true, "utils": true, "common": true, "helper": true, "helpers": true, "models": true,
		"services": true, "repositories": true, "controllers": true, "dto": true, "shared": true, "misc": true, "base": true}
	var out []Finding
	seen := map[string]bool{}
	for _, f := range t.Files {
		if b := path.Base(f.Package); bad[b] && !seen[f.Package] {
			seen[f.Package] = true
			out = append(out, Finding{f.Package, "is a name that says nothing: name the folder after what it is about"})
		}
	}
	return out
}

var required = regexp.MustCompile(`(?m)^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]+/\S+|cel\.dev/\S+)\s+v\S+$`)

// Dependencies checks that every direct dependency has its line of reason.
func Dependencies(t *Tree) []Finding {
	mod, err := fs.ReadFile(t.FS, "go.mod")
	if err != nil {
		return []Finding{{"go.mod", err.Error()}}
	}
	reasons, err := fs.ReadFile(t.FS, "docs/dependencies.md")
	if err != nil {
		return []Finding{{"docs/dependencies.md", "is missing"}}
	}
	var out []Finding
	for _, m := range required.FindAllStringSubmatch(string(mod), -1) {
		if !strings.Contains(string(reasons), "`"+m[1]+"`") {
			out = append(out, Finding{"docs/dependencies.md", "gives no reason for " + m[1]})
		}
	}
	return out
}

// migrationSums records the digest of every migration once it has landed.
const migrationSums = "internal/archtest/migrations.sum"

// Sums returns the lines migrations.sum should hold.
func Sums(t *Tree) (string, error) {
	names := migrations(t)
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		text, err := fs.ReadFile(t.FS, n)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(text)
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), n)
	}
	return b.String(), nil
}

// Migrations checks that a migration never changes once it is recorded: databases have run it.
func Migrations(t *Tree) []Finding {
	have, err := Sums(t)
	if err != nil {
		return []Finding{{migrationSums, err.Error()}}
	}
	recorded, err := fs.ReadFile(t.FS, migrationSums)
	if err != nil {
		return []Finding{{migrationSums, "is missing: run the test with -update"}}
	}
	current := map[string]string{}
	for _, l := range strings.Split(strings.TrimSpace(have), "\n") {
		if sum, name, ok := strings.Cut(l, "  "); ok {
			current[name] = sum
		}
	}
	var out []Finding
	for _, l := range strings.Split(strings.TrimSpace(string(recorded)), "\n") {
		sum, name, ok := strings.Cut(l, "  ")
		if !ok {
			continue
		}
		if current[name] != sum {
			out = append(out, Finding{name, "was changed or removed after it had landed: write a new migration"})
		}
		delete(current, name)
	}
	for name := range current {
		out = append(out, Finding{name, "is a new migration: record it with go test ./internal/archtest -update"})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Where < out[j].Where })
	return out
}
