package region

import "testing"

func TestTilesShowEveryCountyOnce(t *testing.T) {
	want := map[Code]bool{}
	for _, r := range Jilin() {
		if l := r.Code.Level(); r.Code.Statutory() && (l == Prefecture || l == County) {
			want[r.Code] = true
		}
	}
	places := map[[2]int]Code{}
	for _, tile := range JilinTiles() {
		if !want[tile.Code] {
			t.Errorf("%s is shown twice or is no county of the province", tile.Code)
		}
		delete(want, tile.Code)
		at := [2]int{tile.Column, tile.Row}
		if other, taken := places[at]; taken {
			t.Errorf("%s and %s share a place", tile.Code, other)
		}
		places[at] = tile.Code
	}
	if len(want) != 0 || len(places) != 69 {
		t.Errorf("%d tiles, missing %v", len(places), want)
	}
}
