package design

import "github.com/a-h/templ"

// ButtonKind says how much a button presses itself forward. The zero kind is the page's main action: at most one a page.
type ButtonKind string

// The kinds of buttons.
const (
	Primary   ButtonKind = ""
	Secondary ButtonKind = "secondary"
	Danger    ButtonKind = "danger"
	Quiet     ButtonKind = "quiet" // looks like a link
)

// ButtonParams is something to press; see [Button] and [LinkButton].
type ButtonParams struct {
	Text    string
	Kind    ButtonKind
	Icon    string // before the text
	Name    string // sent with Value when pressed
	Value   string
	Href    string // LinkButton: where it leads
	Type    string // Button: submit (the zero value's meaning), button, reset
	Form    string // id of the form it belongs to, when it stands outside of it
	Label   string // completes the name for screen readers: "删除" + " 营业执照.pdf"
	Confirm string // a question asked first, when scripts run; the server must not rely on it
	Dialog  string // id of a [Dialog] this opens (LinkButton works without scripts)
	Key     string // a key of its own (accesskey), shown on wide screens: who works here all day lives by the keyboard
	Full    bool   // as wide as its place
	Small   bool
	NoCheck bool // the browser does not check the fields first (going back, refreshing a part)
	Off     bool // shown, but not to be pressed
	Attrs   templ.Attributes
}

// ActionBarParams name an [ActionBar].
type ActionBarParams struct{ Label string }

func (p ButtonParams) class() string {
	return words("button", when(p.Kind != Primary, "button-"+string(p.Kind)), when(p.Full, "button-full"), when(p.Small, "button-small"))
}
