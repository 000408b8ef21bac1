package assembly

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// province is the demo province with somebody who applies.
type province struct {
	*App
	t         *testing.T
	applicant actor.Actor
}

func aProvince(t *testing.T) *province {
	t.Helper()
	c := config.Default()
	c.Data, c.Demo = t.TempDir(), true
	if url := dbtest.URL(t); strings.HasPrefix(url, "postgres") {
		c.DatabaseURL = url
	}
	a, err := Open(t.Context(), Params{Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &province{App: a, t: t}
	if err := a.LoadDemo(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	made, err := a.Accounts.Create(t.Context(), actor.Program("test"), account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil {
		t.Fatal(err)
	}
	p.applicant = actor.Actor{Kind: actor.Person, Account: made.ID, Subject: made.SubjectID, Level: 3, Region: region.MustParse("220102")}
	return p
}

// officer is who holds an account of the demo province, with what he may do now.
func (p *province) officer(login string) (by actor.Actor) {
	p.t.Helper()
	who, err := p.Accounts.Find(p.t.Context(), actor.Program("test"), login)
	if err != nil {
		p.t.Fatal(login, err)
	}
	p.read(func(tx *db.Tx) error {
		duties, main, _, err := p.Offices.Duties(p.t.Context(), tx, who.ID)
		by = actor.Actor{Kind: actor.Officer, Account: who.ID, Subject: who.SubjectID, Office: main.ID, OfficePath: main.Path, Post: main.Name, Duties: duties}
		return err
	})
	return by
}

func (p *province) read(f func(tx *db.Tx) error) {
	p.t.Helper()
	if err := p.DB.View(p.t.Context(), f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *province) count(query string, args ...any) (n int) {
	p.t.Helper()
	p.read(func(tx *db.Tx) (err error) {
		n, err = db.One[int](p.t.Context(), tx, query, args...)
		return err
	})
	return n
}

// hygiene is the base code of 公共场所卫生许可, which the health department of each county decides.
func (p *province) hygiene() string {
	p.t.Helper()
	var code string
	p.read(func(tx *db.Tx) (err error) {
		code, err = db.One[string](p.t.Context(), tx, `SELECT base_code FROM item_entry e JOIN item_entry_version v ON v.id = e.version_id WHERE e.region = '220102000000' AND e.office_path = '220102d23'
AND EXISTS (SELECT 1 FROM item_base_version b WHERE b.id = v.base_version_id AND b.definition LIKE '%公共场所卫生许可%') ORDER BY base_code LIMIT 1`)
		return err
	})
	return code
}

// submit hands an application for it in at a county and returns the case's number.
func (p *province) submit(county string) string {
	p.t.Helper()
	ctx := p.t.Context()
	list, err := p.Items.List(ctx, item.Query{Base: p.hygiene(), Region: region.MustParse(county)})
	if err != nil || len(list.Rows) != 1 {
		p.t.Fatalf("%d entries, %v", len(list.Rows), err)
	}
	in := casefile.Application{Item: list.Rows[0].Code, Variant: "new", Situation: map[string]string{"mode": "ordinary", "air": "no", "agent": "self"}}
	p.read(func(tx *db.Tx) error {
		d, err := p.Forms.Latest(ctx, tx, "public_hygiene")
		if err == nil {
			in.Answers = form.Example(d)
		}
		return err
	})
	for _, code := range []string{"M000002", "M000013", "M230004", "M230005", "M230006"} {
		f, err := p.Materials.Upload(ctx, p.applicant, strings.NewReader("平面图 "+code+"\n"), "图.txt")
		if err != nil {
			p.t.Fatal(err)
		}
		in.Materials = append(in.Materials, casefile.Given{Code: code, Way: "upload", Files: []string{f.ID}})
	}
	r, err := p.Cases.Submit(ctx, p.applicant, in, once.Params{})
	if err != nil {
		p.t.Fatalf("submitting: %v", err)
	}
	return r.Number
}

func (p *province) act(by actor.Actor, number string, action casefile.Action) {
	p.t.Helper()
	in := casefile.Step{Number: number, Action: action, Comment: "按程序办理"}
	if grounds := casefile.Grounds[action]; len(grounds) > 0 {
		in.Ground = grounds[0]
	}
	if _, err := p.Cases.Act(p.t.Context(), by, in, once.Params{}); err != nil {
		p.t.Fatalf("%s of %s: %v", action, number, err)
	}
}

func (p *province) view(number string) *casefile.View {
	p.t.Helper()
	v, err := p.Cases.View(p.t.Context(), actor.Program("test"), number)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// atCounty is an officer of a county with one post.
func atCounty(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role + "@" + path, OfficePath: path, Post: path, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// anAdministrator is one of several who manage the province's offices.
func anAdministrator(account string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: account, OfficePath: "22", Duties: []actor.Duty{{Role: office.RoleAdmin, OfficePath: "22"}}}
}

const (
	health = "220102d23"
	market = "220102d31"
)

// dissolve merges the health department into the market department and moves what it was handling.
func (p *province) dissolve(posts string) office.Merger {
	p.t.Helper()
	ctx := p.t.Context()
	m, err := p.Offices.ProposeMerger(ctx, anAdministrator("one"), office.Proposed{From: health, Into: market, Document: "长编〔2026〕12号", Posts: posts})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.Offices.ApproveMerger(ctx, anAdministrator("one"), m.ID); !fault.HasKey(err, "office.merger_own") {
		p.t.Errorf("approved by whoever proposed it: %v", err)
	}
	if err := p.Offices.ApproveMerger(ctx, anAdministrator("two"), m.ID); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Offices.ApproveMerger(ctx, anAdministrator("three"), m.ID); !fault.HasKey(err, "office.merger_gone") {
		p.t.Errorf("approved twice: %v", err)
	}
	return m
}

// TestOffices: what becomes of cases when calendars and offices change. The demo province is loaded once.
func TestOffices(t *testing.T) {
	p := aProvince(t)
	for _, c := range []struct {
		name string
		run  func(p *province)
	}{{"extension", (*province).extension}, {"regional-day", (*province).regionalDay}, {"dissolved", (*province).dissolved}} {
		t.Run(c.name, func(t *testing.T) {
			p.t = t
			c.run(p)
		})
	}
}

// dissolved: cases of an office go on in the one it is merged into. No date moves, documents from then on bear the new office's name and
// numbers, what arrives for the old office is the new one's, and the counters agree.
func (p *province) dissolved() {
	t := p.t
	ctx := t.Context()
	window := p.officer("window.nanguan")
	chief := atCounty("chief", health)
	running, fresh, closed := p.submit("220102"), p.submit("220102"), p.submit("220102")
	p.act(window, running, casefile.Accept)
	p.act(window, closed, casefile.Accept)
	p.act(atCounty("reviewer", health), closed, casefile.Opine)
	p.act(chief, closed, casefile.Approve)
	p.act(window, closed, casefile.Deliver)
	before := p.view(running).Case
	if before.OfficePath != health {
		t.Fatalf("the case is at %s", before.OfficePath)
	}
	if _, err := p.Supervision.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	held := p.officer("review.health.nanguan")
	m := p.dissolve(office.PostsMove)

	// At once: nobody works there, its posts are the other office's, and whoever holds one may still do what waits there.
	moved := p.officer("review.health.nanguan")
	if moved.OfficePath != market || held.OfficePath != health {
		t.Errorf("the reviewer works at %s, before at %s", moved.OfficePath, held.OfficePath)
	}
	err := p.Offices.Appoint(ctx, actor.Actor{Kind: actor.Officer, Account: "s", Duties: []actor.Duty{{Role: office.RoleSecurity, OfficePath: "22"}}},
		office.Appointment{AccountID: "x", Role: office.RoleReviewer, OfficePath: health})
	if !fault.HasKey(err, "office.dissolved") {
		t.Errorf("a post at a dissolved office: %v", err)
	}

	// What was begun before the job comes goes over before it is done.
	p.act(moved, running, casefile.Opine)
	if got := p.view(running).Case; got.OfficePath != market {
		t.Errorf("the case is at %s", got.OfficePath)
	}

	// Killed in the middle, begun again, done once too often: the same.
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := p.Offices.MoveEstate(stopped, actor.Program("test"), m.ID); err == nil {
		t.Error("a job that is stopped says it is done")
	}
	for n, want := range []bool{false, true, true} {
		done, err := p.Offices.MoveEstate(ctx, actor.Program("test"), m.ID)
		if err != nil || done != want {
			t.Fatalf("round %d: %v %v", n, done, err)
		}
	}
	after := p.view(running)
	for _, dates := range [][2]civil.Date{{before.LegalDue, after.Case.LegalDue}, {before.PromiseDue, after.Case.PromiseDue}, {before.YellowOn, after.Case.YellowOn}, {before.AcceptedOn, after.Case.AcceptedOn}} {
		if dates[0] != dates[1] || dates[0].IsZero() {
			t.Errorf("a date moved: %v", dates)
		}
	}
	for number, want := range map[string]int{running: 1, fresh: 1, closed: 0} {
		n := p.count(`SELECT count(*) FROM casefile_history h JOIN casefile_case c ON c.id = h.case_id WHERE h.action = 'inherit' AND c.number = $1`, number)
		if n != want {
			t.Errorf("%s went over %d times, want %d", number, n, want)
		}
	}
	if n := p.count(`SELECT count(*) FROM workflow_task WHERE state = 'open' AND office_path = $1`, health); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
	if n := p.count(`SELECT count(*) FROM workflow_instance WHERE state = 'running' AND places LIKE $1`, `%"`+health+`"%`); n != 0 {
		t.Errorf("%d processes still name the old office", n)
	}

	// Decided and delivered in the new office, under its name and number.
	p.act(p.officer("chief.nanguan"), running, casefile.Approve)
	p.act(window, running, casefile.Deliver)
	name := "长春市南关区市场监督管理局"
	last := p.view(running)
	if d := last.Papers[len(last.Papers)-1]; last.Case.State != casefile.Delivered || d.Office != name || !strings.HasPrefix(d.Number, name) {
		t.Errorf("%s by %s, number %s", last.Case.State, d.Office, d.Number)
	}
	if !strings.HasPrefix(last.Papers[0].Number, "长春市南关区卫生健康局") {
		t.Errorf("what was issued before is now %s", last.Papers[0].Number)
	}

	// What was closed before belongs to the new office when something is done with it; what arrives is the new one's.
	p.act(p.officer("chief.nanguan"), closed, casefile.Annul)
	if got := p.view(closed); got.Case.OfficePath != market || got.Papers[len(got.Papers)-1].Office != name {
		t.Errorf("annulled at %s by %s", got.Case.OfficePath, got.Papers[len(got.Papers)-1].Office)
	}
	later := p.submit("220102")
	if c := p.view(later).Case; c.OfficePath != market || !strings.HasPrefix(later, "220102031") {
		t.Errorf("a new case %s is at %s", later, c.OfficePath)
	}
	p.act(window, later, casefile.Accept)
	p.act(p.officer("review.nanguan"), later, casefile.Opine)
	p.act(window, fresh, casefile.Accept)

	if _, err := p.Supervision.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	agreement, err := p.Supervision.Recount(ctx, actor.Program("test"), false, nil)
	if err != nil || len(agreement.Differences) != 0 || agreement.Open == 0 {
		t.Errorf("%+v, %v", agreement, err)
	}
	if n := p.count(`SELECT count(*) FROM supervision_open WHERE path = $1 AND cases <> 0`, health); n != 0 {
		t.Errorf("%d counters are left at the old office", n)
	}
	r, err := p.Cases.RecomputeFromLeaves(ctx, actor.Program("test"), p.Audit, fresh)
	if err != nil || !r.Agrees {
		t.Errorf("found again from the log: %+v, %v", r, err)
	}
}

// regionalDay: a day off in 延边 moves a case of 延吉 and none of 长春; the list names it, and its dates are found again from the log.
func (p *province) regionalDay() {
	t := p.t
	ctx := t.Context()
	yanji, nanguan := p.submit("222401"), p.submit("220102")
	p.act(atCounty("window", "222401d90"), yanji, casefile.Accept)
	p.act(p.officer("window.nanguan"), nanguan, casefile.Accept)
	if err := p.watchCalendars(ctx); err != nil {
		t.Fatal(err)
	}
	there, here := p.view(yanji).Case, p.view(nanguan).Case
	var off civil.Date
	var cal *workday.Calendar
	p.read(func(tx *db.Tx) (err error) {
		cal, err = p.Offices.Calendar(ctx, tx, region.MustParse("222401"))
		off = cal.Add(there.AcceptedOn, 2)
		return err
	})
	day := office.LocalDay{Region: "222400000000", OnDate: off, Meaning: office.DayOff, Name: "州庆补休", Source: "延边州人民政府办公室关于州庆补休的通知"}
	if err := p.Offices.ProposeLocalDay(ctx, anAdministrator("one"), day); err != nil {
		t.Fatal(err)
	}
	if err := p.Offices.ProposeLocalDay(ctx, anAdministrator("two"), day); !fault.HasKey(err, "office.local_waiting") {
		t.Errorf("proposed twice: %v", err)
	}
	list, err := p.Offices.LocalDays(ctx, anAdministrator("two"))
	if err != nil || list[0].State != office.DayWaiting {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := p.Offices.ApproveLocalDay(ctx, anAdministrator("one"), list[0].ID); !fault.HasKey(err, "office.local_own") {
		t.Errorf("approved by whoever proposed it: %v", err)
	}
	if err := p.Offices.ApproveLocalDay(ctx, anAdministrator("two"), list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := p.watchCalendars(ctx); err != nil {
		t.Fatal(err)
	}
	var open []string
	p.read(func(tx *db.Tx) (err error) {
		open, err = p.Cases.UnfinishedChanges(ctx, tx)
		return err
	})
	if len(open) != 1 {
		t.Fatalf("%d changes to apply", len(open))
	}
	for n, want := range []bool{false, true} {
		if done, err := p.Cases.ApplyChange(ctx, actor.Program("test"), open[0]); err != nil || done != want {
			t.Fatalf("round %d: %v %v", n, done, err)
		}
	}
	if now := p.view(yanji).Case; now.PromiseDue != cal.Add(there.PromiseDue, 1) || now.Calendar == there.Calendar {
		t.Errorf("延吉: due %s, was %s", now.PromiseDue, there.PromiseDue)
	}
	if now := p.view(nanguan).Case; now.PromiseDue != here.PromiseDue || now.Calendar != here.Calendar {
		t.Errorf("长春: due %s, was %s", now.PromiseDue, here.PromiseDue)
	}
	affected, err := p.Cases.Affected(ctx, atCounty("supervisor", "22"), open[0], "", 10)
	if err != nil || len(affected) != 1 || affected[0].Number != yanji {
		t.Errorf("affected: %+v, %v", affected, err)
	}
	change, err := p.Cases.Change(ctx, atCounty("supervisor", "22"), open[0])
	if err != nil || !strings.HasPrefix(change.What, "延边") || change.FinishedAt.IsZero() {
		t.Errorf("%+v, %v", change, err)
	}
	for _, number := range []string{yanji, nanguan} {
		r, err := p.Cases.RecomputeFromLeaves(ctx, actor.Program("test"), p.Audit, number)
		if err != nil || !r.Agrees {
			t.Errorf("found again from the log: %+v, %v", r, err)
		}
	}
}

// extension: what an office asks of its government lies in the inbox of who decides there.
func (p *province) extension() {
	t := p.t
	p.read(func(tx *db.Tx) error {
		at, err := workplaces{p.Offices}.At(t.Context(), tx, "220102")
		if err != nil || at.Name != "长春市南关区人民政府" {
			t.Errorf("%+v, %v", at, err)
		}
		if _, err := (workplaces{p.Offices}).At(t.Context(), tx, "220199"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nowhere: %v", err)
		}
		return nil
	})
	list, err := p.Cases.Inbox(t.Context(), atCounty(office.RoleGovernment, "220102"), workflow.After{}, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
