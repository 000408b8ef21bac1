package money

import (
	"errors"
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Fen
		err  error
	}{
		{"12.50", 1250, nil}, {"12.5", 1250, nil}, {"12", 1200, nil}, {"0", 0, nil}, {"0.05", 5, nil}, {"-3.00", -300, nil},
		{"¥1,234.50", 123450, nil}, {"￥10", 1000, nil}, {" 7 ", 700, nil}, {"10000000000000.00", Limit, nil}, {"000000000000000000001", 100, nil},
		{"", 0, ErrFormat}, {".", 0, ErrFormat}, {".5", 0, ErrFormat}, {"5.", 0, ErrFormat}, {"1e3", 0, ErrFormat}, {"--1", 0, ErrFormat}, {"+1", 0, ErrFormat},
		{"1,23", 0, ErrFormat}, {"1,2345", 0, ErrFormat}, {",123", 0, ErrFormat}, {"12.345", 0, ErrFen},
		{"10000000000000.01", 0, ErrRange}, {"99999999999999999999", 0, ErrRange},
	} {
		got, err := Parse(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestString(t *testing.T) {
	for f, want := range map[Fen]string{0: "0.00", 5: "0.05", -5: "-0.05", 1250: "12.50", math.MinInt64: "-92233720368547758.08", Yuan(3): "3.00"} {
		if f.String() != want {
			t.Errorf("%d prints %q, want %q", int64(f), f, want)
		}
	}
}

func TestAddRefusesOverflow(t *testing.T) {
	if _, err := Fen(math.MaxInt64).Add(1); !errors.Is(err, ErrRange) {
		t.Error("overflow upward")
	}
	if _, err := Fen(math.MinInt64).Add(-1); !errors.Is(err, ErrRange) {
		t.Error("overflow downward")
	}
	if sum, err := Fen(150).Add(-200); sum != -50 || err != nil {
		t.Errorf("150 - 200 = %d, %v", sum, err)
	}
}

func TestStorage(t *testing.T) {
	var f Fen
	if err := f.Scan(int64(1250)); err != nil || f != 1250 {
		t.Errorf("Scan = %d, %v", f, err)
	}
	for _, src := range []any{nil, "12.50", 12.5} {
		if f.Scan(src) == nil {
			t.Errorf("Scan(%v) was taken", src)
		}
	}
	if v, err := f.Value(); v != int64(1250) || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.50", "-0.05", "¥1,234.50", "1,2,3", "00000000000000000000.1", "9e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if v > Limit || v < -Limit {
			t.Errorf("%q is beyond the limit", text)
		}
		if back, err := Parse(v.String()); back != v || err != nil {
			t.Errorf("%q prints %q, which reads as %d, %v", text, v, back, err)
		}
	})
}
