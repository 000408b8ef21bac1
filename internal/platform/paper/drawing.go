package paper

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Drawing says how a sheet looks whose every part has a place of its own, as real certificates have it. Where there is one, nothing of the usual frame, head and
// foot is drawn. Lengths are millimetres from the upper left corner of the paper, colours are written #rrggbb.
type Drawing struct {
	Width   float64 `json:"width,omitempty" toml:"width"`     // of the paper; 0: A4
	Height  float64 `json:"height,omitempty" toml:"height"`   //
	Border  string  `json:"border,omitempty" toml:"border"`   // guilloche, double, or "" for none
	Margin  float64 `json:"margin,omitempty" toml:"margin"`   // from the paper's edge to the border
	Band    float64 `json:"band,omitempty" toml:"band"`       // how wide a guilloche is
	Color   string  `json:"color,omitempty" toml:"color"`     // of border and labels
	Ground  string  `json:"ground,omitempty" toml:"ground"`   // inside the border; "" white
	Rosette *Circle `json:"rosette,omitempty" toml:"rosette"` // a pale pattern on the ground
	Emblem  *Circle `json:"emblem,omitempty" toml:"emblem"`   // a plain field: the national emblem is not ours to draw
	Panels  []Panel `json:"panels,omitempty" toml:"panels"`
	Words   []Words `json:"words,omitempty" toml:"words"`
	Code    *Square `json:"code,omitempty" toml:"code"`   // the code to scan
	Notes   *Words  `json:"notes,omitempty" toml:"notes"` // where the notes stand; their text is the sheet's
	List    *Words  `json:"list,omitempty" toml:"list"`   // where fields without a place stand, one below the other
	Seals   []Point `json:"seals,omitempty" toml:"seals"` // the middles of the seals
}

// Circle has its middle at X and Y.
type Circle struct {
	X      float64 `json:"x" toml:"x"`
	Y      float64 `json:"y" toml:"y"`
	Radius float64 `json:"radius" toml:"radius"`
	Color  string  `json:"color,omitempty" toml:"color"`
}

// Square has its upper left corner at X and Y.
type Square struct {
	X    float64 `json:"x" toml:"x"`
	Y    float64 `json:"y" toml:"y"`
	Size float64 `json:"size" toml:"size"`
}

// Point is a place on the paper.
type Point struct {
	X float64 `json:"x" toml:"x"`
	Y float64 `json:"y" toml:"y"`
}

// Panel is a rectangle, or a line where it has no height or no width.
type Panel struct {
	X     float64 `json:"x" toml:"x"`
	Y     float64 `json:"y" toml:"y"`
	W     float64 `json:"w" toml:"w"`
	H     float64 `json:"h" toml:"h"`
	Round float64 `json:"round,omitempty" toml:"round"` // radius of the corners
	Line  float64 `json:"line,omitempty" toml:"line"`   // 0: filled
	Color string  `json:"color,omitempty" toml:"color"` // the drawing's when ""
}

// Words is text that stands on the paper: Y is the baseline of its first line. More lines than Rows, 1 when 0, make its letters smaller until it fits.
type Words struct {
	X     float64 `json:"x" toml:"x"`
	Y     float64 `json:"y" toml:"y"`
	Width float64 `json:"width" toml:"width"`
	Size  float64 `json:"size" toml:"size"`
	Rows  int     `json:"rows,omitempty" toml:"rows"`
	Text  string  `json:"text,omitempty" toml:"text"`
	Align string  `json:"align,omitempty" toml:"align"` // "" left, centre, right, spread over the width
	Bold  bool    `json:"bold,omitempty" toml:"bold"`
	Color string  `json:"color,omitempty" toml:"color"` // black when ""
	// Middle centres fewer lines than Rows in the room of all of them, as the cells of a table have it.
	Middle bool `json:"middle,omitempty" toml:"middle"`
}

// Largest is the longest side a sheet may have: that of A3.
const Largest = 420.0

// Size is how wide and high the paper is.
func (d *Drawing) Size(landscape bool) (w, h float64) {
	p := Page{Landscape: landscape}
	if d != nil {
		p.Width, p.Height = d.Width, d.Height
	}
	return p.size()
}

// Bottom is where the last line of the words ends.
func (w Words) Bottom() float64 { return w.Y + (float64(max(w.Rows, 1)-1)*Leading+0.2)*w.Size }

