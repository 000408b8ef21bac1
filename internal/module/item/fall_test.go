package item_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
)

// drafted begins a draft of food that a change is made to.
func (l library) drafted(t *testing.T, change func(d *item.Definition)) *item.Draft {
	t.Helper()
	d, err := l.BeginDraft(t.Context(), keeper, food)
	if err != nil {
		t.Fatal(err)
	}
	now := d.Definition
	now.Levels = slices.Clone(now.Levels)
	change(&now)
	if d, err = l.SaveDraft(t.Context(), keeper, d.ID, d.Revision, now, civil.Date{}); err != nil {
		t.Fatal(err)
	}
	return d
}

// published submits a draft and has it approved.
func (l library) published(t *testing.T, d *item.Draft, keep bool) {
	t.Helper()
	d, err := l.SubmitDraftKeeping(t.Context(), keeper, d.ID, d.Revision, keep)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = l.ApproveDraft(t.Context(), reviewer, d.ID, d.Revision, ""); err != nil || d.State != item.DraftPublished {
		t.Fatal(d, err)
	}
}

// Taking the county out of an item ends the entries of the counties: shown before, decided for their cases, told to their offices, logged, and undone by
// the version that names the county again.
func TestALevelIsTakenOut(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	before, counties := census(t, l), l.food(t)
	if err := l.SetState(ctx, keeper, counties.Code, item.Paused, "窗口搬迁"); err != nil {
		t.Fatal(err)
	}
	l.Cases = map[string]int{food: 3, counties.Code: 3}
	d := l.drafted(t, func(d *item.Definition) { d.Levels = []int{2} })
	var f item.Falling
	err := l.DB.View(ctx, func(tx *db.Tx) (err error) {
		f, err = l.FallsOut(ctx, tx, &d.Definition)
		return err
	})
	if err != nil || len(f.Entries) != 1 || f.Entries[0] != (item.Affected{Level: "4", Entries: 60, Offices: 60}) || len(f.Running) != 1 || f.Running[0].Cases != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	_, err = l.SubmitDraft(ctx, keeper, d.ID, d.Revision)
	wants(t, err, "item.cases_running")
	leaves := len(l.Leaves)
	l.published(t, d, true)
	e := l.find(t, counties.Code)
	if e.State != item.Cancelled || !strings.Contains(e.Reason, "本级") || l.find(t, counties.Code).BaseVersion != 2 {
		t.Errorf("%s, %q", e.State, e.Reason)
	}
	if page, err := l.List(ctx, item.Query{Base: food, Limit: 20}); err != nil || len(page.Rows) != 0 {
		t.Errorf("%d still offered, %v", len(page.Rows), err)
	}
	if n := census(t, l); n.Entries != before.Entries-60 {
		t.Errorf("%d entries, there were %d", n.Entries, before.Entries)
	}
	if pinned, err := l.version(t, counties.ID); err != nil || pinned.BaseVersion != 1 {
		t.Error("the version of the cases:", pinned, err)
	}
	data := l.leaf(t, "item.entries_fallen").Data.(map[string]any)
	if data["entries"] != 60 || data["running"] != 3 || !strings.Contains(fmt.Sprint(data["codes"]), counties.Code) || !slices.Contains(l.kinds(leaves), "item.published") {
		t.Errorf("%v", data)
	}
	if n := l.asked(t, item.EntryFallen); n != 60 {
		t.Errorf("%d offices are told", n)
	}
	if list, err := l.Todos(ctx, itemtest.Chief, item.EntryFallen, "", 10); err != nil || len(list) != 1 || list[0].Object != counties.Code {
		t.Errorf("%+v, %v", list, err)
	}
	for _, code := range []string{food, counties.Code} {
		trace, err := l.Trace(ctx, keeper, code, 0, 10)
		if want := map[bool]int{true: 60, false: 1}[code == food]; err != nil || trace.Changes[0].Fallen != want {
			t.Errorf("%s: %+v, %v", code, trace, err)
		}
	}

	p, err := l.ProposeRecall(ctx, keeper, food, 1, "层级写错了", true)
	if err != nil || len(p.Preview.V.Fallen) != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := l.ApproveProposal(ctx, reviewer, p.ID, ""); err != nil {
		t.Fatal(err)
	}
	if e := l.find(t, counties.Code); e.State != item.Paused || e.Reason != "窗口搬迁" || e.BaseVersion != 3 {
		t.Errorf("back: %s, %q", e.State, e.Reason)
	}
	if n := census(t, l); n.Entries != before.Entries {
		t.Errorf("%d entries back, there were %d", n.Entries, before.Entries)
	}
	if open, back := l.asked(t, item.EntryFallen), l.asked(t, item.EntryBack); open != 0 || back != 60 {
		t.Errorf("%d wait about the end, %d about the return", open, back)
	}
	if trace, err := l.Trace(ctx, keeper, food, 0, 10); err != nil || trace.Changes[0].Back != 60 || trace.Changes[1].Fallen != 60 {
		t.Errorf("%+v, %v", trace, err)
	}
	if p, err = l.ProposeRecall(ctx, keeper, food, 2, "县级确实不办", true); err != nil || len(p.Preview.V.Fallen) != 1 || p.Preview.V.Fallen[0].Entries != 60 {
		t.Errorf("a recall that takes out: %+v, %v", p, err)
	}
}

// An item that goes to another department leaves the offices of the one before, and only those; what changes nothing of it ends nothing.
func TestADepartmentIsChanged(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	village := villages(t, 1)[0]
	if _, err := l.ClaimMany(ctx, loader, []item.Claimant{village}, []string{food}); err != nil {
		t.Fatal(err)
	}
	d := definition(t, food)
	d.Guide.Summary += "（改）"
	if _, err := l.Publish(ctx, loader, d); err != nil || l.asked(t, item.EntryFallen) != 0 {
		t.Fatal("a village that was no level of the item before:", err)
	}
	old := d.Department
	d.Department = "36"
	if _, err := l.Publish(ctx, loader, d); err != nil {
		t.Fatal(err)
	}
	page, err := l.List(ctx, item.Query{Base: food, Limit: 20})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].OfficeID != village.ID || !strings.Contains(l.leaf(t, "item.entries_fallen").Kind, "fallen") {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	if n := l.asked(t, item.EntryFallen); n != 60 {
		t.Errorf("%d offices are told", n)
	}
	d.Department = old
	if _, err := l.Publish(ctx, loader, d); err != nil || l.food(t).State != item.InUse {
		t.Errorf("not back: %v", err)
	}
}

// What breaks off while entries fall out leaves everything as it was.
func TestFallingOutIsWhole(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	d := definition(t, food)
	d.Levels = []int{2}
	l.Refuse = "item.entries_fallen"
	if _, err := l.Publish(ctx, loader, d); err == nil {
		t.Fatal("it did not break off")
	}
	if e := l.food(t); e.State != item.InUse || e.BaseVersion != 1 || l.asked(t, item.EntryFallen) != 0 {
		t.Errorf("%+v", e)
	}
}

// asked counts what waits of one kind.
func (l library) asked(t *testing.T, kind item.TodoKind) (n int) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, `SELECT count(*) FROM item_todo WHERE kind = $1 AND closed_at IS NULL`, string(kind))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// version returns one version of an entry.
func (l library) version(t *testing.T, id string) (e *item.Entry, err error) {
	t.Helper()
	err = l.DB.View(t.Context(), func(tx *db.Tx) error {
		e, err = l.EntryVersion(t.Context(), tx, id)
		return err
	})
	return e, err
}
