package rule

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Examine checks an expression that may yield anything and returns the type it yields, in CEL's words: "bool", "int", "string", "list(string)"; "dyn" when
// only its run will tell.
func (e *Env) Examine(text string) (string, error) {
	ast, issues := e.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return "", fmt.Errorf("expression %q: %s", text, oneLine(issues.Err()))
	}
	return ast.OutputType().String(), nil
}

// Fields lists the keys by which an expression looks into a variable, each once: of "has(a.x) && a['y'] > 1" x and y. Of one that is broken it knows none.
func (e *Env) Fields(text, variable string) (names []string) {
	compiled, issues := e.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil
	}
	is := func(x ast.Expr) bool { return x.Kind() == ast.IdentKind && x.AsIdent() == variable }
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	ast.PreOrderVisit(compiled.NativeRep().Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		switch x.Kind() {
		case ast.SelectKind:
			if s := x.AsSelect(); is(s.Operand()) {
				add(s.FieldName())
			}
		case ast.CallKind:
			f := x.AsCall()
			if f.FunctionName() != operators.Index || len(f.Args()) != 2 || !is(f.Args()[0]) || f.Args()[1].Kind() != ast.LiteralKind {
				return
			}
			if key, ok := f.Args()[1].AsLiteral().(types.String); ok {
				add(string(key))
			}
		}
	}))
	return names
}
