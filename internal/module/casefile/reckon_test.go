package casefile

import (
	"math/rand/v2"
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
)

// told is a notice as the ledger has it.
func told(from, until string, days int) Interval {
	return Interval{Part: PartExcluded, Kind: "inspection", Name: "现场核查", Basis: "《行政许可法》第四十五条", Paper: "特字1号", Days: days, FromOn: day(from), UntilOn: day(until)}
}

func further(i Interval) Interval {
	i.Follows = true
	return i
}

// Beyond what was announced the clock counts, whatever the office does; a further notice made in time moves the end, and nothing else does.
func TestAnnouncedDaysAreTheLimit(t *testing.T) {
	for name, c := range map[string]struct {
		stops          []Interval
		today          string
		legal, promise string
		excluded, used int
		till           string
	}{
		"resumed-early":          {[]Interval{told("2026-03-04", "2026-03-09", 10)}, "2026-03-10", "2026-04-02", "2026-03-16", 3, 3, ""},
		"resumed-on-the-day":     {[]Interval{told("2026-03-04", "2026-03-09", 3)}, "2026-03-10", "2026-04-02", "2026-03-16", 3, 3, ""},
		"kept-too-long":          {[]Interval{told("2026-03-04", "2026-03-20", 3)}, "2026-03-23", "2026-04-02", "2026-03-16", 3, 12, ""},
		"never-resumed":          {[]Interval{told("2026-03-04", "", 3)}, "2026-03-20", "2026-04-02", "2026-03-16", 3, 11, ""},
		"still-within":           {[]Interval{told("2026-03-04", "", 10)}, "2026-03-06", "2026-04-01", "2026-03-13", 2, 2, "2026-03-18"},
		"on-its-last-day":        {[]Interval{told("2026-03-04", "", 3)}, "2026-03-09", "2026-04-02", "2026-03-16", 3, 2, "2026-03-09"},
		"the-day-after":          {[]Interval{told("2026-03-04", "", 3)}, "2026-03-10", "2026-04-02", "2026-03-16", 3, 3, ""},
		"prolonged":              {[]Interval{told("2026-03-04", "2026-03-16", 3), further(told("2026-03-09", "2026-03-16", 5))}, "2026-03-17", "2026-04-10", "2026-03-23", 8, 3, ""},
		"prolonged-and-over":     {[]Interval{told("2026-03-04", "", 3), further(told("2026-03-09", "", 5))}, "2026-03-18", "2026-04-10", "2026-03-23", 8, 4, ""},
		"prolonged-ended-early":  {[]Interval{told("2026-03-04", "2026-03-06", 3), further(told("2026-03-09", "2026-03-06", 5))}, "2026-03-09", "2026-04-01", "2026-03-13", 2, 3, ""},
		"begun-when-late":        {[]Interval{told("2026-03-16", "2026-03-20", 5)}, "2026-03-23", "2026-04-03", "2026-03-11", 4, 11, ""},
		"two-at-once-count-once": {[]Interval{told("2026-03-04", "2026-03-10", 5), told("2026-03-05", "2026-03-10", 5)}, "2026-03-11", "2026-04-03", "2026-03-17", 4, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Facts{Calendar: calendar2026, AcceptedOn: day("2026-03-02"), Legal: Limit{20, item.WorkingDays}, Promise: Limit{7, item.WorkingDays}, Intervals: c.stops, On: day(c.today)}
			r := Recompute(f)
			if r.LegalDue != day(c.legal) || r.PromiseDue != day(c.promise) || r.Excluded != c.excluded || r.Used != c.used || r.StandsTill != day(c.till) {
				t.Errorf("%+v\nwant %+v\n%s", r, c, inWords(f))
			}
		})
	}
}

func inWords(f Facts) string {
	var lines []string
	for _, s := range f.Steps() {
		lines = append(lines, s.Text)
	}
	return strings.Join(lines, "\n")
}

