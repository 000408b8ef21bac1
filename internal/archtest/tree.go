package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Module is the Go module's name, the first part of every import path here.
const Module = "xiangyun"

// File is one parsed Go file.
type File struct {
	Path      string // from the root, with slashes
	Package   string // folder from the root
	Imports   []string
	Lines     int
	Test      bool
	Generated bool
	AST       *ast.File
	Text      string
}

// Tree is a parsed source tree.
type Tree struct {
	FS    fs.FS
	Files []*File
	Set   *token.FileSet
}

// Finding is one broken rule.
type Finding struct {
	Where string
	What  string
}

func (f Finding) String() string { return f.Where + ": " + f.What }

// Load parses every Go file under root, leaving out what is not ours.
func Load(root fs.FS) (*Tree, error) {
	t := &Tree{FS: root, Set: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name := d.Name(); {
			case name == "node_modules", name == "testdata", name == "var", name == "bin", name == "dist", p != "." && strings.HasPrefix(name, "."):
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := t.parse(p)
		if err != nil {
			return err
		}
		t.Files = append(t.Files, f)
		return nil
	})
	return t, err
}

func (t *Tree) parse(p string) (*File, error) {
	text, err := fs.ReadFile(t.FS, p)
	if err != nil {
		return nil, err
	}
	a, err := parser.ParseFile(t.Set, p, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parsing %s: %w", p, err)
	}
	f := &File{Path: p, Package: path.Dir(p), AST: a, Text: string(text), Lines: strings.Count(string(text), "\n"),
		Test: strings.HasSuffix(p, "_test.go"), Generated: ast.IsGenerated(a)}
	for _, i := range a.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, err
		}
		f.Imports = append(f.Imports, name)
	}
	return f, nil
}

// production lists the files that are neither tests nor generated.
func (t *Tree) production() []*File {
	var out []*File
	for _, f := range t.Files {
		if !f.Test && !f.Generated {
			out = append(out, f)
		}
	}
	return out
}

// module returns the name of the business module a folder belongs to and whether it is one of the module's web packages: <name>web, and where
// other people have pages of their own, such as the keepers of items, a second one.
func module(folder string) (name string, web bool) {
	rest, ok := strings.CutPrefix(folder, "internal/module/")
	if !ok {
		return "", false
	}
	parts := strings.Split(rest, "/")
	return parts[0], len(parts) > 1 && strings.HasSuffix(parts[1], "web")
}

// support tells whether a folder under a module holds builders for tests, which may know more.
func support(folder string) bool { return strings.HasSuffix(folder, "test") }

// calls walks every string literal of a file.
func (f *File) literals(visit func(text string, pos token.Pos)) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				visit(s, l.Pos())
			}
		}
		return true
	})
}

func (t *Tree) at(pos token.Pos) string {
	p := t.Set.Position(pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}
