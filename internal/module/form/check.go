package form

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"xiangyun/internal/platform/fault"
)

// Prefix begins the name of every refused field, so that a body {"answers":{…}} and a page agree: "answers.owner.name".
const Prefix = "answers."

// Check returns the answers to keep: texts trimmed, blanks and hidden fields dropped. When something does not fit it returns
// fault.Invalid "form.invalid" with one error a field; unknown fields are refused. The given map is not changed.
func Check(d *Definition, answers map[string]any) (map[string]any, error) {
	refusal := fault.New(fault.Invalid, "form.invalid")
	k := keeper{refusal: refusal, refused: map[string]bool{}}
	kept, err := k.root(d, answers)
	if err != nil {
		return nil, err
	}
	var invalid *jsonschema.ValidationError
	if err := d.schema.Validate(kept); err != nil && !errors.As(err, &invalid) {
		return nil, fmt.Errorf("validating answers: %w", err)
	}
	if invalid != nil {
		k.explain(invalid)
	}
	if err := refusal.OrNil(); err != nil {
		return nil, err
	}
	return kept, nil
}

// keeper collects refusals, at most one a field.
type keeper struct {
	refusal *fault.Error
	refused map[string]bool
	values  map[string]any // root answers kept so far: what conditions see
}

func (k *keeper) refuse(path, key string, args ...any) {
	if !k.refused[path] {
		k.refused[path] = true
		k.refusal.Field(Prefix+path, key, args...)
	}
}

func (k *keeper) root(d *Definition, answers map[string]any) (map[string]any, error) {
	k.values = map[string]any{}
	return k.values, k.object("", d.Fields, answers, k.values)
}

// object copies what is kept of one object into kept and refuses what does not belong there.
func (k *keeper) object(path string, fields []Field, given, kept map[string]any) error {
	known := make(map[string]bool, len(fields))
	for _, f := range fields {
		known[f.Name] = true
		at := join(path, f.Name)
		shown, err := f.shown(k.values)
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Path, err)
		}
		if !shown {
			continue
		}
		v, err := k.value(at, f, given[f.Name])
		if err != nil {
			return err
		}
		if v == nil {
			if f.Required {
				k.refuse(at, requiredKey(f))
			}
			continue
		}
		kept[f.Name] = v
	}
	for name := range given {
		if !known[name] {
			k.refuse(join(path, clean(name)), "form.unknown")
		}
	}
	return nil
}

// value returns what is kept of one answer; nil for nothing.
func (k *keeper) value(path string, f Field, v any) (any, error) {
	switch f.Kind {
	case Group:
		inner, ok := v.(map[string]any)
		if v != nil && !ok {
			return v, nil // the schema says what is wrong with it
		}
		kept := map[string]any{}
		if len(inner) == 0 && !f.Required {
			return nil, nil
		}
		if err := k.object(path, f.Fields, inner, kept); err != nil {
			return nil, err
		}
		return kept, nil
	case List:
		entries, ok := v.([]any)
		if v != nil && !ok {
			return v, nil
		}
		var kept []any
		for i, e := range entries {
			inner, ok := e.(map[string]any)
			if !ok {
				return v, nil
			}
			entry := map[string]any{}
			if err := k.object(join(path, strconv.Itoa(i)), f.Fields, inner, entry); err != nil {
				return nil, err
			}
			kept = append(kept, entry)
		}
		return orNothing(kept), nil
	}
	switch t := v.(type) {
	case string:
		if t = strings.TrimSpace(t); t == "" {
			return nil, nil
		}
		if !printable(t, f.Kind == Long) {
			k.refuse(path, "form.wrong_letters")
		}
		return t, nil
	case []any:
		return orNothing(t), nil
	}
	return v, nil
}

func orNothing(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func requiredKey(f Field) string {
	if f.Agree {
		return "form.agree"
	}
	switch f.Kind {
	case Choice, Select, Choices, YesNo, Region:
		return "form.choose"
	default:
		return "form.required"
	}
}

// explain turns the validator's tree of reasons into one line a field.
func (k *keeper) explain(e *jsonschema.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.AllOf, *kind.Reference:
		for _, c := range e.Causes {
			k.explain(c)
		}
		return
	}
	path := strings.Join(e.InstanceLocation, ".")
	switch r := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range r.Missing {
			k.refuse(join(path, name), "form.required")
		}
	case *kind.AdditionalProperties:
		for _, name := range r.Properties {
			k.refuse(join(path, clean(name)), "form.unknown")
		}
	case *kind.Format:
		k.refuse(path, formats[r.Want].key)
	default:
		key, args := reason(r)
		k.refuse(path, key, args...)
	}
}

// reason names the line for one broken keyword.
func reason(e jsonschema.ErrorKind) (string, []any) {
	switch r := e.(type) {
	case *kind.Type:
		return "form.wrong_type", nil
	case *kind.Enum:
		if len(r.Want) == 1 && r.Want[0] == true {
			return "form.agree", nil
		}
		if len(r.Want) == 1 && r.Want[0] == false {
			return "form.excluded", nil
		}
		return "form.not_listed", nil
	case *kind.OneOf, *kind.AnyOf, *kind.Const:
		return "form.not_listed", nil
	case *kind.MinLength:
		return "form.too_short", []any{r.Want}
	case *kind.MaxLength:
		return "form.too_long", []any{r.Want}
	case *kind.Minimum:
		return "form.too_small", []any{decimal(r.Want)}
	case *kind.ExclusiveMinimum:
		return "form.not_above", []any{decimal(r.Want)}
	case *kind.Maximum:
		return "form.too_large", []any{decimal(r.Want)}
	case *kind.MinItems:
		return "form.too_few", []any{r.Want}
	case *kind.MaxItems:
		return "form.too_many", []any{r.Want}
	case *kind.UniqueItems:
		return "form.repeated", nil
	case *kind.Pattern:
		return "form.wrong_letters", nil
	}
	return "form.not_right", nil
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(4), "0")
}

// clean keeps a foreign field name short and printable: names are echoed, so they must not smuggle a value.
func clean(name string) string {
	if len(name) > 40 {
		return "?"
	}
	for _, r := range name {
		if !(r == '_' || r == '-' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return "?"
		}
	}
	return name
}
