package power_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/module/power/powertest"
)

// Two tables loaded at once are put in place one after the other: what stands is one of them, whole.
func TestTwoTablesOfInspectionsAtOnce(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	table := func(name string, codes ...string) []byte {
		text := "code,name,power_code,office\n"
		for _, c := range codes {
			text += fmt.Sprintf("%s,%s,000631777000,长春市市场监督管理局\n", c, name)
		}
		return []byte(text)
	}
	tables := [][]byte{table("甲", "J1", "J2", "J3"), table("乙", "J2", "J3", "J4", "J5")}
	for range 10 {
		var both sync.WaitGroup
		for _, text := range tables {
			both.Go(func() {
				if _, err := l.LoadInspections(ctx, powertest.Establishment, text); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		list, err := l.Inspections(ctx, powertest.Establishment)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, i := range list {
			names = append(names, i.Name)
		}
		if got := strings.Join(names, ""); got != "甲甲甲" && got != "乙乙乙乙" {
			t.Fatalf("a mixture: %v", list)
		}
	}
}

// The list is in one order whatever the database sorts by, so that the same table again changes nothing.
func TestInspectionsAreInOneOrder(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	text := "code,name,power_code,office\n"
	want := []string{"A-2", "A1", "B1", "a-1", "a1", "乙", "甲"}
	for _, c := range []string{"甲", "a1", "B1", "a-1", "A1", "乙", "A-2"} {
		text += c + ",检查,000631777000,长春市公安局\n"
	}
	leaves := len(l.Kinds())
	for range 2 {
		if n, err := l.LoadInspections(ctx, powertest.Establishment, []byte(text)); err != nil || n != len(want) {
			t.Fatal(n, err)
		}
	}
	list, err := l.Inspections(ctx, powertest.Establishment)
	if err != nil {
		t.Fatal(err)
	}
	codes := make([]string, len(list))
	for i, x := range list {
		codes[i] = x.Code
	}
	if !slices.Equal(codes, want) || len(l.Kinds()) != leaves+1 {
		t.Errorf("%v, %d leaves", codes, len(l.Kinds())-leaves)
	}
}
