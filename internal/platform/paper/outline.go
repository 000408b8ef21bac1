package paper

import "fmt"

// Op says what a [Segment] does; the letters are those of SVG.
type Op byte

// The ops, with how many numbers each takes.
const (
	Move  Op = 'M' // 2
	Line  Op = 'L' // 2
	Quad  Op = 'Q' // 4
	Cube  Op = 'C' // 6
	Close Op = 'Z' // 0
)

// Segment is one step of a curve.
type Segment struct {
	Op Op
	P  [6]float64
}

// Outline is the shape of one character: closed curves to be filled by the nonzero rule, in parts of the size, from the left end of the baseline, up
// positive.
type Outline struct {
	Advance  float64
	Segments []Segment
}

// Outlines returns the shape of each character of a text, for what is drawn rather than written. A character that no face has is an error: what is
// drawn must not lack a part.
func (w *Writer) Outlines(text string, want Face) (out []Outline, err error) {
	err = w.borrow(func(c *faceCase) error {
		for _, r := range text {
			f, advance, ok, err := c.pick(r, want)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("drawing a text: no font has the character %U", r)
			}
			face, err := c.face(f)
			if err != nil {
				return err
			}
			p := &pen{}
			if err := face.GlyphPath(p, face.GlyphIndex(r), 0, 0, 0, 1/float64(face.UnitsPerEm()), 0); err != nil {
				return fmt.Errorf("drawing %U: %w", r, err)
			}
			out = append(out, Outline{advance, p.segments})
		}
		return nil
	})
	return out, err
}

// pen takes down what the font draws.
type pen struct{ segments []Segment }

func (p *pen) add(op Op, numbers ...float64) {
	s := Segment{Op: op}
	copy(s.P[:], numbers)
	p.segments = append(p.segments, s)
}

// MoveTo implements font.Pather.
func (p *pen) MoveTo(x, y float64) { p.add(Move, x, y) }

// LineTo implements font.Pather.
func (p *pen) LineTo(x, y float64) { p.add(Line, x, y) }

// QuadTo implements font.Pather.
func (p *pen) QuadTo(x1, y1, x, y float64) { p.add(Quad, x1, y1, x, y) }

// CubeTo implements font.Pather.
func (p *pen) CubeTo(x1, y1, x2, y2, x, y float64) { p.add(Cube, x1, y1, x2, y2, x, y) }

// Close implements font.Pather.
func (p *pen) Close() { p.add(Close) }
