package item

import (
	"math"
	"slices"
	"sync"
)

// segment is the searchable text of some versions. It never changes, so that catalogues share it.
type segment struct {
	documents         map[string]int32 // version id → document
	relevance, sounds *relevance
}

func newSegment(list []*Base) *segment {
	g := &segment{documents: make(map[string]int32, len(list))}
	texts := make([]document, len(list))
	for i, b := range list {
		g.documents[b.VersionID], texts[i] = int32(i), documentOf(b)
	}
	var both sync.WaitGroup
	both.Go(func() { g.relevance = newRelevance(texts, pairs) })
	both.Go(func() { g.sounds = newRelevance(texts, syllables) })
	both.Wait()
	return g
}

func (g *segment) holds(version string) bool {
	_, ok := g.documents[version]
	return ok
}

// index finds items among those of one catalogue in one or more segments, passing over what is no longer in force.
type index struct {
	items int
	parts []part
	// The mean length of an item, by characters and by sound.
	average, averageSound float64
}

// part is a segment as one catalogue sees it.
type part struct {
	*segment
	at    []int32 // of each document: its position in the catalogue, or gone
	whole bool    // no document is gone: postings need not be looked through to be counted
}

// gone is the position of what is no longer in force, or stands in a later part.
const gone = -1

func newIndex(list []*Base, segments []*segment) *index {
	x := &index{items: len(list)}
	for _, g := range segments {
		p := part{segment: g, at: make([]int32, len(g.documents))}
		for i := range p.at {
			p.at[i] = gone
		}
		x.parts = append(x.parts, p)
	}
	for i, b := range list {
		for _, p := range x.parts {
			if d, ok := p.documents[b.VersionID]; ok {
				p.at[d] = int32(i)
				x.average += float64(p.relevance.length[d]) / float64(len(list))
				x.averageSound += float64(p.sounds.length[d]) / float64(len(list))
				break
			}
		}
	}
	for i, p := range x.parts {
		x.parts[i].whole = !slices.Contains(p.at, gone)
	}
	return x
}

func (x *index) bytes() int64 {
	var n int64
	for _, p := range x.parts {
		n += p.relevance.bytes() + p.sounds.bytes() + int64(len(p.at))*4 + int64(len(p.documents))*64
	}
	return n
}

// touched marks the items that say at least one of the pairs of a normalised query; ok is false when the query has no pair of characters to go by.
func (x *index) touched(query string) (marks []bool, ok bool) {
	marks = make([]bool, x.items)
	for _, p := range pairs(query) {
		ok = ok || p&run == 0
		for _, part := range x.parts {
			for _, at := range part.relevance.postings[p] {
				if i := part.at[at.document]; i != gone {
					marks[i] = true
				}
			}
		}
	}
	return marks, ok
}

// likeness is what items have in common with a query.
type likeness struct {
	got      []float64 // by item, weighed
	matched  []int32   // how many of the query's pairs
	pairs    int       // of the query
	possible float64   // what an item that said all of it could reach
}

// sum weighs what each item has in common with a normalised query.
func (x *index) sum(query string, bySound bool) likeness {
	const k, b = 1.2, 0.4
	l := likeness{got: make([]float64, x.items), matched: make([]int32, x.items)}
	cut, average := pairs, x.average
	if bySound {
		cut, average = syllables, x.averageSound
	}
	seen := map[pair]bool{}
	for _, p := range cut(asking.Replace(query)) {
		if seen[p] {
			continue
		}
		seen[p] = true
		rarity := x.rarity(p, bySound)
		l.possible += rarity * (k + 1)
		for _, part := range x.parts {
			r := part.by(bySound)
			for _, at := range r.postings[p] {
				i := part.at[at.document]
				if i == gone {
					continue
				}
				l.matched[i]++
				w := float64(at.weight)
				l.got[i] += rarity * w * (k + 1) / (w + k*(1-b+b*float64(r.length[at.document])/average))
			}
		}
	}
	l.pairs = len(seen)
	return l
}

// scores returns how well each item answers a normalised query, in [0, 1] of what an item that said all of it could reach; 0 for those that miss
// most of it.
func (x *index) scores(query string, bySound bool) []float64 {
	const least = 0.16
	l := x.sum(query, bySound)
	for i, s := range l.got {
		if s == 0 {
			continue
		}
		// Of a few words more than half must be there: 量子计算 is not about how days are counted (计算).
		few := l.pairs <= 3 && 2*int(l.matched[i]) < l.pairs
		if l.got[i] = s / l.possible; l.got[i] < least || few {
			l.got[i] = 0
		}
	}
	return l.got
}

// rarity weighs a pair by how few items say it.
func (x *index) rarity(p pair, bySound bool) float64 {
	count := 0.0
	for _, part := range x.parts {
		if part.whole {
			count += float64(len(part.by(bySound).postings[p]))
			continue
		}
		for _, at := range part.by(bySound).postings[p] {
			if part.at[at.document] != gone {
				count++
			}
		}
	}
	r := math.Log(1 + (float64(x.items)-count+0.5)/(count+0.5))
	if count == 0 {
		r /= 4 // a word nobody here uses tells little against those that are used
	}
	return r
}

func (g *segment) by(sound bool) *relevance {
	if sound {
		return g.sounds
	}
	return g.relevance
}
