package paper

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	"xiangyun/internal/platform/sm"
)

// ofdSlot is where an OFD package keeps the slot.
const ofdSlot = "Doc_0/Attachs/"

const (
	ofdHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	ofdSpec = ` xmlns:ofd="http://www.ofdspec.org/2016"`
)

// OFD writes the page as a package after GB/T 33190-2016. slot is the size of the attachment called name, an ASCII name; 0 for none.
func (p *Page) OFD(name string, slot int) (*File, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	content := p.ofdContent(&ofdIDs{last: 10}, 3)
	id := sm.Sum([]byte(content)) // the same page has the same identifier
	parts := []struct{ name, text string }{
		{"OFD.xml", ofdRoot(p.Title, id[:16])},
		{"Doc_0/Document.xml", ofdDocument(p, slot > 0)},
		{"Doc_0/PublicRes.xml", ofdHead + `<ofd:Res` + ofdSpec + ` BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="` + faces[Song].name + `" FamilyName="` + faces[Song].family + `"><ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>`},
		{"Doc_0/Pages/Page_0/Content.xml", content},
	}
	for _, part := range parts {
		if err := addDeflated(z, part.name, []byte(part.text)); err != nil {
			return nil, err
		}
	}
	if err := addFont(z, "Doc_0/Res/font.ttf", p.fonts[Song]); err != nil {
		return nil, err
	}
	if slot > 0 {
		list := ofdHead + `<ofd:Attachments` + ofdSpec + `><ofd:Attachment ID="1" Name="` + escape(name) + `" Format="json"><ofd:FileLoc>` + escape(name) + `</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`
		if err := addDeflated(z, ofdSlot+"Attachments.xml", []byte(list)); err != nil {
			return nil, err
		}
		blank := bytes.Repeat([]byte{' '}, slot)
		if err := addRaw(z, &zip.FileHeader{Name: ofdSlot + name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(blank), CompressedSize64: uint64(slot), UncompressedSize64: uint64(slot)}, blank); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing OFD: %w", err)
	}
	if slot == 0 {
		return &File{Format: OFD, bytes: buf.Bytes()}, nil
	}
	return Open(buf.Bytes())
}

// ofdRoot is the package's first part.
func ofdRoot(title string, id []byte) string {
	return ofdHead + `<ofd:OFD` + ofdSpec + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>` + hex.EncodeToString(id) +
		`</ofd:DocID><ofd:Title>` + escape(title) + `</ofd:Title><ofd:Creator>Xiangyun</ofd:Creator></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
}

func addFont(z *zip.Writer, name string, s *subset) error {
	return addRaw(z, &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: s.crc, CompressedSize64: uint64(len(s.deflated)), UncompressedSize64: uint64(s.size)}, s.deflated)
}

func addDeflated(z *zip.Writer, name string, content []byte) error {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return addRaw(z, &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content), CompressedSize64: uint64(b.Len()), UncompressedSize64: uint64(len(content))}, b.Bytes())
}

// addRaw adds an entry whose size and sum are known beforehand: no data descriptor, no time, so that the bytes are always the same.
func addRaw(z *zip.Writer, h *zip.FileHeader, content []byte) error {
	w, err := z.CreateRaw(h)
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		return fmt.Errorf("writing OFD: %s: %w", h.Name, err)
	}
	return nil
}

func ofdDocument(p *Page, attached bool) string {
	area := `<ofd:PageArea><ofd:PhysicalBox>0 0 ` + num(pageWidth) + " " + num(pageHeight) + `</ofd:PhysicalBox></ofd:PageArea>`
	s := ofdHead + `<ofd:Document` + ofdSpec + `><ofd:CommonData><ofd:MaxUnitID>` + fmt.Sprint(10+len(p.Texts)+len(p.Boxes)+len(p.Codes)) + `</ofd:MaxUnitID>` + area +
		`<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>`
	if attached {
		s += `<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>`
	}
	return s + `</ofd:Document>`
}

// ofdIDs numbers what a package holds: no identifier twice.
type ofdIDs struct{ last int }

func (n *ofdIDs) next() int { n.last++; return n.last }

