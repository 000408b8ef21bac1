package item

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unsafe"
)

// A relevance ranks items for whole sentences, as people ask a clerk: 外省来打工孩子上学要什么证. It weighs pairs of neighbouring characters, which stand for
// words where nobody writes spaces, by how rare they are in the library (BM25); what everybody says when asking weighs nothing.
type relevance struct {
	cut      func(text string) []pair // what is counted: pairs of characters, or of syllables
	postings map[pair][]posting
	length   []float32 // of each document, in weighted pairs
}

type posting struct {
	document int32   // position in the segment
	weight   float32 // how often the pair is said, by where
}

// The weights of the places a pair is said in.
const (
	inName    = 5
	inWords   = 4
	inSummary = 2
	inTerms   = 1.5 // variants, results, questions people ask, conditions
	inRest    = 0.5 // answers and materials
)

// newRelevance counts what the parts of each text say; texts come normalised.
func newRelevance(documents []document, cut func(text string) []pair) *relevance {
	r := &relevance{cut: cut, postings: map[pair][]posting{}, length: make([]float32, len(documents))}
	weights := map[pair]float32{}
	for i, d := range documents {
		clear(weights)
		for _, said := range d {
			for _, p := range cut(said.text) {
				weights[p] += said.weight
			}
		}
		for p, w := range weights {
			r.postings[p] = append(r.postings[p], posting{int32(i), w})
			r.length[i] += w
		}
	}
	return r
}

// document is what a guide says, normalised, by how much it counts.
type document []said

type said struct {
	weight float32
	text   string
}

func documentOf(b *Base) document {
	var d document
	add := func(weight float32, texts ...string) {
		for _, t := range texts {
			d = append(d, said{weight, normalise(t)})
		}
	}
	g := &b.Guide
	add(inName, b.Name, b.Short)
	add(inWords, b.Synonyms...)
	add(inSummary, g.Summary)
	add(inTerms, g.Conditions...)
	for _, v := range g.Variants {
		add(inTerms, v.Name)
	}
	for _, x := range g.Results {
		add(inTerms, x.Name)
	}
	for _, f := range g.FAQ {
		add(inTerms, f.Question)
		add(inRest, f.Answer)
	}
	for _, m := range g.Materials {
		add(inRest, m.Name)
	}
	return d
}

// bytes is about what the relevance holds of the memory.
func (r *relevance) bytes() int64 {
	n := int64(len(r.length)) * 4
	for _, list := range r.postings {
		n += int64(cap(list))*int64(unsafe.Sizeof(posting{})) + 40 // key, value and their share of the map
	}
	return n
}

// pair is two neighbouring characters, or a run of letters and digits, or two neighbouring syllables, as a number: texts are cut into millions of
// them.
type pair uint64

// run marks the pairs that are runs.
const run = 1 << 63

// pairs are the neighbouring characters of a normalised text, and runs of letters and digits whole.
func pairs(text string) []pair {
	list := make([]pair, 0, len(text)/3)
	last := rune(0)
	for i, r := range text {
		if r > unicode.MaxASCII {
			if last != 0 {
				list = append(list, pair(last)<<32|pair(r))
			}
			last = r
			continue
		}
		if last != 0 || i == 0 {
			end := i
			for end < len(text) && text[end] <= unicode.MaxASCII {
				end++
			}
			h := fnv.New64a()
			_, _ = h.Write([]byte(text[i:end])) // it never fails
			list = append(list, pair(h.Sum64())|run)
		}
		last = 0
	}
	return list
}

// syllables are the neighbouring syllables of a normalised text, so that a character taken for another that sounds alike is found.
func syllables(text string) []pair {
	list := make([]pair, 0, len(text)/3)
	last := pair(0)
	for _, r := range text {
		now := pair(0)
		if r > unicode.MaxASCII {
			now = pair(readingOf(r).number)
		}
		if last != 0 && now != 0 {
			list = append(list, last<<32|now)
		}
		last = now
	}
	return list
}

// asking are words that ask and say nothing of what is asked for.
var asking = strings.NewReplacer("怎么办理", "", "怎么办", "", "怎么弄", "", "怎么", "", "怎样", "", "如何", "", "在哪里", "", "在哪儿", "", "在哪", "", "去哪", "", "哪里", "",
	"什么手续", "", "什么", "", "需要", "", "可以", "", "能不能", "", "我想", "", "想要", "", "想", "", "我的", "", "我家", "", "请问", "", "多少", "", "咋整", "", "咋", "",
	"自己", "", "家里", "", "吗", "", "呢", "", "了", "", "的", "")
