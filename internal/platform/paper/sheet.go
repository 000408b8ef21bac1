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
	// Drawing says where everything stands; nil for the usual frame.
	Drawing *Drawing
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
	Align                    string // of the value: "" left, centre, right
	Bold                     bool   // the value
	Middle                   bool   // fewer lines than Rows stand in the middle of their room
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
	if p.Width > 0 {
		return p.Width, p.Height
	}
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
	if p.Language == "" {
		p.Language = "zh-CN"
	}
	t := &setter{at: upright, label: soft}
	if s.Landscape {
		t.at = turned
	}
	if s.Drawing != nil {
		p.Width, p.Height = s.Drawing.Width, s.Drawing.Height
	}
	d := p.Document()
	err := w.borrow(func(c *faceCase) error {
		t.flow = &flow{doc: d, faces: c, page: p, lacking: map[rune]bool{}}
		if err := t.flow.repeated(s.Copy); err != nil {
			return err
		}
		if s.Drawing != nil {
			t.drawing(s)
		} else {
			t.frame()
			t.head(s)
			t.fields(s.Fields)
			t.foot(s)
		}
		if t.err != nil {
			return t.err
		}
		p.Lacking = slices.Sorted(maps.Keys(t.flow.lacking))
		return d.cut(c)
	})
	return p, err
}

// frame draws the usual border.
func (t *setter) frame() {
	p := t.flow.page
	width, height := p.size()
	p.Boxes = []Box{
		{X: 12, Y: 12, W: width - 24, H: height - 24, Line: 1.2, Color: accent},
		{X: 14.2, Y: 14.2, W: width - 28.4, H: height - 28.4, Line: 0.3, Color: accent},
	}
}

// code places the code to scan.
func (t *setter) code(text string, x, y, side float64) {
	if text == "" || t.err != nil {
		return
	}
	m, err := QR(text)
	if err != nil {
		t.err = err
		return
	}
	t.flow.page.Codes = append(t.flow.page.Codes, Code{X: x, Y: y, Unit: side / float64(len(m.Dark)), Matrix: m})
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
	flow  *flow
	at    frame
	face  Face
	label Color // of labels
	err   error
}

// cells finds the face of each character: a name may hold what the body's face lacks.
func (t *setter) cells(text string) []cell {
	if t.err != nil {
		return nil
	}
	list, err := t.flow.cells(text, t.face)
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
	if len(list) == 0 {
		return
	}
	for _, f := range fields { // what has no spot stands below what has
		if s := f.At; s != nil && s.Y > at.fieldsTop-s.Size {
			at.fieldsTop = min(s.Y+float64(s.Rows-1)*s.Size*Leading+2.2*s.Size, at.fieldsBottom-8)
		}
	}
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

// spot places a field where it was told to, its value smaller until it fits. A label stands alone on its line, spread over its room, as forms have it.
func (t *setter) spot(f Field) {
	at := f.At
	value := Words{X: at.X + at.Label, Y: at.Y, Width: at.Width, Size: at.Size, Rows: at.Rows, Text: f.Value, Align: at.Align, Bold: at.Bold, Middle: at.Middle}
	if at.Label > 0 {
		room := max(at.Label-at.Size*0.8, at.Size)
		label := Words{X: at.X, Y: at.Y, Width: room, Size: at.Size, Text: f.Label, Align: "spread"}
		if at.Middle {
			label.Y += float64(at.Rows-1) * at.Size * Leading / 2
		}
		if t.width(f.Label, at.Size) > room*1.35 { // rather two lines than small ones
			label.Rows, label.Align, label.Size = 2, "", at.Size*0.82
		}
		t.words(label, t.label)
	}
	t.words(value, ink)
}

func (t *setter) lines(rows [][2]string, label, value, y, size float64) float64 {
	for _, l := range rows {
		t.put(label, y, size, l[0], t.label)
		t.put(value, y, size, l[1], ink)
		y += size * Leading
	}
	return y
}

func (t *setter) foot(s Sheet) {
	at := t.at
	t.code(s.Code, at.left, at.code, 36)
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
		if n := len(out) - 1; n >= 0 && strings.Contains(opening, out[n]) && r > ' ' { // an opening mark ends no line
			out[n] += string(r)
			continue
		}
		out = append(out, string(r))
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}
