package workday

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
)

var date = civil.MustParse

func TestNationalCalendar(t *testing.T) {
	c := Standard(region.Code{})
	for day, want := range map[string]bool{
		"2026-01-01": false, "2026-01-02": false, "2026-01-03": false,
		"2026-01-04": true, // Sunday, works
		"2026-02-14": true, // Saturday, works
		"2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
		"2026-09-20": true, "2026-09-03": true, "2026-10-07": false, "2026-10-08": true, "2026-11-21": false, "2026-11-24": true,
		"2025-01-26": true, "2025-01-28": false, "2025-10-08": false, "2024-02-09": true, "2024-02-10": false, "2024-02-04": true, "2023-12-31": false,
	} {
		if c.IsWorkday(date(day)) != want {
			t.Errorf("%s: working day is %v", day, !want)
		}
	}
	// Working days of a year: 365 or 366 less weekends and 11 statutory days (13 from 2025).
	for year, want := range map[int]int{2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		last, _ := civil.New(year-1, 12, 31)
		end, _ := civil.New(year, 12, 31)
		if got := c.Between(last, end); got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
}

func TestAdd(t *testing.T) {
	c := Standard(region.Code{})
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2025-12-31", 5, "2026-01-08"},
		{"2025-12-31", 1, "2026-01-04"},
		{"2026-01-01", 1, "2026-01-04"},
		{"2026-01-08", -5, "2025-12-31"},
		{"2026-01-03", 0, "2026-01-03"},
		{"2026-02-13", 1, "2026-02-14"},
		{"2026-02-13", 2, "2026-02-24"},
		{"2026-02-24", -1, "2026-02-14"},
		{"2026-11-24", 20, "2026-12-22"},
	} {
		if got := c.Add(date(x.from), x.n); got != date(x.want) {
			t.Errorf("Add(%s, %d) = %s, want %s", x.from, x.n, got, x.want)
		}
	}
	if c.Next(date("2026-02-15")) != date("2026-02-24") || c.Next(date("2026-02-24")) != date("2026-02-24") {
		t.Error("Next is wrong")
	}
	if !c.Add(civil.Date{}, 5).IsZero() || !c.Add(date("9999-12-31"), 5).IsZero() || !c.Next(civil.Date{}).IsZero() {
		t.Error("no date plus days is no date")
	}
	for n := 1; n <= 60; n++ {
		from := date("2026-02-01").Add(n)
		if got := c.Between(from, c.Add(from, n)); got != n {
			t.Errorf("%d working days from %s are counted as %d", n, from, got)
		}
	}
	if got := c.Between(date("2026-01-08"), date("2025-12-31")); got != -5 {
		t.Errorf("backward: %d", got)
	}
}

func TestUncoveredYear(t *testing.T) {
	c, err := New(Notices()[:1], nil)
	if err != nil {
		t.Fatal(err)
	}
	year := Notices()[0].Year
	inside, _ := civil.New(year, 6, 1)
	if !c.Covers(inside) || c.Covers(inside.AddYears(1)) || len(c.Papers(year)) == 0 || c.Papers(year+1) != nil {
		t.Error("covers the wrong years")
	}
	for day, want := range map[string]bool{"2027-01-01": false, "2027-10-01": false, "2027-01-04": true, "2027-01-02": false} {
		if c.IsWorkday(date(day)) != want {
			t.Errorf("%s: working day is %v", day, !want)
		}
	}
	if c.Name(date("2027-10-01")) != "国庆节" || c.Name(date("2027-06-01")) != "" {
		t.Error("names are wrong")
	}
}

