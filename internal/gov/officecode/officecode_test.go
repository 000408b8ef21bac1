package officecode

import (
	"errors"
	"testing"

	"xiangyun/internal/gov/uscc"
)

func TestParse(t *testing.T) {
	c, err := Parse("12220000MB1A000444")
	if err != nil || c.Class() != "12" || !c.Organ() {
		t.Errorf("%s, %v", c, err)
	}
	if _, err := Parse("12220000MB1A000445"); !errors.Is(err, uscc.ErrCheckDigit) {
		t.Errorf("wrong check: %v", err)
	}
	if _, err := Parse(soleTrader); !errors.Is(err, ErrNoOffice) {
		t.Errorf("a sole trader: %v", err)
	}
}

const soleTrader = "92220101MA1A00059X" // made for this test from the organisation code of a test company

func TestStorage(t *testing.T) {
	c := MustParse("12220000MB1A000444")
	v, err := c.Value()
	var back Code
	if err != nil || back.Scan(v) != nil || back != c {
		t.Errorf("%s, %v", back, err)
	}
	if err := back.Scan(soleTrader); !errors.Is(err, ErrNoOffice) || back != c {
		t.Errorf("a sole trader came in from the database: %v", err)
	}
	if back.Scan(nil) != nil || !back.IsZero() {
		t.Error("NULL is no office")
	}
	if back.UnmarshalText([]byte("12220000MB1A000444")) != nil || back != c {
		t.Error("reading text")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("12220000MB1A000444")
	f.Add(soleTrader)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err == nil && (c.IsZero() || c.SoleTrader()) {
			t.Errorf("%q became %q", text, c)
		}
	})
}
