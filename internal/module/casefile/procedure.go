package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// noDate is a date that is not known.
var noDate civil.Date

// townshipRole is who does the steps of a township or street.
const townshipRole = "clerk"

// suspend stops both clocks for a special procedure the item's guide names: no other stops them, and none for longer than the applicant is told. The
// same kind stops them once; how often its legal basis allows more is data (casefile_procedure.times). The law gives no number: it leaves out the time a
// procedure needs (行政许可法第四十五条), and what is begun over and over is how limits are stretched. So a kind that is used up is begun again by the head of
// the office alone, with a reason the applicant reads, and supervision counts each.
func (st *step) suspend(ctx context.Context, tx *db.Tx) (err error) {
	p, err := st.procedure()
	if err != nil {
		return err
	}
	rule, err := procedureRuleOf(ctx, tx, p.Kind)
	if err != nil {
		return err
	}
	switch n, again := begun(st.intervals, p.Kind), st.in.Action == SuspendAgain; {
	case n >= rule.Times && !again:
		return fault.New(fault.Conflict, "casefile.procedure_again")
	case n < rule.Times && again:
		return fault.New(fault.Conflict, "casefile.procedure_first")
	case again:
		st.told, st.data["again"] = string(Suspend), n+1
	}
	days, err := announced(st.in.Days, p)
	if err != nil {
		return err
	}
	i := Interval{Part: PartExcluded, Kind: p.Kind, Name: p.Name, Basis: p.Basis, Days: days, FromOn: st.today, LimitOn: st.calendar.Add(st.today, days)}
	if st.paper, err = st.issue(ctx, tx, ProcedureNotice, st.procedureBody(i)); err != nil {
		return err
	}
	i.Paper = st.paper
	if err := st.end(ctx, tx, PartRunning, st.today); err != nil {
		return err
	}
	return st.stand(ctx, tx, i)
}

// announced is the number of working days the applicant is told, at most what the guide says.
func announced(days int, p item.Suspend) (int, error) {
	if days == 0 {
		days = p.Days
	}
	if days < 1 || p.Days > 0 && days > p.Days {
		return 0, fault.New(fault.Invalid, "casefile.bad_step").Field("days", "casefile.procedure_days", p.Days)
	}
	return days, nil
}

// stand writes what the clocks stand still for, and until when.
func (st *step) stand(ctx context.Context, tx *db.Tx, i Interval) error {
	if err := st.begin(ctx, tx, i); err != nil {
		return err
	}
	st.c.LegalDue, st.c.PromiseDue, st.c.YellowOn, st.c.RedOn = noDate, noDate, noDate, noDate
	st.data["procedure"], st.data["name"], st.data["basis"], st.data["paper"] = i.Kind, i.Name, i.Basis, i.Paper
	st.data["days"], st.data["from_on"], st.data["limit_on"] = i.Days, i.FromOn.String(), i.LimitOn.String()
	if err := st.count(ctx, tx); err != nil {
		return err
	}
	return st.reschedule(ctx, tx, i.LimitOn.String())
}

// prolong tells the applicant in writing that a procedure under way needs more time than he was told. Without it the clock runs again.
func (st *step) prolong(ctx context.Context, tx *db.Tx) (err error) {
	last, notices := st.underWay()
	if last == nil {
		return fault.New(fault.Conflict, "casefile.no_procedure")
	}
	f := factsOf(st.calendar, st.c, st.intervals, st.today)
	limit := Recompute(f).StandsTill
	if limit.IsZero() {
		return fault.New(fault.Conflict, "casefile.procedure_over") // the time ran out before the notice: the clock counts already
	}
	rule, err := procedureRuleOf(ctx, tx, last.Kind)
	if err != nil {
		return err
	}
	if notices >= rule.Notices {
		return fault.New(fault.Conflict, "casefile.prolonged_enough", rule.Notices)
	}
	p := item.Suspend{Kind: last.Kind, Name: last.Name, Basis: last.Basis}
	for _, x := range st.entry.Guide.Suspend {
		if x.Kind == last.Kind {
			p.Days = x.Days
		}
	}
	if st.in.Days == 0 && p.Days == 0 {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("days", "casefile.procedure_days", p.Days)
	}
	days, err := announced(st.in.Days, p)
	if err != nil {
		return err
	}
	i := Interval{Part: PartExcluded, Kind: p.Kind, Name: p.Name, Basis: p.Basis, Days: days, Follows: true, FromOn: limit, LimitOn: st.calendar.Add(limit, days)}
	if st.paper, err = st.issue(ctx, tx, ProlongationNotice, st.procedureBody(i)); err != nil {
		return err
	}
	i.Paper = st.paper
	st.told, st.toldArgs = "prolong", []string{i.LimitOn.String()}
	return st.stand(ctx, tx, i)
}

