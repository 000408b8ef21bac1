package design

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

//go:generate go run icongen.go

// Icon draws a small picture beside a text. It is decoration: screen readers skip it, so the text must say all. An unknown
// name draws a plain circle, which the tests refuse in examples.
func Icon(name string) templ.Component { return icon(name, "icon") }

func icon(name, class string) templ.Component {
	if name == "" {
		return templ.NopComponent
	}
	inside, ok := icons[name]
	if !ok {
		inside = icons["circle"]
	}
	return picture{class, inside}
}

// picture is an icon ready to be written, without a closure: pages carry dozens.
type picture struct{ class, inside string }

// Render writes the icon.
func (p picture) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, `<svg class="`+p.class+`" aria-hidden="true" focusable="false" width="24" height="24" viewBox="0 0 24 24">`+p.inside+`</svg>`)
	return err
}

// HasIcon tells whether [Icon] knows the name.
func HasIcon(name string) bool { _, ok := icons[name]; return ok }

// toneIcon is the picture that goes with a tone.
func toneIcon(t Tone) string {
	switch t {
	case Good:
		return "circle-check"
	case Warn:
		return "triangle-alert"
	case Bad:
		return "circle-alert"
	case Info:
		return "info"
	}
	return ""
}
