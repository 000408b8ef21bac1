package bpmn

import (
	"fmt"

	"xiangyun/internal/platform/fault"
)

// Severity says how bad a finding is.
type Severity string

// The severities. A definition with an Error is not deployed; a Warning is for its author to think about.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing to put right in a process.
type Finding struct {
	Element  string // id of the element or flow; "line 12" where it has none, "" for the whole process
	Severity Severity
	Key      string // a line in every locale
	Args     []any
}

// String is the finding for logs and tests.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s %s %v", f.Severity, f.Element, f.Key, f.Args)
}

// mostFindings is how many findings one file is told about: nobody reads more, and a hostile file must not fill a page.
const mostFindings = 200

// Refused makes one fault of the errors among findings, nil when there is none: a field for each, named after its element.
func Refused(findings []Finding) error {
	refused := fault.New(fault.Invalid, "bpmn.refused")
	for _, f := range findings {
		if f.Severity == Error && len(refused.Fields) < mostFindings {
			refused.Fields = append(refused.Fields, fault.FieldError{Name: f.Element, Key: f.Key, Args: f.Args})
		}
	}
	return refused.OrNil()
}
