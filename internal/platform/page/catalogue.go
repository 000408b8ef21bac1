package page

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/BurntSushi/toml"
)

// Languages lists what pages can be shown in, the language of record first.
var Languages = []string{"zh", "en", "ko"}

// Catalogue holds every word of every package in every language. It is immutable after [Load].
type Catalogue struct {
	words   map[string]map[string]string // language → key → text
	missing atomic.Int64
}

// Load reads locale/zh.toml, en.toml and ko.toml of each file system. A key that stands in two is a mistake of the program.
func Load(sources ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{words: map[string]map[string]string{}}
	for _, l := range Languages {
		c.words[l] = map[string]string{}
	}
	for _, source := range sources {
		for _, l := range Languages {
			text, err := fs.ReadFile(source, "locale/"+l+".toml")
			if err != nil {
				return nil, fmt.Errorf("reading words: %w", err)
			}
			words := map[string]string{}
			if err := toml.Unmarshal(text, &words); err != nil {
				return nil, fmt.Errorf("reading words of %s: %w", l, err)
			}
			for key, word := range words {
				if _, twice := c.words[l][key]; twice {
					return nil, fmt.Errorf("reading words: %s is said twice in %s", key, l)
				}
				c.words[l][key] = word
			}
		}
	}
	return c, nil
}

// Say returns the text of key in a language, in Chinese where the language lacks it, and the key in brackets where nobody has it.
func (c *Catalogue) Say(language, key string, args ...any) string {
	text, ok := c.words[language][key]
	if !ok {
		text, ok = c.words[Languages[0]][key]
	}
	if !ok {
		c.missing.Add(1)
		return "[" + key + "]"
	}
	return fill(text, args)
}

// Missing counts how often a key was asked that nobody has, for the metrics.
func (c *Catalogue) Missing() int64 { return c.missing.Load() }

// fill puts the arguments in place of {1}, {2} …
func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16*len(args))
	for {
		from := strings.IndexByte(text, '{')
		if from < 0 {
			break
		}
		width := strings.IndexByte(text[from:], '}')
		n := 0
		if width > 0 {
			n, _ = strconv.Atoi(text[from+1 : from+width]) // what is no number stays as it is
		}
		if n < 1 || n > len(args) {
			b.WriteString(text[:from+1])
			text = text[from+1:]
			continue
		}
		b.WriteString(text[:from])
		b.WriteString(said(args[n-1]))
		text = text[from+width+1:]
	}
	b.WriteString(text)
	return b.String()
}

// said is an argument as text; the common kinds go without reflection, since a page has dozens of them.
func said(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return inSentence(int64(v))
	case int64:
		return inSentence(v)
	}
	return fmt.Sprint(v)
}

// inSentence groups the digits of what can only be a count: a year has four.
func inSentence(n int64) string {
	if n < 10_000 && n > -10_000 {
		return strconv.FormatInt(n, 10)
	}
	return Grouped(n)
}

// Grouped writes a whole number in groups of three digits, 1,307,088, as figures are read in every language of the site (GB/T 15835).
func Grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// T says key in the language of the request that ctx belongs to.
func T(ctx context.Context, key string, args ...any) string {
	s := from(ctx)
	if s.catalogue == nil {
		return "[" + key + "]"
	}
	return s.catalogue.Say(s.prefs.Locale, key, args...)
}

// Has tells whether the catalogue of ctx knows key.
func Has(ctx context.Context, key string) bool {
	s := from(ctx)
	if s.catalogue == nil {
		return false
	}
	_, ok := s.catalogue.words[Languages[0]][key]
	return ok
}

// Locale returns the language of the request: "zh", "en" or "ko".
func Locale(ctx context.Context) string { return from(ctx).prefs.Locale }
