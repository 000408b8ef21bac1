package personid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
)

const sample = "220102199003072318"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text   string
		kind   Kind
		birth  string
		female bool
	}{
		{"11010519491231002X", Citizen, "1949-12-31", true}, // the example of GB 11643
		{sample, Citizen, "1990-03-07", false},
		{"22020319851112402X", Citizen, "1985-11-12", true},
		{"222401197901011122", Citizen, "1979-01-01", true},
		{withCheck("81000019900307231"), HongKong, "1990-03-07", false},
		{withCheck("82000019900307232"), Macao, "1990-03-07", true},
		{withCheck("83000019900307231"), Taiwan, "1990-03-07", false},
		{withCheck("92215619900307231"), Foreign, "1990-03-07", false},
	} {
		id, err := Parse(c.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.text, err)
			continue
		}
		if id.Reveal() != c.text || id.Kind() != c.kind || id.Birth().String() != c.birth || id.Female() != c.female {
			t.Errorf("%q: %s %s %v", c.text, id.Kind(), id.Birth(), id.Female())
		}
	}
	for text, want := range map[string]error{
		"":                        ErrLength,
		"220102900307231":         ErrLength, // the fifteen digits used until 1999
		"2201021990030723181":     ErrLength,
		"22010219900307231A":      ErrCharacter,
		"2201021990O3072318":      ErrCharacter,
		"X20102199003072318":      ErrCharacter,
		"990102199002302318"[:17]: ErrLength,
		"000102199003072318":      ErrRegion,
		"810102199003072318":      ErrRegion,
		"220102199002302318":      ErrDate,
		"220102109003072318":      ErrDate,
		"220102199003072319":      ErrCheckDigit,
		"220102199003072381":      ErrCheckDigit,
		"110105194912310020":      ErrCheckDigit,
	} {
		if id, err := Parse(text); !errors.Is(err, want) || !id.IsZero() {
			t.Errorf("Parse(%q) = %v, want %v", text, err, want)
		}
	}
	for _, typed := range []string{"11010519491231002x", " 110105 19491231 002X", "１１010519491231002Ｘ"} {
		if id, err := Parse(typed); err != nil || id.Reveal() != "11010519491231002X" {
			t.Errorf("Parse(%q): %v", typed, err)
		}
	}
}

func withCheck(s string) string { return s + string(check(s)) }

// The number shows in none of the ways in which values end up in logs, pages and answers.
func TestNeverLeaks(t *testing.T) {
	id := MustParse(sample)
	type hidden struct {
		Name string
		id   ID
		list []ID
		byID map[ID]int
		any  any
	}
	h := hidden{"someone", id, []ID{id}, map[ID]int{id: 1}, id}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%08v"} {
		shown = append(shown, fmt.Sprintf(verb, id), fmt.Sprintf(verb, &id), fmt.Sprintf(verb, h), fmt.Sprintf(verb, &h), fmt.Sprintf(verb, []any{id}))
	}
	text, err := json.Marshal(map[ID]any{id: struct{ ID ID }{id}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "id", id, "in", h, "list", []ID{id})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "id", id, "in", h, "list", []ID{id})
	_, refused := Parse(sample[:17] + "9")
	shown = append(shown, string(text), log.String(), refused.Error(), fmt.Sprint(id), id.String())
	for _, s := range shown {
		for _, secret := range []string{sample, "19900307", fmt.Sprintf("%x", sample), fmt.Sprintf("%X", sample)} {
			if strings.Contains(s, secret) {
				t.Errorf("leaks: %s", s)
			}
		}
	}
	if id.String() != "2201**********2318" || fmt.Sprintf("%#v", id) != "2201**********2318" {
		t.Errorf("masked as %q", id.String())
	}
	if _, err := id.Value(); !errors.Is(err, ErrPlain) {
		t.Errorf("Value: %v", err)
	}
	if err := new(ID).Scan(sample); !errors.Is(err, ErrPlain) {
		t.Errorf("Scan: %v", err)
	}
}

func TestAge(t *testing.T) {
	id := MustParse(sample)
	for day, want := range map[string]int{
		"1990-03-06": -1, "1990-03-07": 0, "1991-03-06": 0, "2008-03-06": 17, "2008-03-07": 18, "2026-11-24": 36,
	} {
		if got := id.Age(civil.MustParse(day)); got != want {
			t.Errorf("on %s: %d, want %d", day, got, want)
		}
	}
	leap := MustParse(withCheck("22010220000229231"))
	if leap.Age(civil.MustParse("2018-02-28")) != 18 || leap.Age(civil.MustParse("2018-02-27")) != 17 || !leap.Adult(civil.MustParse("2018-02-28")) {
		t.Error("born on 29 February")
	}
	if (ID{}).Age(civil.MustParse("2018-02-27")) != -1 {
		t.Error("nobody has an age")
	}
}

func TestZero(t *testing.T) {
	var none ID
	if none.Reveal() != "" || none.String() != "" || none.Kind() != "" || none.Region() != "" || none.Female() || !none.Birth().IsZero() {
		t.Error("no number says something")
	}
	id := MustParse(sample)
	if err := id.UnmarshalText(nil); err != nil || !id.IsZero() {
		t.Error("empty text is no number")
	}
	if err := id.UnmarshalText([]byte("2201**********2318")); err == nil {
		t.Error("a masked number was read")
	}
	if MustParse(sample) != MustParse(sample) || MustParse(sample).Region() != "220102" || MustParse(withCheck("81000019900307231")).Region() != "" {
		t.Error("equality or region is wrong")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "11010519491231002X", "11010519491231002x", "１１010519491231002Ｘ", "810000199003072311", "22010219900230231X"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := Parse(text)
		if err != nil {
			if len(text) > 4 && strings.Contains(err.Error(), text) {
				t.Errorf("the error quotes %q", text)
			}
			return
		}
		if again, err := Parse(id.Reveal()); again != id || err != nil {
			t.Errorf("%q cannot be read again: %v", text, err)
		}
		if id.Birth().IsZero() || id.Kind() == "" || strings.Contains(fmt.Sprintf("%+v", id), id.Reveal()[4:14]) {
			t.Errorf("%q: incomplete or leaking", text)
		}
	})
}
