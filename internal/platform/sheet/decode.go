package sheet

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// decoder turns the bytes of a record into text.
type decoder struct{ from *encoding.Decoder } // nil reads UTF-8

func newDecoder(e Encoding) decoder {
	if e == GB18030 {
		return decoder{simplifiedchinese.GB18030.NewDecoder()}
	}
	return decoder{}
}

// text returns the text of b, or the place of the first byte that is no character.
func (d decoder) text(b []byte) (s string, bad int) {
	if d.from == nil {
		if i := firstBad(b); i >= 0 {
			return "", i
		}
		return string(b), -1
	}
	if i := firstBadGB(b); i >= 0 {
		return "", i
	}
	out, err := d.from.Bytes(b)
	if err != nil {
		return "", 0
	}
	return string(out), -1
}

func firstBad(b []byte) int {
	if utf8.Valid(b) {
		return nul(b)
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

// firstBadGB walks the sequences of one, two and four bytes GB18030 is made of.
func firstBadGB(b []byte) int {
	between := func(i int, low, high byte) bool { return i < len(b) && low <= b[i] && b[i] <= high }
	for i := 0; i < len(b); {
		switch {
		case b[i] < 0x80 && b[i] != 0:
			i++
		case between(i, 0x81, 0xFE) && (between(i+1, 0x40, 0x7E) || between(i+1, 0x80, 0xFE)):
			i += 2
		case between(i, 0x81, 0xFE) && between(i+1, '0', '9') && between(i+2, 0x81, 0xFE) && between(i+3, '0', '9'):
			i += 4
		default:
			return i
		}
	}
	return -1
}

// nul finds the one character no database holds.
func nul(b []byte) int { return bytes.IndexByte(b, 0) }
