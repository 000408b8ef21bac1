package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"

	"xiangyun/internal/platform/paper"
)

// Red is the colour of seals.
var Red = paper.Color{0xd7, 0x1a, 0x1b}

// Path writes the drawing as path data of SVG: M, L, Q, C and Z, absolute, in millimetres.
func (d Drawing) Path() string {
	var b strings.Builder
	for _, s := range d.Segments {
		b.WriteByte(byte(s.Op))
		for i := range numbers[s.Op] {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.FormatFloat(math.Round(s.P[i]*1000)/1000, 'f', -1, 64))
		}
	}
	return b.String()
}

// numbers says how many numbers an op takes.
var numbers = map[paper.Op]int{paper.Move: 2, paper.Line: 2, paper.Quad: 4, paper.Cube: 6}

// SVG writes the drawing as a picture with a transparent ground.
func (d Drawing) SVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g"><path fill="#%02x%02x%02x" d="%s"/></svg>`,
		d.Width, d.Height, d.Width, d.Height, Red[0], Red[1], Red[2], d.Path())
	return b.Bytes()
}

// shades are Red from nothing to full. Sixteen are four bits a dot: the picture stands in every signature of the seal, and this is a third of its size
// in full colour, to the eye the same.
var shades = func() color.Palette {
	p := make(color.Palette, 16)
	for i := range p {
		p[i] = color.NRGBA{Red[0], Red[1], Red[2], byte(i * 0xff / 15)}
	}
	return p
}()

// PNG writes the drawing as a bitmap with a transparent ground, with this many dots to a millimetre.
func (d Drawing) PNG(dots float64) ([]byte, error) {
	w, h := int(math.Ceil(d.Width*dots)), int(math.Ceil(d.Height*dots))
	if w < 1 || h < 1 || w > 4096 || h > 4096 {
		return nil, fmt.Errorf("drawing a seal of %d × %d dots", w, h)
	}
	r := vector.NewRasterizer(w, h)
	for _, s := range d.Segments {
		var p [6]float32
		for i := range p {
			p[i] = float32(s.P[i] * dots)
		}
		switch s.Op {
		case paper.Move:
			r.MoveTo(p[0], p[1])
		case paper.Line:
			r.LineTo(p[0], p[1])
		case paper.Quad:
			r.QuadTo(p[0], p[1], p[2], p[3])
		case paper.Cube:
			r.CubeTo(p[0], p[1], p[2], p[3], p[4], p[5])
		case paper.Close:
			r.ClosePath()
		}
	}
	covered := image.NewAlpha(image.Rect(0, 0, w, h))
	r.Draw(covered, covered.Bounds(), image.Opaque, image.Point{})
	out := image.NewPaletted(covered.Bounds(), shades)
	for i, a := range covered.Pix {
		out.Pix[i] = byte((int(a)*(len(shades)-1) + 127) / 255)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		return nil, fmt.Errorf("writing a seal's picture: %w", err)
	}
	return b.Bytes(), nil
}
