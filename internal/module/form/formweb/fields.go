// Package formweb shows forms and reads what people typed.
//
// [Fields] renders the field set of a definition on the server: complete without scripts, where a button shows the fields again
// after an answer on which others depend; with scripts the same happens when that answer changes, through one route ([Routes]).
// The surrounding <form> belongs to whoever uses it. Inputs are named "answers." and the path of the field, the same name errors
// have.
package formweb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
	"xiangyun/internal/platform/page"
)

// Params are what a field set is rendered from.
type Params struct {
	Definition *form.Definition
	Answers    map[string]any
	Errors     design.Errors                       // of the names "answers.PATH"
	Regions    func(parent string) []design.Option // for fields that ask for a region; "" asks for the provinces
}

// root is the province whose regions a form offers.
const root = "220000000000"

// control is one field as it is drawn.
type control struct {
	field   form.Field
	name    string
	value   any
	inner   []control   // of a group
	entries [][]control // of a list
	errors  design.Errors
	source  string // where the field set is fetched again
	regions func(parent string) []design.Option
}

func controls(p Params) []control {
	shown := form.Visible(p.Definition, p.Answers)
	source := fmt.Sprintf("/forms/%s/%d/fields", p.Definition.Key, p.Definition.Version)
	return within(p, p.Definition.Fields, form.Prefix, p.Answers, shown, source)
}

func within(p Params, fields []form.Field, prefix string, answers map[string]any, shown map[string]bool, source string) []control {
	var list []control
	for _, f := range fields {
		if !shown[f.Path] {
			continue
		}
		c := control{field: f, name: prefix + f.Name, value: answers[f.Name], errors: p.Errors, source: source, regions: p.Regions}
		switch f.Kind {
		case form.Group:
			inner, _ := c.value.(map[string]any)
			c.inner = within(p, f.Fields, c.name+".", inner, shown, source)
		case form.List:
			entries, _ := c.value.([]any)
			if len(entries) == 0 && f.Required {
				entries = []any{map[string]any{}}
			}
			for i, e := range entries {
				inner, _ := e.(map[string]any)
				c.entries = append(c.entries, within(p, f.Fields, c.name+"."+strconv.Itoa(i)+".", inner, shown, source))
			}
		}
		list = append(list, c)
	}
	return list
}

// refreshes tells whether some field decides about others.
func refreshes(d *form.Definition) bool {
	for _, f := range d.Fields {
		if f.Refresh {
			return true
		}
	}
	return false
}

func (c control) error() string { return c.errors.Of(c.name) }

// text is the value in an input.
func (c control) text() string {
	switch v := c.value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (c control) texts() []string {
	switch v := c.value.(type) {
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	case []string:
		return v
	}
	if t := c.text(); t != "" {
		return []string{t}
	}
	return nil
}

// view returns the component that asks for a field that is no group.
func (c control) view(ctx context.Context) templ.Component {
	f := c.field
	base := design.Field{Name: c.name, Label: f.Title, Hint: f.Help, Value: c.text(), Error: c.error(), Optional: !f.Required, Max: f.Max}
	switch f.Kind {
	case form.Long:
		return design.TextArea(base)
	case form.Whole:
		base.Mode, base.Width, base.Max = "numeric", "10", 0
	case form.Number:
		base.Mode, base.Width, base.Max = "decimal", "10", 0
	case form.Date:
		base.Max = 0
		return design.DateField(base)
	case form.Person:
		base.Number = design.PersonNumber
		return design.NumberField(base)
	case form.Company:
		base.Number = design.CompanyNumber
		return design.NumberField(base)
	case form.Phone:
		base.Number = design.PhoneNumber
		return design.NumberField(base)
	case form.Region:
		return design.RegionPicker(design.RegionPickerParams{Name: c.name, Label: f.Title, Hint: f.Help, Error: c.error(), Value: c.text(),
			Root: root, Children: c.regions, Optional: !f.Required})
	case form.YesNo:
		return c.yesNo(ctx)
	case form.Choice, form.Choices:
		return design.Choice(design.ChoiceParams{Name: c.name, Label: f.Title, Hint: f.Help, Error: c.error(), Multiple: f.Kind == form.Choices,
			Values: c.texts(), Options: c.options(), Optional: !f.Required})
	case form.Select:
		var options []design.Option
		for _, o := range f.Options {
			options = append(options, design.Option{Value: o.Value, Text: o.Title})
		}
		return design.Select(design.SelectParams{Name: c.name, Label: f.Title, Hint: f.Help, Error: c.error(), Value: c.text(),
			Options: options, Blank: page.T(ctx, "form.select"), Optional: !f.Required})
	}
	return design.TextField(base)
}

func (c control) yesNo(ctx context.Context) templ.Component {
	f := c.field
	if f.Agree {
		return design.Checkbox(design.CheckboxParams{Name: c.name, Value: "true", Text: f.Title, Hint: f.Help, Error: c.error(), Checked: c.value == true})
	}
	return design.Choice(design.ChoiceParams{Name: c.name, Label: f.Title, Hint: f.Help, Error: c.error(), Values: c.texts(), Inline: true,
		Optional: !f.Required, Options: []design.ChoiceOption{{Value: "true", Text: page.T(ctx, "form.yes")}, {Value: "false", Text: page.T(ctx, "form.no")}}})
}

func (c control) options() []design.ChoiceOption {
	var options []design.ChoiceOption
	for _, o := range c.field.Options {
		options = append(options, design.ChoiceOption{Value: o.Value, Text: o.Title})
	}
	return options
}

// fetch are the attributes that fetch the field set again with what is typed; on is the event.
func (c control) fetch(on string) templ.Attributes {
	return templ.Attributes{"hx-post": c.source, "hx-trigger": on, "hx-target": "#fields", "hx-swap": "outerHTML", "hx-include": "closest form"}
}

// full tells whether no entry may be added to a list.
func (c control) full() bool { return c.field.Max > 0 && len(c.entries) >= c.field.Max }