func TestSteps(t *testing.T) {
	f := Facts{Calendar: calendar2026, AcceptedOn: day("2026-03-02"), Legal: Limit{20, item.WorkingDays}, Promise: Limit{7, item.WorkingDays}, Extended: 2,
		Intervals: []Interval{told("2026-03-04", "2026-03-20", 3)}, On: day("2026-03-23")}
	text := inWords(f)
	for _, want := range []string{"受理日期为2026年3月2日", "法定期限20个工作日，承诺期限7个工作日", calendar2026.Version(), "2026年3月2日次日至2026年3月4日计时，共2个工作日", "书面告知需要3个工作日",
		"扣除3个工作日", "超出告知时间的9个工作日照常计时", "延长办理期限2个工作日", "承诺办结期限为2026年3月18日", "特字1号"} {
		if !strings.Contains(text, want) {
			t.Errorf("the steps do not say %q:\n%s", want, text)
		}
	}
	if got := inWords(Facts{}); got != "尚未受理，期限没有开始计算。" {
		t.Error(got)
	}
	f.Intervals[0].UntilOn, f.On = civil.Date{}, day("2026-03-06")
	if text := inWords(f); !strings.Contains(text, "2026年3月9日次日起自动恢复计时") {
		t.Error(text)
	}
}

// random facts: some months, some procedures one after the other, some of them prolonged.
func randomFacts(r *rand.Rand) Facts {
	units := []item.Unit{item.WorkingDays, item.CalendarDays}
	from := day("2025-11-03").Add(r.IntN(400))
	f := Facts{Calendar: calendar2026, AcceptedOn: calendar2026.Next(from), Legal: Limit{1 + r.IntN(45), units[r.IntN(2)]}, Promise: Limit{r.IntN(30), units[r.IntN(2)]},
		Extended: r.IntN(3) * 5}
	at := f.AcceptedOn
	for range r.IntN(4) {
		at = at.Add(r.IntN(8))
		i := Interval{Part: PartExcluded, Days: 1 + r.IntN(12), FromOn: at}
		at = at.Add(r.IntN(25))
		i.UntilOn = at
		f.Intervals = append(f.Intervals, i)
		if r.IntN(3) == 0 && i.UntilOn.After(calendar2026.Add(i.FromOn, i.Days)) {
			f.Intervals = append(f.Intervals, Interval{Part: PartExcluded, Days: 1 + r.IntN(12), FromOn: calendar2026.Add(i.FromOn, i.Days), UntilOn: i.UntilOn, Follows: true})
		}
	}
	f.On = at.Add(r.IntN(20))
	return f
}

// What must hold for all facts. A seed that fails is printed and fails again.
func TestRecomputeProperties(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		f := randomFacts(r)
		a := Recompute(f)
		if b := Recompute(f); a != b {
			t.Fatalf("seed %d: the same facts give %+v and %+v", seed, a, b)
		}
		if all := f.Calendar.Between(f.AcceptedOn, f.On); a.Used+a.Excluded != all {
			t.Errorf("seed %d: used %d and excluded %d are not the %d working days that passed", seed, a.Used, a.Excluded, all)
		}
		announced := 0
		for _, i := range f.Intervals {
			announced += i.Days
		}
		if a.Excluded > announced {
			t.Errorf("seed %d: %d days are left out, %d were announced", seed, a.Excluded, announced)
		}
		none := f
		none.Intervals = nil
		if b := Recompute(none); b.PromiseDue.After(a.PromiseDue) || b.LegalDue.After(a.LegalDue) {
			t.Errorf("seed %d: leaving days out made a date earlier", seed)
		}
		for n := range f.Intervals {
			longer := f
			longer.Intervals = append([]Interval{}, f.Intervals...)
			longer.Intervals[n].Days++
			if b := Recompute(longer); b.PromiseDue.Before(a.PromiseDue) || b.LegalDue.Before(a.LegalDue) || b.Used > a.Used {
				t.Errorf("seed %d: an announced day more in line %d made a date earlier: %+v, %+v", seed, n, a, b)
			}
		}
		more := f
		more.Extended++
		if b := Recompute(more); b.PromiseDue.Before(a.PromiseDue) || f.Promise.Unit == item.WorkingDays && b.PromiseDue == a.PromiseDue {
			t.Errorf("seed %d: an extension does not move the date", seed)
		}
		// A day that becomes a holiday never makes a limit earlier.
		off := calendar2026.Next(f.AcceptedOn.Add(1 + r.IntN(20)))
		extra, err := workday.New(workday.Notices(), []workday.Extra{{Name: "x", Month: int(off.Month()), Day: off.Day(), From: off}})
		if err != nil {
			t.Fatal(err)
		}
		none.Calendar = extra
		if b := Recompute(none); b.PromiseDue.Before(Recompute(Facts{Calendar: calendar2026, AcceptedOn: f.AcceptedOn, Legal: f.Legal, Promise: f.Promise, Extended: f.Extended, On: f.On}).PromiseDue) {
			t.Errorf("seed %d: a new holiday made a date earlier", seed)
		}
		c := &Case{BaseCode: "000131104003", Region: "220102000000"}
		if y := f.yellowOn(usualWarning, c, a); y.Before(f.AcceptedOn) || y.After(a.PromiseDue.Add(1)) {
			t.Errorf("seed %d: warns on %s, due on %s", seed, y, a.PromiseDue)
		}
		for _, s := range f.Steps() {
			if s.On.IsZero() || s.Text == "" {
				t.Errorf("seed %d: an empty step", seed)
			}
		}
	}
}

