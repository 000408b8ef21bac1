package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrNoRoom says that a file was written without room for a signature.
var ErrNoRoom = errors.New("paper: the file has no room for a signature")

// pdfSign begins the signature of a file; what is signed begins before it.
const pdfSign = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"

// rangeWidth is how wide the three lengths of ByteRange are written, known only when the file is whole.
const rangeWidth = 10

// signing are the seals that sign a PDF, in their order.
func (d *Document) signing() (out []Sealing) {
	for _, s := range d.sealings {
		if s.Room > 0 {
			out = append(out, s)
		}
	}
	return out
}

// shownByFields are the images that fields show, the first of each seal that signs.
func (d *Document) shownByFields() (out []Image) {
	for _, s := range d.signing() {
		if i, _, ok := d.first(s); ok {
			out = append(out, i)
		}
	}
	return out
}

// first is the first image of a seal and its page; ok is false for a seal that is not shown.
func (d *Document) first(s Sealing) (i Image, page int, ok bool) {
	if s.Picture == nil || len(s.Places) == 0 || s.Places[0].Page < 0 || s.Places[0].Page >= len(d.Pages) {
		return i, 0, false
	}
	at := s.Places[0]
	return Image{at.X, at.Y, at.W, at.H, s.Picture, at.Clip, true}, at.Page, true
}

// field adds the field that holds a signature and shows the first of the seal's pictures, and returns the number its signature will have.
func (w *pdfWriter) field(s Sealing) (value int) {
	out := w.out
	field, value := out.reserve(), out.reserve()
	rect, look := "0 0 0 0", ""
	image, page, shown := w.doc.first(s)
	if shown {
		x, y, wide, high := image.shown()
		_, height := w.doc.Pages[page].size()
		rect = fmt.Sprintf("%s %s %s %s", num(x*mm), num((height-y-high)*mm), num((x+wide)*mm), num((height-y)*mm))
		var b bytes.Buffer
		fmt.Fprintf(&b, "%s 0 0 -%s %s %s cm\n", num(mm), num(mm), num(-x*mm), num((y+high)*mm))
		image.pdf(&b, w.resources.pictures[image.Picture])
		form := out.reserve()
		out.stream(form, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s %s]/Resources<<%s>>", num(wide*mm), num(high*mm), w.resources.text), b.Bytes())
		look = fmt.Sprintf("/AP<</N %d 0 R>>", form)
	}
	w.fields = append(w.fields, field)
	w.pages[page].fields = strings.TrimSpace(fmt.Sprintf("%s %d 0 R", w.pages[page].fields, field))
	w.last = page
	out.object(field, fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/F 132/Rect[%s]/P %d 0 R/V %d 0 R%s>>", fieldName(len(w.fields)-1), rect, w.pages[page].number, value, look))
	return value
}

// fieldName is what the field of a signature is called, from 0 on.
func fieldName(i int) string { return fmt.Sprintf("Seal%d", i+1) }

// signature adds the empty signature and returns where its object begins.
func (d *pdf) signature(n int, s Sealing) int {
	d.begin(n)
	at := d.buf.Len()
	fmt.Fprintf(&d.buf, "%s/Name%s/M(D:%sZ)/ByteRange[0%s]/Contents<", pdfSign, pdfText(s.Name), s.At.UTC().Format("20060102150405"), bytes.Repeat([]byte{' '}, 3*(rangeWidth+1)))
	d.buf.Write(bytes.Repeat([]byte{'0'}, 2*s.Room))
	d.buf.WriteString(">>>\nendobj\n")
	return at
}

// rangeOf writes what the signature covers: all of the file but its own digits with their brackets.
func (d *pdf) rangeOf(at, room int) {
	b := d.buf.Bytes()
	digits := at + bytes.Index(b[at:], []byte("/Contents<")) + len("/Contents")
	end := digits + 2*room + 2
	place := at + bytes.Index(b[at:], []byte("/ByteRange[0")) + len("/ByteRange[0")
	copy(b[place:], fmt.Sprintf(" %-*d %-*d %-*d", rangeWidth, digits, rangeWidth, end, rangeWidth, len(b)-end))
}

// Sign puts a signature into a PDF that was written with room for one, or for several: then each call fills the next, from the first on, since the later ones
// cover the earlier. sign gets the name of the field and the SHA-256 of everything the signature covers but its own room, the slot as it is filled by now, and
// returns a CMS SignedData without content, in DER. [ErrNoRoom], or [ErrSlotFull] for a signature that does not fit.
func (f *File) Sign(sign func(field string, digest []byte) ([]byte, error)) error {
	if len(f.signs) == 0 {
		return ErrNoRoom
	}
	i := f.signed % len(f.signs)
	s := f.signs[i]
	h := sha256.New()
	h.Write(f.bytes[:s.from-1])
	h.Write(f.bytes[s.to+1 : s.end])
	der, err := sign(fieldName(i), h.Sum(nil))
	if err != nil {
		return fmt.Errorf("signing a PDF: %w", err)
	}
	if hex.EncodedLen(len(der)) > s.to-s.from {
		return ErrSlotFull
	}
	room := f.bytes[s.from:s.to]
	for i := hex.Encode(room, der); i < len(room); i++ {
		room[i] = '0'
	}
	f.signed = i + 1
	return nil
}

// signRoom is the room of one signature, in hex, and the end of what it covers.
type signRoom struct{ from, to, end int }

// mostSigns bounds how many signatures a document of ours has.
const mostSigns = 8

// rangeWords are the lengths that a signature of ours covers.
var rangeWords = regexp.MustCompile(`/ByteRange\[0 (\d{1,10}) *(\d{1,10}) *(\d{1,10}) *\]/Contents<`)

// findSignatures looks for the rooms of signatures behind a place; none is no error.
func (f *File) findSignatures(from int) error {
	for {
		at := bytes.Index(f.bytes[from:], []byte(pdfSign))
		if at < 0 {
			return nil
		}
		at += from
		words := rangeWords.FindSubmatchIndex(f.bytes[at+2 : min(len(f.bytes), at+8<<10)])
		if words == nil || len(f.signs) == mostSigns || bytes.Contains(f.bytes[at:at+2+words[0]], []byte("endobj")) {
			return ErrDamaged
		}
		number := func(i int) int {
			n, _ := strconv.Atoi(string(f.bytes[at+2+words[i] : at+2+words[i+1]])) // ten digits fit
			return n
		}
		begin := at + 2 + words[1]
		end := bytes.IndexByte(f.bytes[begin:], '>')
		if end < 1 {
			return ErrDamaged
		}
		s := signRoom{begin, begin + end, number(4) + number(6)}
		if number(2) != s.from-1 || number(4) != s.to+1 || s.end < s.to || s.end > len(f.bytes) {
			return ErrDamaged
		}
		for _, c := range f.bytes[s.from:s.to] {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return ErrDamaged
			}
		}
		f.signs = append(f.signs, s)
		from = s.to
	}
}
