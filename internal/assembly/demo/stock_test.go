package demo

import (
	"testing"

	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/cert"
)

// TestMill: what is invented comes out alike, has right numbers, no holder twice, every type in the first block, and states as they are met in life.
func TestMill(t *testing.T) {
	types, err := Services{}.allTypes()
	if err != nil {
		t.Fatal(err)
	}
	if len(types) != 601 {
		t.Fatalf("%d types", len(types))
	}
	m := newMill(types)
	m.counties = []county{{"220102", "长春市南关区"}, {"222401", "延吉市"}}
	for _, c := range m.counties {
		m.offices["/"+c.region] = c.region
		m.offices["/"+c.region[:4]+"00"] = c.region[:4]
	}
	m.offices["/220000"] = "22"
	numbers, identities, kinds, ended := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[cert.Kind]int{}
	all := 0
	for n := range 20 {
		list, holders := m.block(n)
		again, _ := m.block(n)
		if len(list) != stockBlock || list[17].stock.Number != again[17].stock.Number || list[1999].stock.IssuedOn != again[1999].stock.IssuedOn {
			t.Fatalf("block %d comes out otherwise", n)
		}
		for _, h := range holders {
			var err error
			if h.Kind == account.Company {
				_, err = uscc.Parse(h.Number)
			} else {
				_, err = personid.Parse(h.Number)
			}
			if err != nil || numbers[h.Number] || h.Name == "" {
				t.Fatalf("a holder of block %d: %v, twice %v", n, err, numbers[h.Number])
			}
			numbers[h.Number] = true
		}
		for _, x := range list {
			key := x.stock.TypeKey + "/" + x.stock.Number
			if identities[key] || x.stock.OfficePath == "" || x.stock.IssuedOn.After(stockUntil) {
				t.Fatalf("%+v", x.stock)
			}
			identities[key] = true
			ended[x.stock.Ended.Kind]++
			all++
			if n == 0 {
				kinds[x.stock.TypeKey] = true
			}
		}
	}
	if len(kinds) != len(types) {
		t.Errorf("the first block has %d types", len(kinds))
	}
	for kind, most := range map[cert.Kind]int{cert.Cancelled: 30, cert.Withdrawn: 15, cert.RevokedFor: 10, cert.Penalty: 10, cert.Suspending: 10} {
		if n := ended[kind] * 1000 / all; ended[kind] == 0 || n > most {
			t.Errorf("%s: %d of %d", kind, ended[kind], all)
		}
	}
}
