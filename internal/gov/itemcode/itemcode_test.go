package itemcode

import (
	"errors"
	"testing"

	"xiangyun/internal/gov/uscc"
)

// Implementation codes in public use (Jining, Shanwei) and one for tests.
var live = []string{"11370800MB285591843370117002011", "12441500196720244T3442199806003", "11220102MB1A00036E4220131001002"}

func TestImplementation(t *testing.T) {
	for _, text := range live {
		i, err := ParseImplementation(text)
		if err != nil || i.String() != text {
			t.Errorf("%q: %q, %v", text, i, err)
		}
		if i.Organ().String() != text[:18] || i.Base().String() != text[19:] || int(i.Level()) != int(text[18]-'0') {
			t.Errorf("%q: %s %d %s", text, i.Organ(), i.Level(), i.Base())
		}
		built, err := NewImplementation(i.Organ(), i.Level(), i.Base())
		if err != nil || built != i {
			t.Errorf("%q built: %q, %v", text, built, err)
		}
	}
	for text, want := range map[string]error{
		"":                                ErrLength,
		"11370800MB28559184337011700201":  ErrLength,
		"11370800MB285591853370117002011": ErrOrgan,
		"11370800MB285591840370117002011": ErrLevel,
		"11370800MB285591848370117002011": ErrLevel,
		"11370800MB28559184x370117002011": ErrDigit,
		"11370800MB28559184337011700201x": ErrDigit,
		"11370800MB285591843370117000011": ErrMain,
	} {
		if _, err := ParseImplementation(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	if _, err := ParseImplementation("11370800MB285591853370117002011"); !errors.Is(err, uscc.ErrCheckDigit) {
		t.Errorf("the reason of the organ is lost: %v", err)
	}
}

func TestBase(t *testing.T) {
	b, err := NewBase(Parts{"22", "01", "31", "001", "002"})
	if err != nil || b.String() != "220131001002" || b.Parts() != (Parts{"22", "01", "31", "001", "002"}) || b.MainItem().String() != "220131001000" {
		t.Errorf("%q %+v %v", b, b.Parts(), err)
	}
	if _, err := NewBase(Parts{"2", "201", "31", "001", "002"}); !errors.Is(err, ErrLength) {
		t.Errorf("shifted parts: %v", err)
	}
	if _, err := ParseBase("22013100100"); !errors.Is(err, ErrLength) {
		t.Errorf("short: %v", err)
	}
}

func TestVariant(t *testing.T) {
	i, _ := ParseImplementation(live[2])
	v, err := i.Variant(1)
	if err != nil || v.String() != live[2]+"01" || v.Implementation() != i || v.Number() != 1 {
		t.Errorf("%q %v", v, err)
	}
	for _, n := range []int{0, 100, -1} {
		if _, err := i.Variant(n); !errors.Is(err, ErrNumber) {
			t.Errorf("variant %d: %v", n, err)
		}
	}
	if _, err := ParseVariant(live[2] + "00"); !errors.Is(err, ErrNumber) {
		t.Errorf("variant 00: %v", err)
	}
}

func TestDecompose(t *testing.T) {
	full := live[2] + "07"
	for _, text := range []string{full[19:31], full[:31], full} {
		b, i, v, err := Decompose(text)
		if err != nil || b.String() != full[19:31] || i.IsZero() != (len(text) < 31) || v.IsZero() != (len(text) < 33) {
			t.Errorf("%q: %q %q %q %v", text, b, i, v, err)
		}
	}
	if _, _, _, err := Decompose("22"); !errors.Is(err, ErrLength) {
		t.Errorf("short: %v", err)
	}
}

func TestStorage(t *testing.T) {
	i, _ := ParseImplementation(live[0])
	stored, _ := i.Value()
	var back Implementation
	if err := back.Scan(stored); err != nil || back != i {
		t.Errorf("%q, %v", back, err)
	}
	if err := back.Scan(nil); err != nil || !back.IsZero() {
		t.Errorf("NULL: %q, %v", back, err)
	}
	var b Base
	if b.UnmarshalText([]byte("220131001002")) != nil || b.IsZero() || b.Scan(3) == nil || b.Scan("3") == nil {
		t.Error("reading a base code")
	}
	if v, _ := (Variant{}).Value(); v != nil {
		t.Errorf("no variant is stored as %v", v)
	}
}

func FuzzDecompose(f *testing.F) {
	for _, s := range live {
		f.Add(s)
		f.Add(s + "01")
		f.Add(s[19:])
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, i, v, err := Decompose(text)
		if err != nil {
			return
		}
		if b.IsZero() || !i.IsZero() && i.Base() != b || !v.IsZero() && v.Implementation() != i {
			t.Errorf("%q: %q %q %q", text, b, i, v)
		}
	})
}
