package signed

import (
	"bytes"
	"compress/zlib"
	"io"
	"slices"

	"xiangyun/internal/platform/paper"
)

// What one PDF may unpack at most, and how many pieces are looked into.
const (
	mostScanned = 16 << 20
	mostStreams = 4096
)

// words are those of a PDF that matter to a verifier.
type words struct {
	whole       bool // it begins and ends as it should
	encrypted   bool
	attachments []string
	files       int
	actions     []string // what a reader would run or open
}

// dangerous are the names of what a reader runs or opens by itself.
// Short names are left out: three letters behind a stroke stand in any picture by chance, and a script has /JavaScript beside its /JS.
var dangerous = []string{"JavaScript", "Launch", "SubmitForm", "ImportData", "RichMedia"}

// scan looks for names anywhere in the file: in what is plain, and in what object streams hold packed. It does not follow the objects, so that what a
// reader would not reach is found too.
func scan(content []byte) (w words, err error) {
	tail := content[max(0, len(content)-1024):]
	w.whole = bytes.Contains(tail, []byte("startxref")) && bytes.Contains(tail, []byte("%%EOF"))
	left := mostScanned
	w.read(content)
	for n, at := 0, 0; ; n++ {
		i := bytes.Index(content[at:], []byte("/ObjStm"))
		if i < 0 {
			break
		}
		if n == mostStreams {
			return w, paper.ErrTooLarge
		}
		at += i + len("/ObjStm")
		begin := bytes.Index(content[at:min(len(content), at+1024)], []byte("stream"))
		if begin < 0 {
			continue
		}
		packed := bytes.TrimLeft(content[at+begin+len("stream"):], "\r\n")
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			continue // packed in another way, or not at all: then it was read already
		}
		text, _ := io.ReadAll(io.LimitReader(z, int64(left)+1)) // what can't be unpacked to its end is read as far as it can
		if left -= len(text); left < 0 {
			return w, paper.ErrTooLarge
		}
		w.read(text)
	}
	slices.Sort(w.actions)
	w.actions = slices.Compact(w.actions)
	return w, nil
}

// read finds the names in a piece of the file.
func (w *words) read(text []byte) {
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '/')
		if i < 0 {
			return
		}
		at += i + 1
		switch name := nameAt(text[at:]); {
		case name == "Encrypt":
			w.encrypted = true
		case name == "EmbeddedFile":
			w.files++
		case name == "EmbeddedFiles" || name == "FileAttachment":
			w.attachments = append(w.attachments, name)
		case slices.Contains(dangerous, name):
			w.actions = append(w.actions, name)
		}
	}
}

// nameAt reads a name, its characters written as #4A too.
func nameAt(text []byte) string {
	var out []byte
	for i := 0; i < len(text) && len(out) < 20; i++ {
		c := text[i]
		switch {
		case c == '#' && i+2 < len(text):
			hi, lo := digit(text[i+1]), digit(text[i+2])
			if hi < 0 || lo < 0 {
				return string(out)
			}
			out, i = append(out, byte(hi<<4|lo)), i+2
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			out = append(out, c)
		default:
			return string(out)
		}
	}
	return string(out)
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
