package casefile

import (
	"context"
	"reflect"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// effects are what each step changes besides the state.
var effects = map[Action]func(st *step, ctx context.Context, tx *db.Tx) error{
	Accept: (*step).accept, RequestCorrection: (*step).requestCorrection, SubmitCorrection: (*step).submitCorrection, Reject: (*step).reject,
	Suspend: (*step).suspend, SuspendAgain: (*step).suspend, Prolong: (*step).prolong, Resume: (*step).resume, Extend: (*step).extend, AskExtension: (*step).askExtension, DeclineExtension: (*step).declineExtension, OfferHearing: (*step).offerHearing, Opine: (*step).opine, Approve: (*step).approve, Refuse: (*step).refuse,
	Deliver: (*step).deliver, Withdraw: (*step).withdraw,
	BringMissing: (*step).bringMissing, RemindGap: (*step).remindGap, GapOverdue: (*step).gapOverdue, CancelAcceptance: (*step).cancelAcceptance, Settle: (*step).settle,
	RenewSilently: (*step).renewSilently, Inspect: (*step).inspect, Annul: (*step).annul, CancelGrant: (*step).cancelGrant, Transfer: (*step).transfer,
	AskHearing: (*step).askHearing, LapseHearing: (*step).lapseHearing, CallHearing: (*step).callHearing, RecordHearing: (*step).recordHearing, ConfirmHearing: (*step).confirmHearing,
	Publicize: (*step).publicize, AnswerObjection: (*step).answerObjection,
	TakeOver: (*step).takeOver, SendBack: (*step).sendBack,
}

// accept starts the clocks. What an office accepts counts from the day it does; what silence has accepted from the day of receipt, also when the
// office says so afterwards.
func (st *step) accept(ctx context.Context, tx *db.Tx) (err error) {
	c := st.c
	deemed := st.by.Kind == actor.System || overdue(c, st.today)
	c.AcceptedOn = received(st.calendar, tx.Now, 24)
	if deemed || c.AcceptedOn.Before(c.ReceivedOn) { // what came in after hours and is accepted the same evening is not accepted before it was received
		c.AcceptedOn = c.ReceivedOn
	}
	c.ReplyDue = noDate
	if err := st.reckon(ctx, tx); err != nil {
		return err
	}
	body := st.acceptanceBody()
	if deemed {
		body, st.data["deemed"] = st.deemedBody(), true
		if err := st.dismiss(ctx, tx, takeOverTask); err != nil { // of an office that was asked to take the case and let the days pass
			return err
		}
	}
	if st.paper, err = st.issue(ctx, tx, AcceptanceNotice, body); err != nil {
		return err
	}
	// Everything the dates follow from is in the leaf: they can be found again from the log alone.
	st.data["accepted_on"], st.data["region"], st.data["paper"] = c.AcceptedOn.String(), c.Region, st.paper
	st.data["legal_days"], st.data["legal_unit"] = c.LegalDays, string(c.LegalUnit)
	st.data["promise_days"], st.data["promise_unit"] = c.PromiseDays, string(c.PromiseUnit)
	return st.begin(ctx, tx, Interval{Part: PartRunning, Kind: string(PartRunning), Name: "计时", Basis: st.limitBasis(), FromOn: c.AcceptedOn, Paper: st.paper})
}

func (st *step) requestCorrection(ctx context.Context, tx *db.Tx) (err error) {
	if err := st.checkAsked(); err != nil {
		return err
	}
	if st.paper, err = st.issue(ctx, tx, CorrectionNotice, st.correctionBody()); err != nil {
		return err
	}
	st.c.Corrections++
	st.c.ReplyDue = noDate
	i := Interval{Part: PartWaiting, Kind: correctionInterval, Name: "补正", Basis: "《中华人民共和国行政许可法》第三十二条", FromOn: st.today, Paper: st.paper}
	if err := st.begin(ctx, tx, i); err != nil {
		return err
	}
	st.data["from_on"], st.data["paper"] = st.today.String(), st.paper
	return st.reschedule(ctx, tx, "")
}

// checkAsked names the materials a correction is asked for as the guide does.
func (st *step) checkAsked() error {
	f := fault.New(fault.Invalid, "casefile.bad_step")
	for i, a := range st.in.Asked {
		for _, m := range st.entry.Guide.Materials {
			if m.Code == a.Code {
				st.in.Asked[i].Name = m.Name
			}
		}
		if st.in.Asked[i].Name == "" {
			f.Field("materials."+a.Code, "casefile.material_unknown")
		}
		if a.Text == "" {
			st.in.Asked[i].Text = st.in.Comment
		}
	}
	return f.OrNil()
}

// submitCorrection takes what the applicant brings. The office has five working days again.
func (st *step) submitCorrection(ctx context.Context, tx *db.Tx) error {
	c, s := st.c, st.s
	content, revision, err := s.content(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	applicant, err := s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID)
	if err != nil {
		return err
	}
	p := prepared{entry: st.entry, calendar: st.calendar, applicant: applicant, today: st.today, received: received(st.calendar, tx.Now, s.needs.CloseHour)}
	if c.FormID != "" {
		if p.form, err = s.needs.Forms.ByID(ctx, tx, c.FormID); err != nil {
			return err
		}
		if st.in.Answers != nil {
			before := content.Answers
			if content.Answers, err = form.Check(p.form, form.Restore(p.form, before, st.in.Answers)); err != nil {
				return err
			}
			if reflect.DeepEqual(before, content.Answers) {
				st.in.Answers = nil // what was sent again is no correction
			}
		}
	}
	materials, err := st.brought(ctx, tx, &p)
	if err != nil {
		return err
	}
	if len(materials) == 0 && st.in.Answers == nil && st.in.Comment == "" {
		return fault.New(fault.Invalid, "casefile.nothing_corrected").Field("materials", "casefile.nothing_corrected")
	}
	c.ReceivedOn = p.received
	c.ReplyDue = st.calendar.Add(p.received, replyDays)
	sealed, err := s.seal(c.ID, handing{content, receiving(applicant.Name, c.OfficeID, c.OfficeName)})
	if err != nil {
		return err
	}
	if err := s.hold(ctx, tx, c, sealed, materials, revision+1); err != nil {
		return err
	}
	if err := st.promise(ctx, tx, applicant.Name, materials); err != nil {
		return err
	}
	if err := st.end(ctx, tx, PartWaiting, st.today); err != nil {
		return err
	}
	st.data["until_on"], st.data["reply_due"] = st.today.String(), c.ReplyDue.String()
	if st.in.Answers != nil {
		if err := s.revise(ctx, tx, c, p.form, content.Answers); err != nil {
			return err
		}
	}
	return st.reschedule(ctx, tx, c.ReplyDue.String())
}

// brought checks the materials of a correction: any of the guide's may come, none must.
func (st *step) brought(ctx context.Context, tx *db.Tx, p *prepared) ([]Material, error) {
	refusal := fault.New(fault.Invalid, "casefile.bad_materials")
	g := gathering{s: st.s, by: st.by, p: p, refusal: refusal}
	if err := g.own(ctx, tx, st.in.Materials); err != nil {
		return nil, err
	}
	for _, v := range st.in.Materials {
		var rule *item.Material
		for i, m := range st.entry.Guide.Materials {
			if m.Code == v.Code {
				rule = &st.entry.Guide.Materials[i]
			}
		}
		if rule == nil {
			refusal.Field("materials."+v.Code, "casefile.material_unknown")
			continue
		}
		if err := g.one(ctx, tx, *rule, v); err != nil {
			return nil, err
		}
	}
	return g.out, refusal.OrNil()
}

func (st *step) reject(ctx context.Context, tx *db.Tx) (err error) {
	st.c.Outcome = string(Rejected)
	st.c.ReplyDue = noDate
	w := st.refusedBody()
	w.fields["competent"] = st.in.Competent
	if st.in.Competent != "" {
		st.data["competent"] = st.in.Competent
	}
	st.paper, err = st.issue(ctx, tx, RejectionNotice, w)
	return err
}

func (st *step) opine(context.Context, *db.Tx) error {
	st.data["outcome"] = st.outcome()
	return nil
}

func (st *step) approve(ctx context.Context, tx *db.Tx) (err error) {
	if st.paper, err = st.decide(ctx, tx, ApprovalDecision, st.words()); err != nil {
		return err
	}
	if err := st.inspectLater(ctx, tx); err != nil {
		return err
	}
	if st.gaps.hold() { // nothing is issued before what is missing came: bringMissing tells it then
		st.data["waits"] = true
		return nil
	}
	return st.s.needs.Events.Emit(ctx, tx, Approved{st.c.ID, st.c.Number})
}

func (st *step) refuse(ctx context.Context, tx *db.Tx) (err error) {
	st.paper, err = st.decide(ctx, tx, RefusalDecision, st.refusedBody())
	return err
}

// deliverDays is how long a decision may lie before it reaches the applicant (行政许可法第四十四条).
const deliverDays = 10

func (st *step) decide(ctx context.Context, tx *db.Tx, kind PaperKind, body words) (string, error) {
	c := st.c
	c.DecidedAt, c.Outcome = tx.Now, string(c.State)
	if err := st.end(ctx, tx, "", st.today); err != nil {
		return "", err
	}
	if err := st.count(ctx, tx); err != nil {
		return "", err
	}
	r := Recompute(factsOf(st.calendar, c, st.intervals, st.today))
	c.LegalDue, c.PromiseDue, c.UsedDays = r.LegalDue, r.PromiseDue, r.Used
	c.YellowOn, c.RedOn = noDate, noDate
	st.data["promise_due"], st.data["legal_due"], st.data["excluded_days"] = c.PromiseDue.String(), c.LegalDue.String(), r.Excluded
	st.data["ended_on"], st.data["used_days"] = st.today.String(), r.Used
	number, err := st.issue(ctx, tx, kind, body)
	if err != nil {
		return "", err
	}
	st.data["paper"] = number
	if err := st.s.needs.Events.Emit(ctx, tx, Decided{c.ID}); err != nil {
		return "", err
	}
	return number, st.reschedule(ctx, tx, st.calendar.Add(st.today, deliverDays).String())
}

func (st *step) deliver(ctx context.Context, tx *db.Tx) (err error) {
	if deliveryWays[st.in.Way] == "" {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("way", "casefile.way_unknown")
	}
	if st.c.Outcome == string(ApprovedAs) && st.gaps.hold() {
		return fault.New(fault.Conflict, "casefile.gaps_open")
	}
	st.data["way"] = st.in.Way
	st.paper, err = st.issue(ctx, tx, DeliveryReceipt, st.deliveryBody(st.in.Way))
	return err
}

func (st *step) withdraw(context.Context, *db.Tx) error {
	st.c.Outcome = string(Withdrawn)
	st.c.ReplyDue = noDate
	return nil
}