func TestRegions(t *testing.T) {
	day := date("2026-09-03") // Thursday
	yanji, qianguo := region.MustParse("222401"), region.MustParse("220721")
	c := Standard(yanji)
	if c.IsWorkday(day) || c.Name(day) == "" || c.Add(date("2026-09-02"), 1) != date("2026-09-04") {
		t.Error("延吉 works on the founding day of the prefecture")
	}
	if !Standard(qianguo).IsWorkday(day) || !Standard(region.MustParse("2201")).IsWorkday(day) {
		t.Error("others keep the day of 延边")
	}
	if len(ExtrasOf(qianguo, Extras())) != 1 || !Standard(qianguo).IsWorkday(date("2026-09-01")) {
		t.Error("a doubtful day is listed and not applied")
	}
	confirmed := ExtrasOf(qianguo, Extras())
	confirmed[0].Doubtful = false
	c, err := New(Notices(), confirmed)
	if err != nil || c.IsWorkday(date("2026-09-01")) {
		t.Errorf("a confirmed day is not applied: %v", err)
	}
	if Extras()[1].Doubtful != true {
		t.Error("the embedded data was changed")
	}
	early := Extra{Name: "x", Month: 6, Day: 1, From: date("2026-01-01")}
	if c, _ = New(nil, []Extra{early}); c.IsWorkday(date("2026-06-01")) || !c.IsWorkday(date("2023-06-01")) {
		t.Error("From is not kept")
	}
	if _, err := New(nil, []Extra{{Name: "x", Month: 2, Day: 30}}); err == nil {
		t.Error("30 February was taken")
	}
}

func TestEmbeddedNotices(t *testing.T) {
	want := 2023
	for _, n := range Notices() {
		if n.Year != want || len(n.Papers) == 0 {
			t.Errorf("notice of %d, want %d; papers %v", n.Year, want, n.Papers)
		}
		want++
		off := map[string]bool{}
		for _, d := range n.Days {
			weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
			if !d.Off && !weekend {
				t.Errorf("%s works and is no weekend: the notice need not say so", d.Date)
			}
			if d.Off {
				off[d.Name] = true
			}
		}
		if len(off) < 6 {
			t.Errorf("%d has the holidays %v only", n.Year, off)
		}
	}
	if want < 2027 {
		t.Errorf("notices end with %d", want-1)
	}
	for _, e := range Extras() {
		if _, err := region.Parse(e.Region); err != nil || e.Source == "" || e.Name == "" {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

func TestParseNoticeRefuses(t *testing.T) {
	for text, want := range map[string]error{
		`[]`:            ErrNotice,
		`{"year":2026}`: ErrEmpty,
		`{"days":[]}`:   ErrYear,
		`{"year":2026,"days":[{"name":"x","date":"2026-02-30","isOffDay":true}]}`:                                                   civil.ErrDate,
		`{"year":2026,"days":[{"name":"x","date":"2025-06-01","isOffDay":true}]}`:                                                   ErrYear,
		`{"year":2026,"days":[{"name":"x","isOffDay":true}]}`:                                                                       ErrYear,
		`{"year":2026,"days":[{"name":"x","date":"2026-01-01","isOffDay":true},{"name":"x","date":"2026-01-01","isOffDay":false}]}`: ErrTwice,
	} {
		if _, err := ParseNotice([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
	if _, err := New([]Notice{{Year: 2026}}, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("New: %v", err)
	}
}

func TestCorrectedNoticeReplaces(t *testing.T) {
	corrected := Notice{Year: 2026, Days: []Day{{"x", date("2026-06-01"), true}}}
	c, err := New(append(Notices(), corrected), nil)
	if err != nil || c.IsWorkday(date("2026-06-01")) || c.IsWorkday(date("2026-01-04")) {
		t.Errorf("the first notice still counts: %v", err)
	}
}

func FuzzParseNotice(f *testing.F) {
	for _, n := range Notices() {
		text, _ := json.Marshal(n)
		f.Add(text)
	}
	f.Add([]byte(`{"year":2026,"days":[{"name":"x","date":"2026-01-01","isOffDay":true}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := ParseNotice(text)
		if err != nil {
			return
		}
		c, err := New([]Notice{n}, nil)
		if err != nil {
			t.Fatalf("parsed but refused: %v", err)
		}
		first, _ := civil.New(n.Year, 1, 1)
		if !c.Covers(first) || n.Year < 9990 && c.Between(first, c.Add(first, 30)) != 30 {
			t.Error("the calendar does not count")
		}
	})
}
