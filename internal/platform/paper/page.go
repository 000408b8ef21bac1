package paper

import (
	"hash/adler32"
	"hash/crc32"
	"strconv"
)

// Color is red, green and blue, 0 to 255.
type Color [3]uint8

// Text is one line of text in one face. X is its left end, Y its baseline, from the page's upper left corner, in millimetres like Size.
type Text struct {
	X, Y, Size float64
	Text       string
	Color      Color
	Face       Face
	Spread     float64 // added behind each character, so that lines end at one edge; may be below zero
	Turn       float64 // degrees, counter-clockwise around X, Y
	For        string  // the character that these digits stand for, because no face has it; "" for a text that is itself
}

// Box is a rectangle: drawn with a line of this width, or filled when Line is 0.
type Box struct {
	X, Y, W, H float64
	Line       float64
	Color      Color
}

// Code is a matrix of dark squares, Unit millimetres wide each.
type Code struct {
	X, Y, Unit float64
	Matrix     Matrix
}

// Page is a sheet laid out. Make it with [Writer.Set]; its writers may be called from many goroutines.
type Page struct {
	Title    string
	Language string
	// Landscape pages are 297 millimetres wide and 210 high, others 210 and 297.
	Landscape bool
	// Width and Height are the paper's, in millimetres; 0 for A4.
	Width, Height float64
	Ornaments     []Ornament // under everything else, in this order
	Texts         []Text
	Boxes         []Box
	Codes         []Code
	Images        []Image // over everything else
	Lacking       []rune  // characters that no face has, drawn as boxes with their code points

	fonts [faceCount]*subset // nil for a face nobody uses
}

// steps is how wide a text is and how far each of its characters is from the next.
func (p *Page) steps(t Text) (wide float64, steps []float64) {
	for _, r := range t.Text {
		step := t.Size*float64(p.fonts[t.Face].glyphs[r].advance)/1000 + t.Spread
		wide += step
		steps = append(steps, step)
	}
	return wide, steps
}

// num writes a length with at most three decimals, without an exponent and without needless zeros.
func num(f float64) string {
	if f < 0 {
		return "-" + num(-f)
	}
	n := int64(f*1000 + 0.5)
	s := strconv.FormatInt(n/1000, 10)
	if rest := n % 1000; rest != 0 {
		digits := strconv.FormatInt(1000+rest, 10)[1:]
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		s += "." + digits
	}
	return s
}

func sums(b []byte) (adler, crc uint32) { return adler32.Checksum(b), crc32.ChecksumIEEE(b) }
