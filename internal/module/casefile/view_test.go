package casefile_test

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestWhoMayKnow(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Submitted(t, h).Number
	township := h.Submit(t, casefiletest.Citizen, h.LowIncomeApplication(t)).Number
	joint := h.Submit(t, casefiletest.Company, h.ChangeApplication(t, casefiletest.Company)).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: joint, Action: casefile.Accept})
	opinion := casefiletest.Officer("review.tax", "reviewer", "220102d93")
	limited := casefiletest.Reviewer
	limited.Duties = []actor.Duty{{Role: "reviewer", OfficePath: "220102d31", Items: []string{casefiletest.Pension}}}
	for _, c := range []struct {
		what   string
		by     actor.Actor
		number string
		may    bool
	}{
		{"the applicant", casefiletest.Company, number, true},
		{"the agent as himself", casefiletest.Citizen, number, false},
		{"somebody else", casefiletest.Other, number, false},
		{"nobody", actor.Actor{}, number, false},
		{"the centre", casefiletest.Window, number, true},
		{"the office", casefiletest.Reviewer, number, true},
		{"a duty limited to other items", limited, number, false},
		{"the city's supervisor", casefiletest.Supervisor, number, true},
		{"another county", casefiletest.Foreign, number, false},
		{"the keeper of the library", casefiletest.Keeper, number, false},
		{"a department without a task", opinion, number, false},
		{"a department that is asked", opinion, joint, true},
		{"the township that has the task", casefiletest.Township, township, true},
		{"the township without one", casefiletest.Township, number, false},
		{"a village below the township", casefiletest.Village, township, false},
	} {
		v, err := h.Cases.View(ctx, c.by, c.number)
		if c.may && (err != nil || v.Case.Number != c.number) {
			t.Errorf("%s may not: %v", c.what, err)
		}
		if !c.may {
			wants(t, c.what, err, fault.NotFound, "casefile.not_found")
		}
	}
}

func TestReadingsAreLogged(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Submitted(t, h).Number
	read := func() (n int) {
		for _, l := range h.Leaves(t, number) {
			if l.Name == "case.read" {
				n++
			}
		}
		return n
	}
	own := view(t, h, casefiletest.Company, number)
	if own.Applicant.Number != "91220102MA1P8Q9R4L" || own.Applicant.Phone != "13700001234" || len(own.QueryCode) != 6 || read() != 0 {
		t.Errorf("%+v, %d leaves", own.Applicant, read())
	}
	for range 3 {
		v := view(t, h, casefiletest.Window, number)
		if v.Applicant.Phone != "137****1234" || v.QueryCode != "" {
			t.Errorf("the window reads %+v", v.Applicant)
		}
	}
	if read() != 1 {
		t.Errorf("three readings of one page are %d leaves", read())
	}
	view(t, h, casefiletest.Reviewer, number)
	if read() != 2 {
		t.Errorf("another's reading makes %d leaves", read())
	}
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	view(t, h, casefiletest.Window, number)
	if read() != 3 {
		t.Errorf("reading the next version makes %d leaves", read())
	}
	var file, noFile string
	for _, m := range own.Materials {
		if m.FileID != "" {
			file = m.ID
		} else {
			noFile = m.ID
		}
	}
	for range 2 {
		f, err := h.Cases.File(ctx, casefiletest.Window, number, file)
		if err != nil || f.Name != "平面图.txt" {
			t.Errorf("%+v, %v", f, err)
		}
	}
	papers := view(t, h, casefiletest.Company, number).Papers
	p, err := h.Cases.Paper(ctx, casefiletest.Company, number, papers[0].ID)
	if err != nil || p.Kind != casefile.AcceptanceNotice || p.Title != "受理通知书" || !strings.Contains(p.Body[2], "承诺") {
		t.Errorf("%+v, %v", p, err)
	}
	if read() != 4 {
		t.Errorf("a file and an applicant's document make %d leaves", read())
	}
	leaf := h.Leaves(t, number)[1]
	if leaf.Actor != "window.nanguan" || leaf.Subject != casefiletest.CompanyID || leaf.Basis != "食品经营许可" {
		t.Errorf("%+v", leaf)
	}
	_, err = h.Cases.File(ctx, casefiletest.Company, number, noFile)
	wants(t, "a material without a file", err, fault.NotFound, "casefile.without_file")
	_, err = h.Cases.Paper(ctx, casefiletest.Company, number, file)
	wants(t, "no such document", err, fault.NotFound, "casefile.no_paper")
	_, err = h.Cases.File(ctx, casefiletest.Other, number, file)
	wants(t, "somebody else", err, fault.NotFound, "casefile.not_found")
	other := casefiletest.Submitted(t, h).Number
	_, err = h.Cases.File(ctx, casefiletest.Company, other, file)
	wants(t, "a file of another case", err, fault.NotFound, "casefile.without_file")
}

