package paper

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // pictures are measured, not shown
	_ "image/png"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Reading is what [ReadOFD] found in a package.
type Reading struct {
	Title string
	Pages []string // the text of each, a line of paper a line
	Fonts int      // embedded
}

// mostDots bounds a picture: a small file may claim to be a wall.
const mostDots = 40_000_000

// ReadOFD reads a package of unknown origin after GB/T 33190-2016: [ErrTooLarge], [ErrFormat] for what is no OFD, [ErrDamaged] with the reason for one
// that is not whole or wants to do harm. Every part that is referred to must be there and every identifier be given once. Nothing leaves the memory
// bounded beforehand, no entity is expanded, no address is followed.
func ReadOFD(b []byte) (*Reading, error) {
	pk, err := OpenPackage(b)
	if err != nil {
		return nil, err
	}
	root, err := pk.XML("OFD.xml")
	if err != nil {
		return nil, err
	}
	body := root.Child("DocBody")
	if root.Name != "OFD" || body == nil || root.Attrs["DocType"] != "OFD" {
		return nil, fmt.Errorf("%w: OFD.xml has no document", ErrFormat)
	}
	r := &reader{pack: pk, fonts: map[string]bool{}, media: map[string]bool{}, ids: map[string]bool{}}
	if info := body.Child("DocInfo"); info != nil {
		if t := info.Child("Title"); t != nil {
			r.out.Title = t.Text
		}
	}
	if s := body.Child("Signatures"); s != nil {
		if err := pk.there("OFD.xml", s.Text); err != nil {
			return nil, err
		}
	}
	at := body.Child("DocRoot")
	if at == nil {
		return nil, fmt.Errorf("%w: no DocRoot", ErrDamaged)
	}
	if err := r.document("OFD.xml", at.Text); err != nil {
		return nil, err
	}
	return &r.out, nil
}

