package paper

import (
	"maps"
	"slices"
	"strings"
)

// Sheet says what stands on the page. Texts may hold any character; those no face has are drawn as a box with their code points, see [Page.Lacking].
type Sheet struct {
	Title   string
	Caption string  // under the title: the document's number
	Fields  []Field // from top to bottom
	Office  string  // who issued it, at the bottom right
	Date    string  // in words, below the office
	Code    string  // what the code to scan leads to; empty for none
	Scan    string  // said below the code
	Notes   []string
	Copy    string // said again and again under everything, light: what this copy is for
	// Language is the BCP 47 tag of the text, "zh-CN" when empty.
	Language string
}

// Field is one labelled line; a long value takes several.
type Field struct{ Label, Value string }

// The page and its margins, in millimetres (A4 upright).
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 28.0, 182.0
	valueLeft             = 70.0
	fieldsTop             = 82.0
	fieldsBottom          = 218.0
)

var (
	ink    = Color{0x1a, 0x1a, 0x1a}
	accent = Color{0x0b, 0x4a, 0x58}
	soft   = Color{0x55, 0x5f, 0x66}
)

// Set lays the sheet out. It fails only when the font does, or the code's text is too long for a code.
func (w *Writer) Set(s Sheet) (*Page, error) {
	p := &Page{Title: s.Title, Language: s.Language}
	if p.Language == "" {
		p.Language = "zh-CN"
	}
	if s.Code != "" {
		m, err := QR(s.Code)
		if err != nil {
			return nil, err
		}
		unit := 36 / float64(len(m.Dark))
		p.Codes = append(p.Codes, Code{X: left, Y: 224, Unit: unit, Matrix: m})
	}
	p.Boxes = []Box{
		{X: 12, Y: 12, W: pageWidth - 24, H: pageHeight - 24, Line: 1.2, Color: accent},
		{X: 14.2, Y: 14.2, W: pageWidth - 28.4, H: pageHeight - 28.4, Line: 0.3, Color: accent},
	}
	d := p.Document()
	err := w.borrow(func(c *faceCase) error {
		f := &flow{doc: d, faces: c, page: p, lacking: map[rune]bool{}}
		if err := f.repeated(s.Copy); err != nil {
			return err
		}
		t := &setter{flow: f}
		t.head(s)
		t.fields(s.Fields)
		t.foot(s)
		if t.err != nil {
			return t.err
		}
		p.Lacking = slices.Sorted(maps.Keys(f.lacking))
		return d.cut(c)
	})
	return p, err
}

// SheetSeal is where the seal on a [Sheet] belongs: over the office and the date, centred on them.
func SheetSeal(width, height float64) Placement {
	return Placement{X: footMiddle - width/2, Y: 245 - height/2, W: width, H: height}
}

// footMiddle is what office and date are centred on.
const footMiddle = 142.0

// setter places texts on a page. err is the first that reading a face gave; nothing is placed after it.
type setter struct {
	flow *flow
	err  error
}

// cells finds the face of each character: a name may hold what the body's face lacks.
func (t *setter) cells(text string) []cell {
	if t.err != nil {
		return nil
	}
	list, err := t.flow.cells(text, Song)
	t.err = err
	return list
}

func (t *setter) width(text string, size float64) float64 { return widthOf(t.cells(text)) * size }

// put places a line.
func (t *setter) put(x, y, size float64, text string, c Color) {
	t.flow.draw(t.cells(text), x, y, size, 0, c)
}

// centred puts a line around x, smaller where it would be wider than room.
func (t *setter) centred(x, y, size, room float64, text string, c Color) {
	wide := t.width(text, size)
	if wide > room {
		size *= room / wide
		wide = room
	}
	t.put(x-wide/2, y, size, text, c)
}

func (t *setter) head(s Sheet) {
	t.centred(pageWidth/2, 50, 11, right-left, s.Title, accent)
	t.centred(pageWidth/2, 64, 4.2, right-left, s.Caption, ink)
	t.flow.page.Boxes = append(t.flow.page.Boxes, Box{X: left, Y: 70, W: right - left, H: 0.4, Color: accent})
}

// fields places the labelled lines, smaller until all of them fit.
func (t *setter) fields(list []Field) {
	type line struct{ label, value string }
	for size := 4.6; ; size *= 0.93 {
		var lines [][]line
		height := 0.0
		for _, f := range list {
			labels := t.wrap(f.Label, size, valueLeft-left-2)
			values := t.wrap(f.Value, size, right-valueLeft)
			rows := make([]line, max(len(labels), len(values)))
			for i := range rows {
				if i < len(labels) {
					rows[i].label = labels[i]
				}
				if i < len(values) {
					rows[i].value = values[i]
				}
			}
			lines = append(lines, rows)
			height += size * (1.45*float64(len(rows)) + 0.75)
		}
		if height > fieldsBottom-fieldsTop && size > 1.6 {
			continue
		}
		y := fieldsTop
		for _, rows := range lines {
			for _, l := range rows {
				t.put(left, y, size, l.label, soft)
				t.put(valueLeft, y, size, l.value, ink)
				y += size * 1.45
			}
			y += size * 0.75
		}
		return
	}
}

func (t *setter) foot(s Sheet) {
	t.centred(footMiddle, 240, 4.6, 80, s.Office, ink)
	t.centred(footMiddle, 250, 4.6, 80, s.Date, ink)
	t.centred(left+18, 264.5, 3, 60, s.Scan, soft)
	y := 271.0
	for _, n := range s.Notes {
		for _, l := range t.wrap(n, 2.9, right-left) {
			t.put(left, y, 2.9, l, soft)
			y += 4.2
		}
	}
}

// closing may not begin a line (行首禁则).
const closing = "，。、；：？！）》」』”’〉】,.;:?!)"

// wrap breaks a text into lines no wider than room. Words of letters and digits are kept whole where they fit.
func (t *setter) wrap(text string, size, room float64) []string {
	var out []string
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		var line string
		for _, word := range pieces(paragraph) {
			if line != "" && t.width(line+word, size) > room && !strings.Contains(closing, word) {
				out = append(out, strings.TrimRight(line, " "))
				line = ""
			}
			if line == "" {
				word = strings.TrimLeft(word, " ")
			}
			for t.width(word, size) > room { // one word wider than the line
				n := t.fits(word, size, room)
				out = append(out, word[:n])
				word = word[n:]
			}
			line += word
		}
		if line != "" {
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	return out
}

// fits returns how many bytes of word fit into room, one character at least.
func (t *setter) fits(word string, size, room float64) int {
	n := 0
	for i, r := range word {
		end := i + len(string(r))
		if n > 0 && t.width(word[:end], size) > room {
			break
		}
		n = end
	}
	return n
}

// pieces cuts a text where a line may end: around each character but those of one Latin word or number.
func pieces(text string) []string {
	var out []string
	start := -1
	for i, r := range text {
		if r > ' ' && r < 0x2e80 && !strings.ContainsRune(closing, r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out = append(out, text[start:i])
			start = -1
		}
		out = append(out, string(r))
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}
