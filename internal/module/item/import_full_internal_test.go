package item

import (
	"io"
	"strings"
	"testing"

	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/sheet"
)

// What a table ends is ended although it has more rows than can be.
func TestATableWithoutEndEndsWhatItSays(t *testing.T) {
	organ, err := uscc.Make("11", "220102", "MB1A0031")
	if err != nil {
		t.Fatal(err)
	}
	code := organ.String() + "4" + "000131001000"
	line := `{"row_guid":"GUID","task_code":"` + code + `","cd_operation":"D"}` + "\n"
	text := strings.ReplaceAll(line, "GUID", "a") + strings.ReplaceAll(line, "GUID", "b")
	i := &importer{known: map[string]*knownBase{}, in: Import{RowsAtOnce: 10}, most: 1}
	p := &phase{Source: Source{Name: "up_task_general_basic.jsonl", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }},
		table: nationalTables().table("basic"), form: sheet.Lines}
	out := make(chan *portion, 10)
	if err := i.rows(t.Context(), p, 0, out); err != nil {
		t.Fatal(err)
	}
	close(out)
	var codes, kinds []string
	for b := range out {
		for _, e := range b.ended {
			codes = append(codes, e.code)
		}
		for _, m := range b.mistakes {
			kinds = append(kinds, m.Kind)
		}
	}
	if len(codes) != 1 || codes[0] != code || len(kinds) != 1 || kinds[0] != "rows" {
		t.Errorf("ended %v, told %v", codes, kinds)
	}
}
