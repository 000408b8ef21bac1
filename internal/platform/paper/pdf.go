package paper

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf16"
)

const mm = 72 / 25.4 // points in a millimetre

// pdfMark begins the slot's stream; see [Open].
const pdfMark = "<</Type/EmbeddedFile/Subtype/application#2Fjson/XiangyunSlot 1/Length "

// PDF writes the page as PDF 1.7 with the font's subset inside. slot is the size of the attachment called name; 0 for none.
func (p *Page) PDF(name string, slot int) (*File, error) {
	return p.Document().File(PDF, Slot{name, slot})
}

// PDF writes the document as PDF 1.7, the fonts' subsets inside; without room for a signature.
func (d *Document) PDF() []byte {
	out := *d
	out.sealings = nil
	return out.pdf(Slot{})
}

// pdf writes the file. Each signature after the first is in an update of its own behind what the one before it covers.
func (d *Document) pdf(slot Slot) []byte {
	out := &pdf{}
	out.buf.WriteString("%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
	w := &pdfWriter{doc: d, out: out, catalogue: out.reserve(), tree: out.reserve(), info: out.reserve(), resources: d.pdfResources(out)}
	var kids strings.Builder
	for range d.Pages {
		w.pages = append(w.pages, pdfPage{number: out.reserve(), content: out.reserve()})
		fmt.Fprintf(&kids, "%d 0 R ", w.pages[len(w.pages)-1].number)
	}
	signing := d.signing()
	var values []int
	if len(signing) > 0 {
		values = append(values, w.field(signing[0]))
	}
	for i, p := range d.Pages {
		w.page(i)
		out.stream(w.pages[i].content, "", p.content(w.resources.pictures, w.resources.ornament[i], d.shownByFields()))
	}
	if slot.Size > 0 {
		w.more = out.attach(slot)
	}
	w.root()
	out.object(w.tree, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.TrimSpace(kids.String()), len(d.Pages)))
	out.object(w.info, "<</Title"+pdfText(d.Title)+"/Producer(Xiangyun)>>")
	for i, s := range signing {
		if i > 0 {
			values = append(values, w.field(s))
			w.page(w.last)
			w.root()
		}
		at := out.signature(values[i], s) // behind the slot: that is filled before
		out.end(w.catalogue, w.info)
		out.rangeOf(at, s.Room)
	}
	if len(signing) == 0 {
		out.end(w.catalogue, w.info)
	}
	return out.buf.Bytes()
}

// pdfWriter writes the objects that an update writes anew.
type pdfWriter struct {
	doc                   *Document
	out                   *pdf
	catalogue, tree, info int
	resources             pdfResources
	more                  string // of the catalogue
	pages                 []pdfPage
	fields                []int // of the signatures
	last                  int   // the page of the last one
}

// pdfPage is the numbers of a page's objects.
type pdfPage struct {
	number, content int
	fields          string // of the signatures it shows
}

