package paper

import (
	"fmt"
	"math"
	"strings"
)

// Ornament is a shape drawn under everything else, once or at many places: the lines of a border, a field's ground. It is in millimetres around its own origin,
// down positive; Line is the width of its lines, 0 for a shape that is filled.
type Ornament struct {
	Segments []Segment
	Line     float64
	Color    Color
	Places   []Turned
}

// Turned is where an ornament's origin lies on the page, and by how many degrees it is turned clockwise around it.
type Turned struct{ X, Y, Turn float64 }

// matrix turns an ornament to its place, on a page measured from its upper left corner.
func (t Turned) matrix() string {
	sin, cos := math.Sincos(t.Turn * math.Pi / 180)
	return fmt.Sprintf("%s %s %s %s %s %s", fine(cos), fine(sin), fine(-sin), fine(cos), num(t.X), num(t.Y))
}

// fine writes a part of a turn: three decimals would tear long lines apart.
func fine(f float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", f), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// hundredth rounds to what print can show: an ornament has thousands of numbers.
func hundredth(f float64) string { return num(math.Round(f*100) / 100) }

// svg draws an ornament: its shape is defined once.
func (o Ornament) svg(b *strings.Builder) {
	var d strings.Builder
	for _, s := range o.Segments {
		d.WriteByte(byte(s.Op))
		for i, v := range s.P[:numbers[s.Op]] {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.WriteString(hundredth(v))
		}
	}
	_, crc := sums([]byte(d.String()))
	paint := `fill="` + o.Color.hex() + `"`
	if o.Line > 0 {
		paint = `fill="none" stroke="` + o.Color.hex() + `" stroke-width="` + num(o.Line) + `"`
	}
	if len(o.Places) == 1 {
		fmt.Fprintf(b, `<path transform="matrix(%s)" %s d="%s"/>`, o.Places[0].matrix(), paint, d.String())
		return
	}
	fmt.Fprintf(b, `<defs><path id="o%08x" d="%s"/></defs><g %s>`, crc, d.String(), paint) // the same name is the same shape
	for _, p := range o.Places {
		fmt.Fprintf(b, `<use href="#o%08x" transform="matrix(%s)"/>`, crc, p.matrix())
	}
	b.WriteString("</g>")
}

// ofd draws an ornament at each of its places, with the page as boundary so that nothing of it is cut off.
func (o Ornament) ofd(b *strings.Builder, ids *ofdIDs, width, height float64) {
	var d strings.Builder
	for _, s := range o.Segments {
		switch s.Op {
		case Cube:
			d.WriteString("B")
		case Close:
			d.WriteString("C")
		default:
			d.WriteByte(byte(s.Op))
		}
		for _, v := range s.P[:numbers[s.Op]] {
			d.WriteString(" " + hundredth(v))
		}
		d.WriteByte(' ')
	}
	paint, color := `Stroke="false" Fill="true"`, "FillColor"
	if o.Line > 0 {
		paint, color = `Stroke="true" Fill="false" LineWidth="`+num(o.Line)+`"`, "StrokeColor"
	}
	for _, p := range o.Places {
		fmt.Fprintf(b, `<ofd:PathObject ID="%d" Boundary="0 0 %s %s" CTM="%s" %s><ofd:%s Value="%s"/><ofd:AbbreviatedData>%s</ofd:AbbreviatedData></ofd:PathObject>`,
			ids.next(), num(width), num(height), p.matrix(), paint, color, o.Color.bytes(), strings.TrimSpace(d.String()))
	}
}

// pdf writes an ornament as a form that pages show at each of its places.
func (o Ornament) pdf(out *pdf) int {
	var b strings.Builder
	for _, s := range o.lifted() {
		for _, v := range s.P[:numbers[s.Op]] {
			b.WriteString(hundredth(v) + " ")
		}
		b.WriteString(map[Op]string{Move: "m", Line: "l", Cube: "c", Close: "h"}[s.Op] + "\n")
	}
	paint, end := o.Color.unit()+" rg\n", "f"
	if o.Line > 0 {
		paint, end = o.Color.unit()+" RG "+num(o.Line)+" w\n", "S"
	}
	x0, y0, x1, y1 := o.bounds()
	n := out.reserve()
	packed, err := zlib([]byte(paint + b.String() + end))
	if err != nil {
		panic(err) // into memory
	}
	out.stream(n, fmt.Sprintf("/Type/XObject/Subtype/Form/Filter/FlateDecode/BBox[%s %s %s %s]", num(x0), num(y0), num(x1), num(y1)), packed)
	return n
}

// lifted makes cubic what is quadratic: PDF has no other.
func (o Ornament) lifted() []Segment {
	out := make([]Segment, len(o.Segments))
	var x, y float64
	for i, s := range o.Segments {
		if s.Op == Quad {
			p := s.P
			s = Segment{Cube, [6]float64{x + 2*(p[0]-x)/3, y + 2*(p[1]-y)/3, p[2] + 2*(p[0]-p[2])/3, p[3] + 2*(p[1]-p[3])/3, p[2], p[3]}}
		}
		if n := numbers[s.Op]; n > 0 {
			x, y = s.P[n-2], s.P[n-1]
		}
		out[i] = s
	}
	return out
}

// bounds is a box around an ornament, its lines and control points.
func (o Ornament) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range o.Segments {
		for i := 0; i < numbers[s.Op]; i += 2 {
			x0, x1 = min(x0, s.P[i]), max(x1, s.P[i])
			y0, y1 = min(y0, s.P[i+1]), max(y1, s.P[i+1])
		}
	}
	return x0 - o.Line, y0 - o.Line, x1 + o.Line, y1 + o.Line
}

// numbers is how many numbers an op takes.
var numbers = map[Op]int{Move: 2, Line: 2, Quad: 4, Cube: 6}
