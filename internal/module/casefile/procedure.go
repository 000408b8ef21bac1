package casefile

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// noDate is a date that is not known.
var noDate civil.Date

// mostExtension is by how many working days the head of an office may lengthen a limit, once (行政许可法第四十二条).
const mostExtension = 10

// suspend stops both clocks for a special procedure the item's guide names: no other stops them.
func (st *step) suspend(ctx context.Context, tx *db.Tx) (err error) {
	p, err := st.procedure()
	if err != nil {
		return err
	}
	days := st.in.Days
	if days == 0 {
		days = p.Days
	}
	if days < 1 || p.Days > 0 && days > p.Days {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("days", "casefile.procedure_days", p.Days)
	}
	i := Interval{Kind: p.Kind, Name: p.Name, Basis: p.Basis, Days: days, FromOn: st.today}
	if st.paper, err = st.issue(ctx, tx, ProcedureNotice, st.procedureBody(i)); err != nil {
		return err
	}
	i.Paper = st.paper
	if err := insertInterval(ctx, tx, st.c.ID, i); err != nil {
		return err
	}
	st.c.LegalDue, st.c.PromiseDue = noDate, noDate
	st.data["procedure"], st.data["days"] = p.Kind, days
	return st.reschedule(ctx, tx, st.calendar.Add(st.today, days).String())
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

// resume starts the clocks again; the days of the procedure are left out of both.
func (st *step) resume(ctx context.Context, tx *db.Tx) error {
	if err := closeInterval(ctx, tx, st.c.ID, st.today); err != nil {
		return err
	}
	for i := range st.intervals {
		if st.intervals[i].UntilOn.IsZero() {
			st.intervals[i].UntilOn = st.today
		}
	}
	return st.reckon(ctx, tx)
}

func (st *step) extend(ctx context.Context, tx *db.Tx) (err error) {
	days := st.in.Days
	if days == 0 {
		days = mostExtension
	}
	if days < 1 || days > mostExtension {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("days", "casefile.extension_days", mostExtension)
	}
	st.c.ExtendedDays, st.data["days"] = days, days
	if err := st.reckon(ctx, tx); err != nil {
		return err
	}
	st.paper, err = st.issue(ctx, tx, ExtensionNotice, st.extensionBody(days))
	return err
}

// reckon computes both terms anew.
func (st *step) reckon(ctx context.Context, tx *db.Tx) error {
	c := st.c
	c.LegalDue, c.PromiseDue = terms(st.calendar, c, excluded(st.calendar, st.intervals, st.today))
	st.data["legal_due"], st.data["promise_due"] = c.LegalDue.String(), c.PromiseDue.String()
	return st.reschedule(ctx, tx, c.PromiseDue.String())
}