// underWay is the last notice of the procedure that lasts, and how many notices it has.
func (st *step) underWay() (last *Interval, notices int) {
	for n := range st.intervals {
		i := &st.intervals[n]
		if i.Part != PartExcluded || !i.UntilOn.IsZero() {
			continue
		}
		last = i
		notices++
	}
	return last, notices
}

// procedureRule is what special procedures of a kind may do.
type procedureRule struct {
	Notices int // written notices one of them may have: the first and its prolongations
	Times   int // how often one case may have it without the head of the office
}

func procedureRuleOf(ctx context.Context, tx *db.Tx, kind string) (procedureRule, error) {
	r, err := db.One[procedureRule](ctx, tx, `SELECT notices, times FROM casefile_procedure WHERE kind IN ($1, '') ORDER BY kind DESC LIMIT 1`, kind)
	if errors.Is(err, db.ErrNotFound) {
		return procedureRule{1, 1}, nil
	}
	if err != nil {
		return r, fmt.Errorf("reading the rule of a procedure: %w", err)
	}
	return r, nil
}

// begun is how often a kind of special procedure was begun for a case; a further notice of one under way begins none.
func begun(list []Interval, kind string) (n int) {
	for _, i := range list {
		if i.Part == PartExcluded && i.Kind == kind && !i.Follows {
			n++
		}
	}
	return n
}

// procedure finds the special procedure that is meant.
func (st *step) procedure() (item.Suspend, error) {
	list := st.entry.Guide.Suspend
	if len(list) == 0 {
		return item.Suspend{}, fault.New(fault.Invalid, "casefile.no_procedure").Field("procedure", "casefile.no_procedure")
	}
	if st.in.Procedure == "" && len(list) == 1 {
		return list[0], nil
	}
	for _, p := range list {
		if p.Kind == st.in.Procedure {
			return p, nil
		}
	}
	return item.Suspend{}, fault.New(fault.Invalid, "casefile.bad_step").Field("procedure", "casefile.procedure_unknown")
}

// mayClock lets a township's clerk stop and restart the clock for a procedure the guide gives to the township, while the case has a task at his
// office; for everything else he needs the right of the office that decides.
func (st *step) mayClock(ctx context.Context, tx *db.Tx) error {
	if st.clockIsOurs() {
		return nil
	}
	open, err := st.s.needs.Flows.Open(ctx, tx, st.c.ID)
	if err != nil {
		return err
	}
	return st.township(open)
}

// clockIsOurs tells whether the step touches no clock, or by may touch that of every case of the office.
func (st *step) clockIsOurs() bool {
	return right[st.in.Action] != ActClock || st.by.Kind != actor.Officer ||
		st.s.needs.Rights.Check(st.by, ActClock, actor.Target{OfficePath: st.c.OfficePath, Item: st.c.BaseCode}) == nil
}

// offersClock is mayClock with the tasks at hand.
func (st *step) offersClock(open []workflow.OpenTask) bool {
	return st.clockIsOurs() || st.township(open) == nil
}

// procedures fills in those of the guide that by may begin, and those the case has had, for who may have them once more.
func (s *Service) procedures(ctx context.Context, tx *db.Tx, by actor.Actor, v *View) error {
	for _, p := range v.Entry.Guide.Suspend {
		rule, err := procedureRuleOf(ctx, tx, p.Kind)
		if err != nil {
			return err
		}
		st := &step{s: s, by: by, in: Step{Action: Suspend, Procedure: p.Kind}, c: &v.Case, entry: v.Entry}
		switch {
		case begun(v.Clock.Ledger, p.Kind) >= rule.Times:
			v.Again = append(v.Again, p)
		case st.offersClock(v.Tasks):
			v.Procedures = append(v.Procedures, p)
		}
	}
	return nil
}