func TestPersonsAreMasked(t *testing.T) {
	h := casefiletest.Open(t)
	number := h.Submit(t, casefiletest.Citizen, h.PensionApplication(t)).Number
	if a := view(t, h, casefiletest.Window, number).Applicant; a.Number != "2201**********2318" || a.Name != "张晓琳" {
		t.Errorf("%+v", a)
	}
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	p, err := h.Cases.Prepare(t.Context(), casefiletest.Window, a)
	if err != nil || p.Applicant.Phone != "135****1234" || p.Prefill["name"] != "张晓琳" || p.Prefill["phone"] != nil {
		t.Errorf("%+v %v, %v", p.Applicant, p.Prefill, err)
	}
}

func TestProgress(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	r := casefiletest.Submitted(t, h)
	h.Act(t, casefiletest.Window, casefile.Step{Number: r.Number, Action: casefile.Accept, Comment: "材料齐全"})
	p, err := h.Cases.Progress(ctx, r.Number, r.QueryCode)
	if err != nil || p.State != casefile.Accepted || p.ItemName != "食品经营许可" || p.Clock.PromiseDue.IsZero() || len(p.Events) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, e := range p.Events {
		if e.Actor != "" || e.Comment != "" {
			t.Errorf("a stranger reads %+v", e)
		}
	}
	wrong := "000000"
	if r.QueryCode == wrong {
		wrong = "000001"
	}
	for _, c := range [][2]string{{r.Number, wrong}, {r.Number, ""}, {"220102031260101999999", r.QueryCode}, {"", ""}} {
		_, err := h.Cases.Progress(ctx, c[0], c[1])
		wants(t, "a wrong pair", err, fault.NotFound, "casefile.progress_unknown")
	}
}

func TestGranted(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	approved, refused := casefiletest.Approved(t, h), casefiletest.Refused(t, h)
	pending := casefiletest.Submitted(t, h).Number
	err := h.DB.View(ctx, func(tx *db.Tx) error {
		g, err := h.Cases.Granted(ctx, tx, h.ID(t, approved))
		if err != nil {
			return err
		}
		if g.Applicant.Number != "91220102MA1P8Q9R4L" || !strings.Contains(g.DecisionNumber, "准字〔") || g.DecidedOn.IsZero() || g.Content.Answers["contact_name"] != "张晓琳" || g.Entry.Guide.CertType != "food-operation" {
			t.Errorf("%+v", g)
		}
		for _, n := range []string{refused, pending} {
			_, err := h.Cases.Granted(ctx, tx, h.ID(t, n))
			wants(t, "one that was not approved", err, fault.Conflict, "casefile.not_granted")
		}
		if c, err := h.Cases.OwnClosed(ctx, tx, casefiletest.Company, refused); err != nil || c.Number != refused {
			t.Errorf("%+v, %v", c, err)
		}
		for what, c := range map[string]struct {
			by     actor.Actor
			number string
		}{"one under way": {casefiletest.Company, pending}, "somebody else's": {casefiletest.Other, approved}, "an officer's": {casefiletest.Window, approved}} {
			_, err := h.Cases.OwnClosed(ctx, tx, c.by, c.number)
			wants(t, what, err, fault.NotFound, "casefile.not_found")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
