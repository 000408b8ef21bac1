package paper

import "bytes"

// Slot is an attachment of a size fixed beforehand; see [File.Fill]. Its name is ASCII. Of size 0 there is none.
type Slot struct {
	Name string
	Size int
}

func blanks(n int) []byte { return bytes.Repeat([]byte{' '}, n) }

// File writes the document in a format, its slot blank. The PDF of a sealed document with room for a signature is not whole before [File.Sign]; an OFD shows
// no seal before [File.Affix].
func (d *Document) File(format Format, slot Slot) (*File, error) {
	var content []byte
	if format == OFD {
		var err error
		if content, err = d.ofd(slot); err != nil {
			return nil, err
		}
	} else {
		content = d.pdf(slot)
	}
	if slot.Size == 0 && (format == OFD || len(d.signing()) == 0) {
		return &File{Format: format, bytes: content}, nil
	}
	return Open(content)
}

// SVG writes each page for the screen.
func (d *Document) SVG() [][]byte {
	out := make([][]byte, len(d.Pages))
	for i, p := range d.Pages {
		out[i] = p.SVG()
	}
	return out
}