// fontID is the identifier of a face in a package.
func (f Face) fontID() int { return 2 + int(f) }

// ofdContent draws the page. Each object has the boundary it is drawn in, its own origin the boundary's upper left corner.
func (p *Page) ofdContent(ids *ofdIDs, layer int) string {
	var b strings.Builder
	fmt.Fprintf(&b, ofdHead+`<ofd:Page`+ofdSpec+`><ofd:Area><ofd:PhysicalBox>0 0 %s %s</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="%d" Type="Body">`, num(pageWidth), num(pageHeight), layer)
	for _, x := range p.Boxes {
		kind, line := `Stroke="false" Fill="true"`, ""
		if x.Line > 0 {
			kind, line = `Stroke="true" Fill="false"`, ` LineWidth="`+num(x.Line)+`"`
		}
		color := `<ofd:FillColor Value="` + x.Color.bytes() + `"/>`
		if x.Line > 0 {
			color = `<ofd:StrokeColor Value="` + x.Color.bytes() + `"/>`
		}
		w, h := num(x.W), num(x.H)
		fmt.Fprintf(&b, `<ofd:PathObject ID="%d" Boundary="%s %s %s %s" %s%s>%s<ofd:AbbreviatedData>M 0 0 L %s 0 L %s %s L 0 %s C</ofd:AbbreviatedData></ofd:PathObject>`,
			ids.next(), num(x.X), num(x.Y), w, h, kind, line, color, w, w, h, h)
	}
	for _, c := range p.Codes {
		side := num(float64(c.Matrix.Size()) * c.Unit)
		fmt.Fprintf(&b, `<ofd:PathObject ID="%d" Boundary="%s %s %s %s" Stroke="false" Fill="true"><ofd:FillColor Value="0 0 0"/><ofd:AbbreviatedData>`, ids.next(), num(c.X), num(c.Y), side, side)
		c.Matrix.runs(func(x, y, n int) {
			x0, y0, x1, y1 := num(float64(x)*c.Unit), num(float64(y)*c.Unit), num(float64(x+n)*c.Unit), num(float64(y+1)*c.Unit)
			fmt.Fprintf(&b, "M %s %s L %s %s L %s %s L %s %s C ", x0, y0, x1, y0, x1, y1, x0, y1)
		})
		b.WriteString(`</ofd:AbbreviatedData></ofd:PathObject>`)
	}
	for _, t := range p.Texts {
		p.ofdText(&b, ids.next(), t)
	}
	b.WriteString(`</ofd:Layer></ofd:Content></ofd:Page>`)
	return b.String()
}

// ofdText writes one text. A turned one has the page as its boundary, so that nothing of it is cut off.
func (p *Page) ofdText(b *strings.Builder, id int, t Text) {
	wide, steps := p.steps(t)
	deltas := ""
	if len(steps) > 1 {
		words := make([]string, len(steps)-1)
		for i := range words {
			words[i] = num(steps[i])
		}
		deltas = ` DeltaX="` + strings.Join(words, " ") + `"`
	}
	top := t.Size * float64(p.fonts[t.Face].ascent) / 1000
	tall := top + t.Size*float64(p.fonts[t.Face].descent)/1000
	boundary, base := num(t.X)+" "+num(t.Y-top)+" "+num(wide)+" "+num(tall), top
	if t.Turn != 0 {
		sin, cos := math.Sincos(t.Turn * math.Pi / 180)
		boundary, base = fmt.Sprintf(`0 0 %s %s" CTM="%s %s %s %s %s %s`, num(pageWidth), num(pageHeight), num(cos), num(-sin), num(sin), num(cos), num(t.X), num(t.Y)), 0
	}
	fmt.Fprintf(b, `<ofd:TextObject ID="%d" Boundary="%s" Font="%d" Size="%s"><ofd:FillColor Value="%s"/><ofd:TextCode X="0" Y="%s"%s>%s</ofd:TextCode></ofd:TextObject>`,
		id, boundary, t.Face.fontID(), num(t.Size), t.Color.bytes(), num(base), deltas, escape(t.Text))
}

func (c Color) bytes() string { return fmt.Sprintf("%d %d %d", c[0], c[1], c[2]) }

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
