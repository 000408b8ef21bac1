package casefile

import (
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Gap is a material the applicant promised to bring later (容缺受理).
type Gap struct {
	Code  string
	Name  string
	DueOn civil.Date // last day
}

// gaps are what is still to come of a case.
type gaps struct {
	list  []Gap
	holds bool // by the rule of the item
}

// hold tells whether nothing may be handed out yet.
func (g gaps) hold() bool { return g.holds && len(g.list) > 0 }

// due are those whose last day is over.
func (g gaps) due(today civil.Date) (out []Gap) {
	for _, x := range g.list {
		if today.After(x.DueOn) {
			out = append(out, x)
		}
	}
	return out
}

// gapsOf reads what a case still waits for, with the rule of its item.
func gapsOf(ctx context.Context, tx *db.Tx, c *Case) (g gaps, err error) {
	type row struct {
		Gap
		Holds bool
	}
	rows, err := db.All[row](ctx, tx, `SELECT g.code, g.name, g.due_on,
(SELECT r.holds FROM casefile_gap_rule r WHERE r.base_code IN ($1, '') ORDER BY r.base_code DESC LIMIT 1) AS holds
FROM casefile_gap g WHERE g.case_id = $2 AND g.brought_at IS NULL ORDER BY g.due_on, g.code`, c.BaseCode, c.ID)
	for _, r := range rows {
		g.list, g.holds = append(g.list, r.Gap), r.Holds
	}
	return g, err
}

// holdGaps keeps what of a hand-in was promised to follow, and closes what it brings of an earlier promise.
func (s *Service) holdGaps(ctx context.Context, tx *db.Tx, c *Case, materials []Material, revision int) error {
	days := -1
	for _, m := range materials {
		if m.DueOn == "" {
			if revision == 1 {
				continue
			}
			if err := tx.Later(ctx, `UPDATE casefile_gap SET brought_at = $1 WHERE case_id = $2 AND code = $3 AND brought_at IS NULL`, tx.Now, c.ID, m.Code); err != nil {
				return err
			}
			continue
		}
		if days < 0 {
			var err error
			if days, err = db.One[int](ctx, tx, `SELECT remind_days FROM casefile_gap_rule WHERE base_code IN ($1, '') ORDER BY base_code DESC LIMIT 1`, c.BaseCode); err != nil {
				return fmt.Errorf("reading the rule of what follows: %w", err)
			}
		}
		due, err := civil.Parse(m.DueOn)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO casefile_gap (case_id, code, name, due_on, remind_on) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (case_id, code) DO UPDATE SET due_on = excluded.due_on, remind_on = excluded.remind_on, reminded_at = NULL, overdue_at = NULL, brought_at = NULL`,
			c.ID, m.Code, m.Name, due, due.Add(-days))
		if err != nil {
			return err
		}
	}
	return nil
}

// bringMissing takes what was promised to follow. The clock did not stop for it. What waited for the last of it goes on now.
func (st *step) bringMissing(ctx context.Context, tx *db.Tx) error {
	c, s := st.c, st.s
	content, revision, err := s.content(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	applicant, err := s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID)
	if err != nil {
		return err
	}
	refusal := fault.New(fault.Invalid, "casefile.bad_materials")
	for i, v := range st.in.Materials {
		if !slices.ContainsFunc(st.gaps.list, func(g Gap) bool { return g.Code == v.Code }) {
			refusal.Field("materials."+v.Code, "casefile.not_awaited")
		}
		if v.Way == item.WayLater {
			refusal.Field("materials."+v.Code, "casefile.material_way")
		}
		if v.Way == "" && len(v.Files) == 0 {
			st.in.Materials[i].Way = item.WayUpload // a file is what is awaited, unless another way is named
		}
	}
	if err := refusal.OrNil(); err != nil {
		return err
	}
	p := prepared{entry: st.entry, calendar: st.calendar, applicant: applicant, today: st.today, received: received(st.calendar, tx.Now, s.needs.CloseHour)}
	materials, err := st.brought(ctx, tx, &p)
	if err != nil {
		return err
	}
	if len(materials) == 0 {
		return fault.New(fault.Invalid, "casefile.nothing_brought").Field("materials", "casefile.nothing_brought")
	}
	var codes []string
	open := slices.Clone(st.gaps.list)
	for _, m := range materials {
		codes = append(codes, m.Code)
		open = slices.DeleteFunc(open, func(g Gap) bool { return g.Code == m.Code })
	}
	slices.Sort(codes)
	st.data["materials"], st.data["open"] = slices.Compact(codes), len(open)
	sealed, err := s.seal(c.ID, handing{content, receiving(applicant.Name, c.OfficeID, c.OfficeName)})
	if err != nil {
		return err
	}
	if err := s.hold(ctx, tx, c, sealed, materials, revision+1); err != nil {
		return err
	}
	if len((gaps{list: open}).due(st.today)) == 0 {
		if err := st.dismiss(ctx, tx, ways[CancelAcceptance].task); err != nil {
			return err
		}
	}
	if len(open) == 0 && c.State == ApprovedAs {
		return s.needs.Events.Emit(ctx, tx, Approved{c.ID, c.Number})
	}
	return nil
}

// gapBody lists what is still to come.
func (st *step) gapBody(w words, list []Gap) words {
	for _, g := range list {
		w.lists["gaps"] = append(w.lists["gaps"], []string{g.Name, g.DueOn.Chinese() + "前"})
	}
	return w
}

// remindGap asks in writing for what is to follow, before its last day.
func (st *step) remindGap(ctx context.Context, tx *db.Tx) (err error) {
	if st.paper, err = st.issue(ctx, tx, MissingNotice, st.gapBody(st.words(), st.gaps.list)); err != nil {
		return err
	}
	st.toldArgs = []string{st.gaps.list[0].DueOn.String()}
	return tx.Later(ctx, `UPDATE casefile_gap SET reminded_at = $1 WHERE case_id = $2 AND brought_at IS NULL AND reminded_at IS NULL`, tx.Now, st.c.ID)
}

// gapOverdue tells the office, by a task, that what was promised did not come.
func (st *step) gapOverdue(ctx context.Context, tx *db.Tx) error {
	due := st.gaps.due(st.today)
	var codes []string
	for _, g := range due {
		codes = append(codes, g.Code)
	}
	st.data["materials"] = codes
	st.next = append(st.next, following{flow: gapFlow, dueOn: st.calendar.Add(st.today, 1)})
	return tx.Later(ctx, `UPDATE casefile_gap SET overdue_at = $1 WHERE case_id = $2 AND brought_at IS NULL AND overdue_at IS NULL AND due_on < $3`, tx.Now, st.c.ID, st.today)
}

// cancelAcceptance takes back the acceptance of an application whose promised materials did not come.
func (st *step) cancelAcceptance(ctx context.Context, tx *db.Tx) (err error) {
	st.c.Outcome = "acceptance_cancelled"
	st.paper, err = st.issue(ctx, tx, CancelledNotice, st.gapBody(st.refusedBody(), st.gaps.due(st.today)))
	return err
}