func (st *step) township(open []workflow.OpenTask) error {
	refusal := fault.New(fault.Forbidden, "casefile.not_the_townships")
	at := slices.ContainsFunc(open, func(t workflow.OpenTask) bool { return t.Role == townshipRole && mayDo(st.by, t, st.c.BaseCode) })
	if !at {
		return refusal
	}
	kind := st.in.Procedure
	if st.in.Action != Suspend {
		last, _ := st.underWay()
		if last == nil {
			return refusal
		}
		kind = last.Kind
	}
	for _, p := range st.entry.Guide.Suspend {
		if p.By == item.ByTownship && (p.Kind == kind || kind == "") {
			return nil
		}
	}
	return refusal
}

// resume starts the clocks again. The days of the procedure are left out of both, as far as they were announced: when the time is over the clock
// has been running again since, whoever writes it down.
func (st *step) resume(ctx context.Context, tx *db.Tx) error {
	until := st.today
	if st.lapsedOn().Before(until) && !st.lapsedOn().IsZero() {
		until = st.lapsedOn()
		st.data["lapsed"] = true
	}
	if st.by.Kind == actor.System {
		st.told = "lapse"
	}
	if err := st.end(ctx, tx, PartExcluded, until); err != nil {
		return err
	}
	if err := st.begin(ctx, tx, Interval{Part: PartRunning, Kind: string(PartRunning), Name: "计时", Basis: st.limitBasis(), FromOn: until}); err != nil {
		return err
	}
	st.data["until_on"] = until.String()
	return st.reckon(ctx, tx)
}

// lapsedOn is the last day the procedure under way may leave out, zero without one.
func (st *step) lapsedOn() civil.Date {
	var limit civil.Date
	f := factsOf(st.calendar, st.c, st.intervals, st.today)
	for _, w := range f.stretches() {
		if w.open {
			limit = w.limit
		}
	}
	return limit
}

func (st *step) extend(ctx context.Context, tx *db.Tx) (err error) {
	most, err := mostExtension(ctx, tx, Joint(st.entry))
	if err != nil {
		return err
	}
	days := st.in.Days
	if days == 0 {
		days = most
	}
	if days < 1 || days > most {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("days", "casefile.extension_days", most)
	}
	if st.today.After(st.c.LegalDue) {
		return fault.New(fault.Conflict, "casefile.extended_late") // what has run out can't be lengthened (第四十二条)
	}
	st.c.ExtendedDays, st.data["days"] = days, days
	if err := st.reckon(ctx, tx); err != nil {
		return err
	}
	if st.paper, err = st.issue(ctx, tx, ExtensionNotice, st.extensionBody(days)); err != nil {
		return err
	}
	st.data["paper"] = st.paper
	return st.answerExtension(ctx, tx)
}

// reckon computes both terms anew, and when the clock warns.
func (st *step) reckon(ctx context.Context, tx *db.Tx) error {
	c := st.c
	f := factsOf(st.calendar, c, st.intervals, st.today)
	r := Recompute(f)
	c.LegalDue, c.PromiseDue = r.LegalDue, r.PromiseDue
	c.YellowOn, c.RedOn = f.yellowOn(st.warning, c, r), r.PromiseDue.Add(1)
	st.data["legal_due"], st.data["promise_due"] = c.LegalDue.String(), c.PromiseDue.String()
	st.data["yellow_on"], st.data["red_on"] = c.YellowOn.String(), c.RedOn.String()
	if err := st.count(ctx, tx); err != nil {
		return err
	}
	return st.reschedule(ctx, tx, c.PromiseDue.String())
}

// count says by which calendar the dates were counted.
func (st *step) count(ctx context.Context, tx *db.Tx) error {
	st.c.Calendar = st.calendar.Version()
	st.data["calendar"] = st.c.Calendar
	if st.looking {
		return nil
	}
	return st.s.freeze(ctx, tx, st.calendar)
}

// limitBasis is the ground of the limit that runs.
func (st *step) limitBasis() string {
	for _, b := range st.entry.Guide.Basis {
		if b.About == "limit" {
			return b.Law + b.Article
		}
	}
	if (&paperCase{entry: st.entry}).permit() {
		return "《中华人民共和国行政许可法》第四十二条"
	}
	return "办事指南"
}
