package cert

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// Layout says where a type's fields stand on its face (照面). What it does not place stands in the usual list, one below the other.
type Layout struct {
	Landscape bool    `json:"landscape,omitempty" toml:"landscape"`
	Places    []Place `json:"places,omitempty" toml:"places"`
}

// Place is where one field stands: left end and baseline of its first line, the room for label and value, in millimetres from the upper left corner.
type Place struct {
	Field string  `json:"field" toml:"field"`
	X     float64 `json:"x" toml:"x"`
	Y     float64 `json:"y" toml:"y"`
	Label float64 `json:"label" toml:"label"` // room for the label
	Width float64 `json:"width" toml:"width"` // room for the value
	Size  float64 `json:"size" toml:"size"`   // of the letters
	Rows  int     `json:"rows" toml:"rows"`   // how many lines the value may take before its letters get smaller
}

// check refuses a layout that could not be drawn: places outside the paper, of fields that do not exist, over one another.
func (l Layout) check(t Type) error {
	var errs []error
	known := map[string]bool{}
	for _, f := range t.Fields {
		known[f.Key] = true
	}
	w, h := 210.0, 297.0
	if l.Landscape {
		w, h = h, w
	}
	placed := map[string]bool{}
	for i, p := range l.Places {
		if !known[p.Field] || placed[p.Field] {
			errs = append(errs, fmt.Errorf("layout: place %d: field %q is unknown or placed twice", i, p.Field))
		}
		placed[p.Field] = true
		if p.Size < 2 || p.Size > 12 || p.Rows < 1 || p.Rows > 20 || p.Width < 10 || p.Label < 0 || p.X < 14 || p.Y-p.Size < 14 ||
			p.X+p.Label+p.Width > w-14 || p.bottom() > h-14 {
			errs = append(errs, fmt.Errorf("layout: field %s does not fit the paper", p.Field))
		}
		for _, q := range l.Places[:i] {
			if p.X < q.X+q.Label+q.Width && q.X < p.X+p.Label+p.Width && p.Y-p.Size < q.bottom() && q.Y-q.Size < p.bottom() {
				errs = append(errs, fmt.Errorf("layout: fields %s and %s lie over one another", q.Field, p.Field))
			}
		}
	}
	return errors.Join(errs...)
}

// turned tells whether the paper lies on its side; without a layout it stands.
func (l *Layout) turned() bool { return l != nil && l.Landscape }

func (p Place) bottom() float64 { return p.Y + float64(p.Rows-1)*p.Size*paper.Leading }

// on puts the fields of a sheet where the layout says.
func (l *Layout) on(s *paper.Sheet, lines []Line) {
	if l == nil {
		return
	}
	s.Landscape = l.Landscape
	for i, line := range lines {
		for _, p := range l.Places {
			if p.Field == line.Key {
				s.Fields[i].At = &paper.Spot{X: p.X, Y: p.Y, Label: p.Label, Width: p.Width, Size: p.Size, Rows: p.Rows}
			}
		}
	}
}

// lay gives a row, and so its record, the layout of the version of its type it was issued under.
func (s *Service) lay(ctx context.Context, tx *db.Tx, r *row) error {
	t, err := s.typeOf(ctx, tx, r.TypeID)
	r.layout = t.Layout
	return err
}