// Days without end, and a calendar that ends with the year 9999, end the count as well.
func TestRecomputeEnds(t *testing.T) {
	f := Facts{Calendar: calendar2026, AcceptedOn: day("9999-12-20"), Legal: Limit{20, item.WorkingDays}, Promise: Limit{20, item.CalendarDays}, On: day("9999-12-31"),
		Intervals: []Interval{{Part: PartExcluded, Days: 30, FromOn: day("9999-12-25")}}}
	if r := Recompute(f); !r.LegalDue.IsZero() || !r.PromiseDue.IsZero() {
		t.Errorf("%+v", r)
	}
	if r := Recompute(Facts{}); r != (Reckoning{}) {
		t.Errorf("%+v", r)
	}
}

func TestYellow(t *testing.T) {
	base := Facts{Calendar: calendar2026, AcceptedOn: day("2026-03-02"), Legal: Limit{20, item.WorkingDays}, Promise: Limit{7, item.WorkingDays}, On: day("2026-03-03")}
	c := &Case{BaseCode: "000131104003", Region: "220102000000"}
	for name, x := range map[string]struct {
		change func(f *Facts)
		rule   string
		want   string
	}{
		"one-day-left":      {nil, UsualYellow, "2026-03-10"},
		"a-fifth-of-twenty": {func(f *Facts) { f.Promise.Days = 20 }, UsualYellow, "2026-03-24"},
		"at-once":           {func(f *Facts) { f.Promise.Days = 0 }, UsualYellow, "2026-03-02"},
		"one-day":           {func(f *Facts) { f.Promise.Days = 1 }, UsualYellow, "2026-03-02"},
		"left-out-days": {func(f *Facts) {
			f.Intervals = []Interval{told("2026-03-04", "2026-03-09", 3)}
			f.On = day("2026-03-10")
		}, UsualYellow, "2026-03-13"},
		"calendar-days":     {func(f *Facts) { f.Promise = Limit{10, item.CalendarDays} }, UsualYellow, "2026-03-10"},
		"a-stricter-rule":   {nil, "left <= 3", "2026-03-06"},
		"by-kind":           {nil, `item_kind == "01" && left <= 5`, "2026-03-04"},
		"of-another-region": {nil, `region.startsWith("2202") && left <= 5`, "2026-03-12"},
		"a-rule-that-fails": {nil, `1 / (left - 7) > 0`, "2026-03-02"},
		"never":             {nil, "false", "2026-03-12"},
		"extended":          {func(f *Facts) { f.Extended = 10 }, UsualYellow, "2026-03-20"},
	} {
		t.Run(name, func(t *testing.T) {
			f := base
			if x.change != nil {
				x.change(&f)
			}
			if got := f.yellowOn(mustWarning(x.rule), c, Recompute(f)); got != day(x.want) {
				t.Errorf("%s, want %s", got, x.want)
			}
		})
	}
}

