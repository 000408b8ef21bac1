package form

import (
	"encoding/json"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"xiangyun/internal/platform/rule"
)

// Definition is one immutable version of a form. Values are shared between callers: read, never write.
type Definition struct {
	ID         string
	Key        string // "food_operation"
	Version    int    // from 1
	Title      string
	Digest     string          // SHA-256 of the schema text, hexadecimal
	Schema     json.RawMessage // as deployed, properties in their written order
	Fields     []Field         // in the order they are shown
	DeployedAt time.Time

	schema *jsonschema.Schema
}

// Kind is how a field is asked.
type Kind string

// The kinds of field.
const (
	Text    Kind = "text"
	Long    Kind = "long"    // several lines
	Whole   Kind = "whole"   // integer
	Number  Kind = "number"  //
	YesNo   Kind = "yes_no"  // boolean
	Choice  Kind = "choice"  // one of few
	Select  Kind = "select"  // one of many
	Choices Kind = "choices" // any of some
	Date    Kind = "date"    // civil date
	Person  Kind = "person"  // citizen's number (公民身份号码)
	Company Kind = "company" // unified social credit code (统一社会信用代码)
	Phone   Kind = "phone"
	Region  Kind = "region" // 12-digit region code
	Group   Kind = "group"  // an object
	List    Kind = "list"   // an array of objects
)

// Field is one question of a form.
type Field struct {
	Name     string // its key in the object it belongs to
	Path     string // from the root: "owner.name"; for a list's fields "goods.*.name"
	Title    string
	Help     string
	Kind     Kind
	Required bool // while it is shown
	Refresh  bool
	Prefill  string
	Options  []Option
	Fields   []Field // of a group or list
	Max      int     // of letters or entries; 0 for no limit
	Agree    bool    // a yes or no that must be yes: a declaration
	Example  any     // the first example

	show *rule.Program
}

// Option is one listed answer.
type Option struct{ Value, Title string }

// Conditional tells whether the field is shown only sometimes.
func (f Field) Conditional() bool { return f.show != nil }

// Title returns the title of an option's value; the value itself when it is not listed.
func (f Field) optionTitle(value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Title
		}
	}
	return value
}
