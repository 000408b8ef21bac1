package design

import (
	"context"

	"github.com/a-h/templ"

	"xiangyun/internal/platform/fault"
)

// Field is what the simple form fields have in common; see [TextField], [TextArea], [DateField], [DateParts], [NumberField].
// The server shows a refused form again with Value as typed and Error set.
type Field struct {
	Name     string
	ID       string // made from Name when empty
	Label    string
	Hint     string
	Value    string
	Error    string
	Optional bool   // says so behind the label; fields are required otherwise
	Type     string // TextField: text (zero), password, email, tel, search, url
	Number   NumberKind
	Masked   string // NumberField: what is on record, masked; leaving the field empty keeps it
	Complete string // the autocomplete token; empty for none
	Mode     string // the inputmode; empty leaves it to the browser
	Width    string // 2 4 6 10 20 characters; empty for the full width
	Prefix   string
	Suffix   string
	Max      int // characters; 0 for no limit
	Rows     int // TextArea; 0 for 5
	MinDate  string
	MaxDate  string
	ReadOnly bool
	Big      bool // the label is the page's heading: one question a page
	Attrs    templ.Attributes
}

// NumberKind says which number a [NumberField] asks for: it sets keyboard, length, grouping hint and example.
type NumberKind string

// The numbers people are asked for. The zero kind is a plain whole number.
const (
	WholeNumber   NumberKind = ""
	PersonNumber  NumberKind = "person"  // 公民身份号码
	CompanyNumber NumberKind = "company" // 统一社会信用代码
	PhoneNumber   NumberKind = "phone"
	OneTimeCode   NumberKind = "code"
	AmountNumber  NumberKind = "amount" // yuan with two decimals
	CaseNumber    NumberKind = "case"   // 21 digits
)

// SelectParams is a choice from a list; see [Select].
type SelectParams struct {
	Name     string
	ID       string
	Label    string
	Hint     string
	Error    string
	Value    string
	Options  []Option
	Blank    string // a first, empty line; empty for none
	Optional bool
	Width    string
	Attrs    templ.Attributes
}

// ChoiceParams is a choice shown openly, one (radio) or several (checkbox); see [Choice].
type ChoiceParams struct {
	Name     string
	ID       string
	Label    string // the question
	About    string // completes it for those who hear the page, where the page shows already what it is about
	Hint     string
	Error    string
	Multiple bool
	Values   []string // what is chosen
	Options  []ChoiceOption
	Optional bool
	Inline   bool // side by side, for two or three short answers
	Focus    bool // the cursor stands on its first answer when the page is shown, for who works by the keyboard
	Big      bool // the question is the page's heading
	Attrs    templ.Attributes
}

// ChoiceOption is one answer of a [Choice].
type ChoiceOption struct {
	Value string
	Text  string
	Hint  string
	Off   bool
	Then  templ.Component // shown below the answer while it is chosen (always, without CSS :has)
}

// CheckboxParams is a single box to tick; see [Checkbox].
type CheckboxParams struct {
	Name    string
	ID      string
	Value   string // "1" when empty
	Text    string
	Hint    string
	Error   string
	Checked bool
	Attrs   templ.Attributes
}

// FieldsetParams group fields under one question; see [Fieldset].
type FieldsetParams struct {
	Legend string
	About  string // completes the legend for those who hear the page
	Hint   string
	Error  string
	ID     string
	Big    bool
	Parts  bool // its fields are the parts of one answer, side by side, as of a date
	Row    bool // its fields stand side by side where there is room: one of several lines of the same kind
}

// FormParams is a form; see [Form]. POST unless Method says otherwise.
type FormParams struct {
	Action string
	Method string // "get" or "post" (the zero value's meaning)
	ID     string
	Files  bool // it has a [FileField]: sent as multipart
	Row    bool // its fields stand side by side on wide screens: a search above its results
	Guard  bool // asks before the page is left with unsaved answers, when scripts run
	Hidden []Hidden
	Attrs  templ.Attributes
}

// FileFieldParams ask for a file; see [FileField].
type FileFieldParams struct {
	Name     string
	ID       string
	Label    string
	About    string // completes the label for those who hear the page, where the page shows already what it is about
	Hint     string
	Error    string
	Accept   []string // ".pdf", ".jpg"; shown in words too
	MaxBytes int64    // shown in words, checked early when scripts run; 0 for none
	Multiple bool
	Optional bool
	Camera   bool   // phones offer the camera
	Upload   string // address a script may post the file to at once, with progress; empty sends it with the form
	Attrs    templ.Attributes
}

// ErrorSummaryParams list what must be put right; see [ErrorSummary].
type ErrorSummaryParams struct {
	Title  string // "请更正以下内容" when empty
	Errors Errors
}

// FieldError is one thing to put right.
type FieldError struct {
	Name  string // of the field; links to it
	Label string // what the page calls the field: the summary says it before a text that does not
	Text  string
	Href  string // instead of the field named; empty for the usual "#f-name"
}

func (e FieldError) said(ctx context.Context) string {
	if e.Label == "" {
		return e.Text
	}
	return tr(ctx, "design.errors.of", e.Label, e.Text)
}

// Errors are the refused fields of one form.
type Errors []FieldError

// Of returns the text for the field, empty when it was not refused.
func (e Errors) Of(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// ErrorsOf translates a refused use case into texts: one for each refused field, or the fault's own sentence when it names no
// field. It returns nil for nil and for errors that are not faults.
func ErrorsOf(ctx context.Context, err error) Errors {
	f, ok := fault.Of(err)
	if !ok {
		return nil
	}
	if len(f.Fields) == 0 {
		return Errors{{Text: tr(ctx, f.Key, f.Args...)}}
	}
	all := make(Errors, 0, len(f.Fields))
	for _, field := range f.Fields {
		all = append(all, FieldError{Name: field.Name, Text: tr(ctx, field.Key, field.Args...)})
	}
	return all
}
