package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"sort"
	"strings"
)

// Sizes are limits, not aims; style aims lower.
const (
	maxFile       = 500
	maxFunction   = 80
	maxNeeds      = 60
	maxInterface  = 5
	maxParameters = 6 // beyond ctx, tx and by
)

// longOnPurpose lists functions over the limit, each with its reason.
var longOnPurpose = map[string]string{}

// PackageComments checks that every package has exactly one comment that tells its story.
func PackageComments(t *Tree) []Finding {
	comments, seen := map[string][]string{}, map[string]bool{}
	for _, f := range t.Files {
		if f.Test {
			continue
		}
		seen[f.Package] = true
		if f.AST.Doc != nil && !f.Generated {
			comments[f.Package] = append(comments[f.Package], f.Path)
		}
	}
	var out []Finding
	for p := range seen {
		switch n := len(comments[p]); {
		case n == 0:
			out = append(out, Finding{p, "has no package comment: say in doc.go what it does, for whom, and what it does not do"})
		case n > 1:
			out = append(out, Finding{p, "has package comments in " + strings.Join(comments[p], " and ") + ": keep one"})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Where < out[j].Where })
	return out
}

// Sizes checks files, functions, interfaces and parameter lists.
func Sizes(t *Tree) []Finding {
	var out []Finding
	for _, f := range t.Files {
		if f.Generated {
			continue
		}
		limit := maxFile
		if path.Base(f.Path) == "needs.go" {
			limit = maxNeeds
		}
		if f.Lines > limit {
			out = append(out, Finding{f.Path, fmt.Sprintf("has %d lines, the limit is %d: two things in one file?", f.Lines, limit)})
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				out = append(out, t.function(f, n)...)
			case *ast.TypeSpec:
				if i, ok := n.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxInterface && !f.Test {
					out = append(out, Finding{t.at(n.Pos()), fmt.Sprintf("interface %s has %d methods, the limit is %d", n.Name, i.Methods.NumFields(), maxInterface)})
				}
			}
			return true
		})
	}
	return out
}

func (t *Tree) function(f *File, d *ast.FuncDecl) []Finding {
	var out []Finding
	name := f.Package + "." + d.Name.Name
	lines := t.Set.Position(d.End()).Line - t.Set.Position(d.Pos()).Line + 1
	if lines > maxFunction && longOnPurpose[name] == "" && !f.Test {
		out = append(out, Finding{t.at(d.Pos()), fmt.Sprintf("%s has %d lines, the limit is %d", d.Name.Name, lines, maxFunction)})
	}
	n := 0
	for _, p := range d.Type.Params.List {
		switch typeName(p.Type) {
		case "context.Context", "*db.Tx", "actor.Actor":
		default:
			n += max(1, len(p.Names))
		}
	}
	if n > maxParameters && !f.Test {
		out = append(out, Finding{t.at(d.Pos()), fmt.Sprintf("%s takes %d parameters: make a Params struct", d.Name.Name, n)})
	}
	return out
}

// typeName prints simple type expressions: pkg.Name, *pkg.Name, Name.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	}
	return ""
}

