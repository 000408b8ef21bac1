package demo

import (
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/power"
)

// Every item of the demo province but the public services rests on a power that may stand in the list.
func TestPowersOfTheItems(t *testing.T) {
	powers, public := map[string]power.Definition{}, 0
	var all []item.Definition
	for _, name := range []string{"items", "everyday/items"} {
		list, err := definitionsIn(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	for _, p := range powersOf(all) {
		if err := power.Check(&p); err != nil {
			t.Errorf("%s %s: %v", p.Code, p.Name, err)
		}
		if _, twice := powers[p.Code]; twice {
			t.Errorf("%s is there twice", p.Code)
		}
		powers[p.Code] = p
	}
	for _, d := range all {
		if d.Kind == item.Public {
			public++
			continue
		}
		p, ok := powers[d.RestsOn()]
		if !ok || p.Basis[0].Law == "" {
			t.Errorf("%s %s rests on nothing", d.Code, d.Name)
		}
		if d.Kind == item.Licence && p.Liabilities[0].Basis != "《中华人民共和国行政许可法》第七十二条" {
			t.Errorf("%s answers by %s", d.Code, p.Liabilities[0].Basis)
		}
	}
	if len(all) < 400 || public == 0 || len(powers) > len(all)-public {
		t.Errorf("%d items, %d public, %d powers", len(all), public, len(powers))
	}
}
