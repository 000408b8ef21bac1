package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// View is a case as one person may read it.
type View struct {
	Case        Case
	Entry       *item.Entry      // the version the case is pinned to
	Form        *form.Definition // nil without one
	Content     Content          // for officers personal answers are masked
	Masked      bool             // something is; [Service.Disclose] shows it
	Discloses   bool             // to whoever reads
	Applicant   Applicant        // for officers number and phone are masked
	Materials   []Material
	Files       map[string]material.File // by file id
	Clock       Clock
	Events      []Event
	Papers      []Paper // as they were issued, oldest first
	Records     []Paper // written on demand from what was handed in: receipts
	Tasks       []workflow.OpenTask
	Actions     []Action           // what the reader may do now
	Procedures  []item.Suspend     // special procedures the reader may begin
	Again       []item.Suspend     // those the case has had: the head of the office may have them once more
	Hearing     Hearing            // the days of the hearing under way
	Held        *HeldHearing       // the hearing of the case; nil when it was never told of the right
	Objections  []Objection        // to what is public of it; officers' only
	PublicUntil civil.Date         // last day something of it is public
	Presiders   []workflow.Officer // who may preside, for who may call it
	TransferTo  []workflow.Office  // whom the reader may hand the case to
	Forecast    Forecast
	Gaps        []Gap  // what is still to come, the nearest first
	Waits       bool   // nothing is handed out before it came
	Extension   int    // working days the limit may be lengthened by
	QueryCode   string // the applicant's only
	Progress    workflow.Progress
	Awaited     []workflow.Awaited // what the reader may tell the process now
	Written     []Written          // with tasks, oldest first; officers' only
	unanswered  int
	TaskForm    *TaskForm // of the reader's task; nil without one

	handed []*receivedAs // how the receipt of each hand-in reads, the first first
}

// View reads a case. An officer's reading is a leaf, once in ten minutes for each version of the case; an applicant's own leaves none.
// fault.NotFound "casefile.not_found" for who may not know of it.
func (s *Service) View(ctx context.Context, by actor.Actor, number string) (v *View, err error) {
	err = s.reading(ctx, by, number, readAll, func(tx *db.Tx, c *Case) error {
		v, err = s.assemble(ctx, tx, by, c)
		return err
	})
	return v, err
}

// File returns the file of one of a case's materials; fault.NotFound when it has none. An officer's reading is a leaf of its own.
func (s *Service) File(ctx context.Context, by actor.Actor, number, materialID string) (f material.File, err error) {
	err = s.reading(ctx, by, number, "file:"+materialID, func(tx *db.Tx, c *Case) error {
		id, err := db.One[string](ctx, tx, `SELECT file_id FROM casefile_material WHERE id = $1 AND case_id = $2`, materialID, c.ID)
		if errors.Is(err, db.ErrNotFound) || err == nil && id == "" {
			return fault.New(fault.NotFound, "casefile.without_file")
		}
		if err != nil {
			return err
		}
		f, err = s.needs.Materials.File(ctx, tx, id)
		return err
	})
	return f, err
}

