package paper

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"strconv"
)

// Format is what a file is.
type Format string

// The formats with a slot.
const (
	PDF Format = "pdf"
	OFD Format = "ofd"
)

// MediaType is the format's registered type; OFD has none registered and uses the one its readers do.
func (f Format) MediaType() string {
	if f == OFD {
		return "application/ofd"
	}
	return "application/pdf"
}

// MaxFile is the largest file [Open] looks at.
const MaxFile = 5 << 20

// Reasons why [Open] refuses.
var (
	ErrTooLarge = errors.New("paper: the file is larger than any document written here")
	ErrFormat   = errors.New("paper: the file is no document written here")
	ErrDamaged  = errors.New("paper: the file is damaged")
	ErrSlotFull = errors.New("paper: the content does not fit into the slot")
)

// File is a document with a slot. The slot is blank after writing; see [File.Fill].
type File struct {
	Format Format
	bytes  []byte
	slot   [2]int     // of bytes; 0, 0 for none
	name   string     // of the slot, in an OFD
	sums   []int      // where the slot's CRC-32 stands, four bytes each
	signs  []signRoom // of the signatures of a PDF, in their order
	signed int        // how many of them were made with this File
}

// Bytes returns the file. It must not be changed.
func (f *File) Bytes() []byte { return f.bytes }

// Content returns what is in the slot without the blanks that fill it up.
func (f *File) Content() []byte { return bytes.TrimRight(f.bytes[f.slot[0]:f.slot[1]], " ") }

// SlotSize is how much the slot holds.
func (f *File) SlotSize() int { return f.slot[1] - f.slot[0] }

// SlotName is what the slot is called in an OFD, with its folders; "" without one.
func (f *File) SlotName() string { return f.name }

// Digest writes every byte of the file into h, with zeros where the slot, its sums and the signatures of a PDF are, so that neither a byte outside nor the
// slot's place can change unnoticed, and returns h's sum. What is in the slot must be checked by whoever put it there.
func (f *File) Digest(h hash.Hash) []byte {
	at := 0
	blank := func(from, to int) {
		h.Write(f.bytes[at:from])
		h.Write(make([]byte, to-from))
		at = to
	}
	places := f.places()
	for _, p := range places {
		blank(p[0], p[1])
	}
	h.Write(f.bytes[at:])
	return h.Sum(nil)
}

// places are the slot, its sums and the signatures in the order of the file.
func (f *File) places() [][2]int {
	out := [][2]int{}
	if len(f.signs) > 0 {
		out = append(out, f.slot)
		for _, s := range f.signs {
			out = append(out, [2]int{s.from, s.to})
		}
		return out
	}
	if len(f.sums) > 0 {
		out = append(out, [2]int{f.sums[0], f.sums[0] + 4})
	}
	out = append(out, f.slot)
	if len(f.sums) > 1 {
		out = append(out, [2]int{f.sums[1], f.sums[1] + 4})
	}
	return out
}

// Fill puts content into the slot, filled up with blanks: [ErrSlotFull] when it does not fit.
func (f *File) Fill(content []byte) error {
	slot := f.bytes[f.slot[0]:f.slot[1]]
	if len(content) > len(slot) {
		return ErrSlotFull
	}
	n := copy(slot, content)
	for i := n; i < len(slot); i++ {
		slot[i] = ' '
	}
	for _, at := range f.sums {
		binary.LittleEndian.PutUint32(f.bytes[at:], crc32.ChecksumIEEE(slot))
	}
	return nil
}

// Open finds the slot in a file of unknown origin. It keeps b. It returns [ErrTooLarge], [ErrFormat] for what was not written here, or
// [ErrDamaged] for what was and has lost its form. Nothing is inflated: a small file stays small.
func Open(b []byte) (*File, error) {
	switch {
	case len(b) > MaxFile:
		return nil, ErrTooLarge
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return openPDF(b)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return openOFD(b)
	}
	return nil, ErrFormat
}

