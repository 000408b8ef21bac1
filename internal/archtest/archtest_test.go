package archtest

import (
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "record new migrations")

const root = "../.."

type rule struct {
	name  string
	check func(*Tree) []Finding
}

var rules = []rule{
	{"imports", Imports}, {"cycles", Cycles}, {"own-tables", OwnTables}, {"package-comments", PackageComments}, {"sizes", Sizes},
	{"actors", Actors}, {"contracts", Contracts}, {"glossary", Glossary}, {"names", Names}, {"dependencies", Dependencies}, {"migrations", Migrations},
	{"locales", Locales}, {"audit-kinds", AuditKinds},
}

func TestRules(t *testing.T) {
	tree, err := Load(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) < 100 {
		t.Fatalf("only %d files were read: is this the root?", len(tree.Files))
	}
	if *update {
		sums, err := Sums(tree)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(root+"/"+migrationSums, []byte(sums), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, f := range r.check(tree) {
				t.Error(f)
			}
		})
	}
}

// planted are small trees with one fault each; every rule must see its own.
var planted = map[string]struct {
	rule  string
	files map[string]string
	want  string
}{
	"domain-imports-http":        {"imports", map[string]string{"internal/module/cert/a.go": "package cert\nimport _ \"net/http\"\n"}, "knows no HTTP"},
	"pair-not-in-table":          {"imports", map[string]string{"internal/module/account/a.go": "package account\nimport _ \"xiangyun/internal/module/cert\"\n"}, "no pair account → cert"},
	"value-imports-platform":     {"imports", map[string]string{"internal/gov/money/a.go": "package money\nimport _ \"xiangyun/internal/platform/db\"\n"}, "know nobody"},
	"machinery-knows-government": {"imports", map[string]string{"internal/platform/job/a.go": "package job\nimport _ \"xiangyun/internal/gov/region\"\n"}, "no government words"},
	"page-imports-page":          {"imports", map[string]string{"internal/module/cert/certweb/a.go": "package certweb\nimport _ \"xiangyun/internal/module/item/itemweb\"\n"}, "share through design"},
	"foreign-table":              {"own-tables", map[string]string{"internal/module/cert/a.go": "package cert\nconst q = `SELECT id FROM casefile_case`\n"}, "casefile_case of another"},
	"foreign-join":               {"own-tables", map[string]string{"internal/module/cert/a.go": "package cert\nconst q = `SELECT 1 FROM cert_record r JOIN item_entry e ON true`\n"}, "item_entry of another"},
	"page-with-sql":              {"own-tables", map[string]string{"internal/module/cert/certweb/a.go": "package certweb\nconst q = `UPDATE cert_record SET a = 1`\n"}, "pages hold no SQL"},
	"foreign-schema":             {"own-tables", map[string]string{"internal/module/cert/a.go": "package cert\n", "internal/module/cert/schema/0001_a.sql": "CREATE TABLE item_x (id text);"}, "item_x of another"},
	"no-package-comment":         {"package-comments", map[string]string{"internal/gov/money/a.go": "package money\n"}, "no package comment"},
	"long-file":                  {"sizes", map[string]string{"internal/gov/money/a.go": "package money\n" + strings.Repeat("\n", 501)}, "502 lines"},
	"long-function":              {"sizes", map[string]string{"internal/gov/money/a.go": "package money\nfunc f() {" + strings.Repeat("\n", 81) + "}\n"}, "the limit is 80"},
	"many-parameters":            {"sizes", map[string]string{"internal/gov/money/a.go": "package money\nfunc f(a, b, c, d, e, f, g int) {}\n"}, "7 parameters"},
	"wide-interface":             {"sizes", map[string]string{"internal/gov/money/a.go": "package money\ntype i interface{ A(); B(); C(); D(); E(); F() }\n"}, "6 methods"},
	"no-actor":                   {"actors", map[string]string{"internal/module/cert/a.go": "package cert\nfunc (s *Service) Revoke(ctx context.Context, id string) error { return nil }\n"}, "cert.Revoke takes no actor"},
	"no-contract":                {"contracts", map[string]string{"internal/gov/money/a.go": "package money\nfunc Parse() {}\n"}, "Parse has no comment"},
	"word-not-said":              {"glossary", map[string]string{"internal/gov/money/a.go": "package money\nfunc NewTicket() {}\n", "docs/glossary.tsv": "zh\tenglish\tcode\tmodule\tsay-not\tsource\n办件\tcase\tcasefile.Case\tcasefile\tticket, affair\t行政许可法\n"}, `says "ticket"`},
	"empty-name":                 {"names", map[string]string{"internal/util/a.go": "package util\n"}, "says nothing"},
	"no-reason":                  {"dependencies", map[string]string{"go.mod": "module x\nrequire (\n\tgithub.com/a/b v1.0.0\n)\n", "docs/dependencies.md": "nothing"}, "no reason for github.com/a/b"},
	"changed-migration":          {"migrations", map[string]string{"internal/module/cert/schema/0001_a.sql": "new", migrationSums: "00  internal/module/cert/schema/0001_a.sql\n"}, "changed or removed"},
	"new-migration":              {"migrations", map[string]string{"internal/module/cert/schema/0002_a.sql": "new", migrationSums: ""}, "record it"},
	"missing-word":               {"locales", map[string]string{"internal/a/locale/zh.toml": "\"a.b\" = \"甲\"\n", "internal/a/locale/en.toml": "", "internal/a/locale/ko.toml": "\"a.b\" = \"가\"\n", "internal/a/a.go": "package a\nconst k = \"a.b\"\n"}, "en.toml"},
	"unknown-word":               {"locales", map[string]string{"internal/a/locale/zh.toml": "", "internal/a/locale/en.toml": "", "internal/a/locale/ko.toml": "", "internal/a/a.go": "package a\nvar _ = fault.New(fault.Invalid, \"a.lost\")\n"}, "a.lost"},
	"unused-word":                {"locales", map[string]string{"internal/a/locale/zh.toml": "\"a.b\" = \"甲\"\n", "internal/a/locale/en.toml": "\"a.b\" = \"b\"\n", "internal/a/locale/ko.toml": "\"a.b\" = \"가\"\n", "internal/a/a.go": "package a\n"}, "nobody says"},
	"unlisted-leaf":              {"audit-kinds", map[string]string{"docs/audit-events.md": "", "internal/a/a.go": "package a\nvar _ = audit.Entry{Kind: \"case.lost\"}\n"}, "case.lost"},
}

func TestPlantedFaultsAreCaught(t *testing.T) {
	byName := map[string]func(*Tree) []Finding{}
	for _, r := range rules {
		byName[r.name] = r.check
	}
	caught := map[string]bool{}
	for name, p := range planted {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for n, text := range p.files {
				fsys[n] = &fstest.MapFile{Data: []byte(text)}
			}
			tree, err := Load(fs.FS(fsys))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range byName[p.rule](tree) {
				if strings.Contains(f.String(), p.want) {
					caught[p.rule] = true
					return
				}
			}
			t.Errorf("rule %s did not see it; it said %v", p.rule, byName[p.rule](tree))
		})
	}
	for _, r := range rules {
		if r.name != "cycles" && !caught[r.name] {
			t.Errorf("no planted fault tests the rule %s", r.name)
		}
	}
}

func TestCycleIsCaught(t *testing.T) {
	kept := edges
	defer func() { edges = kept }()
	edges = []edge{{"a", "b", "why"}, {"b", "a", "why"}}
	if got := Cycles(nil); len(got) != 1 || !strings.Contains(got[0].What, "circle") {
		t.Errorf("said %v", got)
	}
}
