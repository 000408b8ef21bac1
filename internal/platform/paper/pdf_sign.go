package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrNoRoom says that a file was written without room for a signature.
var ErrNoRoom = errors.New("paper: the file has no room for a signature")

// pdfSign begins the signature of a file; what is signed begins before it.
const pdfSign = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"

// rangeWidth is how wide the three lengths of ByteRange are written, known only when the file is whole.
const rangeWidth = 10

func (d *Document) signs() bool { return d.sealing != nil && d.sealing.Room > 0 }

// pdfSignature is the field that holds the signature and shows the first of the seal's pictures.
type pdfSignature struct {
	field, value int
	page         int
	image        Image // shown by the field
}

func (d *Document) pdfSignature(out *pdf, pages []int, r pdfResources) pdfSignature {
	s := pdfSignature{field: out.reserve(), value: out.reserve()}
	rect, look := "0 0 0 0", ""
	if d.sealing.Picture != nil && len(d.sealing.Places) > 0 && d.sealing.Places[0].Page < len(pages) {
		at := d.sealing.Places[0]
		s.page, s.image = at.Page, Image{at.X, at.Y, at.W, at.H, d.sealing.Picture, at.Clip, true}
		x, y, w, h := s.image.shown()
		_, height := d.Pages[s.page].size()
		rect = fmt.Sprintf("%s %s %s %s", num(x*mm), num((height-y-h)*mm), num((x+w)*mm), num((height-y)*mm))
		var b bytes.Buffer
		fmt.Fprintf(&b, "%s 0 0 -%s %s %s cm\n", num(mm), num(mm), num(-x*mm), num((y+h)*mm))
		s.image.pdf(&b, r.pictures[s.image.Picture])
		form := out.reserve()
		out.stream(form, fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 %s %s]/Resources<<%s>>", num(w*mm), num(h*mm), r.text), b.Bytes())
		look = fmt.Sprintf("/AP<</N %d 0 R>>", form)
	}
	out.object(s.field, fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal1)/F 132/Rect[%s]/P %d 0 R/V %d 0 R%s>>", rect, pages[s.page], s.value, look))
	return s
}

// signature adds the empty signature and returns where its object begins.
func (d *pdf) signature(n int, s *Sealing) int {
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

// Sign puts a signature into a PDF that was written with room for one. sign gets the SHA-256 of everything but the room, the slot as it is filled by now, and
// returns a CMS SignedData without content, in DER. [ErrNoRoom], or [ErrSlotFull] for a signature that does not fit.
func (f *File) Sign(sign func(digest []byte) ([]byte, error)) error {
	if f.sign[1] == 0 {
		return ErrNoRoom
	}
	from, to := f.sign[0], f.sign[1]
	h := sha256.New()
	h.Write(f.bytes[:from-1])
	h.Write(f.bytes[to+1:])
	der, err := sign(h.Sum(nil))
	if err != nil {
		return fmt.Errorf("signing a PDF: %w", err)
	}
	if hex.EncodedLen(len(der)) > to-from {
		return ErrSlotFull
	}
	room := f.bytes[from:to]
	for i := hex.Encode(room, der); i < len(room); i++ {
		room[i] = '0'
	}
	return nil
}

// findSignature looks for the room of a signature behind a place; none is no error.
func (f *File) findSignature(from int) error {
	at := bytes.Index(f.bytes[from:], []byte(pdfSign))
	if at < 0 {
		return nil
	}
	at += from
	begin := bytes.Index(f.bytes[at:], []byte("/Contents<"))
	if begin < 0 {
		return ErrDamaged
	}
	begin += at + len("/Contents<")
	end := bytes.IndexByte(f.bytes[begin:], '>')
	if end < 1 {
		return ErrDamaged
	}
	for _, c := range f.bytes[begin : begin+end] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return ErrDamaged
		}
	}
	f.sign = [2]int{begin, begin + end}
	return nil
}
