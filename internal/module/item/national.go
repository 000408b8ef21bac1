package item

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed national.toml
var nationalText string

// national are the national exchange tables as national.toml has them.
type national struct {
	Codes  map[string][]codeWord
	Tables []*nationalTable
	Open   []*nationalTable // open data sets, not national
}

// codeWord is one value of a code set.
type codeWord struct {
	Word string   // ours
	Say  string   // what an export writes
	Read []string // what an import takes for it; Say when empty
}

// nationalTable is one table; up_task_general_ and up_task_public_ have the same five.
type nationalTable struct {
	Name    string
	Of      string // what a row is: "base", "entry", or a part of an entry: "material", "fee", "question"
	Columns []*nationalColumn
}

// nationalColumn is one column and the field of ours it is.
type nationalColumn struct {
	Name    string
	From    string
	Codes   string
	Most    int
	Needed  bool
	Always  string
	Element string

	field *nationalField
	set   *codeSet
}

// codeSet is a code set in both directions.
type codeSet struct {
	say  map[string]string
	read map[string]string
}

// nationalTables reads national.toml once; a mistake in it is a mistake of the program.
var nationalTables = sync.OnceValue(func() *national {
	var n national
	meta, err := toml.Decode(nationalText, &n)
	if err != nil || len(meta.Undecoded()) > 0 {
		panic(fmt.Sprintf("item: national.toml: %v %v", err, meta.Undecoded()))
	}
	sets := map[string]*codeSet{}
	for name, words := range n.Codes {
		s := &codeSet{say: map[string]string{}, read: map[string]string{}}
		for _, w := range words {
			s.say[w.Word] = w.Say
			if len(w.Read) == 0 {
				w.Read = []string{w.Say}
			}
			for _, code := range w.Read {
				s.read[code] = w.Word
			}
		}
		sets[name] = s
	}
	for _, t := range slices.Concat(n.Tables, n.Open) {
		for _, c := range t.Columns {
			if c.From != "" {
				if c.field = nationalFields[c.From]; c.field == nil {
					panic("item: national.toml: no field " + c.From)
				}
			}
			if c.Codes != "" {
				if c.set = sets[c.Codes]; c.set == nil {
					panic("item: national.toml: no code set " + c.Codes)
				}
			}
		}
	}
	return &n
})

// table returns the table with this name.
func (n *national) table(name string) *nationalTable {
	i := slices.IndexFunc(n.Tables, func(t *nationalTable) bool { return t.Name == name })
	return n.Tables[i]
}

// column returns where the column with this name stands, -1 for none.
func (t *nationalTable) column(name string) int {
	return slices.IndexFunc(t.Columns, func(c *nationalColumn) bool { return c.Name == name })
}

// names lists the columns.
func (t *nationalTable) names() []string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = c.Name
	}
	return list
}

// families are the two beginnings of the names of tables: items on application, and public services.
var families = [...]string{"up_task_general_", "up_task_public_"}

func familyOf(k Kind) int {
	if k == Public {
		return 1
	}
	return 0
}

// fileOf is the name of a table of a family, without an ending.
func fileOf(t *nationalTable, family int) string {
	if t.Of == "base" {
		return "up_task_" + t.Name
	}
	return families[family] + t.Name
}

// say writes a value of ours in the words of the table.
func (c *nationalColumn) say(v *line) string {
	if c.field == nil {
		return c.Always
	}
	text := c.field.say(v)
	if c.set == nil {
		return text
	}
	if text == "" {
		return c.Always
	}
	if code, ok := c.set.say[text]; ok {
		return code
	}
	words := strings.Split(text, ",")
	for i, w := range words {
		words[i] = c.set.say[w]
	}
	return strings.Join(words, ",")
}

// read turns a cell into our words; not ok is a code that is in no code set.
func (c *nationalColumn) read(cell string) (text string, ok bool) {
	if c.set == nil {
		return cell, true
	}
	if word, ok := c.set.read[cell]; ok || cell == "" {
		return word, true
	}
	var words []string
	for _, code := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",，、;^|", r) }) {
		word, ok := c.set.read[strings.TrimSpace(code)]
		if !ok {
			return "", false
		}
		if len(c.set.read) == len(c.set.say) || !slices.Contains(words, word) { // several codes of one word are one
			words = append(words, word)
		}
	}
	return strings.Join(words, ","), len(words) > 0
}
