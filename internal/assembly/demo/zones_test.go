package demo

import (
	"strings"
	"testing"

	"xiangyun/internal/module/item"
)

// What can be applied for from another province stands in the zones people look in: eight of them beside the fully-online one, and the eighty-eight
// items the province announced at least. Each may be published as it stands.
func TestItemsAcrossProvinces(t *testing.T) {
	zones, across := map[string]int{}, 0
	for _, folder := range []string{"items", "everyday/items"} {
		list, err := definitionsIn(folder)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			d := &list[i]
			if err := item.Check(d); err != nil {
				t.Errorf("%s: %+v", d.Name, err)
			}
			national := false
			for _, z := range d.Zones {
				zones[z]++
				national = national || z == "national"
			}
			if !national {
				continue
			}
			across++
			if !d.Online {
				t.Errorf("%s is done across provinces and not online", d.Name)
			}
		}
	}
	delete(zones, "online")
	var named []string
	for z := range zones {
		named = append(named, z)
	}
	if across < 88 || len(zones) != 8 {
		t.Errorf("%d items across provinces, zones %s", across, strings.Join(named, " "))
	}
}
