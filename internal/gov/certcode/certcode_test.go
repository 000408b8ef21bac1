package certcode

import (
	"errors"
	"strings"
	"testing"

	"xiangyun/internal/gov/uscc"
)

// Identifiers in public use, and one made for tests.
var valid = []string{
	Root + ".11100000000013338W011.11430000006122244L.20230000403.001.U",
	Root + ".11100000MB03271699022.340100.000000016.001.9",
	Root + ".11100000000013338W009.11330105002500287C.2025052201.002.0",
	Root + ".11220000MB1A0001XH001.11220102MB1A00036E.20261123000001.001.D",
}

func TestParse(t *testing.T) {
	for _, text := range valid {
		id, err := Parse(text)
		if err != nil || id.String() != text {
			t.Errorf("Parse(%q) = %q, %v", text, id, err)
			continue
		}
		if strings.Join([]string{Root, id.Kind().String(), id.Issuer(), id.Serial(), text[len(text)-5 : len(text)-2], id.Check()}, ".") != text {
			t.Errorf("parts of %q are wrong", text)
		}
	}
	good := valid[3]
	for text, want := range map[string]error{
		"":                                   ErrRoot,
		"1.2.156.3005.3" + good[14:]:         ErrRoot,
		strings.TrimSuffix(good, ".D"):       ErrParts,
		good + ".1":                          ErrParts,
		swap(good, "XH001", "XHA01"):         ErrKind,
		swap(good, "XH001", "XG001"):         ErrKind,
		swap(good, "36E.", "36F."):           ErrIssuer,
		swap(good, "0261123", "026112-"):     ErrSerial,
		swap(good, ".20261123000001.", ".."): ErrSerial,
		swap(good, ".001.", ".000."):         ErrVersion,
		swap(good, ".001.", ".1."):           ErrVersion,
		swap(good, ".001.", ".002."):         ErrCheckDigit,
		swap(good, ".D", ".E"):               ErrCheckDigit,
		swap(good, ".D", ".DD"):              ErrCheckDigit,
		swap(good, ".D", "."):                ErrCheckDigit,
		// Printed in the documentation of an interface, with an invented check character.
		Root + ".11370000MB28566C661.113700000045046442.209FA4E8.001.M": ErrKind,
	} {
		if id, err := Parse(text); !errors.Is(err, want) || !id.IsZero() {
			t.Errorf("Parse(%q) = %v, want %v", text, err, want)
		}
	}
	if id, err := Parse(" " + strings.ToLower(good) + "\n"); err != nil || id.String() != good {
		t.Errorf("small letters: %v", err)
	}
}

func swap(s, from, to string) string { return strings.Replace(s, from, to, 1) }

func TestNew(t *testing.T) {
	kind, err := NewKind(uscc.MustParse("11220000MB1A0001XH"), 1)
	if err != nil || kind.String() != "11220000MB1A0001XH001" || kind.Authority().String() != "11220000MB1A0001XH" {
		t.Fatalf("%s, %v", kind, err)
	}
	issuer := uscc.MustParse("11220102MB1A00036E")
	id, err := New(kind, issuer, "20261123000001", 1)
	if err != nil || id.String() != valid[3] || id.Version() != 1 || id.Kind() != kind {
		t.Errorf("%s, %v", id, err)
	}
	next, err := id.Next()
	if err != nil || next.Version() != 2 || next.Serial() != id.Serial() || next == id {
		t.Errorf("%s, %v", next, err)
	}
	if _, err := Parse(next.String()); err != nil {
		t.Errorf("the next version: %v", err)
	}
	for _, c := range []struct {
		kind    Kind
		issuer  uscc.Code
		serial  string
		version int
		want    error
	}{
		{Kind{}, issuer, "1", 1, ErrKind},
		{kind, uscc.Code{}, "1", 1, ErrIssuer},
		{kind, issuer, "", 1, ErrSerial},
		{kind, issuer, "a", 1, ErrSerial},
		{kind, issuer, strings.Repeat("1", 33), 1, ErrSerial},
		{kind, issuer, "1", 0, ErrVersion},
		{kind, issuer, "1", 1000, ErrVersion},
	} {
		if _, err := New(c.kind, c.issuer, c.serial, c.version); !errors.Is(err, c.want) {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
	last, _ := New(kind, issuer, "1", 999)
	if _, err := last.Next(); !errors.Is(err, ErrVersion) {
		t.Errorf("after 999: %v", err)
	}
	if _, err := NewKind(uscc.Code{}, 1); !errors.Is(err, ErrKind) {
		t.Errorf("no authority: %v", err)
	}
}

func TestStorage(t *testing.T) {
	id := MustParse(valid[0])
	v, _ := id.Value()
	var back Identifier
	if err := back.Scan(v); err != nil || back != id {
		t.Errorf("%s, %v", back, err)
	}
	if back.Scan(nil) != nil || !back.IsZero() || back.Scan(1) == nil {
		t.Error("NULL is no certificate; a number is a mistake")
	}
	var none Identifier
	if none.Version() != 0 || none.Serial() != "" || none.Issuer() != "" || !none.Kind().IsZero() || none.Check() != "" {
		t.Error("no certificate has parts")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range valid {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(id.String()); again != id || err != nil || id.Version() == 0 || id.Kind().IsZero() {
			t.Errorf("%q became %q, then %v", text, id, err)
		}
	})
}
