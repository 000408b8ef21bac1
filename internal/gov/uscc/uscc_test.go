package uscc

import (
	"errors"
	"testing"
)

// Codes in public use, which pass both checks, and codes made for tests.
var valid = []string{
	"11100000000013338W", "11110000000021135M", "11430000006122244L", "113700000045046442", "11370800MB28559184",
	"11100000MB03271699", "12441500196720244T", "91330102MA28NBU477",
	"11220000MB1A0001XH", "11220100MB1A00028N", "11220102MB1A00036E", "12220000MB1A000444", "91220101MA1A000591", "52220000MJ1A0006XX",
}

func TestParse(t *testing.T) {
	for _, text := range valid {
		if c, err := Parse(text); err != nil || c.String() != text {
			t.Errorf("Parse(%q) = %q, %v", text, c, err)
		}
	}
	for text, want := range map[string]error{
		"":                    ErrLength,
		"9133010":             ErrLength,
		"91330102MA28NBU4777": ErrLength,
		"91330102MA28NBO477":  ErrCharacter,
		"91330102MA28NB-477":  ErrCharacter,
		"B1330102MA28NBU477":  ErrAuthority,
		"91A30102MA28NBU477":  ErrRegion,
		"91330102MA28NBU467":  ErrOrganisation,
		"91330102MA28NBU478":  ErrCheckDigit,
		"91330103MA28NBU477":  ErrCheckDigit,
		"统一社会信用代码统一社会信用代码统一": ErrLength,
	} {
		if c, err := Parse(text); !errors.Is(err, want) || !c.IsZero() {
			t.Errorf("Parse(%q) = %q, %v; want %v", text, c, err, want)
		}
	}
	for _, typed := range []string{"91330102ma28nbu477", " 9133 0102 MA28 NBU4 77 ", "９１330102MA28ＮBU477"} {
		if c, err := Parse(typed); err != nil || c.String() != "91330102MA28NBU477" {
			t.Errorf("Parse(%q) = %q, %v", typed, c, err)
		}
	}
}

// Every single wrong character is noticed: that is what the two check characters are for.
func TestOneWrongCharacterIsNoticed(t *testing.T) {
	const good = "11220102MB1A00036E"
	for i := range good {
		for _, c := range alphabet {
			text := good[:i] + string(c) + good[i+1:]
			if _, err := Parse(text); text != good && err == nil {
				t.Errorf("%q was taken for a code", text)
			}
		}
	}
}

func TestParts(t *testing.T) {
	c := MustParse("91330102MA28NBU477")
	if c.Class() != "91" || c.Region() != "330102" || c.Organisation() != "MA28NBU47" || !c.Business() || c.Organ() || c.SoleTrader() {
		t.Errorf("parts of %s are wrong", c)
	}
	if !MustParse("11220102MB1A00036E").Organ() {
		t.Error("an organ of state is none")
	}
	var none Code
	if none.Class() != "" || none.Organ() || none.Business() || none.Region() != "" {
		t.Error("no organisation has parts")
	}
}

func TestStorage(t *testing.T) {
	c := MustParse(valid[0])
	v, err := c.Value()
	var back Code
	if err != nil || back.Scan(v) != nil || back != c {
		t.Errorf("%v came back as %v, %v", c, back, err)
	}
	if v, _ := (Code{}).Value(); v != nil {
		t.Errorf("no organisation is stored as %v", v)
	}
	if back.Scan(nil) != nil || !back.IsZero() || back.Scan(1) == nil || back.Scan("x") == nil {
		t.Error("Scan takes what it should not, or refuses NULL")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range valid {
		f.Add(s)
	}
	f.Add("９１330102MA28ＮBU477")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(c.String()); again != c || err != nil || len(c.String()) != 18 {
			t.Errorf("%q became %q, then %v", text, c, err)
		}
	})
}

func TestMake(t *testing.T) {
	for _, want := range []string{"11220000MB1A0001XH", "91220101MA1A000591", "11110000000021135M"} {
		got, err := Make(want[:2], want[2:8], want[8:16])
		if err != nil || got.String() != want {
			t.Errorf("made %s (%v), want %s", got, err, want)
		}
	}
	for _, bad := range [][3]string{{"1", "220000", "00000000"}, {"11", "22000x", "00000000"}, {"11", "220000", "0000000I"}, {"Q1", "220000", "00000000"}} {
		if c, err := Make(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%v made %s", bad, c)
		}
	}
}
