package demo

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/paper"
)

// drawnTypes are the types with a layout of their own, those that items lead to first.
func drawnTypes(t *testing.T) (out []cert.Type) {
	t.Helper()
	leading, err := folder("certificates")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range leading {
		one, err := cert.ParseType(f.text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	list, err := registeredTypes()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(append(out, list...), func(one cert.Type) bool { return one.Layout == nil })
}

// box is the room a line of text takes.
type box struct {
	text           string
	x0, y0, x1, y1 float64
}

// boxes measures the lines of a page: a character of ours is as wide as it is high, others are about half as wide.
func boxes(p *paper.Page) (out []box) {
	for _, t := range p.Texts {
		if t.Turn != 0 {
			continue // says across the page that it is a specimen
		}
		wide := 0.0
		for _, r := range t.Text {
			step := t.Size
			switch {
			case r == ' ':
				step *= 0.22
			case r < 0x2e80:
				step *= 0.5
			}
			wide += step + t.Spread
		}
		out = append(out, box{t.Text, t.X, t.Y - 0.8*t.Size, t.X + wide - t.Spread, t.Y + 0.1*t.Size})
	}
	return out
}

// TestNothingLiesOver: with the usual, the longest and the rarest values no line of a drawn face leaves the paper or lies over another one.
func TestNothingLiesOver(t *testing.T) {
	w, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	day, err := civil.Parse("2026-11-27")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range drawnTypes(t) {
		for _, sample := range cert.Samples {
			s := cert.Specimen(one, sample, day, nil)
			p, err := w.Set(s)
			if err != nil {
				t.Fatalf("%s: %v", one.Key, err)
			}
			if dir := os.Getenv("XIANGYUN_LOOKS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, one.Key+"-"+sample+".pdf"), p.Document().PDF(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			width, height := one.Layout.Drawing.Size(one.Layout.Landscape)
			all := boxes(p)
			for i, a := range all {
				if a.x0 < 2 || a.y0 < 2 || a.x1 > width-2 || a.y1 > height-2 {
					t.Errorf("%s, %s: %q leaves the paper to %.1f", one.Key, sample, a.text, [2]float64{a.x1, a.y1})
				}
				for _, b := range all[:i] {
					if min(a.x1, b.x1)-max(a.x0, b.x0) > 0.4 && min(a.y1, b.y1)-max(a.y0, b.y0) > 0.2 {
						t.Errorf("%s, %s: %q lies over %q", one.Key, sample, a.text, b.text)
					}
				}
			}
		}
	}
}

// TestKeepersReadLayouts: what a keeper is given to edit is the layout, to the letter.
func TestKeepersReadLayouts(t *testing.T) {
	for _, one := range drawnTypes(t) {
		again, err := cert.ParseLayout(one.Layout.String())
		if err != nil || !reflect.DeepEqual(again, one.Layout) {
			t.Errorf("%s: %v", one.Key, err)
		}
	}
}
