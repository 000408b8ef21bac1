package cert

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// Layout says where a type's fields stand on its face (照面). What it does not place stands in the usual list, one below the other. With a drawing the whole paper
// looks as the drawing says, see [paper.Drawing]; {KEY} in its words is a field, {title}, {number}, {office}, {date} and {identifier} what every certificate has.
type Layout struct {
	Landscape bool           `json:"landscape,omitempty" toml:"landscape"`
	Places    []Place        `json:"places,omitempty" toml:"places"`
	Without   []string       `json:"without,omitempty" toml:"without"` // fields of the record that this face does not show
	Drawing   *paper.Drawing `json:"drawing,omitempty" toml:"drawing"`
}

// Place is where one field stands: left end and baseline of its first line, the room for label and value, in millimetres from the upper left corner.
type Place struct {
	Field string  `json:"field" toml:"field"`
	X     float64 `json:"x" toml:"x"`
	Y     float64 `json:"y" toml:"y"`
	Label float64 `json:"label" toml:"label"`         // room for the label; 0 leaves it out
	Width float64 `json:"width" toml:"width"`         // room for the value
	Size  float64 `json:"size" toml:"size"`           // of the letters
	Rows  int     `json:"rows" toml:"rows"`           // how many lines the value may take before its letters get smaller
	Says  string  `json:"says,omitempty" toml:"says"` // the label as this face has it
	Align string  `json:"align,omitempty" toml:"align"`
	Bold  bool    `json:"bold,omitempty" toml:"bold"`
	// Middle centres a value of fewer lines than Rows in their room, as the cells of a table have it.
	Middle bool `json:"middle,omitempty" toml:"middle"`
}

// edge is how near to the edge of the paper a field may stand: within the usual frame, or where printers still print.
func (l Layout) edge() float64 {
	if l.Drawing != nil {
		return 3
	}
	return 14
}

// check refuses a layout that could not be drawn: places outside the paper, of fields that do not exist, over one another.
func (l Layout) check(t Type) error {
	var errs []error
	known := map[string]bool{}
	for _, f := range t.Fields {
		known[f.Key] = true
	}
	w, h := l.Drawing.Size(l.Landscape)
	edge := l.edge()
	placed := map[string]bool{}
	for _, key := range l.Without {
		if !known[key] {
			errs = append(errs, fmt.Errorf("layout: without %q, which is no field", key))
		}
		placed[key] = true
	}
	for i, p := range l.Places {
		if !known[p.Field] || placed[p.Field] {
			errs = append(errs, fmt.Errorf("layout: place %d: field %q is unknown or placed twice", i, p.Field))
		}
		placed[p.Field] = true
		if p.Size < 1.6 || p.Size > 12 || p.Rows < 1 || p.Rows > 40 || p.Width < 10 || p.Label < 0 || p.X < edge || p.Y-p.Size < edge ||
			p.X+p.Label+p.Width > w-edge || p.bottom() > h-edge {
			errs = append(errs, fmt.Errorf("layout: field %s does not fit the paper", p.Field))
		}
		for _, q := range l.Places[:i] {
			if p.X < q.X+q.Label+q.Width && q.X < p.X+p.Label+p.Width && p.Y-p.Size < q.bottom() && q.Y-q.Size < p.bottom() {
				errs = append(errs, fmt.Errorf("layout: fields %s and %s lie over one another", q.Field, p.Field))
			}
		}
	}
	if _, err := json.Marshal(l); err != nil { // TOML knows nan and inf, which pass every comparison and fit no paper
		errs = append(errs, fmt.Errorf("layout: %w", err))
	}
	if l.Drawing != nil {
		errs = append(errs, l.Drawing.Check(l.Landscape), l.checkWords(known, placed), l.checkRoom())
	}
	return errors.Join(errs...)
}

// said are the names in braces.
var said = regexp.MustCompile(`\{([a-z_]+)\}`)

// common is what every certificate has, besides its fields.
var common = []string{"title", "number", "office", "date", "identifier"}

