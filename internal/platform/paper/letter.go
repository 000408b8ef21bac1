package paper

import (
	"fmt"
	"slices"
	"strings"
)

// Letter is a document of as many pages as it needs (公文、文书): who writes, what it is, its number, its text, who answers for it and when. It can be
// kept as JSON and set again to the same bytes. Texts may hold any character; see [NoGlyph].
type Letter struct {
	Language  string   `json:"language,omitempty"` // BCP 47, "zh-CN" when empty
	Office    Pair     `json:"office"`             // who writes, on top
	Title     Pair     `json:"title"`
	Number    string   `json:"number,omitempty"` // 文号
	Blocks    []Block  `json:"blocks"`
	Signer    string   `json:"signer,omitempty"` // who answers for it, at the end
	Date      string   `json:"date,omitempty"`   // in words, below the signer
	Seal      string   `json:"seal,omitempty"`   // said where a seal is to be put; "" leaves no place
	Code      string   `json:"code,omitempty"`   // what the code to scan leads to
	Scan      string   `json:"scan,omitempty"`   // said below the code
	Notes     []string `json:"notes,omitempty"`  // small, at the end
	Watermark string   `json:"watermark,omitempty"`
	Copy      string   `json:"copy,omitempty"` // said again and again under each page, light: what this copy is for
}

// Pair is a text and the same in a second language, "" without one.
type Pair struct {
	Text   string `json:"text"`
	Beside string `json:"beside,omitempty"`
}

// BlockKind is how a block is set.
type BlockKind string

// The kinds.
const (
	Paragraph BlockKind = ""        // two characters indented, both edges straight
	Addressee BlockKind = "address" // from the left edge
	Heading   BlockKind = "heading" // bold
	Table     BlockKind = "table"
)

// Block is one part of a letter's text.
type Block struct {
	Kind   BlockKind  `json:"kind,omitempty"`
	Text   string     `json:"text,omitempty"`
	Widths []int      `json:"widths,omitempty"` // of a table's columns, in proportion; as many as each row has cells
	Head   []string   `json:"head,omitempty"`   // repeated on each page
	Rows   [][]string `json:"rows,omitempty"`
}

// Lines returns what a letter says as lines of text, without its heading: what a page of words shows, and what is searched.
func (l *Letter) Lines() []string {
	var out []string
	for _, b := range l.Blocks {
		if b.Kind != Table {
			out = append(out, b.Text)
			continue
		}
		for _, row := range b.Rows {
			out = append(out, strings.Join(slices.DeleteFunc(slices.Clone(row), func(s string) bool { return s == "" }), " "))
		}
	}
	return out
}

// Document is a letter laid out. Make it with [Writer.Lay]; its writers may be called from many goroutines.
type Document struct {
	Title    string
	Language string
	Pages    []*Page
	fonts    [faceCount]*subset // nil for a face nobody uses
	seal     *sealPlaceOf       // nil without a place for a seal
	sealings []Sealing          // nil before [Document.Sealed]
}

// sealPlaceOf is the middle of where a seal goes, and which texts of the page say so until it is there.
type sealPlaceOf struct {
	Page     int
	X, Y     float64
	from, to int
}

// NoGlyph says which characters no face has. They are drawn as boxes with their code points, so that nothing vanishes unseen; whoever lays a letter out
// decides whether it may go out like that.
type NoGlyph struct{ Runes []rune }

// Error names the code points only: the characters may be a person's.
func (e *NoGlyph) Error() string {
	words := make([]string, len(e.Runes))
	for i, r := range e.Runes {
		words[i] = fmt.Sprintf("U+%04X", r)
	}
	return "paper: no face has " + strings.Join(words, ", ")
}

// Lay lays a letter out. With a [NoGlyph] the document is whole all the same; with any other error there is none.
func (w *Writer) Lay(l Letter) (*Document, error) {
	d := &Document{Title: l.Title.Text, Language: l.Language}
	if d.Language == "" {
		d.Language = "zh-CN"
	}
	f := &flow{letter: l, doc: d, lacking: map[rune]bool{}}
	err := w.borrow(func(c *faceCase) error {
		f.faces = c
		if err := f.all(); err != nil {
			return err
		}
		return d.cut(c)
	})
	if err != nil {
		return nil, err
	}
	if len(f.lacking) == 0 {
		return d, nil
	}
	e := &NoGlyph{}
	for r := range f.lacking {
		e.Runes = append(e.Runes, r)
	}
	slices.Sort(e.Runes)
	return d, e
}

// cut makes the subsets that all pages share.
func (d *Document) cut(c *faceCase) error {
	var texts []Text
	for _, p := range d.Pages {
		texts = append(texts, p.Texts...)
	}
	for f := range faceCount {
		if !slices.ContainsFunc(texts, func(t Text) bool { return t.Face == f }) {
			continue
		}
		face, err := c.face(f)
		if err != nil {
			return err
		}
		if d.fonts[f], err = cut(face, f, texts); err != nil {
			return err
		}
	}
	for _, p := range d.Pages {
		p.fonts = d.fonts
	}
	return nil
}
