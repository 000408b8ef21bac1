package item

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// terms are what one base item is found by, normalised once.
type terms struct {
	names   []string // official name, short name
	words   []string // everyday words, variants, results
	letters []string // pinyin in full and initials of all of them
	text    string   // everything a guide says in short, for words that are in no name
	all     string   // names and words together
}

// bytes is about what the terms hold of the memory.
func (t *terms) bytes() int64 {
	n := int64(len(t.text)+len(t.all)) + 128
	for _, list := range [][]string{t.names, t.words, t.letters} {
		for _, s := range list {
			n += int64(len(s)) + 16
		}
	}
	return n
}

// normalise makes what people type and what is stored comparable: compatibility forms folded, lower case, letters and digits only.
func normalise(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// spelling returns the pinyin of a text in full and as initials. Phrases the dictionary of single characters gets wrong come first.
func spelling(text string) (full, initials string) {
	var f, i strings.Builder
	for len(text) > 0 {
		if phrase, syllables, ok := phraseAt(text); ok {
			for _, s := range syllables {
				f.WriteString(s)
				i.WriteByte(s[0])
			}
			text = text[len(phrase):]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		if s := readingOf(r).text; s != "" {
			first, _ := utf8.DecodeRuneInString(s)
			f.WriteString(s)
			i.WriteRune(first)
		}
		text = text[size:]
	}
	return f.String(), i.String()
}

// Phrases whose reading depends on the word: places of the province first.
var phrases = map[string][]string{
	"长春": {"chang", "chun"}, "长白": {"chang", "bai"}, "长岭": {"chang", "ling"}, "朝阳": {"chao", "yang"}, "朝鲜": {"chao", "xian"},
	"行业": {"hang", "ye"}, "银行": {"yin", "hang"}, "重办": {"chong", "ban"}, "重新": {"chong", "xin"}, "参保": {"can", "bao"},
	"会计": {"kuai", "ji"}, "调整": {"tiao", "zheng"}, "低保": {"di", "bao"}, "单位": {"dan", "wei"}, "长期": {"chang", "qi"},
}

// phraseAt finds a phrase at the beginning of a text; all have two characters, of three bytes each.
func phraseAt(text string) (string, []string, bool) {
	if len(text) < 6 {
		return "", nil, false
	}
	syllables, ok := phrases[text[:6]]
	return text[:6], syllables, ok
}

func termsOf(d *Definition) terms {
	t := terms{names: []string{normalise(d.Name), normalise(d.Short)}}
	for _, s := range d.Synonyms {
		t.words = append(t.words, normalise(s))
	}
	for _, r := range d.Guide.Results {
		t.words = append(t.words, normalise(r.Name))
	}
	for _, word := range append(append([]string{}, t.names...), t.words...) {
		full, initials := spelling(word)
		t.letters = append(t.letters, full, initials)
	}
	t.text = normalise(d.Guide.Summary)
	t.all = strings.Join(t.names, " ") + " " + strings.Join(t.words, " ")
	return t
}

// score says how well a normalised query fits, 0 for not at all. An exact name beats a name that begins or contains the query,
// that beats an everyday word, that beats a sentence which mentions the item, that beats letters and loose likeness.
func (t *terms) score(q *sought) int {
	query := q.text
	best := 0
	better := func(n int) { best = max(best, n) }
	for _, name := range t.names {
		switch {
		case name == query:
			better(100)
		case strings.HasPrefix(name, query):
			better(90)
		case strings.Contains(name, query):
			better(85)
		case strings.Contains(query, name):
			better(80)
		}
	}
	for _, word := range t.words {
		switch {
		case word == query:
			better(95)
		case strings.Contains(word, query):
			better(70)
		case len(word) >= 6 && strings.Contains(query, word): // at least two Chinese characters
			better(75)
		}
	}
	if q.latin && len(query) >= 2 {
		for _, l := range t.letters {
			if l == query {
				better(65)
			} else if strings.HasPrefix(l, query) {
				better(60)
			} else if len(query) >= 3 && strings.Contains(l, query) {
				better(50)
			}
		}
	}
	if best > 0 {
		return best
	}
	if strings.Contains(t.text, query) {
		return 40
	}
	return t.likeness(q)
}

// likeness compares pairs of neighbouring characters, so that 食品许可 finds 食品经营许可. At least half of the query's pairs must be there.
func (t *terms) likeness(q *sought) int {
	if len(q.pairs) < 2 || q.latin {
		return 0
	}
	found := 0
	for _, p := range q.pairs {
		if strings.Contains(t.all, p) {
			found++
		}
	}
	if found*2 < len(q.pairs) {
		return 0
	}
	return 10 + 20*found/len(q.pairs)
}

// sought is a normalised query with what every item is compared with.
type sought struct {
	text  string
	latin bool
	pairs []string // of neighbouring characters
}

func soughtOf(query string) *sought {
	q := &sought{text: query, latin: latin(query)}
	before, last := -1, -1 // where the last two characters begin
	for at := range query {
		if before >= 0 {
			q.pairs = append(q.pairs, query[before:at])
		}
		before, last = last, at
	}
	if before >= 0 {
		q.pairs = append(q.pairs, query[before:])
	}
	return q
}

func latin(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// likeSounds is what sounding alike counts beside being written alike.
const likeSounds = 0.7

// onlineFirst is what it counts that something can be applied for here: of two that fit alike, people want the one they can do at once.
const onlineFirst = 5

// crowding is what each further sub-item loses whose name differs only in what stands in brackets: a licence with ten classes must not push everything
// else off the page.
const crowding = 16

// hit is an item with how well it fits.
type hit struct {
	base  *Base
	score float64
}

// spread makes room among the best hits for others than the sub-items of one item.
func spread(hits []hit) {
	before := map[string]int{}
	for i := range hits {
		alike, _, _ := strings.Cut(hits[i].base.Name, "（")
		hits[i].score -= crowding * float64(min(before[alike], 5))
		before[alike]++
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].score > hits[j].score })
}

// match returns the bases of the catalogue a query asks for, best first; without a text in the order people ask for them.
func (c *catalogue) match(q Query) []*Base {
	query := typed(q.Text)
	if query == "" && q.Text != "" {
		return nil
	}
	if query == "" {
		list := make([]*Base, 0, len(c.bases))
		for _, b := range c.bases {
			if q.wants(b) {
				list = append(list, b)
			}
		}
		return list
	}
	var hits []hit
	for _, f := range c.fitting(query) {
		if b := c.bases[f.item]; q.wants(b) {
			hits = append(hits, hit{b, f.score})
		}
	}
	spread(hits)
	return found(hits)
}

// fitted is an item by its place in the catalogue, with how well it fits a query.
type fitted struct {
	item  int
	score float64
}

// mostAsked bounds the queries whose answers are remembered, at most 16 bytes an item each: a page asks several times, and many people ask the same.
const mostAsked = 300

// fitting returns every item that fits a normalised query at all, best first.
func (c *catalogue) fitting(query string) []fitted {
	list, ok, age := c.asked.Get(query)
	if ok {
		return list
	}
	score := c.scores(query)
	if meant := corrected(query); meant != query {
		written, other := score, c.scores(meant)
		score = func(i int) float64 { return max(written(i), other(i)) }
	}
	for i, b := range c.bases {
		s := score(i)
		if s <= 0 {
			continue
		}
		if b.Online {
			s += onlineFirst
		}
		list = append(list, fitted{i, s})
	}
	slices.SortStableFunc(list, func(a, b fitted) int { return cmp.Compare(b.score, a.score) })
	c.asked.Put(query, slices.Clip(list), age)
	return list
}

// scores returns how well each item fits a query: words that fit as they stand come first; among them, and behind them, those that fit the whole
// sentence better.
func (c *catalogue) scores(query string) func(i int) float64 {
	asked := soughtOf(query)
	if asked.latin {
		return func(i int) float64 { return float64(c.terms[i].score(asked)) }
	}
	sentences, sounds := c.index.scores(query, false), c.index.scores(query, true)
	said, ok := c.index.touched(query) // who may be named in the query, or name it: who says nothing of it is not looked at
	return func(i int) float64 {
		s := 60 * max(sentences[i], sounds[i]*likeSounds)
		if !ok || said[i] {
			s += float64(c.terms[i].score(asked))
		}
		return s
	}
}

// rank returns the bases that a query's filters leave and that score anything, best first.
func (c *catalogue) rank(q Query, score func(i int) float64) []hit {
	var hits []hit
	for i, b := range c.bases {
		if !q.wants(b) {
			continue
		}
		if s := score(i); s > 0 {
			hits = append(hits, hit{b, s})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].score > hits[j].score })
	return hits
}

func found(hits []hit) []*Base {
	list := make([]*Base, len(hits))
	for i, h := range hits {
		list[i] = h.base
	}
	return list
}

// nearest returns up to n bases that have anything in common with a query nothing was found for, likest first; none when there are none.
func (c *catalogue) nearest(q Query, n int) []*Base {
	query := corrected(typed(q.Text))
	hits := c.rank(Query{}, c.inCommon(query, false))
	if len(hits) == 0 {
		hits = c.rank(Query{}, c.inCommon(query, true)) // what is written like nothing may sound like something
	}
	return found(hits[:min(n, len(hits))])
}

func (c *catalogue) inCommon(query string, bySound bool) func(i int) float64 {
	got := c.index.sum(query, bySound).got
	return func(i int) float64 { return got[i] }
}

// Nearest returns up to n items that come closest to a query for which [Service.Bases] found nothing, whatever its filters.
func (s *Service) Nearest(ctx context.Context, q Query, n int) ([]*Base, error) {
	c, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return c.nearest(q, n), nil
}
