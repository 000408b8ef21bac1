package form

import (
	"maps"
	"strconv"
	"strings"
)

// Personal tells whether the answer names or reaches a person: by the field's format, or because it is filled from the applicant's own number or
// phone. What a title or a value looks like is never asked.
func (f Field) Personal() bool {
	return f.Kind == Person || f.Kind == Phone || f.Prefill == "subject.number" || f.Prefill == "subject.phone"
}

// MaskNumber keeps the first four and the last four characters of a person's number; of a short one it keeps nothing.
func MaskNumber(number string) string { return hide(number, 4) }

// MaskPhone keeps the first three and the last four; of a short one it keeps nothing.
func MaskPhone(phone string) string { return hide(phone, 3) }

func hide(text string, first int) string {
	out, last := []rune(text), 4
	if len(out) < first+last+2 {
		return strings.Repeat("*", len(out))
	}
	for i := first; i < len(out)-last; i++ {
		out[i] = '*'
	}
	return string(out)
}

func (f Field) mask(v any) string {
	text, ok := v.(string)
	switch {
	case !ok:
		return "" // a checked answer is a text; whatever else it were, it is not shown
	case f.Kind == Phone || f.Prefill == "subject.phone":
		return MaskPhone(text)
	}
	return MaskNumber(text)
}

// Masked returns the answers with every personal one masked, and tells whether there is any. The given map is not changed.
func Masked(d *Definition, answers map[string]any) (masked map[string]any, personal bool) {
	masked = each(d.Fields, "", answers, func(_ string, f Field, v any) any {
		personal = true
		return f.mask(v)
	})
	return masked, personal
}

// Restore puts the personal answers of before back where their masks were sent: who corrects what he saw masked need not know it. A mask in a list
// stands for the answer at its place, or for the only one that looks so; one that fits nothing stays and is refused by [Check].
func Restore(d *Definition, before, answers map[string]any) map[string]any {
	places, looks := map[string]string{}, map[string][]string{}
	each(d.Fields, "", before, func(at string, f Field, v any) any {
		if text, ok := v.(string); ok {
			look := f.Path + "\n" + f.mask(v)
			places[at] = text
			looks[look] = append(looks[look], text)
		}
		return v
	})
	return each(d.Fields, "", answers, func(at string, f Field, v any) any {
		text, ok := v.(string)
		if !ok || !strings.Contains(text, "*") {
			return v
		}
		if there, ok := places[at]; ok && f.mask(there) == text {
			return there
		}
		if like := looks[f.Path+"\n"+text]; len(like) == 1 {
			return like[0]
		}
		return v
	})
}

// each copies answers and asks change about every personal one, with its place below path.
func each(fields []Field, path string, answers map[string]any, change func(at string, f Field, v any) any) map[string]any {
	if answers == nil {
		return nil
	}
	out := maps.Clone(answers)
	for _, f := range fields {
		v, given := out[f.Name]
		if !given {
			continue
		}
		at := join(path, f.Name)
		switch t := v.(type) {
		case map[string]any:
			out[f.Name] = each(f.Fields, at, t, change)
		case []any:
			list := make([]any, len(t))
			for i, e := range t {
				list[i] = e
				if inner, ok := e.(map[string]any); ok {
					list[i] = each(f.Fields, join(at, strconv.Itoa(i)), inner, change)
				}
			}
			out[f.Name] = list
		default:
			if f.Personal() {
				out[f.Name] = change(at, f, v)
			}
		}
	}
	return out
}
