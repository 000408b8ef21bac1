package paper

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skip2/go-qrcode"
)

// Matrix is a QR code with its quiet zone: Dark[y][x].
type Matrix struct{ Dark [][]bool }

// QR makes the code of a text, with the middle level of error correction: a stain or a crease of 15 % does not hurt.
func QR(text string) (Matrix, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return Matrix{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	return Matrix{q.Bitmap()}, nil
}

// Size is how many squares a side has.
func (m Matrix) Size() int { return len(m.Dark) }

// Path is the dark squares as SVG path data, one unit a square; runs of a row are joined.
func (m Matrix) Path() string {
	var b strings.Builder
	m.runs(func(x, y, n int) {
		b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h" + strconv.Itoa(n) + "v1h-" + strconv.Itoa(n) + "z")
	})
	return b.String()
}

// SVG is the code as a picture of its own.
func (m Matrix) SVG() []byte {
	n := strconv.Itoa(m.Size())
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + n + " " + n + `" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="` +
		m.Path() + `"/></svg>`)
}

// runs calls f for each run of dark squares.
func (m Matrix) runs(f func(x, y, n int)) {
	for y, row := range m.Dark {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				f(start, y, x-start)
			}
		}
	}
}
