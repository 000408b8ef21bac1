package item

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// traditionalText pairs each traditional character that is none of the simplified script with its simplified form; from OpenCC's TSCharacters
// (Apache-2.0).
//
//go:embed data/traditional.txt
var traditionalText string

// wordsText is what people write and what the library calls it, one pair a line: slips of the input method, old names, words of the street.
//
//go:embed data/words.tsv
var wordsText string

var traditional = sync.OnceValue(func() map[rune]rune {
	pairs := map[rune]rune{}
	for p := range strings.FieldsSeq(traditionalText) {
		r := []rune(p)
		pairs[r[0]] = r[1]
	}
	return pairs
})

// correction is one pair of wordsText, normalised.
type correction struct{ written, meant string }

var corrections = sync.OnceValue(func() []correction {
	var list []correction
	for line := range strings.Lines(wordsText) {
		if written, meant, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			list = append(list, correction{normalise(written), normalise(meant)})
		}
	}
	return list
})

// longestTyped is how many characters of a question are looked at: no question is longer, and every one more costs a look at each item.
const longestTyped = 100

// typed normalises what a person typed, traditional characters as simplified ones: the library is written in these.
func typed(text string) string {
	if len(text) > longestTyped {
		text = string([]rune(text)[:min(longestTyped, utf8.RuneCountInString(text))])
	}
	return strings.Map(func(r rune) rune {
		if s, ok := traditional()[r]; ok {
			return s
		}
		return r
	}, normalise(text))
}

// corrected puts what the library calls it in the place of what people write; the query itself when there is nothing to put right.
func corrected(query string) string {
	for _, c := range corrections() {
		// What holds the right word already is not made longer by it.
		if strings.Contains(query, c.written) && !strings.Contains(query, c.meant) {
			query = strings.Replace(query, c.written, c.meant, 1)
		}
	}
	return query
}
