package design

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Tone says what a coloured thing means. The zero Tone is neutral.
type Tone string

// The tones, from calm to alarming; each has one colour, one icon and the same meaning in every component.
const (
	Neutral Tone = ""
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Muted   Tone = "muted"
)

// Link is a text that leads somewhere.
type Link struct {
	Text    string
	Href    string
	Icon    string // a name [Icon] knows; empty for none
	Current bool   // the page being shown
	Count   int    // a number shown beside the text; 0 shows none
	Hint    string // a second line, where the component has room for one
	Extra   bool   // hidden in 长者模式, where the component can hide it
}

// Option is one line of a choice among many.
type Option struct {
	Value    string
	Text     string
	Disabled bool
}

// Hidden is a hidden input, to carry a value through a form.
type Hidden struct{ Name, Value string }

// Example is one way to use a component: shown in the gallery, rendered by the tests.
type Example struct {
	Name string // in words, lower case
	View templ.Component
}

// Component is the entry of one component in the gallery.
type Component struct {
	Name     string // as the function is called
	About    string // one sentence: when to use it
	Zero     templ.Component
	Examples []Example
}

// idOf makes a safe HTML id of a field's name.
func idOf(id, name string) string {
	if id != "" {
		return id
	}
	if name == "" {
		return "f-unnamed"
	}
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
	return "f-" + clean
}

func itoa(n int) string { return strconv.Itoa(n) }

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// words joins class names, leaving out the empty ones.
func words(names ...string) string {
	var kept []string
	for _, n := range names {
		if n != "" {
			kept = append(kept, n)
		}
	}
	return strings.Join(kept, " ")
}

// toned returns "class class-tone", or the bare class for the neutral tone.
func toned(class string, t Tone) string {
	if t == Neutral {
		return class
	}
	return class + " " + class + "-" + string(t)
}

// when returns text if ok holds and nothing otherwise.
func when(ok bool, text string) string {
	if ok {
		return text
	}
	return ""
}

func stub(context.Context) templ.Component { return templ.NopComponent }

// zero is 1 for 0 and 0 otherwise: it lets a zero value stand for a default.
func zero(n int) int {
	if n == 0 {
		return 1
	}
	return 0
}

// itoaOr writes n, or instead when n is 0.
func itoaOr(n, instead int) string {
	if n == 0 {
		n = instead
	}
	return itoa(n)
}
