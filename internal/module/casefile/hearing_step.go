package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// offerHearing tells the applicant of the right to be heard before the decision (行政许可法第四十七条). The clock goes on; the hearing itself is a
// special procedure.
func (st *step) offerHearing(ctx context.Context, tx *db.Tx) (err error) {
	w := st.words()
	w.fields["ask_by"] = st.calendar.Add(st.today, hearingAsk).Chinese()
	if st.paper, err = st.issue(ctx, tx, HearingNotice, w); err != nil {
		return err
	}
	st.data["ask_by"] = st.calendar.Add(st.today, hearingAsk).String()
	return tx.Later(ctx, `INSERT INTO casefile_hearing (case_id, state, offered_on, notice) VALUES ($1, $2, $3, $4)
ON CONFLICT (case_id) DO UPDATE SET state = excluded.state, offered_on = excluded.offered_on, notice = excluded.notice, reminded_on = NULL`,
		st.c.ID, string(HearingOffered), st.today, st.paper)
}

// askHearing takes the request: of who applied, on his page; of an interested party, by the officer before whom he stands. The office hears of it at once.
func (st *step) askHearing(ctx context.Context, tx *db.Tx) (err error) {
	w := st.words()
	if st.by.Kind == actor.Officer && !st.s.receivedBy(st.by, st.c) {
		w.fields["at_office"], st.data["at_office"] = "1", true
	}
	if st.paper, err = st.issue(ctx, tx, HearingRequest, w); err != nil {
		return err
	}
	days := hearingDays(st.calendar, st.hearing.OfferedOn, st.today)
	st.data["asked_on"], st.data["hold_by"] = st.today.String(), days.HoldBy.String()
	err = tx.Later(ctx, `UPDATE casefile_hearing SET state = $1, asked_on = $2, reminded_on = NULL WHERE case_id = $3`, string(HearingAsked), st.today, st.c.ID)
	if err != nil {
		return err
	}
	return st.s.tellOffice(ctx, tx, st.c, "casefile.told.hearing_asked", days.HoldBy.String())
}

// lapseHearing notes that nobody asked in time: the case goes on.
func (st *step) lapseHearing(ctx context.Context, tx *db.Tx) error {
	st.data["ask_by"] = st.hearing.Days.AskBy.String()
	return tx.Later(ctx, `UPDATE casefile_hearing SET state = $1 WHERE case_id = $2`, string(HearingLapsed), st.c.ID)
}

// callHearing tells when and where, and who presides. From this notice to the day of the hearing the clock stands (第四十五条); called again for a
// later day, it stands until then.
func (st *step) callHearing(ctx context.Context, tx *db.Tx) (err error) {
	p := st.in.Hearing
	if p == nil {
		p = &HearingPlan{}
		st.in.Hearing = p
	}
	on, name, err := st.planned(ctx, tx)
	if err != nil {
		return err
	}
	i, stands := st.standing(on)
	w := st.words()
	w.fields["held_on"], w.fields["place"], w.fields["host"] = on.Chinese()+" "+p.At, p.Place, name
	w.fields["from_on"], w.fields["limit_on"] = st.today.Chinese(), on.Chinese()
	if p.Closed {
		w.fields["closed"] = "1"
	}
	if st.paper, err = st.issue(ctx, tx, HearingSession, w); err != nil {
		return err
	}
	err = tx.Later(ctx, `UPDATE casefile_hearing SET state = $1, held_on = $2, held_at = $3, place = $4, closed = $5, presider = $6, presider_name = $7, reminded_on = NULL
WHERE case_id = $8`, string(HearingCalled), on, p.At, p.Place, p.Closed, p.Presider, name, st.c.ID)
	if err != nil {
		return err
	}
	st.data["held_on"], st.data["presider"], st.data["closed"] = on.String(), p.Presider, p.Closed
	st.toldArgs = []string{on.String(), p.At, p.Place}
	if err := st.s.tellOfficer(ctx, tx, st.c, p.Presider, "casefile.told.hearing_presides", on.String(), p.At); err != nil {
		return err
	}
	if !stands {
		return nil
	}
	i.Paper = st.paper
	if i.Follows {
		return st.stand(ctx, tx, i)
	}
	st.c.State = Suspended
	if err := st.end(ctx, tx, PartRunning, st.today); err != nil {
		return err
	}
	return st.stand(ctx, tx, i)
}

// standing is the line of the ledger a hearing on a day needs; none when the clock stands for something else, or until then already.
func (st *step) standing(on civil.Date) (i Interval, needed bool) {
	i = Interval{Part: PartExcluded, Kind: hearingKind, Name: "听证", Basis: "《中华人民共和国行政许可法》第四十五条", FromOn: st.today, LimitOn: on}
	if last, _ := st.underWay(); last != nil {
		limit := Recompute(factsOf(st.calendar, st.c, st.intervals, st.today)).StandsTill
		if last.Kind != hearingKind || limit.IsZero() || !on.After(limit) {
			return i, false
		}
		i.Follows, i.FromOn = true, limit
	}
	i.Days = st.calendar.Between(i.FromOn, on)
	return i, i.Days > 0
}

// recordHearing keeps what was said (听证笔录), by who presided. The clock goes on.
func (st *step) recordHearing(ctx context.Context, tx *db.Tx) (err error) {
	h := st.hearing
	w := st.words()
	w.fields["held_on"], w.fields["place"], w.fields["host"] = h.HeldOn.Chinese()+" "+h.HeldAt, h.Place, h.PresiderName
	if h.Closed {
		w.fields["closed"] = "1"
	}
	if st.paper, err = st.issue(ctx, tx, HearingRecord, w); err != nil {
		return err
	}
	err = tx.Later(ctx, `UPDATE casefile_hearing SET state = $1, record = $2, reminded_on = NULL WHERE case_id = $3`, string(HearingRecorded), st.paper, st.c.ID)
	if err != nil {
		return err
	}
	if last, _ := st.underWay(); last == nil || last.Kind != hearingKind {
		return nil
	}
	st.c.State = Accepted
	told := st.told
	err = st.resume(ctx, tx)
	st.told = told
	return err
}

// confirmHearing notes that the parties found the record right, or why one would not confirm it (第四十八条第一款第五项).
func (st *step) confirmHearing(ctx context.Context, tx *db.Tx) (err error) {
	refused := st.in.Agree != nil && !*st.in.Agree
	if refused && st.in.Comment == "" {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("comment", "casefile.hearing.refused_why")
	}
	w := st.words()
	w.fields["hearing_record"] = st.hearing.Record
	if refused {
		w.fields["refused"] = "1"
	}
	if st.by.Kind == actor.Officer {
		w.fields["at_office"] = "1"
	}
	if st.paper, err = st.issue(ctx, tx, HearingConfirmation, w); err != nil {
		return err
	}
	st.data["record"], st.data["refused"] = st.hearing.Record, refused
	return tx.Later(ctx, `UPDATE casefile_hearing SET state = $1, refused = $2 WHERE case_id = $3`, string(HearingConfirmed), refused, st.c.ID)
}
