package paper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tdewolff/font"

	"xiangyun/web"
)

// ErrNoFont says that the program was built without the fonts of documents.
var ErrNoFont = errors.New("the fonts of documents are missing: run make build, which fetches and embeds them")

// Writer sets pages. Safe for concurrent use: a parsed font is not, so each page borrows a case of faces.
type Writer struct {
	files [faceCount]faceFile // nil for a face the program does not carry
	cases chan *faceCase
}

// New returns a writer with the fonts the program carries, or [ErrNoFont] without the one that every document needs.
func New() (*Writer, error) {
	w := &Writer{cases: make(chan *faceCase, max(2, runtime.GOMAXPROCS(0)))}
	for f := range faceCount {
		name := "fonts/" + faces[f].name + ".ttf"
		_, err := fs.Stat(web.Files(), name)
		if errors.Is(err, fs.ErrNotExist) {
			if f == Song {
				return nil, ErrNoFont
			}
			continue // its characters are drawn as boxes and reported
		}
		if err != nil {
			return nil, fmt.Errorf("reading the font: %w", err)
		}
		// Reading makes a copy of many megabytes, so a face is read when a document first needs it, and once.
		w.files[f] = sync.OnceValues(func() ([]byte, error) { return fs.ReadFile(web.Files(), name) })
	}
	for range cap(w.cases) {
		w.cases <- &faceCase{files: &w.files}
	}
	return w, w.borrow(func(*faceCase) error { return nil })
}

// borrow hands a case of faces to f, the face every document needs parsed.
func (w *Writer) borrow(f func(*faceCase) error) error {
	c := <-w.cases
	defer func() { w.cases <- c }()
	if _, err := c.face(Song); err != nil {
		return err
	}
	return f(c)
}

// glyph is one character of the page as the subset has it.
type glyph struct {
	id      uint16 // in the subset
	advance int    // thousandths of the size
}

// subset is the part of the font a page needs.
type subset struct {
	glyphs   map[rune]glyph
	runes    []rune // by glyph id, from 1
	widths   []int  // by glyph id
	deflated []byte // the font file, raw deflate
	sum      uint32 // Adler-32 of the font file, for zlib
	crc      uint32 // CRC-32 of it, for zip
	size     int    // of the font file
	ascent   int    // thousandths
	descent  int    // thousandths, positive
	box      [4]int // of all glyphs, thousandths
}

// runesOf returns the distinct characters of the texts in a face, sorted, so that the same page always gives the same subset.
func runesOf(texts []Text, f Face) []rune {
	seen := map[rune]bool{}
	var out []rune
	for _, t := range texts {
		if t.Face != f {
			continue
		}
		for _, r := range t.Text {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return out
}

// cut makes the subset of the texts in a face.
func cut(face *font.SFNT, f Face, texts []Text) (*subset, error) {
	em := int(face.UnitsPerEm())
	s := &subset{glyphs: map[rune]glyph{}, runes: []rune{0}, widths: []int{1000}}
	ids, known := []uint16{0}, map[uint16]uint16{}
	for _, r := range runesOf(texts, f) {
		id := face.GlyphIndex(r)
		at, ok := known[id]
		if !ok {
			at = uint16(len(ids))
			known[id] = at
			ids = append(ids, id)
			s.runes, s.widths = append(s.runes, r), append(s.widths, int(face.GlyphAdvance(id))*1000/em)
		}
		s.glyphs[r] = glyph{at, s.widths[at]}
	}
	small, err := face.Subset(ids, font.SubsetOptions{Tables: []string{"cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "glyf", "loca"}})
	if err != nil {
		return nil, fmt.Errorf("cutting the font down: %w", err)
	}
	file := small.Write()
	date(file, face.Head.Modified)
	if s.deflated, err = deflate(file); err != nil {
		return nil, err
	}
	s.size = len(file)
	s.sum, s.crc = sums(file)
	s.ascent, s.descent = int(face.Hhea.Ascender)*1000/em, -int(face.Hhea.Descender)*1000/em
	s.box = [4]int{int(face.Head.XMin) * 1000 / em, int(face.Head.YMin) * 1000 / em, int(face.Head.XMax) * 1000 / em, int(face.Head.YMax) * 1000 / em}
	return s, nil
}

// Where a font file keeps things (OpenType: table directory, head).
const (
	directory, record        = 12, 16
	headAdjustment           = 8
	headModified             = 28
	headLength               = 54
	fileSum           uint32 = 0xB1B0AFBA
)

// date gives a font file the date the whole font has, and its sums anew: the library writes the time of day, and the same sheet must give the same
// bytes tomorrow.
func date(file []byte, modified time.Time) {
	for at := directory; at+record <= len(file) && at < directory+record*int(binary.BigEndian.Uint16(file[4:])); at += record {
		start := int(binary.BigEndian.Uint32(file[at+8:]))
		if string(file[at:at+4]) != "head" || start+headLength > len(file) {
			continue
		}
		head := file[start : start+headLength]
		seconds := modified.Sub(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)) / time.Second
		binary.BigEndian.PutUint64(head[headModified:], uint64(seconds))
		binary.BigEndian.PutUint32(head[headAdjustment:], 0)
		binary.BigEndian.PutUint32(file[at+4:], tableSum(head))
		binary.BigEndian.PutUint32(head[headAdjustment:], fileSum-tableSum(file))
	}
}

// tableSum adds up the words of a table, the last filled up with zeros.
func tableSum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var rest [4]byte
	copy(rest[:], b)
	return sum + binary.BigEndian.Uint32(rest[:])
}