func (w *pdfWriter) page(i int) {
	width, height := w.doc.Pages[i].size()
	p, more := w.pages[i], ""
	if p.fields != "" {
		more = "/Annots[" + p.fields + "]"
	}
	w.out.object(p.number, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R/Resources<<%s>>%s>>", w.tree, num(width*mm), num(height*mm), p.content, w.resources.text, more))
}

func (w *pdfWriter) root() {
	more := w.more
	if len(w.fields) > 0 {
		var list strings.Builder
		for _, f := range w.fields {
			fmt.Fprintf(&list, "%d 0 R ", f)
		}
		more += "/AcroForm<</Fields[" + strings.TrimSpace(list.String()) + "]/SigFlags 3>>"
	}
	w.out.object(w.catalogue, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>%s>>", w.tree, w.doc.Language, more))
}

// attach adds the slot, and returns what the catalogue says of it.
func (d *pdf) attach(slot Slot) string {
	file, stream := d.reserve(), d.reserve()
	name := pdfText(slot.Name)
	d.object(file, fmt.Sprintf("<</Type/Filespec/F%s/UF%s/AFRelationship/Data/EF<</F %d 0 R>>>>", name, name, stream))
	d.begin(stream)
	fmt.Fprintf(&d.buf, "%s%d>>\nstream\n", pdfMark, slot.Size)
	d.buf.Write(blanks(slot.Size))
	d.buf.WriteString("\nendstream\nendobj\n")
	return fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s %d 0 R]>>>>/AF[%d 0 R]", name, file, file)
}

// pdfResources are the fonts and pictures every page may use.
type pdfResources struct {
	text     string
	pictures map[*Picture]string // what content streams call them
	ornament []int               // the number of each page's first ornament
}

func (d *Document) pdfResources(out *pdf) pdfResources {
	var fonts, images strings.Builder
	for f, s := range d.fonts {
		if s != nil {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", f+1, out.font(Face(f), s))
		}
	}
	r := pdfResources{text: "/Font<<" + fonts.String() + ">>", pictures: map[*Picture]string{}}
	for i, p := range d.pictures(true) {
		r.pictures[p] = fmt.Sprintf("I%d", i)
		fmt.Fprintf(&images, "/I%d %d 0 R", i, out.picture(p))
	}
	n := 0
	for _, p := range d.Pages {
		r.ornament = append(r.ornament, n)
		for _, o := range p.Ornaments {
			fmt.Fprintf(&images, "/O%d %d 0 R", n, o.pdf(out))
			n++
		}
	}
	if images.Len() > 0 {
		r.text += "/XObject<<" + images.String() + ">>"
	}
	return r
}

// picture adds a picture; what a PNG leaves uncovered becomes a mask.
func (d *pdf) picture(p *Picture) int {
	n, size := d.reserve(), fmt.Sprintf("/Width %d/Height %d/BitsPerComponent 8", p.width, p.height)
	if p.format == "jpeg" {
		space := "/DeviceRGB"
		if p.grey {
			space = "/DeviceGray"
		}
		d.stream(n, "/Type/XObject/Subtype/Image/ColorSpace"+space+"/Filter/DCTDecode"+size, p.data)
		return n
	}
	mask := ""
	if p.alpha != nil {
		m := d.reserve()
		d.stream(m, "/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/Filter/FlateDecode"+size, p.alpha)
		mask = fmt.Sprintf("/SMask %d 0 R", m)
	}
	d.stream(n, "/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/Filter/FlateDecode"+size+mask, p.color)
	return n
}

// font adds the five objects of a font and returns the first.
func (d *pdf) font(f Face, s *subset) int {
	n, child, descriptor, file, unicode := d.reserve(), d.reserve(), d.reserve(), d.reserve(), d.reserve()
	name := "XYDOC" + string(rune('A'+f)) + "+" + faces[f].name // a subset is tagged
	d.object(n, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, child, unicode))
	d.object(child, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/DW 1000/CIDToGIDMap/Identity/W[0%s]>>", name, descriptor, s.pdfWidths()))
	d.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 733/StemV 80/FontFile2 %d 0 R>>",
		name, s.box[0], s.box[1], s.box[2], s.box[3], s.ascent, -s.descent, file))
	d.stream(file, fmt.Sprintf("/Filter/FlateDecode/Length1 %d", s.size), s.zlib())
	d.stream(unicode, "", s.toUnicode())
	return n
}

// pdf collects the objects of a file.
type pdf struct {
	buf     bytes.Buffer
	offsets []int // by number, from 1 on
	updated []int // the numbers of what was written since the last end
	table   int   // where the last table of places is; 0 before the first
}

// reserve takes the next object's number.
func (d *pdf) reserve() int { d.offsets = append(d.offsets, 0); return len(d.offsets) }

func (d *pdf) begin(n int) {
	d.offsets[n-1] = d.buf.Len()
	d.updated = append(d.updated, n)
	fmt.Fprintf(&d.buf, "%d 0 obj\n", n)
}

func (d *pdf) object(n int, body string) {
	d.begin(n)
	d.buf.WriteString(body + "\nendobj\n")
}

func (d *pdf) stream(n int, more string, content []byte) {
	d.begin(n)
	fmt.Fprintf(&d.buf, "<</Length %d%s>>\nstream\n", len(content), more)
	d.buf.Write(content)
	d.buf.WriteString("\nendstream\nendobj\n")
}

// end writes where the objects are: all of them, or those of an update.
func (d *pdf) end(root, info int) {
	at, before := d.buf.Len(), ""
	d.buf.WriteString("xref\n")
	if d.table == 0 {
		fmt.Fprintf(&d.buf, "0 %d\n0000000000 65535 f \n", len(d.offsets)+1)
		for _, o := range d.offsets {
			fmt.Fprintf(&d.buf, "%010d 00000 n \n", o)
		}
	} else {
		before = fmt.Sprintf("/Prev %d", d.table)
		slices.Sort(d.updated)
		for _, n := range d.updated {
			fmt.Fprintf(&d.buf, "%d 1\n%010d 00000 n \n", n, d.offsets[n-1])
		}
	}
	d.table, d.updated = at, nil
	fmt.Fprintf(&d.buf, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(d.offsets)+1, root, info, before, at)
}

// content draws the page, its ornaments from a number on, but for the images that the signatures' own fields show. PDF's origin is the lower left corner.
func (p *Page) content(pictures map[*Picture]string, ornament int, but []Image) []byte {
	var b bytes.Buffer
	_, height := p.size()
	fmt.Fprintf(&b, "%s 0 0 %s 0 %s cm\n", num(mm), "-"+num(mm), num(height*mm)) // millimetres from the upper left corner
	for i, o := range p.Ornaments {
		for _, at := range o.Places {
			fmt.Fprintf(&b, "q %s cm /O%d Do Q\n", at.matrix(), ornament+i)
		}
	}
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
	for _, i := range p.Images {
		if !slices.Contains(but, i) {
			i.pdf(&b, pictures[i.Picture])
		}
	}
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
