package workday

import (
	"encoding/json"
	"errors"
	"testing"

	"xiangyun/internal/gov/region"
)

func TestVersion(t *testing.T) {
	changchun, siping, yanji := Standard(region.MustParse("220102")), Standard(region.MustParse("2203")), Standard(region.MustParse("222401"))
	if len(changchun.Version()) != 32 || changchun.Version() != siping.Version() {
		t.Error("two counties without days of their own share a calendar")
	}
	if changchun.Version() == yanji.Version() {
		t.Error("延边 keeps a day of its own")
	}
	corrected, err := New(append(Notices(), Notice{Year: 2026, Days: []Day{{"x", date("2026-06-01"), true}}}), nil)
	if err != nil || corrected.Version() == changchun.Version() {
		t.Errorf("a corrected notice is another version: %v", err)
	}
	n := Notices()
	n[0].Papers = []string{"https://example.invalid/moved"}
	moved, err := New(n, nil)
	if err != nil || moved.Version() != changchun.Version() {
		t.Errorf("where a notice was published moves no day: %v", err)
	}
}

func TestCalendarWrittenAndRead(t *testing.T) {
	for _, code := range []string{"220102", "222401", "220721"} {
		c := Standard(region.MustParse(code))
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCalendar(text)
		if err != nil || again.Version() != c.Version() {
			t.Fatalf("%s: %v", code, err)
		}
		for d := date("2025-12-01"); d.Before(date("2027-02-01")); d = d.Add(1) {
			if c.IsWorkday(d) != again.IsWorkday(d) || c.Name(d) != again.Name(d) || c.Covers(d) != again.Covers(d) {
				t.Fatalf("%s differs on %s", code, d)
			}
		}
	}
	for _, text := range []string{``, `[]`, `{"notices":[{"year":3}]}`, `{"extras":[{"month":2,"day":31}]}`} {
		if _, err := ParseCalendar([]byte(text)); !errors.Is(err, ErrCalendar) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseCalendar(f *testing.F) {
	text, _ := json.Marshal(Standard(region.MustParse("222401")))
	f.Add(text)
	f.Add([]byte(`{"notices":[],"extras":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCalendar(text)
		if err != nil {
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCalendar(written)
		if err != nil || again.Version() != c.Version() {
			t.Errorf("what was read can't be read again: %v", err)
		}
	})
}