// Check refuses what could not be drawn.
func (d *Drawing) Check(landscape bool) error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf("drawing: "+format, args...)) }
	width, height := d.Size(landscape)
	if d.Width < 0 || d.Height < 0 || (d.Width == 0) != (d.Height == 0) || d.Width > 0 && (min(d.Width, d.Height) < 50 || max(d.Width, d.Height) > Largest) {
		refuse("paper of %g by %g is none: from 50 to %g millimetres", d.Width, d.Height, Largest)
	}
	if d.Border != "" && d.Border != "double" && d.Border != "guilloche" || d.Margin < 0 || d.Margin > min(width, height)/4 || d.Band < 0 || d.Band > 20 {
		refuse("border %q with margin %g and band %g is none: guilloche or double", d.Border, d.Margin, d.Band)
	}
	colors := []string{d.Color, d.Ground}
	for i, w := range d.words() {
		colors = append(colors, w.Color)
		if w.X < 0 || w.Y < w.Size*0.8 || w.Width < 2 || w.X+w.Width > width || w.Size < 1.2 || w.Size > 40 || w.Rows < 0 || w.Rows > 40 || w.Bottom() > height {
			refuse("words %d (%s) do not fit the paper", i, w.Text)
		}
		if w.Align != "" && w.Align != "centre" && w.Align != "right" && w.Align != "spread" {
			refuse("words %d: align %q is none: centre, right, spread", i, w.Align)
		}
	}
	for i, p := range d.Panels {
		colors = append(colors, p.Color)
		if p.X < 0 || p.Y < 0 || p.W < 0 || p.H < 0 || p.X+p.W > width || p.Y+p.H > height || p.Round < 0 || p.Line < 0 || p.Line > 5 {
			refuse("panel %d does not fit the paper", i)
		}
	}
	for _, c := range []*Circle{d.Rosette, d.Emblem} {
		if c == nil {
			continue
		}
		colors = append(colors, c.Color)
		if c.Radius <= 0 || c.X < c.Radius || c.Y < c.Radius || c.X+c.Radius > width || c.Y+c.Radius > height {
			refuse("a circle around %g, %g does not fit the paper", c.X, c.Y)
		}
	}
	if c := d.Code; c != nil && (c.Size < 12 || c.X < 0 || c.Y < 0 || c.X+c.Size > width || c.Y+c.Size > height) {
		refuse("the code does not fit the paper, or is too small to be read: 12 millimetres at least")
	}
	for _, s := range d.Seals {
		if s.X < 0 || s.Y < 0 || s.X > width || s.Y > height {
			refuse("a seal around %g, %g is beside the paper", s.X, s.Y)
		}
	}
	for _, c := range colors {
		if _, err := parseColor(c, ink); err != nil {
			refuse("%w", err)
		}
	}
	return errors.Join(errs...)
}

// words are all texts of the drawing, the places of notes and list among them.
func (d *Drawing) words() []Words {
	out := append([]Words(nil), d.Words...)
	for _, w := range []*Words{d.Notes, d.List} {
		if w != nil {
			out = append(out, *w)
		}
	}
	return out
}

// parseColor reads #rrggbb; usual for "".
func parseColor(text string, usual Color) (c Color, err error) {
	if text == "" {
		return usual, nil
	}
	digits, marked := strings.CutPrefix(text, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if len(text) != 7 || !marked || err != nil {
		return c, fmt.Errorf("colour %q is none: #rrggbb", text)
	}
	return Color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

// colour is parseColor for a drawing that was checked.
func colour(text string, usual Color) Color {
	c, err := parseColor(text, usual)
	if err != nil {
		return usual
	}
	return c
}

// pale mixes a colour with white.
func (c Color) pale(part float64) Color {
	mix := func(v uint8) uint8 { return uint8(255 - part*float64(255-v)) }
	return Color{mix(c[0]), mix(c[1]), mix(c[2])}
}

// ornaments are everything of a drawing that is no text.
func (d *Drawing) ornaments(width, height float64) (out []Ornament) {
	main := colour(d.Color, accent)
	shape := func(list []Segment, line float64, c Color) {
		out = append(out, Ornament{Segments: list, Line: line, Color: c, Places: []Turned{{}}})
	}
	m := d.Margin
	w, h := width-2*m, height-2*m
	if d.Ground != "" {
		shape(rectangle(m, m, w, h, 0), 0, colour(d.Ground, ink))
	}
	for _, p := range d.Panels { // what is filled lies below the pattern
		if p.Line == 0 {
			shape(rectangle(p.X, p.Y, p.W, p.H, p.Round), 0, colour(p.Color, main))
		}
	}
	if c := d.Rosette; c != nil {
		out = append(out, rosette(c.X, c.Y, c.Radius, colour(c.Color, main.pale(0.22)))...)
	}
	switch d.Border {
	case "guilloche":
		out = append(out, guilloche(m, m, w, h, max(d.Band, 3), main)...)
	case "double":
		shape(rectangle(m, m, w, h, 0), 1.2, main)
		shape(rectangle(m+2.2, m+2.2, w-4.4, h-4.4, 0), 0.3, main)
	}
	for _, p := range d.Panels {
		if p.Line == 0 {
			continue
		}
		list := rectangle(p.X, p.Y, p.W, p.H, p.Round)
		if p.W == 0 || p.H == 0 {
			list = []Segment{{Move, [6]float64{p.X, p.Y}}, {Line, [6]float64{p.X + p.W, p.Y + p.H}}}
		}
		shape(list, p.Line, colour(p.Color, main))
	}
	if c := d.Emblem; c != nil {
		list := rectangle(c.X-c.Radius, c.Y-c.Radius, 2*c.Radius, 2*c.Radius, c.Radius)
		shape(list, 0, main.pale(0.08))
		shape(list, 0.3, main)
	}
	return out
}
