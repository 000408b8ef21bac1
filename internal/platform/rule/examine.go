package rule

import "fmt"

// Examine checks an expression that may yield anything and returns the type it yields, in CEL's words: "bool", "int", "string", "list(string)"; "dyn" when
// only its run will tell.
func (e *Env) Examine(text string) (string, error) {
	ast, issues := e.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return "", fmt.Errorf("expression %q: %s", text, oneLine(issues.Err()))
	}
	return ast.OutputType().String(), nil
}
