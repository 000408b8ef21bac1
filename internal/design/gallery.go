package design

import (
	"context"
	"io"
	"slices"

	"github.com/a-h/templ"
)

// Components lists every component with its examples, in the order of the gallery.
func Components() []Component {
	return slices.Concat(textExamples(), formExamples(), fieldExamples(), listExamples(), progressExamples(), messageExamples(), specialExamples(), hallExamples())
}

// inside puts a component's children into it.
func inside(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// sentence is a paragraph to fill an example with.
func sentence(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(text)+"</p>")
		return err
	})
}

type swatch struct{ Name, Light string }

// swatches are the tokens of colour the gallery shows, with their values in the light theme.
var swatches = []swatch{
	{"--ink", "#17242b"}, {"--ink-soft", "#45545d"}, {"--line-strong", "#6f7e86"}, {"--line", "#dddfdb"}, {"--ground", "#f6f5f1"},
	{"--brand", "#0b4a58"}, {"--brand-strong", "#07323d"}, {"--brand-line", "#9cc1c7"}, {"--brand-soft", "#e3eff0"},
	{"--info", "#0b5069"}, {"--good", "#155f3a"}, {"--warn", "#774600"}, {"--bad", "#a0261a"}, {"--muted", "#505e66"}, {"--focus", "#ffb81c"},
}

func iconNames() []string {
	names := make([]string, 0, len(icons))
	for n := range icons {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
