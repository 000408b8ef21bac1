// Package rule is the one expression language of the platform: CEL, with declared variables, a cost limit and no surprises.
//
// Conditions are data: which field a form shows, which material a situation asks, which way a process takes. All are compiled
// when they are published, against the variables that exist, so that a misspelt name or a comparison of a number with a text is
// refused then and not met by a citizen later. A variable nobody has filled counts as "", 0, false or the empty list; an
// expression that runs longer than the limit fails instead of holding a request.
//
// Standard: the Common Expression Language, https://cel.dev (cel.dev/cel-go).
package rule

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// Limit is the most an evaluation may cost, in CEL's units: about one per operator and element.
const Limit = 10_000

// Type is what a variable holds.
type Type int

// The types a variable can have.
const (
	Text   Type = iota // string
	Whole              // integer
	Number             // floating point
	Truth              // boolean
	Texts              // list of strings
	Any                // anything: a map, a list of maps; compared at run time
)

// Vars are the variables an expression may use.
type Vars map[string]Type

// Program is a compiled expression; it may be used by many goroutines.
type Program struct {
	text    string
	vars    Vars
	program cel.Program
}

// Env compiles expressions over one set of variables.
type Env struct {
	vars Vars
	env  *cel.Env
}

// NewEnv prepares the variables once for many expressions. A name that is no CEL identifier is refused.
func NewEnv(vars Vars) (*Env, error) {
	options := make([]cel.EnvOption, 0, len(vars))
	for name, t := range vars {
		options = append(options, cel.Variable(name, celType(t)))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("declaring variables: %w", err)
	}
	return &Env{vars: vars, env: env}, nil
}

// Compile checks a condition and prepares it. It must yield a truth value.
func (e *Env) Compile(text string) (*Program, error) {
	return e.compile(text, true)
}

// CompileValue checks an expression that may yield anything, for [Program.Value].
func (e *Env) CompileValue(text string) (*Program, error) {
	return e.compile(text, false)
}

func (e *Env) compile(text string, truth bool) (*Program, error) {
	ast, issues := e.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, fmt.Errorf("condition %q: %s", text, oneLine(issues.Err()))
	}
	if truth && !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, fmt.Errorf("condition %q yields %s, not true or false", text, ast.OutputType())
	}
	program, err := e.env.Program(ast, cel.CostLimit(Limit))
	if err != nil {
		return nil, fmt.Errorf("condition %q: %w", text, err)
	}
	return &Program{text: text, vars: e.vars, program: program}, nil
}

// Compile is NewEnv and Compile for one expression.
func Compile(vars Vars, text string) (*Program, error) {
	e, err := NewEnv(vars)
	if err != nil {
		return nil, err
	}
	return e.Compile(text)
}

// Text returns the expression as it was written.
func (p *Program) Text() string { return p.text }

// Truth evaluates the condition. Values of undeclared names are ignored; missing values and values of the wrong type count as
// the zero of the declared type.
func (p *Program) Truth(values map[string]any) (bool, error) {
	out, err := p.eval(values)
	if err != nil {
		return false, err
	}
	truth, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("evaluating %q: no truth value", p.text)
	}
	return truth, nil
}

func (p *Program) eval(values map[string]any) (ref.Val, error) {
	input := make(map[string]any, len(p.vars))
	for name, t := range p.vars {
		input[name] = coerce(t, values[name])
	}
	out, _, err := p.program.Eval(input)
	if err != nil {
		return nil, fmt.Errorf("evaluating %q: %w", p.text, err)
	}
	return out, nil
}

func celType(t Type) *cel.Type {
	switch t {
	case Text:
		return cel.StringType
	case Whole:
		return cel.IntType
	case Number:
		return cel.DoubleType
	case Truth:
		return cel.BoolType
	case Texts:
		return cel.ListType(cel.StringType)
	default:
		return cel.DynType
	}
}

func coerce(t Type, v any) any {
	switch t {
	case Text:
		s, _ := v.(string)
		return s
	case Whole:
		return int64(number(v))
	case Number:
		return number(v)
	case Truth:
		b, _ := v.(bool)
		return b
	case Texts:
		return texts(v)
	default:
		return v
	}
}

func number(v any) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case float64:
		return n
	case interface{ Float64() (float64, error) }: // json.Number
		f, err := n.Float64()
		if err != nil {
			return 0
		}
		return f
	}
	return 0
}

func texts(v any) []string {
	switch l := v.(type) {
	case []string:
		return l
	case []any:
		out := make([]string, 0, len(l))
		for _, e := range l {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return []string{}
}

func oneLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