func TestMostSpecialWarning(t *testing.T) {
	order := []Warning{{}, {Region: "22"}, {Region: "2201"}, {ItemKind: "01"}, {ItemKind: "01", Region: "22"}, {BaseCode: "000131104003"}, {BaseCode: "000131104003", Region: "2201"}}
	for i := range order {
		for j := range order {
			if got := order[i].outranks(order[j]); got != (i > j) && i != j {
				t.Errorf("%+v outranks %+v: %v", order[i], order[j], got)
			}
		}
	}
}

func TestHearingDays(t *testing.T) {
	i := Interval{Kind: "hearing", FromOn: day("2026-03-02")}
	if h := HearingOf(calendar2026, i); h.AskBy != day("2026-03-09") || h.HoldBy != day("2026-04-07") || h.NoticeBy != day("2026-03-26") {
		t.Errorf("%+v", h)
	}
	i.Kind = "inspection"
	if h := HearingOf(calendar2026, i); h != (Hearing{}) {
		t.Errorf("%+v", h)
	}
}

// By rank, never a mean: one case of a year does not move what half of them took.
func TestPercentiles(t *testing.T) {
	for name, c := range map[string]struct {
		bins       []bin
		half, most int
	}{
		"none":      {nil, 0, 0},
		"one":       {[]bin{{3, 1}}, 3, 3},
		"outlier":   {[]bin{{2, 10}, {3, 9}, {250, 1}}, 2, 3},
		"even":      {[]bin{{1, 5}, {2, 5}, {3, 5}, {4, 5}}, 2, 4},
		"exactly":   {[]bin{{1, 10}, {9, 6}, {10, 4}}, 1, 9},
		"same-days": {[]bin{{0, 100}}, 0, 0},
	} {
		if f := forecastOf(c.bins); f.Half != c.half || f.Most != c.most {
			t.Errorf("%s: %+v, want %d and %d", name, f, c.half, c.most)
		}
	}
}

// A clock that stops without a document, a ground or a number of days is a mistake of the program.
func TestNoSilence(t *testing.T) {
	whole := Interval{Part: PartExcluded, Kind: "inspection", Basis: "第四十五条", Days: 3, Paper: "特字1号"}
	if err := whole.written(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(i *Interval){"paper": func(i *Interval) { i.Paper = "" }, "basis": func(i *Interval) { i.Basis = "" }, "days": func(i *Interval) { i.Days = 0 },
		"waiting": func(i *Interval) { i.Part, i.Paper = PartWaiting, "" }} {
		i := whole
		change(&i)
		if err := i.written(); err == nil {
			t.Errorf("without %s", name)
		}
	}
}

func FuzzReplay(f *testing.F) {
	f.Add("case.accepted", []byte(`{"accepted_on":"2026-03-02","legal_days":20,"legal_unit":"working_days","promise_days":7,"promise_unit":"working_days","calendar":"x"}`),
		"case.suspended", []byte(`{"from_on":"2026-03-04","days":3,"paper":"特字1号"}`))
	f.Add("case.accepted", []byte(`{"accepted_on":"9999-12-30","legal_days":20,"legal_unit":"x","promise_days":7,"promise_unit":"calendar_days"}`), "case.extended", []byte(`{"days":-4}`))
	f.Fuzz(func(t *testing.T, kind1 string, data1 []byte, kind2 string, data2 []byte) {
		var r Replayed
		if r.take(kind1, data1) != nil || r.take(kind2, data2) != nil {
			return
		}
		r.Facts.Calendar, r.Facts.On = workday.Standard(region.Code{}), day("2026-06-01")
		k := Recompute(r.Facts)
		if k.Used < 0 || k.Excluded < 0 || len(r.Facts.Steps()) == 0 {
			t.Errorf("%+v", k)
		}
	})
}