// checkWords refuses words that name what there is not, and fields that would stand nowhere.
func (l Layout) checkWords(known, placed map[string]bool) error {
	var errs []error
	for _, w := range l.Drawing.Words {
		for _, m := range said.FindAllStringSubmatch(w.Text, -1) {
			if !known[m[1]] && !slices.Contains(common, m[1]) {
				errs = append(errs, fmt.Errorf("layout: the words %q name %q, which is no field", w.Text, m[1]))
			}
			placed[m[1]] = true
		}
	}
	for key := range known {
		if !placed[key] && l.Drawing.List == nil {
			errs = append(errs, fmt.Errorf("layout: field %s stands nowhere: give it a place, name it in the words, or say where the list is", key))
		}
	}
	return errors.Join(errs...)
}

// checkRoom refuses a drawing whose fields, words and code lie over one another. Seals may: they stand on the date, and the field of an emblem has no words.
func (l Layout) checkRoom() error {
	type area struct {
		name       string
		x, y, w, h float64
	}
	var all []area
	for _, p := range l.Places {
		all = append(all, area{"field " + p.Field, p.X, p.Y - p.Size*0.85, p.Label + p.Width, p.bottom() - p.Y + p.Size*0.85})
	}
	words := slices.Clone(l.Drawing.Words)
	for _, w := range []*paper.Words{l.Drawing.List, l.Drawing.Notes} {
		if w != nil {
			words = append(words, *w)
		}
	}
	for _, w := range words {
		all = append(all, area{"words " + w.Text, w.X, w.Y - w.Size*0.85, w.Width, w.Bottom() - w.Y + w.Size*0.75})
	}
	if c := l.Drawing.Code; c != nil {
		all = append(all, area{"the code", c.X, c.Y, c.Size, c.Size})
	}
	var errs []error
	for i, a := range all {
		for _, b := range all[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				errs = append(errs, fmt.Errorf("layout: %s and %s lie over one another", b.name, a.name))
			}
		}
	}
	return errors.Join(errs...)
}

func (p Place) bottom() float64 { return p.Y + float64(p.Rows-1)*p.Size*paper.Leading }

// on puts the fields of a sheet where the layout says, and their values into the words of its drawing.
func (l *Layout) on(s *paper.Sheet, r record) {
	if l == nil {
		return
	}
	s.Landscape = l.Landscape
	named := l.fill(s, r)
	var fields []paper.Field
	for i, line := range r.Fields {
		f := s.Fields[i]
		for _, p := range l.Places {
			if p.Field == line.Key {
				f.At = &paper.Spot{X: p.X, Y: p.Y, Label: p.Label, Width: p.Width, Size: p.Size, Rows: p.Rows, Align: p.Align, Bold: p.Bold, Middle: p.Middle}
				f.Label = cmp.Or(p.Says, f.Label)
			}
		}
		if f.At != nil || !named[line.Key] && !slices.Contains(l.Without, line.Key) {
			fields = append(fields, f)
		}
	}
	s.Fields = fields
}

// fill gives a sheet the drawing with its words filled in, and returns what they name.
func (l *Layout) fill(s *paper.Sheet, r record) map[string]bool {
	named := map[string]bool{}
	if l.Drawing == nil {
		return named
	}
	values := map[string]string{"title": r.Name, "number": r.Number, "office": r.Issuer.Name, "date": r.IssuedOn.Chinese(), "identifier": r.Identifier}
	for _, line := range r.Fields {
		values[line.Key] = line.Value
	}
	d := *l.Drawing
	d.Words = slices.Clone(d.Words)
	for i := range d.Words {
		d.Words[i].Text = said.ReplaceAllStringFunc(d.Words[i].Text, func(name string) string {
			name = strings.Trim(name, "{}")
			named[name] = true
			return values[name]
		})
	}
	s.Drawing = &d
	return named
}

// sealAt is where a seal belongs, the first or one beside it: where the drawing has its middle, or over office and date, the others to its left.
func (l *Layout) sealAt(i int, width, height float64) paper.Placement {
	if l != nil && l.Drawing != nil && i < len(l.Drawing.Seals) {
		at := l.Drawing.Seals[i]
		return paper.Placement{X: at.X - width/2, Y: at.Y - height/2, W: width, H: height}
	}
	p := paper.SheetSeal(l != nil && l.Landscape, width, height)
	p.X -= float64(i) * (width + 4)
	return p
}

// lay gives a row, and so its record, the layout of the version of its type it was issued under.
func (s *Service) lay(ctx context.Context, tx *db.Tx, r *row) error {
	t, err := s.typeOf(ctx, tx, r.TypeID)
	r.layout = t.Layout
	return err
}
