package region

import (
	"errors"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, full, prefix, parent string
		level                      Level
	}{
		{"22", "220000000000", "22", "", Province},
		{"220000", "220000000000", "22", "", Province},
		{"2201", "220100000000", "2201", "220000000000", Prefecture},
		{"220102", "220102000000", "220102", "220100000000", County},
		{"220102000000", "220102000000", "220102", "220100000000", County},
		{"220102001", "220102001000", "220102001", "220102000000", Township},
		{"220102001001", "220102001001", "220102001001", "220102001000", Village},
		{"441900003", "441900003000", "441900003", "441900000000", Township}, // 东莞: no county between
		{"222400", "222400000000", "2224", "220000000000", Prefecture},
	} {
		got, err := Parse(c.text)
		if err != nil || got.String() != c.full || got.Prefix() != c.prefix || got.Level() != c.level || got.Parent().String() != c.parent {
			t.Errorf("Parse(%q) = %s level %d prefix %q parent %q, %v", c.text, got, got.Level(), got.Prefix(), got.Parent(), err)
		}
	}
	for text, want := range map[string]error{
		"": ErrLength, "2": ErrLength, "22010": ErrLength, "2201020000000": ErrLength, "22o1": ErrDigit, "２２": ErrDigit,
		"00": ErrGap, "000102": ErrGap, "220002": ErrGap, "220102000001": ErrGap, "220000001001": ErrGap,
	} {
		if got, err := Parse(text); !errors.Is(err, want) || !got.IsZero() {
			t.Errorf("Parse(%q) = %v, want %v", text, err, want)
		}
	}
}

func TestContains(t *testing.T) {
	province, city, county, village := MustParse("22"), MustParse("2201"), MustParse("220102"), MustParse("220102001001")
	for _, outer := range []Code{province, city, county, village} {
		if !outer.Contains(village) {
			t.Errorf("%s does not contain %s", outer, village)
		}
	}
	if village.Contains(county) || city.Contains(province) || MustParse("2202").Contains(county) || (Code{}).Contains(city) || city.Contains(Code{}) {
		t.Error("contains too much")
	}
	if village.At(County) != county || county.At(Village) != (Code{}) || village.County6() != "220102" || county.At(County) != county {
		t.Error("At or County6 is wrong")
	}
	var none Code
	if none.Level() != 0 || none.Prefix() != "" || !none.Parent().IsZero() || none.Statutory() || none.County6() != "" {
		t.Error("no region has a place")
	}
}

func TestStatutory(t *testing.T) {
	for text, want := range map[string]bool{
		"22": true, "2201": true, "220102": true, "220171": false, "220771": false, "220170": true,
		"220102001": true, "220102400": false, "220102001001": true, "220102001205": true, "220102001498": false, "220102001598": false,
	} {
		if MustParse(text).Statutory() != want {
			t.Errorf("%s: statutory is %v", text, !want)
		}
	}
}

func TestStorage(t *testing.T) {
	c := MustParse("220102")
	v, _ := c.Value()
	var back Code
	if err := back.Scan(v); err != nil || back != c {
		t.Errorf("%s, %v", back, err)
	}
	if back.Scan([]byte("2201")) != nil || back.String() != "220100000000" || back.Scan(nil) != nil || !back.IsZero() || back.Scan(22) == nil {
		t.Error("reading bytes, NULL, a number")
	}
	if v, _ := back.Value(); v != nil {
		t.Errorf("no region is stored as %v", v)
	}
	if text, _ := c.MarshalText(); back.UnmarshalText(text) != nil || back != c {
		t.Error("text does not come back")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"22", "2201", "220102", "220102001", "220102001001", "441900003", "220000001001", "220102000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		if back, err := Parse(c.Prefix()); back != c || err != nil {
			t.Errorf("%q: prefix %q reads as %s, %v", text, c.Prefix(), back, err)
		}
		steps := 0
		for p := c; !p.IsZero(); p = p.Parent() {
			if !p.Contains(c) {
				t.Errorf("%q: %s does not contain it", text, p)
			}
			if steps++; steps > 5 {
				t.Fatalf("%q: no end of parents", text)
			}
		}
	})
}
