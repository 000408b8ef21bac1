package assembly

import (
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// TestPlaces finds who takes part in a case: the village and street of the applicant, and the office one level up.
func TestPlaces(t *testing.T) {
	a, _ := app(t)
	county := &item.Entry{Region: region.MustParse("220102"), OfficeID: "x", OfficePath: "220102d11", OfficeName: "民政局"}
	for name, c := range map[string]struct {
		entry    *item.Entry
		lives    string
		superior string
		township string
		village  string
	}{
		"village":   {county, "220102001001", "2201d11", "220102001", "220102001001"},
		"street":    {county, "220102001000", "2201d11", "220102001", "220102001"},
		"elsewhere": {county, "222401001001", "2201d11", "", ""},
		"unknown":   {county, "", "2201d11", "", ""},
		"province":  {&item.Entry{Region: region.MustParse("220000"), OfficeID: "x", OfficePath: "22d11", OfficeName: "民政厅"}, "", "", "", ""},
	} {
		var places workflow.Places
		err := a.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			places, err = workplaces{a.Offices}.Places(t.Context(), tx, c.entry, c.lives)
			return err
		})
		if err != nil {
			t.Fatal(name, err)
		}
		for place, want := range map[string]string{"superior": c.superior, "township": c.township, "village": c.village} {
			got := ""
			if len(places[place]) > 0 {
				got = places[place][0].Path
			}
			if got != want {
				t.Errorf("%s: %s is at %q, want %q", name, place, got, want)
			}
		}
	}
}
