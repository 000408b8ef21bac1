package paper

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"xiangyun/internal/platform/sm"
)

// PDF writes the document as PDF 1.7, the fonts' subsets inside.
func (d *Document) PDF() []byte {
	out := &pdf{}
	out.buf.WriteString("%PDF-1.7\n%\xe4\xb8\xad\xe6\x96\x87\n")
	first := 3 + 2*len(d.Pages) // object of the first font
	var kids, fonts strings.Builder
	for i := range d.Pages {
		fmt.Fprintf(&kids, "%d 0 R ", 3+2*i)
	}
	at := first
	for f, s := range d.fonts {
		if s != nil {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", f+1, at)
			at += fontObjects
		}
	}
	out.object(1, "<</Type/Catalog/Pages 2 0 R/Lang("+d.Language+")/ViewerPreferences<</DisplayDocTitle true>>>>")
	out.object(2, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.TrimSpace(kids.String()), len(d.Pages)))
	for i, p := range d.Pages {
		out.object(3+2*i, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R/Resources<</Font<<%s>>>>>>", num(pageWidth*mm), num(pageHeight*mm), 4+2*i, fonts.String()))
		out.stream(4+2*i, "", p.content())
	}
	at = first
	for f, s := range d.fonts {
		if s != nil {
			out.font(at, Face(f), s)
			at += fontObjects
		}
	}
	out.object(at, "<</Title"+pdfText(d.Title)+"/Producer(Xiangyun)>>")
	out.end(at, at)
	return out.buf.Bytes()
}

// OFD writes the document as a package after GB/T 33190-2016.
func (d *Document) OFD() ([]byte, error) {
	ids := &ofdIDs{last: int(faceCount) + 10}
	type part struct{ name, text string }
	var pages []part
	var list strings.Builder
	sum := sm.Hash()
	for i, p := range d.Pages {
		name := fmt.Sprintf("Pages/Page_%d/Content.xml", i)
		fmt.Fprintf(&list, `<ofd:Page ID="%d" BaseLoc="%s"/>`, ids.next(), name)
		layer := ids.next()
		pages = append(pages, part{"Doc_0/" + name, p.ofdContent(ids, layer)})
		sum.Write([]byte(pages[i].text))
	}
	var fonts strings.Builder
	for f, s := range d.fonts {
		if s != nil {
			fmt.Fprintf(&fonts, `<ofd:Font ID="%d" FontName="%s" FamilyName="%s"><ofd:FontFile>font_%d.ttf</ofd:FontFile></ofd:Font>`, Face(f).fontID(), faces[f].name, faces[f].family, f)
		}
	}
	document := fmt.Sprintf(`<ofd:Document`+ofdSpec+`><ofd:CommonData><ofd:MaxUnitID>%d</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 %s %s</ofd:PhysicalBox></ofd:PageArea>`+
		`<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>%s</ofd:Pages></ofd:Document>`, ids.last, num(pageWidth), num(pageHeight), list.String())
	parts := append([]part{
		{"OFD.xml", ofdRoot(d.Title, sum.Sum(nil)[:16])}, // the same document has the same identifier
		{"Doc_0/Document.xml", ofdHead + document},
		{"Doc_0/PublicRes.xml", ofdHead + `<ofd:Res` + ofdSpec + ` BaseLoc="Res"><ofd:Fonts>` + fonts.String() + `</ofd:Fonts></ofd:Res>`},
	}, pages...)
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range parts {
		if err := addDeflated(z, p.name, []byte(p.text)); err != nil {
			return nil, err
		}
	}
	for f, s := range d.fonts {
		if s != nil {
			if err := addFont(z, fmt.Sprintf("Doc_0/Res/font_%d.ttf", f), s); err != nil {
				return nil, err
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing OFD: %w", err)
	}
	return buf.Bytes(), nil
}

// SVG writes each page for the screen.
func (d *Document) SVG() [][]byte {
	out := make([][]byte, len(d.Pages))
	for i, p := range d.Pages {
		out[i] = p.SVG()
	}
	return out
}
