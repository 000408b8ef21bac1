package paper

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// opening may not end a line (行尾禁则); [closing], and what is here, may not begin one.
const (
	opening = "（《〈「『【〔［“‘([{"
	behind  = closing + "〉〕］…—·%％℃]}"
)

// cell is one character as it is set.
type cell struct {
	r       rune
	face    Face
	advance float64 // of the size
	lacking bool
}

// cluster is what a line may not be broken in: a word or number, or characters that punctuation ties together.
type cluster struct {
	cells []cell
	wide  float64 // of the size
}

// clean leaves out what has no shape: control characters, which XML forbids too, and marks of direction and joining.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}

// cells finds the face of each character of a line.
func (f *flow) cells(text string, want Face) ([]cell, error) {
	var out []cell
	for _, r := range clean(text) {
		face, advance, ok, err := f.faces.pick(r, want)
		if err != nil {
			return nil, err
		}
		if !ok {
			f.lacking[r] = true
		}
		out = append(out, cell{r, face, advance, !ok})
	}
	return out, nil
}

func widthOf(list []cell) (wide float64) {
	for _, c := range list {
		wide += c.advance
	}
	return wide
}

// tied tells whether no line may end between two characters.
func tied(a, b rune) bool {
	latin := func(r rune) bool { return r > ' ' && r < 0x2e80 && !strings.ContainsRune(opening+behind, r) }
	hangul := func(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 } // words of Korean are kept whole
	return strings.ContainsRune(behind, b) || strings.ContainsRune(opening, a) || latin(a) && latin(b) || hangul(a) && hangul(b)
}

func clusters(list []cell) (out []cluster) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && tied(list[to-1].r, list[to].r) {
			to++
		}
		out = append(out, cluster{list[from:to], widthOf(list[from:to])})
		from = to
	}
	return out
}

// setLine is one line of a paragraph. last is true for the line that ends it, which is not spread.
type setLine struct {
	cells []cell
	last  bool
}

// lines breaks a text into lines no wider than room, in sizes; the first begins after indent.
func (f *flow) lines(text string, want Face, room, indent float64) ([]setLine, error) {
	var out []setLine
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		list, err := f.cells(paragraph, want)
		if err != nil {
			return nil, err
		}
		var line []cell
		left := room - indent
		end := func(last bool) {
			for len(line) > 0 && line[len(line)-1].r == ' ' {
				line = line[:len(line)-1]
			}
			out = append(out, setLine{line, last})
			line, left = nil, room
		}
		for _, c := range clusters(list) {
			if c.wide > left+1e-9 && len(line) > 0 {
				end(false)
			}
			if len(line) == 0 && len(out) > 0 && c.cells[0].r == ' ' {
				continue
			}
			for _, x := range c.cells {
				if x.advance > left+1e-9 && len(line) > 0 { // a cluster wider than a whole line
					end(false)
				}
				line, left = append(line, x), left-x.advance
			}
		}
		if len(line) > 0 {
			end(true)
		}
	}
	return out, nil
}

// most a line's characters are pulled apart so that both edges are straight, of the size; a line that would need more stays ragged.
const mostSpread = 0.35

// draw puts a line on the page, its characters spread over room when it is to be full; room and x are in millimetres.
func (f *flow) draw(list []cell, x, y, size, room float64, c Color) {
	spread := 0.0
	if n := len(list) - 1; room > 0 && n > 0 {
		if s := room/size - widthOf(list); s > 0 && s/float64(n) <= mostSpread {
			spread = s / float64(n) * size
		}
	}
	f.set(list, x, y, size, spread, c)
}

// set puts characters on a line, so far apart from each other.
func (f *flow) set(list []cell, x, y, size, spread float64, c Color) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && !list[from].lacking && !list[to].lacking && list[to].face == list[from].face {
			to++
		}
		wide := widthOf(list[from:to])*size + spread*float64(to-from)
		if list[from].lacking {
			f.unknown(list[from].r, x, y, size)
		} else {
			runes := make([]rune, 0, to-from)
			for _, c := range list[from:to] {
				runes = append(runes, c.r)
			}
			f.page.Texts = append(f.page.Texts, Text{X: x, Y: y, Size: size, Text: string(runes), Color: c, Face: list[from].face, Spread: spread})
		}
		x += wide
		from = to
	}
}

// unknown draws a character that no face has: a box with its code point, for which readers of PDF copy the character itself.
func (f *flow) unknown(r rune, x, y, size float64) {
	f.page.Boxes = append(f.page.Boxes, Box{X: x + 0.06*size, Y: y - 0.82*size, W: 0.88 * size, H: 0.94 * size, Line: 0.04 * size, Color: ink})
	digits := fmt.Sprintf("%04X", r)
	list, err := f.cells(digits, Song)
	if err != nil {
		return // the face is parsed already
	}
	small := size * 0.78 / widthOf(list)
	f.page.Texts = append(f.page.Texts, Text{X: x + 0.11*size, Y: y - 0.35*size + 0.36*small, Size: small, Text: digits, Color: ink, For: string(r)})
}
