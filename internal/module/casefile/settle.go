package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// maySettle tells whether an officer may decide on the spot: at the centre or at the office itself.
func (st *step) maySettle() bool {
	return slices.ContainsFunc([]string{st.c.CentrePath, st.c.OfficePath}, func(path string) bool {
		return path != "" && st.s.needs.Rights.Check(st.by, ActSettle, actor.Target{OfficePath: path, Item: st.c.BaseCode}) == nil
	})
}

// maySettleNow refuses to decide on the spot what the guide does not promise at once and nobody pledged, what others must be asked about, and what is
// not complete (行政许可法第三十四条第二款).
func (st *step) maySettleNow(flow *workflow.Definition) error {
	asks := slices.ContainsFunc(flow.Nodes, func(n workflow.Node) bool { return n.Action == ways[Opine].task })
	if asks || st.c.PromiseDays > 0 && !st.content.Pledged {
		return fault.New(fault.Conflict, "casefile.not_on_the_spot")
	}
	if len(st.gaps.list) > 0 {
		return fault.New(fault.Conflict, "casefile.gaps_open")
	}
	return nil
}

// settle accepts, decides and hands over in one act, with one document (即办件).
func (st *step) settle(ctx context.Context, tx *db.Tx) error {
	c := st.c
	c.AcceptedOn = st.today // the day it is decided, a working day or not
	if overdue(c, st.today) {
		c.AcceptedOn = c.ReceivedOn
	}
	c.ReplyDue = noDate
	st.data["accepted_on"], st.data["region"] = c.AcceptedOn.String(), c.Region
	st.data["legal_days"], st.data["legal_unit"] = c.LegalDays, string(c.LegalUnit)
	st.data["promise_days"], st.data["promise_unit"] = c.PromiseDays, string(c.PromiseUnit)
	w := st.words()
	if err := st.inspectLater(ctx, tx); err != nil {
		return err
	}
	for _, f := range st.next {
		w.fields["pledged"], w.fields["inspect_by"] = "1", f.dueOn.Chinese()
	}
	return st.grantAtOnce(ctx, tx, SpotDecision, w)
}

// grantAtOnce decides for the applicant and closes the case: the decision is handed over as it is made.
func (st *step) grantAtOnce(ctx context.Context, tx *db.Tx, kind PaperKind, w words) (err error) {
	c := st.c
	ran := len(st.intervals) > 0
	if st.paper, err = st.decide(ctx, tx, kind, w); err != nil {
		return err
	}
	c.Outcome = string(ApprovedAs)
	if !ran {
		i := Interval{Part: PartRunning, Kind: string(PartRunning), Name: "计时", Basis: st.limitBasis(), FromOn: c.AcceptedOn, UntilOn: st.today, Paper: st.paper}
		if err := st.begin(ctx, tx, i); err != nil {
			return err
		}
	}
	return st.s.needs.Events.Emit(ctx, tx, Approved{c.ID, c.Number})
}

// Joint tells whether several organs handle an item together (统一、联合、集中办理): its limit is then lengthened by the head of the people's government
// (行政许可法第四十二条第二款).
func Joint(e *item.Entry) bool { return len(e.Opinions) > 1 }

// mayExtend refuses who is not of the rank that may lengthen the limit. Before the item is read, either rank will do.
func (st *step) mayExtend() error {
	on := actor.Target{OfficePath: st.c.OfficePath, Item: st.c.BaseCode}
	if st.by.Kind == actor.System {
		return nil
	}
	head, government := st.s.needs.Rights.Check(st.by, ActExtend, on), st.s.needs.Rights.Check(st.by, ActJoint, on)
	switch {
	case st.entry == nil && government == nil:
		return nil
	case st.entry != nil && Joint(st.entry):
		if government != nil {
			return fault.New(fault.Forbidden, "casefile.extension_rank")
		}
		return nil
	}
	return head
}

// mostExtension is by how many working days a limit may be lengthened.
func mostExtension(ctx context.Context, tx *db.Tx, joint bool) (int, error) {
	n, err := db.One[int](ctx, tx, `SELECT days FROM casefile_extension_rule WHERE joint = $1`, joint)
	if errors.Is(err, db.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the rule of extensions: %w", err)
	}
	return n, nil
}
