package casefile

import (
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
)

// The State Council's calendar for 2026 (国办发明电〔2025〕7号): New Year 1–3 January with Sunday the 4th at work; Spring Festival 15–23 February with
// Saturdays the 14th and 28th at work; 4–6 April; 1–5 May with the 9th at work; 19–21 June; 25–27 September; 1–7 October with 20 September and
// 10 October at work.
var calendar2026 = workday.Standard(region.MustParse("220102"))

func day(text string) civil.Date {
	if text == "" {
		return civil.Date{}
	}
	return civil.MustParse(text)
}

func span2(kind, from, until string) Interval {
	part := PartExcluded
	if kind == correctionInterval {
		part = PartWaiting
	}
	return Interval{Part: part, Kind: kind, Days: 30, FromOn: day(from), UntilOn: day(until)}
}

func TestTerms(t *testing.T) {
	for name, c := range map[string]struct {
		accepted       string
		legal, promise int
		unit           item.Unit
		extended       int
		stops          []Interval
		today          string
		wantLegal      string
		wantPromise    string
	}{
		"dossier-vector":                {"2025-12-31", 5, 5, item.WorkingDays, 0, nil, "2026-01-04", "2026-01-08", "2026-01-08"},
		"spring-festival":               {"2026-02-12", 20, 7, item.WorkingDays, 0, nil, "2026-02-24", "2026-03-18", "2026-02-28"},
		"autumn-and-national-day":       {"2026-09-18", 20, 7, item.WorkingDays, 0, nil, "2026-09-21", "2026-10-22", "2026-09-29"},
		"suspended-three-days":          {"2026-03-02", 20, 7, item.WorkingDays, 0, []Interval{span2("inspection", "2026-03-04", "2026-03-09")}, "2026-03-10", "2026-04-02", "2026-03-16"},
		"suspended-over-holidays":       {"2026-02-10", 20, 7, item.WorkingDays, 0, []Interval{span2("inspection", "2026-02-13", "2026-02-25")}, "2026-02-26", "2026-03-19", "2026-03-02"},
		"suspended-and-resumed-one-day": {"2026-03-02", 20, 7, item.WorkingDays, 0, []Interval{span2("hearing", "2026-03-04", "2026-03-04")}, "2026-03-05", "2026-03-30", "2026-03-11"},
		"twice-without-counting-double": {"2026-03-02", 20, 7, item.WorkingDays, 0, []Interval{span2("inspection", "2026-03-04", "2026-03-06"),
			span2("hearing", "2026-03-06", "2026-03-09")}, "2026-03-10", "2026-04-02", "2026-03-16"},
		"correction-is-never-excluded": {"2026-03-02", 20, 7, item.WorkingDays, 0, []Interval{span2("correction", "2026-02-25", "2026-03-05")}, "2026-03-05", "2026-03-30", "2026-03-11"},
		"extended":                     {"2026-03-02", 20, 7, item.WorkingDays, 10, nil, "2026-03-03", "2026-04-14", "2026-03-25"},
		"extended-and-suspended":       {"2026-03-02", 20, 7, item.WorkingDays, 10, []Interval{span2("inspection", "2026-03-04", "2026-03-09")}, "2026-03-10", "2026-04-17", "2026-03-30"},
		"calendar-days":                {"2026-04-27", 10, 5, item.CalendarDays, 0, nil, "2026-04-28", "2026-05-07", "2026-05-06"},
		"calendar-days-end-on-holiday": {"2026-04-27", 7, 7, item.CalendarDays, 0, nil, "2026-04-28", "2026-05-06", "2026-05-06"},
		"calendar-days-extended":       {"2026-04-07", 15, 15, item.CalendarDays, 10, nil, "2026-04-08", "2026-05-06", "2026-05-06"},
		"at-once":                      {"2026-03-02", 3, 0, item.WorkingDays, 0, nil, "2026-03-02", "2026-03-05", "2026-03-02"},
	} {
		t.Run(name, func(t *testing.T) {
			k := clock(calendar2026, &Case{State: Accepted, AcceptedOn: day(c.accepted), LegalDays: c.legal, PromiseDays: c.promise, LegalUnit: c.unit,
				PromiseUnit: c.unit, ExtendedDays: c.extended}, c.stops, day(c.today))
			if k.LegalDue != day(c.wantLegal) || k.PromiseDue != day(c.wantPromise) {
				t.Errorf("legal %s, promise %s; want %s, %s", k.LegalDue, k.PromiseDue, c.wantLegal, c.wantPromise)
			}
			if !k.Begun || !k.Running {
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestClockOverTime(t *testing.T) {
	base := Case{State: Accepted, AcceptedOn: day("2026-03-02"), LegalDays: 20, PromiseDays: 7, LegalUnit: item.WorkingDays, PromiseUnit: item.WorkingDays}
	at := func(text string) time.Time { return day(text).Start().Add(10 * time.Hour) }
	for name, c := range map[string]struct {
		change     func(c *Case)
		stops      []Interval
		today      string
		used, left int
		colour     Colour
		running    bool
		due        string
	}{
		"the-day-itself":   {nil, nil, "2026-03-02", 0, 7, Green, true, "2026-03-11"},
		"half-way":         {nil, nil, "2026-03-06", 4, 3, Green, true, "2026-03-11"},
		"two-days-left":    {nil, nil, "2026-03-09", 5, 2, Green, true, "2026-03-11"},
		"one-day-left":     {nil, nil, "2026-03-10", 6, 1, Yellow, true, "2026-03-11"},
		"last-day":         {nil, nil, "2026-03-11", 7, 0, Yellow, true, "2026-03-11"},
		"late":             {nil, nil, "2026-03-12", 8, -1, Red, true, "2026-03-11"},
		"a-fifth-left":     {func(c *Case) { c.PromiseDays = 20 }, nil, "2026-03-24", 16, 4, Yellow, true, "2026-03-30"},
		"more-than-fifth":  {func(c *Case) { c.PromiseDays = 20 }, nil, "2026-03-23", 15, 5, Green, true, "2026-03-30"},
		"stands-still":     {func(c *Case) { c.State = Suspended }, []Interval{span2("inspection", "2026-03-04", "")}, "2026-03-20", 2, 5, Green, false, ""},
		"decided-in-time":  {func(c *Case) { c.State, c.DecidedAt = ApprovedAs, at("2026-03-11") }, nil, "2026-06-01", 7, 0, Green, false, "2026-03-11"},
		"decided-late":     {func(c *Case) { c.State, c.DecidedAt = RefusedAs, at("2026-03-12") }, nil, "2026-06-01", 8, -1, Red, false, "2026-03-11"},
		"withdrawn":        {func(c *Case) { c.State, c.ClosedAt = Withdrawn, at("2026-03-10") }, nil, "2026-06-01", 6, 1, Green, false, "2026-03-11"},
		"delivered-after":  {func(c *Case) { c.State, c.DecidedAt, c.ClosedAt = Delivered, at("2026-03-05"), at("2026-03-20") }, nil, "2026-06-01", 3, 4, Green, false, "2026-03-11"},
		"not-begun":        {func(c *Case) { c.State, c.AcceptedOn = Submitted, civil.Date{} }, nil, "2026-06-01", 0, 0, Green, false, ""},
		"resumed-and-late": {nil, []Interval{span2("inspection", "2026-03-04", "2026-03-09")}, "2026-03-17", 8, -1, Red, true, "2026-03-16"},
	} {
		t.Run(name, func(t *testing.T) {
			one := base
			if c.change != nil {
				c.change(&one)
			}
			k := clock(calendar2026, &one, c.stops, day(c.today))
			if k.Used != c.used || k.Left != c.left || k.Colour != c.colour || k.Running != c.running || k.PromiseDue != day(c.due) {
				t.Errorf("used %d left %d %s running %v due %s; want %d %d %s %v %s", k.Used, k.Left, k.Colour, k.Running, k.PromiseDue, c.used, c.left, c.colour, c.running, c.due)
			}
		})
	}
}

func TestReceived(t *testing.T) {
	for name, c := range map[string]struct{ at, want string }{
		"in-hours":            {"2026-03-06T16:59:00+08:00", "2026-03-06"},
		"at-closing":          {"2026-03-06T17:00:00+08:00", "2026-03-09"},
		"at-night":            {"2026-03-05T23:59:00+08:00", "2026-03-06"},
		"early-morning":       {"2026-03-05T00:10:00+08:00", "2026-03-05"},
		"another-zones-clock": {"2026-03-06T23:30:00Z", "2026-03-09"},
		"saturday":            {"2026-03-07T10:00:00+08:00", "2026-03-09"},
		"saturday-at-work":    {"2026-02-14T10:00:00+08:00", "2026-02-14"},
		"after-its-hours":     {"2026-02-14T17:30:00+08:00", "2026-02-24"},
		"holiday":             {"2026-02-15T10:00:00+08:00", "2026-02-24"},
		"sunday-at-work":      {"2026-01-04T10:00:00+08:00", "2026-01-04"},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := received(calendar2026, at, 17); got != day(c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestNumberHead(t *testing.T) {
	for path, want := range map[string]string{"220102d31": "220102031260302", "2201d31": "220100031260302", "22d09": "220000009260302", "220102001": "220102000260302",
		"220102002": "220102000260302", "220102d3102": "220102310260302"} {
		if got := numberHead(path, day("2026-03-02")); got != want || len(got) != 15 {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestMasks(t *testing.T) {
	a := masked(Applicant{Kind: "person", Number: "220102199003072318", Phone: "13500001234", Name: "张晓琳"})
	if a.Number != "2201**********2318" || a.Phone != "135****1234" || a.Name != "张晓琳" {
		t.Errorf("%+v", a)
	}
	if c := masked(Applicant{Kind: "company", Number: "91220102MA1P8Q9R4L", Phone: "0431"}); c.Number != "91220102MA1P8Q9R4L" || c.Phone != "****" {
		t.Errorf("%+v", c)
	}
}
