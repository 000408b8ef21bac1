package casefile

import (
	"context"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// A case that reached the wrong department is handed to the right one of the same government before it is accepted (转办). The other office takes it or
// sends it back; until it did, nobody answers the applicant. The day of receipt stands, and so does the day by which the law wants an answer: whoever
// lets it pass has accepted, in the name of the office that has the case.
const (
	transferFlow = "transfer"
	takeOverTask = "take_over"
)

// government is the path of the government an office belongs to.
func government(officePath string) string {
	path, _, _ := strings.Cut(officePath, "d")
	return path
}

// transfer offers the case to another office.
func (st *step) transfer(ctx context.Context, tx *db.Tx) error {
	list, err := st.s.transferable(ctx, tx, st.c)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(o workflow.Office) bool { return o.Path == st.in.Office })
	if at < 0 {
		key := "casefile.transfer_unknown"
		if st.in.Office == "" {
			key = "casefile.transfer_missing"
		}
		return fault.New(fault.Invalid, "casefile.bad_step").Field("office", key)
	}
	to := list[at]
	w := st.words()
	w.fields["to_office"], w.fields["received_on"] = to.Name, st.c.ReceivedOn.Chinese()
	if st.paper, err = st.issue(ctx, tx, TransferNotice, w); err != nil {
		return err
	}
	st.data["from_office"], st.data["to_office"], st.data["received_on"] = st.c.OfficePath, to.Path, st.c.ReceivedOn.String()
	st.toldArgs = []string{to.Name}
	st.next = append(st.next, following{flow: transferFlow, dueOn: st.c.ReplyDue, at: to})
	return nil
}

// takeOver makes the case the office's own, and what its process asks of the first office the new one's task. Its answer is due when it was.
func (st *step) takeOver(ctx context.Context, tx *db.Tx) error {
	c, from := st.c, st.c.OfficePath
	st.data["from_office"], st.data["to_office"] = c.OfficePath, st.task.OfficePath
	c.OfficeID, c.OfficePath, c.OfficeName = st.task.OfficeID, st.task.OfficePath, st.task.OfficeName
	st.toldArgs = []string{c.OfficeName}
	err := st.s.needs.Flows.Relocate(ctx, tx, c.ID, from, workflow.Office{ID: c.OfficeID, Path: c.OfficePath, Name: c.OfficeName})
	if err != nil {
		return err
	}
	return tx.Later(ctx, `UPDATE casefile_case SET office_id = $1, office_path = $2, office_name = $3 WHERE id = $4`, c.OfficeID, c.OfficePath, c.OfficeName, c.ID)
}

// sendBack leaves the case with the office that offered it.
func (st *step) sendBack(context.Context, *db.Tx) error {
	st.data["from_office"], st.data["to_office"] = st.task.OfficePath, st.c.OfficePath
	st.toldArgs = []string{st.c.OfficeName}
	return nil
}

// transferable lists the other offices of a case's government that may take it: those that have its item in use and somebody to take it, and have not
// sent it back before. Where there is none, who is not competent does not accept and says where to apply (行政许可法第三十二条第一款第二项): nobody else could decide.
func (s *Service) transferable(ctx context.Context, tx *db.Tx, c *Case) ([]workflow.Office, error) {
	list, err := s.needs.Offices.Colleagues(ctx, tx, government(c.OfficePath))
	if err != nil {
		return nil, err
	}
	competent, err := s.needs.Items.Implementing(ctx, tx, c.BaseCode, government(c.OfficePath))
	if err != nil {
		return nil, err
	}
	back, err := db.All[string](ctx, tx, `SELECT office_path FROM casefile_history WHERE case_id = $1 AND action = $2 ORDER BY version LIMIT 500`, c.ID, string(SendBack))
	return slices.DeleteFunc(list, func(o workflow.Office) bool {
		return o.Path == c.OfficePath || slices.Contains(back, o.Path) || !slices.Contains(competent, o.Path)
	}), err
}

// mayTransfer refuses what an office may not do with a case that another one was asked to take, and transfers when the law's answer is overdue. The
// law's own clock is not held up.
func (st *step) mayTransfer(open []workflow.OpenTask, today civil.Date) error {
	if st.by.Kind == actor.System {
		return nil
	}
	if (st.in.Action == Transfer || st.in.Action == TakeOver) && overdue(st.c, today) {
		return fault.New(fault.Conflict, "casefile.silence_accepted")
	}
	asked := slices.ContainsFunc(open, func(t workflow.OpenTask) bool { return t.Action == takeOverTask })
	if asked && ways[st.in.Action].task == "accept" {
		return fault.New(fault.Conflict, "casefile.transfer_pending")
	}
	return nil
}