// withoutActor lists use cases that take no actor, each with its reason.
var withoutActor = map[string]string{
	"account.SignIn":          "nobody acts yet: this is how somebody becomes an actor",
	"account.DefaultCompany":  "part of signing in",
	"account.NewToken":        "part of signing in",
	"account.EndToken":        "whoever holds the token may end it",
	"account.ByToken":         "makes the actor",
	"account.ActorOf":         "makes the actor",
	"account.SweepTokens":     "runs by the clock",
	"account.CheckKeys":       "part of starting",
	"casefile.SweepDrafts":    "runs by the clock",
	"casefile.AcceptSilent":   "runs by the clock: the law accepts, not a person",
	"casefile.ConcernedCase":  "under which case the edge counts a stranger's guess; it tells nobody",
	"casefile.VerifyPaper":    "a stranger with number and query code; it tells no person anything about another",
	"casefile.RunLapsed":      "runs by the clock: the announced time is over, whoever writes it down",
	"casefile.MarkClocks":     "runs by the clock",
	"casefile.BeginWarnings":  "runs by the clock: somebody ordered the rule for this day",
	"supervision.Fold":        "runs by the clock: it counts what others did",
	"casefile.Progress":       "a stranger with number and query code; it tells no person anything about another",
	"cert.IssueFor":           "follows an approval, whose actor the case names",
	"hall.Remind":             "runs by the clock",
	"hall.CountMissed":        "runs by the clock",
	"hall.Escalate":           "runs by the clock",
	"hall.Tidy":               "runs by the clock",
	"seal.Keeps":              "whether a certificate is a seal's is public, as a revocation list is",
	"item.Census":             "counts public rows",
	"item.DoDue":              "runs by the clock: who decided is in the draft or plan",
	"item.CountUses":          "runs by the clock",
	"item.FlushUses":          "runs by the clock",
	"item.Facets":             "the library is public",
	"cert.Types":              "the directory is public",
	"cert.Type":               "the directory is public",
	"item.Hot":                "the library is public",
	"item.Nearest":            "the library is public",
	"item.Bases":              "the library is public",
	"item.Revision":           "the library is public",
	"item.ExportNational":     "the library is public",
	"item.ExportOpen":         "the library is public",
	"item.ExportCatalogue":    "the library is public",
	"item.OpenFigures":        "sums over a public library",
	"item.Warm":               "reads what is public before anybody asks",
	"item.List":               "the library is public",
	"item.RestingOn":          "the library is public",
	"item.Consistency":        "sums over a public library",
	"item.History":            "sums over a public library",
	"item.Reduction":          "sums over a public library",
	"item.ReductionOf":        "sums over a public library",
	"item.Quality":            "the guides it looks at are public",
	"item.EntryFindings":      "the guides it looks at are public",
	"item.KeepDay":            "runs by the clock",
	"item.RecountAll":         "runs by the clock",
	"item.RecountSome":        "runs by the clock",
	"item.CensusHistory":      "sums over a public library",
	"item.OpenFile":           "opens a blank form or sample, which everybody may read",
	"material.Read":           "opens the content of a file that the caller was given for its right to it",
	"material.Sweep":          "runs by the clock",
	"power.List":              "the list of powers is public",
	"power.Find":              "the list of powers is public",
	"power.Begin":             "runs by the clock",
	"seal.Standing":           "the register answers whoever has a sealed document",
	"seal.Revoked":            "a revocation list is public",
	"seal.RevocationList":     "a revocation list is public",
	"seal.TimestampAuthority": "whoever asks gets the time",
	"seal.TimestampRoots":     "names whom everybody may believe",
	"seal.Trust":              "names whom everybody may believe",
	"seal.Check":              "whoever has a sealed document may ask",
	"workflow.FireDue":        "runs by the clock",
	"office.SeedProvince":     "before the first start is finished nobody can act",
	"office.LoadReference":    "before the first start is finished nobody can act",
	"cert.OfflineList":        "which codes no longer hold is public, and tells nothing of anybody",

	"casefile.RemindGaps":      "runs by the clock",
	"casefile.LapseHearings":   "runs by the clock",
	"casefile.RemindHearings":  "runs by the clock",
	"casefile.IssueLetter":     "an event: who wrote the letter is in its history, which the leaf names",
	"casefile.Publicities":     "public: whoever asks reads what is public today",
	"casefile.NoteOverdueGaps": "runs by the clock",
	"casefile.RenewSilent":     "runs by the clock: the law renews, not a person",
	"cert.TellHolders":         "follows an issue, whose actor the leaf names",
	"cert.EndFor":              "follows the end of a grant, whose actor the case names",
}

// Actors checks that every use case says who acts: an exported method of a module's Service that opens its own transaction takes
// `by actor.Actor`. One that takes a transaction joins a use case that already asked.
func Actors(t *Tree) []Finding {
	var out []Finding
	for _, f := range t.production() {
		name, web := module(f.Package)
		if name == "" || web || f.Package != "internal/module/"+name {
			continue
		}
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() || typeName(fn.Recv.List[0].Type) != "*Service" {
				continue
			}
			key := name + "." + fn.Name.Name
			if has(fn, "context.Context") && !has(fn, "*db.Tx") && !has(fn, "actor.Actor") && withoutActor[key] == "" {
				out = append(out, Finding{t.at(fn.Pos()), key + " takes no actor: every use case says who acts (by actor.Actor)"})
			}
		}
	}
	return out
}

func has(fn *ast.FuncDecl, want string) bool {
	for _, p := range fn.Type.Params.List {
		if typeName(p.Type) == want {
			return true
		}
	}
	return false
}

// Contracts checks that every exported name of a production package has a comment that begins with it.
func Contracts(t *Tree) []Finding {
	var out []Finding
	for _, f := range t.production() {
		for _, d := range f.AST.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && !begins(d.Doc, d.Name.Name) && !standard[d.Name.Name] {
					out = append(out, Finding{t.at(d.Pos()), d.Name.Name + " has no comment that begins with its name and tells its contract"})
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && !begins(d.Doc, ts.Name.Name) && !begins(ts.Doc, ts.Name.Name) {
						out = append(out, Finding{t.at(ts.Pos()), ts.Name.Name + " has no comment that begins with its name"})
					}
				}
			}
		}
	}
	return out
}

// standard methods keep the contract of the interface they meet.
var standard = map[string]bool{"String": true, "Error": true, "Unwrap": true, "Scan": true, "Value": true, "MarshalText": true,
	"UnmarshalText": true, "LogValue": true, "Read": true, "Write": true, "Close": true, "Format": true, "MarshalJSON": true, "UnmarshalJSON": true,
	"EventName": true, "JobKind": true, "GoString": true, "Sum": true, "Reset": true, "Size": true, "BlockSize": true, "Seek": true, "ServeHTTP": true}

func begins(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	text := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(doc.Text(), "A "), "An "), "The ")
	return strings.HasPrefix(text, name) || strings.HasPrefix(text, "Deprecated:")
}

func exportedReceiver(d *ast.FuncDecl) bool {
	return d.Recv == nil || ast.IsExported(strings.TrimLeft(strings.Split(typeName(d.Recv.List[0].Type), "[")[0], "*"))
}
