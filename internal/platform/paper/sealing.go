package paper

import (
	"slices"
	"time"
)

// Placement is where a seal's picture is shown: on which page, from 0 on, its upper left corner and size in millimetres, and which part of it.
type Placement struct {
	Page       int
	X, Y, W, H float64
	Clip       Clip
}

// Sealing is a seal as a document shows it. Picture may be nil for an OFD alone: its readers take the picture out of the seal.
type Sealing struct {
	Picture  *Picture
	Places   []Placement
	At       time.Time // said in the document; whole seconds
	Name     string    // the seal's, for readers of PDF
	Room     int       // bytes kept for the signature of a PDF, see [File.Sign]; 0 shows the picture alone
	Provider string    // who wrote the signature of an OFD
	More     bool      // another seal follows on the same file: in an OFD this one leaves the list of signatures to the last one
}

// Across places a seal over the right edges of pages (骑缝章): each shows its part, from the top at y on, side high and wide. At most 40 pages share one
// seal; more than that take one seal for each 40.
func Across(pages int, y, side float64) (out []Placement) {
	const most = 40
	for from := 0; from < pages; from += most {
		n := min(most, pages-from)
		if n == 1 { // one page alone has no neighbour to share a seal with
			continue
		}
		slice := side / float64(n)
		for i := range n {
			out = append(out, Placement{Page: from + i, X: pageWidth - slice*float64(i+1), Y: y, W: side, H: side, Clip: Clip{slice * float64(i), 0, slice, side}})
		}
	}
	return out
}

// SealPlace is where a letter's seal belongs (GB/T 9704: over the signer and the date, centred on them), as [Writer.Lay] has left room for it; ok is
// false for a letter without one.
func (d *Document) SealPlace(side float64) (p Placement, ok bool) {
	if d.seal == nil {
		return p, false
	}
	return Placement{Page: d.seal.Page, X: d.seal.X - side/2, Y: d.seal.Y - side/2, W: side, H: side}, true
}

// Sealed returns the document with the seal shown, beside those it shows already; places on pages that it does not have are left out. The document itself stays
// as it is.
func (d *Document) Sealed(s Sealing) *Document {
	out := *d
	out.sealings, out.Pages = append(slices.Clone(d.sealings), s), make([]*Page, len(d.Pages))
	for i, p := range d.Pages {
		page := *p
		page.Images = append([]Image(nil), p.Images...)
		if d.seal != nil && d.seal.Page == i && len(d.sealings) == 0 { // the words that hold the seal's place go
			page.Texts = slices.Delete(slices.Clone(p.Texts), d.seal.from, d.seal.to)
		}
		for _, at := range s.Places {
			if at.Page == i && s.Picture != nil {
				page.Images = append(page.Images, Image{at.X, at.Y, at.W, at.H, s.Picture, at.Clip, true})
			}
		}
		out.Pages[i] = &page
	}
	return &out
}

// Document returns the page as a document of one.
func (p *Page) Document() *Document {
	return &Document{Title: p.Title, Language: p.Language, Pages: []*Page{p}, fonts: p.fonts}
}
