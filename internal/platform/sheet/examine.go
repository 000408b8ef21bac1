package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Encoding is how a file writes characters.
type Encoding string

// The encodings. GB18030 holds GBK and GB 2312.
const (
	UTF8    Encoding = "utf-8"
	GB18030 Encoding = "gb18030"
)

// Facts are what [Examine] found.
type Facts struct {
	Digest   string // SHA-256, hexadecimal
	Size     int64
	Encoding Encoding
}

var mark = []byte{0xEF, 0xBB, 0xBF} // UTF-8's byte order mark

// Examine reads a file to its end. A file whose bytes are UTF-8 is that, and so is one in which ten characters are right for each that is not:
// such a file was damaged. Anything else is taken for GB18030, and so is a file of characters of two bytes: that is what a short text in GBK
// looks like, Chinese in UTF-8 has three.
func Examine(r io.Reader) (Facts, error) {
	sum := sha256.New()
	buffer := make([]byte, 1<<18)
	var size int64
	var found weight
	kept := 0
	for {
		n, err := io.ReadFull(r, buffer[kept:])
		size += int64(n)
		sum.Write(buffer[kept : kept+n])
		block := buffer[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return Facts{}, fmt.Errorf("examining a file: %w", err)
		}
		whole := len(block)
		if !last {
			whole = settled(block)
		}
		found.add(block[:whole])
		if last {
			break
		}
		kept = copy(buffer, block[whole:])
	}
	f := Facts{Digest: hex.EncodeToString(sum.Sum(nil)), Size: size, Encoding: UTF8}
	if found.wrong*10 > found.right || found.wrong == 0 && found.short > found.right {
		f.Encoding = GB18030
	}
	return f, nil
}

// settled returns where the last character that may go on in the next block begins.
func settled(block []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(block); i++ {
		c := block[len(block)-i]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(block[len(block)-i:]) {
				return len(block) - i
			}
			break
		}
	}
	return len(block)
}

// weight counts characters of UTF-8 beyond ASCII: of three bytes and more, of two, and bytes that are none.
type weight struct{ right, short, wrong int }

func (w *weight) add(b []byte) {
	valid := utf8.Valid(b)
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c < utf8.RuneSelf:
			i++
		case valid && c >= 0xE0:
			w.right++
			i += 3
		case valid:
			w.short++
			i += 2
		default:
			r, n := utf8.DecodeRune(b[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				w.wrong++
			case n > 2:
				w.right++
			default:
				w.short++
			}
			i += n
		}
	}
}
