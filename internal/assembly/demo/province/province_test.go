package province

import (
	"strings"
	"testing"

	"xiangyun/internal/module/item"
)

// TestEveryDefinitionMayBePublished checks each definition as a keeper's would be, and that no two are confused with each other or with a guide that
// was written by itself.
func TestEveryDefinitionMayBePublished(t *testing.T) {
	list, err := Definitions()
	if err != nil {
		t.Fatal(err)
	}
	codes, names, mains := map[string]string{}, map[string]string{}, map[string]bool{}
	for i := range list {
		d := &list[i]
		if err := item.Check(d); err != nil {
			t.Errorf("%s %s: %+v", d.Code, d.Name, err)
		}
		if other, twice := codes[d.Code]; twice {
			t.Errorf("%s is %s and %s", d.Code, other, d.Name)
		}
		if other, twice := names[d.Name]; twice {
			t.Errorf("%s is %s and %s", d.Name, other, d.Code)
		}
		codes[d.Code], names[d.Name], mains[d.Code[:9]] = d.Name, d.Code, true
		if d.Code[6:9] < "501" {
			t.Errorf("%s is numbered like a guide written by itself", d.Code)
		}
		if strings.ContainsAny(d.Name+d.Guide.Summary, "?|") || len(d.Guide.Materials) < 2 {
			t.Errorf("%s %s is not whole", d.Code, d.Name)
		}
	}
	villages := 0
	for i := range list {
		if list[i].Levels[len(list[i].Levels)-1] == 6 {
			villages++
		}
	}
	t.Logf("%d matters, %d definitions, %d of them for villages", len(mains), len(list), villages)
	if len(mains) < 400 || len(list) < 2000 || villages < 80 {
		t.Errorf("%d matters, %d definitions, %d of them for villages: want 400, 2000, 80", len(mains), len(list), villages)
	}
}
