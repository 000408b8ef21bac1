package casefile

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// The limit of what several handle together is lengthened by the head of the people's government (行政许可法第四十二条第二款), who watches no single case: the
// office asks, and the request is a task in the government's inbox until it is granted, declined, or the case decided.
const (
	extensionFlow = "extension"
	extensionTask = "extend_joint"
)

// mayAskExtension refuses a request the office needs not, or can't make any more.
func (st *step) mayAskExtension() error {
	switch {
	case !Joint(st.entry):
		return fault.New(fault.Conflict, "casefile.extension_own")
	case st.today.After(st.c.LegalDue):
		return fault.New(fault.Conflict, "casefile.extended_late")
	}
	return nil
}

// askExtension puts the request into the inbox of the case's government.
func (st *step) askExtension(ctx context.Context, tx *db.Tx) error {
	s, c := st.s, st.c
	most, err := mostExtension(ctx, tx, true)
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
	p, err := s.needs.Flows.Process(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if extensionAsked(p.Open) {
		return fault.New(fault.Conflict, "casefile.extension_asked")
	}
	at, err := s.needs.Offices.At(ctx, tx, government(c.OfficePath))
	if err != nil {
		return err
	}
	st.data["days"], st.data["to_office"] = days, at.Path
	st.in.Comment = fmt.Sprintf("申请延长 %d 个工作日：%s", days, st.in.Comment)
	st.next = append(st.next, following{flow: extensionFlow, dueOn: c.LegalDue, at: at})
	return nil
}

// extensionAsked tells whether the government was asked for a longer limit and has not answered.
func extensionAsked(open []workflow.OpenTask) bool {
	return slices.ContainsFunc(open, func(t workflow.OpenTask) bool { return t.Action == extensionTask })
}

// declineExtension leaves the limit as it is: the request's task is the step's own.
func (st *step) declineExtension(context.Context, *db.Tx) error { return nil }

// answerExtension ends an open request with what the step does: who lengthens the limit has answered it, a decision leaves nothing to lengthen.
func (st *step) answerExtension(ctx context.Context, tx *db.Tx) error {
	if !Joint(st.entry) {
		return nil
	}
	p, err := st.s.needs.Flows.Process(ctx, tx, st.c.ID)
	if err != nil {
		return err
	}
	for i, t := range p.Open {
		if t.Action != extensionTask {
			continue
		}
		by := st.by
		if !workflow.MayTake(by, t, st.c.BaseCode) {
			by = program
		}
		if _, err := st.s.needs.Flows.Complete(ctx, tx, by, p, &p.Open[i], "", workflow.Done{Outcome: string(st.in.Action)}); err != nil {
			return err
		}
	}
	return nil
}
