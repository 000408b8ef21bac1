package item

import (
	"math"
	"strings"
	"unicode"
)

// relevance ranks items for whole sentences, as people ask a clerk: 外省来打工孩子上学要什么证. It weighs pairs of neighbouring characters, which stand for
// words where nobody writes spaces, by how rare they are in the library (BM25); what everybody says when asking weighs nothing.
type relevance struct {
	cut      func(text string) []string // what is counted: pairs of characters, or of syllables
	postings map[string][]posting       // by pair
	length   []float64                  // of each item, in weighted pairs
	average  float64
}

type posting struct {
	item   int     // position in the catalogue
	weight float64 // how often the pair is said, by where
}

// The weights of the places a pair is said in.
const (
	inName    = 5
	inWords   = 4
	inSummary = 2
	inTerms   = 1.5 // variants, results, questions people ask, conditions
	inRest    = 0.5 // answers and materials
)

func newRelevance(bases []*Base, cut func(text string) []string) *relevance {
	r := &relevance{cut: cut, postings: map[string][]posting{}}
	for i, b := range bases {
		weights := map[string]float64{}
		said := func(weight float64, texts ...string) {
			for _, t := range texts {
				for _, p := range cut(normalise(t)) {
					weights[p] += weight
				}
			}
		}
		g := &b.Guide
		said(inName, b.Name, b.Short)
		said(inWords, b.Synonyms...)
		said(inSummary, g.Summary)
		said(inTerms, g.Conditions...)
		for _, v := range g.Variants {
			said(inTerms, v.Name)
		}
		for _, x := range g.Results {
			said(inTerms, x.Name)
		}
		for _, f := range g.FAQ {
			said(inTerms, f.Question)
			said(inRest, f.Answer)
		}
		for _, m := range g.Materials {
			said(inRest, m.Name)
		}
		total := 0.0
		for p, w := range weights {
			r.postings[p] = append(r.postings[p], posting{i, w})
			total += w
		}
		r.length = append(r.length, total)
		r.average += total / float64(len(bases))
	}
	return r
}

// pairs are the neighbouring characters of a normalised text, and runs of letters and digits whole.
func pairs(text string) []string {
	var list []string
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		if runes[i] <= unicode.MaxASCII {
			end := i
			for end < len(runes) && runes[end] <= unicode.MaxASCII {
				end++
			}
			list = append(list, string(runes[i:end]))
			i = end - 1
			continue
		}
		if i+1 < len(runes) && runes[i+1] > unicode.MaxASCII {
			list = append(list, string(runes[i:i+2]))
		}
	}
	return list
}

// syllables are the neighbouring syllables of a normalised text, so that a character taken for another that sounds alike is found.
func syllables(text string) []string {
	var list []string
	last := ""
	for _, r := range text {
		full, _ := spelling(string(r))
		if r <= unicode.MaxASCII {
			full = ""
		}
		if last != "" && full != "" {
			list = append(list, last+" "+full)
		}
		last = full
	}
	return list
}

// asking are words that ask and say nothing of what is asked for.
var asking = strings.NewReplacer("怎么办理", "", "怎么办", "", "怎么弄", "", "怎么", "", "怎样", "", "如何", "", "在哪里", "", "在哪儿", "", "在哪", "", "去哪", "", "哪里", "",
	"什么手续", "", "什么", "", "需要", "", "可以", "", "能不能", "", "我想", "", "想要", "", "想", "", "我的", "", "我家", "", "请问", "", "多少", "", "咋整", "", "咋", "",
	"自己", "", "家里", "", "吗", "", "呢", "", "了", "", "的", "")

// likeness is what items have in common with a query.
type likeness struct {
	got     map[int]float64 // by item, weighed
	matched map[int]int     // how many of the query's pairs
	pairs   int             // of the query
	all     float64         // what an item that said all of it could reach
}

// sum weighs what each item has in common with a normalised query.
func (r *relevance) sum(query string) likeness {
	const k, b = 1.2, 0.4
	n := float64(len(r.length))
	l := likeness{got: map[int]float64{}, matched: map[int]int{}}
	seen := map[string]bool{}
	for _, p := range r.cut(asking.Replace(query)) {
		if seen[p] {
			continue
		}
		seen[p] = true
		list := r.postings[p]
		rarity := math.Log(1 + (n-float64(len(list))+0.5)/(float64(len(list))+0.5))
		if len(list) == 0 {
			rarity /= 4 // a word nobody here uses tells little against those that are used
		}
		l.all += rarity * (k + 1)
		for _, at := range list {
			l.matched[at.item]++
			l.got[at.item] += rarity * at.weight * (k + 1) / (at.weight + k*(1-b+b*r.length[at.item]/r.average))
		}
	}
	l.pairs = len(seen)
	return l
}

// scores returns how well each item answers a normalised query, in [0, 1] of what an item that said all of it could reach; those that miss most of
// it are left out.
func (r *relevance) scores(query string) map[int]float64 {
	const least = 0.16
	l := r.sum(query)
	for i, s := range l.got {
		// Of a few words more than half must be there: 量子计算 is not about how days are counted (计算).
		few := l.pairs <= 3 && 2*l.matched[i] < l.pairs
		if l.got[i] = s / l.all; l.got[i] < least || few {
			delete(l.got, i)
		}
	}
	return l.got
}
