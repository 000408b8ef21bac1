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
	// Landscape turns the paper: 297 wide and 210 high.
	Landscape bool
	// Language is the BCP 47 tag of the text, "zh-CN" when empty.
	Language string
}

// Field is one labelled line; a long value takes several. Without a spot of its own it stands in the list, below the field before it.
type Field struct {
	Label, Value string
	At           *Spot
}

// Spot is where a field stands: X is the left end and Y the baseline of its first line; Label and Width are the room for label and value, one beside the
// other. A value of more lines than Rows gets smaller letters than Size until it fits.
type Spot struct {
	X, Y, Label, Width, Size float64
	Rows                     int
}

// Leading is from baseline to baseline of a field, in sizes of its letters.
const Leading = 1.45

// The paper, in millimetres (A4 upright).
const pageWidth, pageHeight = 210.0, 297.0

// frame is where the parts of a sheet stand.
type frame struct {
	left, right                 float64
	title, caption, rule        float64 // baselines and the line below them
	valueLeft                   float64
	fieldsTop, fieldsBottom     float64
	code, scan, notes           float64
	officeMiddle, office, dated float64
}

var (
	upright = frame{left: 28, right: 182, title: 50, caption: 64, rule: 70, valueLeft: 70, fieldsTop: 82, fieldsBottom: 218, code: 224, scan: 264.5, notes: 271,
		officeMiddle: 142, office: 240, dated: 250}
	turned = frame{left: 28, right: 269, title: 34, caption: 45, rule: 50, valueLeft: 70, fieldsTop: 61, fieldsBottom: 142, code: 145, scan: 184.5, notes: 189.5,
		officeMiddle: 222, office: 162, dated: 172}
)

// size is how wide and high the paper is.
func (p *Page) size() (w, h float64) {
	if p.Landscape {
		return pageHeight, pageWidth
	}
	return pageWidth, pageHeight
}

var (
	ink    = Color{0x1a, 0x1a, 0x1a}
	accent = Color{0x0b, 0x4a, 0x58}
	soft   = Color{0x55, 0x5f, 0x66}
)

// Set lays the sheet out. It fails only when the font does, or the code's text is too long for a code.
func (w *Writer) Set(s Sheet) (*Page, error) {
	p := &Page{Title: s.Title, Language: s.Language, Landscape: s.Landscape}
	at := upright
	if s.Landscape {
		at = turned
	}
	width, height := p.size()
	if p.Language == "" {
		p.Language = "zh-CN"
	}
	if s.Code != "" {
		m, err := QR(s.Code)
		if err != nil {
			return nil, err
		}
		unit := 36 / float64(len(m.Dark))
		p.Codes = append(p.Codes, Code{X: at.left, Y: at.code, Unit: unit, Matrix: m})
	}
	p.Boxes = []Box{
		{X: 12, Y: 12, W: width - 24, H: height - 24, Line: 1.2, Color: accent},
		{X: 14.2, Y: 14.2, W: width - 28.4, H: height - 28.4, Line: 0.3, Color: accent},
	}
	d := p.Document()
	err := w.borrow(func(c *faceCase) error {
		f := &flow{doc: d, faces: c, page: p, lacking: map[rune]bool{}}
		if err := f.repeated(s.Copy); err != nil {
			return err
		}
		t := &setter{flow: f, at: at}
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
func SheetSeal(landscape bool, width, height float64) Placement {
	at := upright
	if landscape {
		at = turned
	}
	return Placement{X: at.officeMiddle - width/2, Y: (at.office+at.dated)/2 - height/2, W: width, H: height}
}

// setter places texts on a page. err is the first that reading a face gave; nothing is placed after it.
type setter struct {
	flow *flow
	at   frame
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
	at := t.at
	middle, room := (at.left+at.right)/2, at.right-at.left
	t.centred(middle, at.title, 11, room, s.Title, accent)
	t.centred(middle, at.caption, 4.2, room, s.Caption, ink)
	t.flow.page.Boxes = append(t.flow.page.Boxes, Box{X: at.left, Y: at.rule, W: room, H: 0.4, Color: accent})
}

// rows breaks a field into lines of label and value.
func (t *setter) rows(f Field, size, label, value float64) [][2]string {
	labels, values := t.wrap(f.Label, size, label), t.wrap(f.Value, size, value)
	out := make([][2]string, max(len(labels), len(values)))
	for i := range out {
		if i < len(labels) {
			out[i][0] = labels[i]
		}
		if i < len(values) {
			out[i][1] = values[i]
		}
	}
	return out
}

// fields places the labelled lines: those with a spot of their own there, the others as a list, smaller until all of them fit.
func (t *setter) fields(fields []Field) {
	var list []Field
	for _, f := range fields {
		if f.At == nil {
			list = append(list, f)
		} else {
			t.spot(f)
		}
	}
	at := t.at
	for size := 4.6; ; size *= 0.93 {
		var lines [][][2]string
		height := 0.0
		for _, f := range list {
			rows := t.rows(f, size, at.valueLeft-at.left-2, at.right-at.valueLeft)
			lines = append(lines, rows)
			height += size * (Leading*float64(len(rows)) + 0.75)
		}
		if height > at.fieldsBottom-at.fieldsTop && size > 1.6 {
			continue
		}
		y := at.fieldsTop
		for _, rows := range lines {
			y = t.lines(rows, at.left, at.valueLeft, y, size) + size*0.75
		}
		return
	}
}

// spot places a field where it was told to, smaller until it fits.
func (t *setter) spot(f Field) {
	for size := f.At.Size; ; size *= 0.93 {
		rows := t.rows(f, size, max(f.At.Label-1, size), f.At.Width)
		if float64(len(rows)-1)*size > float64(f.At.Rows-1)*f.At.Size+0.001 && size > 1.2 {
			continue
		}
		t.lines(rows, f.At.X, f.At.X+f.At.Label, f.At.Y, size)
		return
	}
}

func (t *setter) lines(rows [][2]string, label, value, y, size float64) float64 {
	for _, l := range rows {
		t.put(label, y, size, l[0], soft)
		t.put(value, y, size, l[1], ink)
		y += size * Leading
	}
	return y
}

func (t *setter) foot(s Sheet) {
	at := t.at
	t.centred(at.officeMiddle, at.office, 4.6, 80, s.Office, ink)
	t.centred(at.officeMiddle, at.dated, 4.6, 80, s.Date, ink)
	t.centred(at.left+18, at.scan, 3, 60, s.Scan, soft)
	y := at.notes
	for _, n := range s.Notes {
		for _, l := range t.wrap(n, 2.9, at.right-at.left) {
			t.put(at.left, y, 2.9, l, soft)
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