func openPDF(b []byte) (*File, error) {
	at := bytes.Index(b, []byte(pdfMark))
	if at < 0 {
		f := &File{Format: PDF, bytes: b}
		if err := f.findSignatures(0); err != nil {
			return nil, err
		}
		if len(f.signs) == 0 {
			return nil, ErrFormat
		}
		return f, nil
	}
	at += len(pdfMark)
	const after = ">>\nstream\n"
	n := bytes.Index(b[at:min(at+20, len(b))], []byte(after))
	if n < 1 {
		return nil, ErrDamaged
	}
	size, err := strconv.Atoi(string(b[at : at+n]))
	start := at + n + len(after)
	if err != nil || size < 1 || size > len(b)-start || !bytes.HasPrefix(b[start+size:], []byte("\nendstream\n")) {
		return nil, ErrDamaged
	}
	f := &File{Format: PDF, bytes: b, slot: [2]int{start, start + size}}
	if err := f.findSignatures(start + size); err != nil {
		return nil, err
	}
	return f, nil
}

// Sizes and signatures of zip (APPNOTE 4.3).
const (
	zipEnd       = 22
	zipEntry     = 46
	zipLocal     = 30
	maxZipFiles  = 64
	zipEndSign   = "PK\x05\x06"
	zipEntrySign = "PK\x01\x02"
	zipLocalSign = "PK\x03\x04"
)

// openOFD reads the directory of the package strictly: no comments, no extras, nothing before or after.
func openOFD(b []byte) (*File, error) {
	if len(b) < zipEnd {
		return nil, ErrFormat
	}
	end := b[len(b)-zipEnd:]
	n := int(binary.LittleEndian.Uint16(end[10:]))
	size, at := int(binary.LittleEndian.Uint32(end[12:])), int(binary.LittleEndian.Uint32(end[16:]))
	if string(end[:4]) != zipEndSign || binary.LittleEndian.Uint16(end[20:]) != 0 {
		return nil, ErrFormat
	}
	if n == 0 || n > maxZipFiles || at+size != len(b)-zipEnd {
		return nil, ErrDamaged
	}
	var found *File
	for range n {
		if at+zipEntry > len(b)-zipEnd || string(b[at:at+4]) != zipEntrySign {
			return nil, ErrDamaged
		}
		e := b[at : at+zipEntry]
		next := at + zipEntry + int(binary.LittleEndian.Uint16(e[28:]))
		if next > len(b)-zipEnd || binary.LittleEndian.Uint32(e[30:]) != 0 {
			return nil, ErrDamaged
		}
		name := string(b[at+zipEntry : next])
		if len(name) > len(ofdSlot) && name[:len(ofdSlot)] == ofdSlot && name != ofdSlot+"Attachments.xml" {
			if found != nil {
				return nil, ErrDamaged
			}
			var err error
			if found, err = slotOf(b, e, name, at); err != nil {
				return nil, err
			}
		}
		at = next
	}
	if at != len(b)-zipEnd {
		return nil, ErrDamaged
	}
	if found == nil {
		return nil, ErrFormat
	}
	return found, nil
}

// slotOf checks the entry that holds the slot, in the directory and where it stands.
func slotOf(b, e []byte, name string, at int) (*File, error) {
	sum, size := binary.LittleEndian.Uint32(e[16:]), int(binary.LittleEndian.Uint32(e[24:]))
	local := int(binary.LittleEndian.Uint32(e[42:]))
	start := local + zipLocal + len(name)
	if binary.LittleEndian.Uint16(e[10:]) != 0 || int(binary.LittleEndian.Uint32(e[20:])) != size || size < 1 || start > at || size > at-start {
		return nil, ErrDamaged
	}
	l := b[local:start]
	if string(l[:4]) != zipLocalSign || binary.LittleEndian.Uint32(l[14:]) != sum || binary.LittleEndian.Uint16(l[26:]) != uint16(len(name)) ||
		binary.LittleEndian.Uint16(l[28:]) != 0 || string(l[zipLocal:]) != name || crc32.ChecksumIEEE(b[start:start+size]) != sum {
		return nil, ErrDamaged
	}
	return &File{Format: OFD, bytes: b, name: name, slot: [2]int{start, start + size}, sums: []int{local + 14, at + 16}}, nil
}
