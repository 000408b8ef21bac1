package item

import (
	"sync/atomic"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// spoken is how a character is read by itself.
type spoken struct {
	text   string // its syllable; a letter or digit is its own; "" for anything else
	number uint32 // the same as a number: six letters at most, or the character where it has no syllable
}

// readings remembers those of the characters most texts are written in: the dictionary is slow, and texts have millions of characters.
var readings [1 << 16]atomic.Pointer[spoken]

func readingOf(r rune) *spoken {
	if int(r) >= len(readings) {
		return look(r)
	}
	known := readings[r].Load()
	if known == nil {
		known = look(r)
		readings[r].Store(known)
	}
	return known
}

func look(r rune) *spoken {
	if p := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(p) > 0 {
		return &spoken{p[0], numberOf(p[0], r)}
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return &spoken{string(unicode.ToLower(r)), 1<<30 | uint32(r)}
	}
	return &spoken{"", 1<<30 | uint32(r)}
}

// numberOf turns a syllable into a number, each a different one.
func numberOf(syllable string, r rune) uint32 {
	n := uint32(0)
	for _, l := range syllable {
		if l < 'a' || l > 'z' || len(syllable) > 6 {
			return 1<<30 | uint32(r)
		}
		n = n*27 + uint32(l-'a') + 1
	}
	return n
}
