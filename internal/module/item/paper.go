package item

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/BurntSushi/toml"
)

// Paper is a text people write for an application (示范文本): a power of attorney, a pledge, a statement. It can be taken blank and filled in as a sample.
type Paper struct {
	Key     string            `toml:"key"`
	Lines   []string          `toml:"lines"`   // what stands in braces is written by the applicant
	Columns []string          `toml:"columns"` // of a table below them; none for no table
	Rows    [][]string        `toml:"rows"`    // of the filled sample
	Signs   []string          `toml:"signs"`   // who signs
	Sample  map[string]string `toml:"sample"`  // what is filled in besides what all papers share
}

//go:embed data/papers.toml
var papersText string

type paperBook struct {
	Person  map[string]string `toml:"person"` // a sample's applicant
	Company map[string]string `toml:"company"`
	Common  map[string]string `toml:"common"`
	Paper   []Paper           `toml:"paper"`
}

var papers = sync.OnceValue(func() (b paperBook) {
	if _, err := toml.Decode(papersText, &b); err != nil {
		panic(fmt.Errorf("reading the papers: %w", err))
	}
	return b
})

// PaperOf returns the text a material is written by, false when there is none of that key.
func PaperOf(key string) (Paper, bool) {
	list := papers().Paper
	i := slices.IndexFunc(list, func(p Paper) bool { return p.Key == key })
	if i < 0 {
		return Paper{}, false
	}
	return list[i], true
}

// Papers lists the keys of the texts, in the order of the book.
func Papers() []string {
	var keys []string
	for _, p := range papers().Paper {
		keys = append(keys, p.Key)
	}
	return keys
}

var braces = regexp.MustCompile(`\{[a-z_]+\}`)

// room is what is left open on a blank.
var room = map[string]string{"date": "＿＿＿＿年＿＿月＿＿日", "until": "＿＿＿＿年＿＿月＿＿日", "number": "＿＿＿＿＿＿＿＿＿＿＿＿", "agent_number": "＿＿＿＿＿＿＿＿＿＿＿＿"}

// Blank returns the lines with room to write; known are item, office and material.
func (p Paper) Blank(known map[string]string) []string {
	return p.write(func(name string) string {
		if v, ok := known[name]; ok {
			return v
		}
		if v, ok := room[name]; ok {
			return v
		}
		return "＿＿＿＿＿＿＿＿"
	})
}

// Filled returns the lines as an invented applicant of this kind would write them.
func (p Paper) Filled(known map[string]string, who Audience) []string {
	values := maps.Clone(papers().Person)
	if who == Company {
		values = maps.Clone(papers().Company)
	}
	for _, more := range []map[string]string{papers().Common, p.Sample, known} {
		maps.Copy(values, more)
	}
	return p.write(func(name string) string { return values[name] })
}

func (p Paper) write(value func(name string) string) []string {
	out := make([]string, len(p.Lines))
	for i, line := range p.Lines {
		out[i] = braces.ReplaceAllStringFunc(line, func(s string) string { return value(s[1 : len(s)-1]) })
	}
	return out
}
