package cert

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// MostLayout bounds a layout as keepers write it, in bytes.
const MostLayout = 40_000

// ParseLayout reads a layout as keepers write it: TOML, as in the files of types. Nothing is no layout; a key that does not exist is refused.
func ParseLayout(text string) (*Layout, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if len(text) > MostLayout {
		return nil, fmt.Errorf("reading a layout: it is longer than %d bytes", MostLayout)
	}
	var l Layout
	meta, err := toml.Decode(text, &l)
	if err != nil {
		return nil, fmt.Errorf("reading a layout: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("reading a layout: unknown keys %v", unknown)
	}
	return &l, nil
}

// String writes the layout as [ParseLayout] reads it, each place and each piece of text on a line of its own; "" for none.
func (l *Layout) String() string {
	if l == nil {
		return ""
	}
	var b strings.Builder
	drawing := l.Drawing
	plain := *l
	plain.Drawing = nil
	writeKeys(&b, reflect.ValueOf(plain))
	if drawing != nil {
		b.WriteString("[drawing]\n")
		writeKeys(&b, reflect.ValueOf(*drawing))
	}
	return b.String()
}

// writeKeys writes the fields of a struct that say something, one a line.
func writeKeys(b *strings.Builder, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 {
			continue
		}
		b.WriteString(v.Type().Field(i).Tag.Get("toml") + " = ")
		if f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct {
			b.WriteString("[\n")
			for j := range f.Len() {
				b.WriteString("  " + inline(f.Index(j)) + ",\n")
			}
			b.WriteString("]\n")
			continue
		}
		b.WriteString(inline(f) + "\n")
	}
}

// inline writes a value on one line.
func inline(v reflect.Value) string {
	var parts []string
	switch v.Kind() {
	case reflect.Pointer:
		return inline(v.Elem())
	case reflect.String:
		return quote(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Slice:
		for i := range v.Len() {
			parts = append(parts, inline(v.Index(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			parts = append(parts, v.Type().Field(i).Tag.Get("toml")+" = "+inline(f))
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// quote writes a basic string of TOML: what Go and TOML escape differently is written as its code point.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
