package paper

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
)

const mm = 72 / 25.4 // points in a millimetre

// pdfMark begins the slot's stream; see [Open].
const pdfMark = "<</Type/EmbeddedFile/Subtype/application#2Fjson/XiangyunSlot 1/Length "

// PDF writes the page as PDF 1.7 with the font's subset inside. slot is the size of the attachment called name; 0 for none.
func (p *Page) PDF(name string, slot int) (*File, error) {
	d := &pdf{}
	d.buf.WriteString("%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
	catalogue := "<</Type/Catalog/Pages 2 0 R/Lang(" + p.Language + ")/ViewerPreferences<</DisplayDocTitle true>>"
	if slot > 0 {
		file := pdfText(name)
		catalogue += "/Names<</EmbeddedFiles<</Names[" + file + " 11 0 R]>>>>/AF[11 0 R]"
	}
	d.object(1, catalogue+">>")
	d.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	d.object(3, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", num(pageWidth*mm), num(pageHeight*mm)))
	d.stream(4, "", p.content())
	d.font(5, Song, p.fonts[Song])
	d.object(10, "<</Title"+pdfText(p.Title)+"/Producer(Xiangyun)>>")
	last := 10
	if slot > 0 {
		d.object(11, "<</Type/Filespec/F"+pdfText(name)+"/UF"+pdfText(name)+"/AFRelationship/Data/EF<</F 12 0 R>>>>")
		d.offsets = append(d.offsets, d.buf.Len())
		fmt.Fprintf(&d.buf, "12 0 obj\n%s%d>>\nstream\n", pdfMark, slot)
		d.buf.Write(bytes.Repeat([]byte{' '}, slot))
		d.buf.WriteString("\nendstream\nendobj\n")
		last = 12
	}
	d.end(last, 10)
	if slot == 0 {
		return &File{Format: PDF, bytes: d.buf.Bytes()}, nil
	}
	return Open(d.buf.Bytes())
}

// fontObjects is how many objects a font takes.
const fontObjects = 5

// font adds the five objects of a font from number n on.
func (d *pdf) font(n int, f Face, s *subset) {
	name := "XYDOC" + string(rune('A'+f)) + "+" + faces[f].name // a subset is tagged
	d.object(n, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, n+1, n+4))
	d.object(n+1, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/DW 1000/CIDToGIDMap/Identity/W[0%s]>>", name, n+2, s.pdfWidths()))
	d.object(n+2, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 733/StemV 80/FontFile2 %d 0 R>>",
		name, s.box[0], s.box[1], s.box[2], s.box[3], s.ascent, -s.descent, n+3))
	d.stream(n+3, fmt.Sprintf("/Filter/FlateDecode/Length1 %d", s.size), s.zlib())
	d.stream(n+4, "", s.toUnicode())
}

// pdf collects the objects of a file; they are added in the order of their numbers.
type pdf struct {
	buf     bytes.Buffer
	offsets []int
}

func (d *pdf) object(n int, body string) {
	d.offsets = append(d.offsets, d.buf.Len())
	fmt.Fprintf(&d.buf, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (d *pdf) stream(n int, more string, content []byte) {
	d.offsets = append(d.offsets, d.buf.Len())
	fmt.Fprintf(&d.buf, "%d 0 obj\n<</Length %d%s>>\nstream\n", n, len(content), more)
	d.buf.Write(content)
	d.buf.WriteString("\nendstream\nendobj\n")
}

func (d *pdf) end(last, info int) {
	at := d.buf.Len()
	fmt.Fprintf(&d.buf, "xref\n0 %d\n0000000000 65535 f \n", last+1)
	for _, o := range d.offsets {
		fmt.Fprintf(&d.buf, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&d.buf, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", last+1, info, at)
}

// content draws the page. PDF's origin is the lower left corner.
func (p *Page) content() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s 0 0 %s 0 %s cm\n", num(mm), "-"+num(mm), num(pageHeight*mm)) // millimetres from the upper left corner
	for _, x := range p.Boxes {
		if x.Line > 0 {
			fmt.Fprintf(&b, "%s RG %s w %s %s %s %s re S\n", x.Color.unit(), num(x.Line), num(x.X), num(x.Y), num(x.W), num(x.H))
		} else {
			fmt.Fprintf(&b, "%s rg %s %s %s %s re f\n", x.Color.unit(), num(x.X), num(x.Y), num(x.W), num(x.H))
		}
	}
	for _, c := range p.Codes {
		b.WriteString("0 g\n")
		c.Matrix.runs(func(x, y, n int) {
			fmt.Fprintf(&b, "%s %s %s %s re\n", num(c.X+float64(x)*c.Unit), num(c.Y+float64(y)*c.Unit), num(float64(n)*c.Unit), num(c.Unit))
		})
		b.WriteString("f\n")
	}
	b.WriteString("BT\n")
	for _, t := range p.Texts {
		p.pdfText(&b, t)
	}
	b.WriteString("ET\n")
	return b.Bytes()
}

// pdfText writes one text. Spread is undone behind it, for it lasts until it is changed.
func (p *Page) pdfText(b *bytes.Buffer, t Text) {
	if t.For != "" {
		fmt.Fprintf(b, "/Span<</ActualText%s>>BDC\n", pdfText(t.For))
	}
	fmt.Fprintf(b, "%s rg /F%d 1 Tf ", t.Color.unit(), t.Face+1)
	if t.Turn == 0 {
		fmt.Fprintf(b, "%s 0 0 -%s %s %s Tm ", num(t.Size), num(t.Size), num(t.X), num(t.Y))
	} else {
		sin, cos := math.Sincos(t.Turn * math.Pi / 180)
		fmt.Fprintf(b, "%s %s %s %s %s %s Tm ", num(t.Size*cos), num(-t.Size*sin), num(-t.Size*sin), num(-t.Size*cos), num(t.X), num(t.Y))
	}
	if t.Spread != 0 {
		fmt.Fprintf(b, "%.4f Tc ", t.Spread/t.Size)
	}
	b.WriteString("<")
	for _, r := range t.Text {
		fmt.Fprintf(b, "%04X", p.fonts[t.Face].glyphs[r].id)
	}
	b.WriteString("> Tj\n")
	if t.Spread != 0 {
		b.WriteString("0 Tc\n")
	}
	if t.For != "" {
		b.WriteString("EMC\n")
	}
}

func (c Color) unit() string {
	return num(float64(c[0])/255) + " " + num(float64(c[1])/255) + " " + num(float64(c[2])/255)
}

func (s *subset) pdfWidths() string {
	var b strings.Builder
	b.WriteString("[")
	for i, w := range s.widths {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d", w)
	}
	b.WriteString("]")
	return b.String()
}

// zlib wraps the deflated font as PDF wants it.
func (s *subset) zlib() []byte {
	out := append([]byte{0x78, 0x01}, s.deflated...)
	return binary.BigEndian.AppendUint32(out, s.sum)
}

// toUnicode lets readers copy and search the text.
func (s *subset) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for from := 1; from < len(s.runes); from += 100 {
		to := min(from+100, len(s.runes))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for id := from; id < to; id++ {
			fmt.Fprintf(&b, "<%04X><%s>\n", id, utf16Hex(string(s.runes[id])))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

func utf16Hex(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// pdfText is a text string of PDF: UTF-16 with its mark, in hex, so that nothing needs escaping.
func pdfText(text string) string { return "<FEFF" + utf16Hex(text) + ">" }
