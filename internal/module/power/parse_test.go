package power_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"xiangyun/internal/module/power"
	"xiangyun/internal/module/power/powertest"
)

func TestParseList(t *testing.T) {
	want := []power.Definition{powertest.Definition(code), powertest.Definition("000631777000")}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := power.ParseList(text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %+v", err, got)
	}
	for _, bad := range []string{"", "{}", `[{"codes":"1"}]`, `[] []`, `[{"levels":["2"]}]`} {
		if got, err := power.ParseList([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

// Whatever is read can be checked, and written again as it was.
func FuzzParseList(f *testing.F) {
	f.Add([]byte(`[{"code":"000131104003","name":"食品经营许可","kind":"01","levels":[4]}]`))
	f.Add([]byte(`[null]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := power.ParseList(text)
		if err != nil {
			return
		}
		for i := range list {
			if power.Check(&list[i]) == nil && len(list[i].Basis) == 0 {
				t.Fatal("a power without a basis passes")
			}
		}
		again, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := power.ParseList(again); err != nil {
			t.Fatalf("%s: %v", again, err)
		}
	})
}
