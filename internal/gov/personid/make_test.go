package personid_test

import (
	"errors"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
)

func TestMake(t *testing.T) {
	for want, born := range map[string]string{"11010519491231002X": "1949-12-31", "220102199003072318": "1990-03-07", "22020319851112402X": "1985-11-12"} {
		sequence := int(want[14]-'0')*100 + int(want[15]-'0')*10 + int(want[16]-'0')
		got, err := personid.Make(want[:6], civil.MustParse(born), sequence)
		if err != nil || got.Reveal() != want {
			t.Errorf("%v, %v", got, err)
		}
	}
	for place, want := range map[string]error{"2201": personid.ErrLength, "22010a": personid.ErrCharacter, "990000": nil, "400000": personid.ErrRegion} {
		if _, err := personid.Make(place, civil.MustParse("1990-01-01"), 1); !errors.Is(err, want) {
			t.Errorf("%s: %v", place, err)
		}
	}
	if _, err := personid.Make("220102", civil.MustParse("1990-01-01"), 1000); !errors.Is(err, personid.ErrLength) {
		t.Error(err)
	}
}
