package item_test

import (
	"bytes"
	"strings"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/sheet"
)

func TestLinesWithoutEndAndEntriesWithoutEndAreLeftOut(t *testing.T) {
	f := exported(t, itemtest.Seeded(t), sheet.CSV)
	whole := f[item.DefinitionsFile].String()
	f[item.DefinitionsFile] = bytes.NewBufferString(strings.Repeat("x\n", 2500) + strings.Repeat("y", sheet.Longest+1) + "\n" + whole)
	const fees = "up_task_general_fee_project.csv"
	head, _, _ := strings.Cut(f[fees].String(), "\r\n")
	row := make([]string, strings.Count(head, ",")+1)
	for i, c := range strings.Split(head, ",") {
		if c == "task_code" {
			row[i] = "1"
		}
	}
	f[fees] = bytes.NewBufferString(head + "\r\n" + strings.Repeat(strings.Join(row, ",")+"\r\n", 2100))
	run, mistakes := imported(t, itemtest.Open(t), f, true)
	long, many, objects := item.Mistake{}, item.Mistake{}, 0
	for _, m := range mistakes {
		switch m.Kind {
		case sheet.TooLong:
			long = m
		case "many":
			many = m
		case sheet.NoObject:
			objects++
		}
	}
	if long.Row != 2501 || long.Place != 5000 || objects != 2500 || run.Kinds.V[sheet.TooLong] != 1 {
		t.Errorf("the long line: %+v, %d lines that are nothing", long, objects)
	}
	if many.File != fees || many.Row != 2002 || run.Kinds.V["many"] != 1 {
		t.Errorf("too many rows: %+v %v", many, run.Kinds.V)
	}
	if run.Bases == 0 || run.Entries != 600 {
		t.Errorf("what stands behind was not read: %+v", run)
	}
}
