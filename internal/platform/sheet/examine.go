package sheet

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/bits"
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
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return Facts{}, fmt.Errorf("examining a file: %w", err)
		}
		size += int64(n)
		hashed := make(chan struct{})
		go func() {
			sum.Write(buffer[kept : kept+n])
			close(hashed)
		}()
		block := buffer[:kept+n]
		whole := len(block)
		if !last {
			whole = settled(block)
		}
		found.add(block[:whole])
		<-hashed
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
	if utf8.Valid(b) {
		three, two := leaders(b)
		w.right, w.short = w.right+three, w.short+two
		return
	}
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c < utf8.RuneSelf:
			i++
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

// leaders counts the bytes that begin a character of three bytes or more and of two, eight at a time: those whose three, or just two, highest bits
// are set.
func leaders(b []byte) (three, two int) {
	const highest = 0x8080808080808080
	more := 0 // of two bytes or more
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		both := x & (x << 1) & highest
		more += bits.OnesCount64(both)
		three += bits.OnesCount64(both & (x << 2))
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0xC0 {
			more++
		}
		if c >= 0xE0 {
			three++
		}
	}
	return three, more - three
}
