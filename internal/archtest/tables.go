package archtest

import (
	"fmt"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

var (
	sqlText  = regexp.MustCompile(`(?s)^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE)\s.*`)
	sqlTable = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|TABLE IF NOT EXISTS)\s+([a-z][a-z0-9]*_[a-z0-9_]+)`)
	withName = regexp.MustCompile(`(?i)(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)([a-z][a-z0-9_]*)\s*(?:\([^)]*\)\s*)?AS\s*\(`)
)

// OwnTables checks that each module and platform package touches only tables that begin with its own name, and that pages hold no SQL.
func OwnTables(t *Tree) []Finding {
	var out []Finding
	for _, f := range t.production() {
		name, web := module(f.Package)
		if name == "" {
			if rest, ok := strings.CutPrefix(f.Package, "internal/platform/"); ok {
				name = strings.Split(rest, "/")[0]
			}
		}
		if name == "" || name == "db" || support(f.Package) {
			continue
		}
		f.literals(func(text string, pos token.Pos) {
			if !sqlText.MatchString(text) {
				return
			}
			if web {
				out = append(out, Finding{t.at(pos), "pages hold no SQL: ask the module's service"})
				return
			}
			out = append(out, foreign(t.at(pos), name, text)...)
		})
	}
	return append(out, schemaTables(t)...)
}

func foreign(where, name, text string) []Finding {
	local := map[string]bool{}
	for _, m := range withName.FindAllStringSubmatch(text, -1) {
		local[m[1]] = true
	}
	var out []Finding
	for _, m := range sqlTable.FindAllStringSubmatch(text, -1) {
		if table := m[1]; !local[table] && !strings.HasPrefix(table, name+"_") {
			out = append(out, Finding{where, fmt.Sprintf("%s reads or writes the table %s of another: ask its owner's service, in your transaction", name, table)})
		}
	}
	return out
}

func schemaTables(t *Tree) []Finding {
	var out []Finding
	for _, p := range migrations(t) {
		folder := path.Dir(path.Dir(p))
		name := path.Base(folder)
		text, err := fs.ReadFile(t.FS, p)
		if err != nil {
			return []Finding{{p, err.Error()}}
		}
		out = append(out, foreign(p, name, string(text))...)
	}
	return out
}

// migrations lists every schema/*.sql of the tree.
func migrations(t *Tree) []string {
	var out []string
	_ = fs.WalkDir(t.FS, "internal", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Base(path.Dir(p)) == "schema" && strings.HasSuffix(p, ".sql") {
			out = append(out, p)
		}
		return nil // a folder that can't be read has no migrations to check
	})
	return out
}
