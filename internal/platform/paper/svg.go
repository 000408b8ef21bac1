package paper

import (
	"bytes"
	"fmt"
	"strings"
)

// SVG writes the page for the screen, in the reader's own font; each line keeps the width it has on paper.
func (p *Page) SVG() []byte {
	var b bytes.Buffer
	width, height := p.size()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img" lang="%s"><title>%s</title><rect width="100%%" height="100%%" fill="#fff"/>`,
		num(width), num(height), escape(p.Language), escape(p.Title))
	var under strings.Builder
	for _, o := range p.Ornaments {
		o.svg(&under)
	}
	b.WriteString(under.String())
	for _, x := range p.Boxes {
		paint := `fill="` + x.Color.hex() + `"`
		if x.Line > 0 {
			paint = `fill="none" stroke="` + x.Color.hex() + `" stroke-width="` + num(x.Line) + `"`
		}
		fmt.Fprintf(&b, `<rect x="%s" y="%s" width="%s" height="%s" %s/>`, num(x.X), num(x.Y), num(x.W), num(x.H), paint)
	}
	for _, c := range p.Codes {
		fmt.Fprintf(&b, `<path transform="translate(%s %s) scale(%.5f)" shape-rendering="crispEdges" d="%s"/>`, num(c.X), num(c.Y), c.Unit, c.Matrix.Path())
	}
	for _, t := range p.Texts {
		wide, _ := p.steps(t)
		more := ""
		if t.Turn != 0 {
			more = fmt.Sprintf(` transform="rotate(%s %s %s)"`, num(-t.Turn), num(t.X), num(t.Y))
		}
		adjust := "spacingAndGlyphs"
		if t.Spread > t.Size*mostSpread { // letters set apart, not a line that was filled
			adjust = "spacing"
		}
		if faces[t.Face].bold {
			more += ` font-weight="700"`
		}
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s" textLength="%s" lengthAdjust="%s" fill="%s" font-family="%s"%s>%s</text>`,
			num(t.X), num(t.Y), num(t.Size), num(wide-t.Spread), adjust, t.Color.hex(), faces[t.Face].screen, more, escape(t.Text))
	}
	for _, i := range p.Images {
		i.svg(&b)
	}
	b.WriteString("</svg>")
	return b.Bytes()
}

func (c Color) hex() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }
