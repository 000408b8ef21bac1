package civil

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]error{
		"2026-11-24": nil, "2024-02-29": nil, "0001-01-01": nil, "9999-12-31": nil,
		"2023-02-29": ErrDate, "2026-13-01": ErrDate, "2026-00-01": ErrDate, "0000-01-01": ErrDate, "2026-04-31": ErrDate,
		"2026-1-24": ErrFormat, "20261124": ErrFormat, "": ErrFormat, "2026/11/24": ErrFormat, "2026-11-2x": ErrFormat, "-026-11-24": ErrFormat,
	} {
		d, err := Parse(text)
		if !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, want %v", text, err, want)
		}
		if err == nil && d.String() != text {
			t.Errorf("Parse(%q) prints %q", text, d)
		}
	}
}

func TestOfReadsTheClockOfShanghai(t *testing.T) {
	evening := time.Date(2026, 1, 4, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
	if got := Of(evening).String(); got != "2026-01-05" {
		t.Errorf("Of(%s) = %s", evening, got)
	}
	if got := Of(evening.Add(-time.Millisecond)).String(); got != "2026-01-04" {
		t.Errorf("just before: %s", got)
	}
	if !Of(time.Time{}).IsZero() {
		t.Error("the zero time has a date")
	}
	d := MustParse("2026-01-05")
	if Of(d.Start()) != d || Of(d.End().Add(-1)) != d || Of(d.End()) != d.Add(1) {
		t.Error("Start and End do not enclose the day")
	}
}

func TestArithmetic(t *testing.T) {
	jan31 := MustParse("2026-01-31")
	for _, c := range []struct{ got, want string }{
		{jan31.Add(1).String(), "2026-02-01"},
		{jan31.Add(-31).String(), "2025-12-31"},
		{jan31.AddMonths(1).String(), "2026-02-28"},
		{jan31.AddMonths(-2).String(), "2025-11-30"},
		{jan31.AddMonths(25).String(), "2028-02-29"},
		{MustParse("2024-02-29").AddYears(1).String(), "2025-02-28"},
		{jan31.Chinese(), "2026年1月31日"},
		{jan31.Compact(), "20260131"},
		{MustParse("9999-12-31").Add(1).String(), ""},
		{Date{}.Add(3).String(), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if n := MustParse("2024-02-28").Days(MustParse("2024-03-01")); n != 2 {
		t.Errorf("Days = %d", n)
	}
	if (Date{}).Compare(jan31) != -1 || !jan31.After(jan31.Add(-1)) || !jan31.Before(jan31.Add(1)) || jan31.Compare(jan31) != 0 {
		t.Error("order is wrong")
	}
	if jan31.Weekday() != time.Saturday || jan31.Year() != 2026 || jan31.Month() != 1 || jan31.Day() != 31 {
		t.Error("parts are wrong")
	}
}

func TestStorage(t *testing.T) {
	d := MustParse("2026-11-24")
	for _, src := range []any{"2026-11-24", []byte("2026-11-24")} {
		var got Date
		if err := got.Scan(src); err != nil || got != d {
			t.Errorf("Scan(%v) = %v, %v", src, got, err)
		}
	}
	for _, src := range []any{nil, "", []byte{}} {
		got := d
		if err := got.Scan(src); err != nil || !got.IsZero() {
			t.Errorf("Scan(%v) = %v, %v", src, got, err)
		}
	}
	got := d
	if err := got.Scan(time.Now()); err == nil {
		t.Error("an instant became a date")
	}
	if err := got.Scan("nonsense"); err == nil || got != d {
		t.Error("a failed Scan changed the date")
	}
	if v, _ := (Date{}).Value(); v != nil {
		t.Errorf("no date is stored as %v", v)
	}
	var back struct{ D, None Date }
	text, err := json.Marshal(struct{ D, None Date }{D: d})
	if err != nil || json.Unmarshal(text, &back) != nil || back.D != d || !back.None.IsZero() {
		t.Errorf("JSON %s %v", text, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-24", "2024-02-29", "2023-02-29", "0000-00-00", "9999-12-31", "２０２６-11"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			if !d.IsZero() {
				t.Errorf("%q: a date together with an error", text)
			}
			return
		}
		if d.String() != text {
			t.Errorf("%q prints %q", text, d)
		}
		if next := d.Add(1); !next.IsZero() && d.Days(next) != 1 {
			t.Errorf("%q: the next day is %d days away", text, d.Days(next))
		}
	})
}