// assemble reads everything a page about a case shows.
func (s *Service) assemble(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case) (v *View, err error) {
	v = &View{Case: *c, Files: map[string]material.File{}}
	if v.Entry, err = s.needs.Items.EntryVersion(ctx, tx, c.EntryID); err != nil {
		return nil, err
	}
	if c.FormID != "" {
		if v.Form, err = s.needs.Forms.ByID(ctx, tx, c.FormID); err != nil {
			return nil, err
		}
	}
	if err := s.handings(ctx, tx, v); err != nil {
		return nil, err
	}
	if v.Applicant, err = s.needs.Subjects.Applicant(ctx, tx, c.ApplicantID); err != nil {
		return nil, err
	}
	if v.Materials, err = materialsOf(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	for _, m := range v.Materials {
		if _, known := v.Files[m.FileID]; m.FileID == "" || known {
			continue
		}
		if v.Files[m.FileID], err = s.needs.Materials.File(ctx, tx, m.FileID); err != nil {
			return nil, err
		}
	}
	if v.Events, err = s.history(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	if v.Papers, err = s.papers(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	if v.Records, err = s.recordsOf(v); err != nil {
		return nil, err
	}
	return v, s.present(ctx, tx, by, v)
}

// present adds what depends on today and on who reads.
func (s *Service) present(ctx context.Context, tx *db.Tx, by actor.Actor, v *View) error {
	c, today := &v.Case, civil.Of(tx.Now)
	calendar, err := s.calendarOf(ctx, tx, c)
	if err != nil {
		return err
	}
	intervals, err := intervalsOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	v.Clock = clock(calendar, c, intervals, today)
	for _, i := range intervals {
		if i.UntilOn.IsZero() && c.State == Suspended {
			v.Hearing = HearingOf(calendar, i)
		}
	}
	if err := s.presentHeard(ctx, tx, by, v, calendar); err != nil {
		return err
	}
	if v.Forecast, err = s.forecast(ctx, tx, c, factsOf(calendar, c, intervals, today)); err != nil {
		return err
	}
	if v.Tasks, err = s.needs.Flows.Open(ctx, tx, c.ID); err != nil {
		return err
	}
	flow, err := s.needs.Flows.Definition(ctx, tx, c.FlowID)
	if err != nil {
		return err
	}
	g, err := gapsOf(ctx, tx, c)
	if err != nil {
		return err
	}
	v.Gaps, v.Waits = g.list, g.hold()
	if v.Extension, err = mostExtension(ctx, tx, Joint(v.Entry)); err != nil {
		return err
	}
	if err := s.procedures(ctx, tx, by, v); err != nil {
		return err
	}
	v.Actions = s.offered(by, v, flow, today)
	if v.Presiders, err = s.presiders(ctx, tx, v); err != nil {
		return err
	}
	if slices.Contains(v.Actions, Transfer) {
		if v.TransferTo, err = s.transferable(ctx, tx, c); err != nil {
			return err
		}
		if len(v.TransferTo) == 0 {
			v.Actions = slices.DeleteFunc(v.Actions, func(a Action) bool { return a == Transfer })
		}
	}
	if extensionAsked(v.Tasks) {
		v.Actions = slices.DeleteFunc(v.Actions, func(a Action) bool { return a == AskExtension })
	}
	list, err := s.needs.Flows.StandIns(ctx, tx, by)
	if err != nil {
		return err
	}
	for _, a := range list {
		for _, action := range s.offered(a, v, flow, today) {
			if ways[action].task != "" && !slices.Contains(v.Actions, action) {
				v.Actions = append(v.Actions, action)
			}
		}
	}
	if err := s.presentTasks(ctx, tx, by, v); err != nil {
		return err
	}
	if !owns(by, c) {
		return s.cover(ctx, tx, by, v)
	}
	return s.presentOutside(v)
}

// presentOutside leaves out what is between officers, and gives the applicant his code. Opinions and requests are theirs until the decision is made; accounts are
// nobody's business but the log's.
func (s *Service) presentOutside(v *View) error {
	v.Papers = outside(v.Papers)
	for i := range v.Events {
		v.Events[i].Actor = ""
		switch v.Events[i].Action {
		case Opine, AskExtension, DeclineExtension:
			v.Events[i].Comment = ""
		}
	}
	code, err := s.unseal(v.Case.QueryCode, v.Case.ID, "query_code")
	v.QueryCode = string(code)
	return err
}

// offered lists what by may do with a case now, by the same checks that a step makes.
func (s *Service) offered(by actor.Actor, v *View, flow *workflow.Definition, today civil.Date) (list []Action) {
	for _, a := range Actions {
		st := &step{s: s, by: by, in: Step{Action: a}, c: &v.Case, entry: v.Entry, today: today, intervals: v.Clock.Ledger,
			content: v.Content, hearing: v.Held, publicUntil: v.PublicUntil, unanswered: v.unanswered, gaps: gaps{list: v.Gaps, holds: v.Waits}}
		if a == Suspend && len(v.Procedures) == 0 || a == SuspendAgain && len(v.Again) == 0 || a == Prolong && v.Clock.StandsTill.IsZero() {
			continue
		}
		if a == Deliver && v.Case.Outcome == string(ApprovedAs) && v.Waits {
			continue
		}
		if st.mayEver(flow) != nil || st.mayLaw(flow) != nil || st.silent() != nil || st.mayTransfer(v.Tasks, today) != nil || !st.offersClock(v.Tasks) {
			continue
		}
		if _, err := Next(&v.Case, a); err == nil && st.pick(v.Tasks) == nil {
			list = append(list, a)
		}
	}
	return list
}

// handings opens all that was handed in: what the applicant said last, and how each receipt reads.
func (s *Service) handings(ctx context.Context, tx *db.Tx, v *View) error {
	list, err := db.All[[]byte](ctx, tx, `SELECT content FROM casefile_content WHERE case_id = $1 ORDER BY revision LIMIT 500`, v.Case.ID)
	if err != nil {
		return fmt.Errorf("reading an application: %w", err)
	}
	for _, sealed := range list {
		h, err := s.openHanding(sealed, v.Case.ID)
		if err != nil {
			return err
		}
		v.Content, v.handed = h.Content, append(v.handed, h.Received)
	}
	return nil
}

func (s *Service) openHanding(sealed []byte, id string) (h handing, err error) {
	plain, err := s.unseal(sealed, id, "content")
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(plain, &h); err != nil {
		return h, fmt.Errorf("decoding an application: %w", err)
	}
	return h, nil
}

// content opens what the applicant said last, and tells which revision it is.
func (s *Service) content(ctx context.Context, tx *db.Tx, id string) (c Content, revision int, err error) {
	type contentRow struct {
		Revision int
		Content  []byte
	}
	row, err := db.One[contentRow](ctx, tx, `SELECT revision, content FROM casefile_content WHERE case_id = $1 ORDER BY revision DESC LIMIT 1`, id)
	if err != nil {
		return c, 0, fmt.Errorf("reading an application: %w", err)
	}
	h, err := s.openHanding(row.Content, id)
	return h.Content, row.Revision, err
}