// reader walks through one document.
type reader struct {
	pack         *Package
	out          Reading
	fonts, media map[string]bool // by identifier
	ids          map[string]bool
	most         int // MaxUnitID
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func (r *reader) document(from, to string) error {
	name, err := r.pack.Resolve(from, to)
	if err != nil {
		return err
	}
	doc, err := r.pack.XML(name)
	if err != nil {
		return err
	}
	common, pages := doc.Child("CommonData"), doc.Child("Pages")
	if doc.Name != "Document" || common == nil || pages == nil {
		return damaged("%s has no pages", name)
	}
	if id := common.Child("MaxUnitID"); id != nil {
		if r.most, err = strconv.Atoi(id.Text); err != nil {
			return damaged("MaxUnitID is no number")
		}
	}
	for _, res := range append(common.All("PublicRes"), common.All("DocumentRes")...) {
		if err := r.resources(name, res.Text); err != nil {
			return err
		}
	}
	if a := doc.Child("Attachments"); a != nil {
		if err := r.attachments(name, a.Text); err != nil {
			return err
		}
	}
	list := pages.All("Page")
	if len(list) == 0 || len(list) > mostPages {
		return damaged("%d pages", len(list))
	}
	for _, p := range list {
		if err := r.page(name, p); err != nil {
			return err
		}
	}
	return nil
}

const mostPages = 1000

// claim takes an identifier, which nobody else may have.
func (r *reader) claim(n *Node) error {
	id := n.Attrs["ID"]
	number, err := strconv.Atoi(id)
	if err != nil || number < 1 || r.most > 0 && number > r.most {
		return damaged("%s has the identifier %q", n.Name, id)
	}
	if r.ids[id] {
		return damaged("the identifier %s is given twice", id)
	}
	r.ids[id] = true
	return nil
}

func (r *reader) resources(from, to string) error {
	name, err := r.pack.Resolve(from, to)
	if err != nil {
		return err
	}
	res, err := r.pack.XML(name)
	if err != nil {
		return err
	}
	base := path.Join(path.Dir(name), res.Attrs["BaseLoc"], "x") // parts are named relative to BaseLoc
	for _, n := range res.Under("Font") {
		if err := r.claim(n); err != nil {
			return err
		}
		r.fonts[n.Attrs["ID"]] = true
		file := n.Child("FontFile")
		if file == nil {
			continue
		}
		content, err := r.pack.follow(base, file.Text)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc([]string{"\x00\x01\x00\x00", "OTTO", "true", "ttcf"}, func(s string) bool { return bytes.HasPrefix(content, []byte(s)) }) {
			return damaged("the font %s is none", file.Text)
		}
		r.out.Fonts++
	}
	for _, n := range res.Under("MultiMedia") {
		if err := r.claim(n); err != nil {
			return err
		}
		r.media[n.Attrs["ID"]] = true
		if err := r.picture(base, n); err != nil {
			return err
		}
	}
	return nil
}

// picture measures a picture without unpacking it.
func (r *reader) picture(base string, n *Node) error {
	file := n.Child("MediaFile")
	if file == nil {
		return damaged("a medium without a file")
	}
	content, err := r.pack.follow(base, file.Text)
	if err != nil || n.Attrs["Type"] != "Image" {
		return err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return damaged("the picture %s can't be read", file.Text)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > mostDots/c.Height {
		return damaged("the picture %s is %d by %d dots", file.Text, c.Width, c.Height)
	}
	return nil
}

func (r *reader) attachments(from, to string) error {
	name, err := r.pack.Resolve(from, to)
	if err != nil {
		return err
	}
	list, err := r.pack.XML(name)
	if err != nil {
		return err
	}
	for _, n := range list.Under("FileLoc") {
		if err := r.pack.there(name, n.Text); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) page(from string, p *Node) error {
	if err := r.claim(p); err != nil {
		return err
	}
	name, err := r.pack.Resolve(from, p.Attrs["BaseLoc"])
	if err != nil {
		return err
	}
	content, err := r.pack.XML(name)
	if err != nil {
		return err
	}
	t := pageText{}
	for _, kind := range []string{"Layer", "PathObject", "ImageObject", "TextObject"} {
		for _, n := range content.Under(kind) {
			if err := r.object(n, &t); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	r.out.Pages = append(r.out.Pages, t.String())
	return nil
}

func (r *reader) object(n *Node, t *pageText) error {
	if err := r.claim(n); err != nil || n.Name == "Layer" {
		return err
	}
	boundary, err := lengths(n.Attrs["Boundary"], 4)
	if err != nil {
		return err
	}
	switch {
	case n.Name == "ImageObject" && !r.media[n.Attrs["ResourceID"]]:
		return damaged("a picture without its medium")
	case n.Name != "TextObject":
		return nil
	case !r.fonts[n.Attrs["Font"]]:
		return damaged("a text without its font")
	}
	for _, c := range n.All("TextCode") {
		at, err := lengths(c.Attrs["X"]+" "+c.Attrs["Y"], 2)
		if err != nil {
			return err
		}
		t.add(boundary[0]+at[0], boundary[1]+at[1], boundary[2], c.Text)
	}
	return nil
}

// lengths reads numbers that fit on any paper.
func lengths(text string, n int) ([]float64, error) {
	words := strings.Fields(text)
	if len(words) != n {
		return nil, damaged("%d lengths instead of %d", len(words), n)
	}
	out := make([]float64, n)
	for i, w := range words {
		f, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsNaN(f) || math.Abs(f) > 1e5 {
			return nil, damaged("%q is no length", w)
		}
		out[i] = f
	}
	return out, nil
}

// pageText puts pieces of a line together that stand side by side.
type pageText struct {
	b         strings.Builder
	end, base float64
}

func (t *pageText) add(x, y, wide float64, text string) {
	if t.b.Len() > 0 && (math.Abs(y-t.base) > 0.3 || math.Abs(x-t.end) > 0.8) {
		t.b.WriteByte('\n')
	}
	t.b.WriteString(text)
	t.end, t.base = x+wide, y
}

func (t *pageText) String() string { return t.b.String() }
