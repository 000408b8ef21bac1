package item

import (
	"strconv"
	"testing"

	"xiangyun/internal/platform/sheet"
)

func FuzzSameText(f *testing.F) {
	for _, text := range []string{"", "２０ 个工作日。", "食品经营许可（县级权限）", "ABC-abc", "\xff\xfe", "！～"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := sameText(text)
		if sameText(once) != once || sameText(" "+text+"。") != once {
			t.Errorf("%q becomes %q and then %q", text, once, sameText(once))
		}
	})
}

// A directory without end is told once and not read on.
func TestADirectoryWithoutEnd(t *testing.T) {
	i := &importer{wanted: map[string]*wanted{}}
	r := &reading{p: &phase{Source: Source{Name: "x.csv"}}, batch: &portion{}, row: sheet.Row{Number: 2}}
	for n := range mostWanted {
		i.wanted[strconv.Itoa(n)] = nil
	}
	(&directoryRows{i}).row(r)
	if !r.full || len(r.batch.mistakes) != 1 || r.batch.mistakes[0].Kind != "rows" {
		t.Errorf("%v %+v", r.full, r.batch.mistakes)
	}
}

// A table without end is told once and not read on: what must not come twice would fill the memory.
func TestATableWithoutEnd(t *testing.T) {
	h := newEntryRows(&importer{})
	h.most = 0
	r := &reading{p: &phase{Source: Source{Name: "x.csv"}}, batch: &portion{}, row: sheet.Row{Number: 2}}
	h.row(r)
	if !r.full || len(r.batch.mistakes) != 1 || r.batch.mistakes[0].Kind != "rows" {
		t.Errorf("%v %+v", r.full, r.batch.mistakes)
	}
}
