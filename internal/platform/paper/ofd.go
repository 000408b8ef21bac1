package paper

import (
	"archive/zip"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"

	"xiangyun/internal/platform/sm"
)

// Where an OFD package keeps things.
const (
	ofdFirst = "OFD.xml"
	ofdSlot  = "Doc_0/Attachs/"
	ofdSigns = "Doc_0/Signs/"
)

const (
	ofdHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	ofdSpec = ` xmlns:ofd="http://www.ofdspec.org/2016"`
)

// OFD writes the page as a package after GB/T 33190-2016. slot is the size of the attachment called name, an ASCII name; 0 for none.
func (p *Page) OFD(name string, slot int) (*File, error) {
	return p.Document().File(OFD, Slot{name, slot})
}

// OFD writes the document as a package after GB/T 33190-2016.
func (d *Document) OFD() ([]byte, error) {
	f, err := d.File(OFD, Slot{})
	if err != nil {
		return nil, err
	}
	return f.Bytes(), nil
}

// ofd writes the package.
func (d *Document) ofd(slot Slot) ([]byte, error) {
	ids := &ofdIDs{last: 1 + int(faceCount)} // 1 is the document's, then the faces'
	pictures := d.pictures(false)
	media := make(map[*Picture]int, len(pictures))
	for _, p := range pictures {
		media[p] = ids.next()
	}
	var list strings.Builder
	var content []part
	sum := sm.Hash()
	for i, p := range d.Pages {
		name := fmt.Sprintf("Pages/Page_%d/Content.xml", i)
		fmt.Fprintf(&list, `<ofd:Page ID="%d" BaseLoc="%s"/>`, ids.next(), name)
		text := []byte(p.ofdContent(ids, media))
		sum.Write(text)
		one, err := deflatedPart("Doc_0/"+name, text)
		if err != nil {
			return nil, err
		}
		content = append(content, one)
	}
	parts := []part{{}} // OFD.xml says the sum of the others
	for _, t := range [...]struct{ name, text string }{
		{"Doc_0/Document.xml", ofdDocument(d.Pages[0], ids.last, list.String(), len(pictures) > 0, slot.Size > 0)},
		{"Doc_0/PublicRes.xml", d.ofdFonts()},
		{"Doc_0/DocumentRes.xml", ofdMedia(pictures, media)},
		{ofdSlot + "Attachments.xml", ofdAttachment(slot)},
	} {
		if t.text == "" {
			continue
		}
		one, err := deflatedPart(t.name, []byte(ofdHead+t.text))
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	parts = append(parts, content...)
	for f, s := range d.fonts {
		if s != nil {
			parts = append(parts, s.part(Face(f)))
		}
	}
	for i, p := range pictures {
		parts = append(parts, storedPart(fmt.Sprintf("Doc_0/Res/image_%d.%s", i, p.format), p.data))
	}
	if slot.Size > 0 {
		parts = append(parts, storedPart(ofdSlot+slot.Name, blanks(slot.Size)))
	}
	parts[0] = storedPart(ofdFirst, []byte(ofdRoot(d.Title, sum.Sum(nil)[:16], packedSum(parts)))) // the same document has the same identifier
	return packParts(parts)
}

// pictures are those the pages show, each once and in the order they are met; with the seals where the format does not show them by itself.
func (d *Document) pictures(seals bool) (out []*Picture) {
	for _, p := range d.Pages {
		for _, i := range p.Images {
			if (seals || !i.seal) && !slices.Contains(out, i.Picture) {
				out = append(out, i.Picture)
			}
		}
	}
	return out
}

// packedData is what OFD.xml calls the sum over the parts, see [packedSum].
const packedData = "XiangyunPacked"

// ofdRoot is the package's first part.
func ofdRoot(title string, id []byte, packed string) string {
	return ofdHead + `<ofd:OFD` + ofdSpec + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>` + hex.EncodeToString(id) +
		`</ofd:DocID><ofd:Title>` + escape(title) + `</ofd:Title><ofd:Creator>Xiangyun</ofd:Creator><ofd:CustomDatas><ofd:CustomData Name="` + packedData + `">` + packed +
		`</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
}

func (s *subset) part(f Face) part {
	return part{"Doc_0/Res/" + f.file(), zip.Deflate, s.crc, s.size, s.deflated}
}

func (f Face) file() string { return fmt.Sprintf("font_%d.ttf", f) }

func (d *Document) ofdFonts() string {
	var b strings.Builder
	for f, s := range d.fonts {
		if s != nil {
			fmt.Fprintf(&b, `<ofd:Font ID="%d" FontName="%s" FamilyName="%s"><ofd:FontFile>%s</ofd:FontFile></ofd:Font>`, Face(f).fontID(), faces[f].name, faces[f].family, Face(f).file())
		}
	}
	return `<ofd:Res` + ofdSpec + ` BaseLoc="Res"><ofd:Fonts>` + b.String() + `</ofd:Fonts></ofd:Res>`
}

func ofdMedia(pictures []*Picture, ids map[*Picture]int) string {
	if len(pictures) == 0 {
		return ""
	}
	var b strings.Builder
	for i, p := range pictures {
		fmt.Fprintf(&b, `<ofd:MultiMedia ID="%d" Type="Image" Format="%s"><ofd:MediaFile>image_%d.%s</ofd:MediaFile></ofd:MultiMedia>`, ids[p], strings.ToUpper(p.format), i, p.format)
	}
	return `<ofd:Res` + ofdSpec + ` BaseLoc="Res"><ofd:MultiMedias>` + b.String() + `</ofd:MultiMedias></ofd:Res>`
}

func ofdAttachment(s Slot) string {
	if s.Size == 0 {
		return ""
	}
	return `<ofd:Attachments` + ofdSpec + `><ofd:Attachment ID="1" Name="` + escape(s.Name) + `" Format="json"><ofd:FileLoc>` + escape(s.Name) + `</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`
}

func ofdDocument(first *Page, last int, pages string, pictures, attached bool) string {
	width, height := first.size()
	s := `<ofd:Document` + ofdSpec + `><ofd:CommonData><ofd:MaxUnitID>` + fmt.Sprint(last) + `</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 ` + num(width) + " " + num(height) +
		`</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>`
	if pictures {
		s += `<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>`
	}
	s += `</ofd:CommonData><ofd:Pages>` + pages + `</ofd:Pages>`
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
func (p *Page) ofdContent(ids *ofdIDs, media map[*Picture]int) string {
	var b strings.Builder
	width, height := p.size()
	fmt.Fprintf(&b, ofdHead+`<ofd:Page`+ofdSpec+`><ofd:Area><ofd:PhysicalBox>0 0 %s %s</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="%d" Type="Body">`, num(width), num(height), ids.next())
	for _, o := range p.Ornaments {
		o.ofd(&b, ids, width, height)
	}
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
	for _, i := range p.Images {
		if !i.seal {
			b.WriteString(i.ofd(ids.next(), media[i.Picture]))
		}
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
		width, height := p.size()
		boundary, base = fmt.Sprintf(`0 0 %s %s" CTM="%s %s %s %s %s %s`, num(width), num(height), num(cos), num(-sin), num(sin), num(cos), num(t.X), num(t.Y)), 0
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
