package item_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

var (
	chief    = itemtest.Chief
	reviewer = itemtest.Reviewer
)

// wants fails unless err is a fault with this key.
func wants(t *testing.T, err error, key string) {
	t.Helper()
	if !fault.HasKey(err, key) {
		t.Errorf("got %v, want %s", err, key)
	}
}

// begun is the draft of the food licence with a shorter promise, written by the chief.
func (l library) begun(t testing.TB, days int) *item.Draft {
	t.Helper()
	d, err := l.BeginDraft(t.Context(), chief, food)
	if err != nil {
		t.Fatal(err)
	}
	d, err = l.SaveDraft(t.Context(), chief, d.ID, d.Revision, promising(d.Definition, days), d.EffectiveOn)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// promising is the definition with a promise of so many days, its variants with none of their own.
func promising(d item.Definition, days int) item.Definition {
	d.PromiseDays = days
	d.Guide.Variants = slices.Clone(d.Guide.Variants)
	for i := range d.Guide.Variants {
		d.Guide.Variants[i].PromiseDays = 0
	}
	return d
}

func (l library) base(t testing.TB, code string) *item.Base {
	t.Helper()
	var b *item.Base
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		b, err = l.Base(t.Context(), tx, code)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (l library) exec(t testing.TB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	err := l.DB.Update(t.Context(), func(tx *db.Tx) (err error) {
		n, err = tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (l library) todos(t testing.TB, by actor.Actor, kind item.TodoKind) []item.Todo {
	t.Helper()
	list, err := l.Todos(t.Context(), by, kind, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Every state and act, allowed or refused.
func TestDraftMoves(t *testing.T) {
	allowed := map[item.DraftState]map[item.DraftAct]item.DraftState{
		"draft":     {"save": "draft", "submit": "submitted", "withdraw": "withdrawn"},
		"submitted": {"approve": "reviewed", "publish": "published", "return": "returned", "withdraw": "withdrawn"},
		"reviewed":  {"publish": "published", "return": "returned", "withdraw": "withdrawn"},
		"returned":  {"save": "draft", "submit": "submitted", "withdraw": "withdrawn"},
		"published": {}, "withdrawn": {},
	}
	for _, s := range item.DraftStates() {
		for _, act := range []item.DraftAct{"save", "submit", "approve", "publish", "return", "withdraw"} {
			to, ok := s.After(act)
			want, may := allowed[s][act]
			if ok != may || to != want {
				t.Errorf("%s %s leads to %q %v", s, act, to, ok)
			}
		}
	}
}

func TestADraftIsReviewedAndPublished(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	old := l.food(t)
	d := l.begun(t, 5)
	if again, err := l.BeginDraft(ctx, keeper, food); err != nil || again.ID != d.ID {
		t.Errorf("a second draft of one item: %v, %v", again, err)
	}
	d, err := l.SubmitDraft(ctx, chief, d.ID, d.Revision)
	if err != nil {
		t.Fatal(err)
	}
	if list := l.todos(t, keeper, item.DraftSubmitted); len(list) != 1 || list[0].Object != d.ID || len(l.todos(t, chief, item.DraftSubmitted)) != 0 {
		t.Errorf("the management body is not asked: %v", list)
	}
	_, err = l.SaveDraft(ctx, chief, d.ID, d.Revision, d.Definition, civil.Date{})
	wants(t, err, "item.draft_not_now")
	_, err = l.ApproveDraft(ctx, chief, d.ID, d.Revision, "")
	wants(t, err, "office.no_right")
	_, err = l.ReturnDraft(ctx, reviewer, d.ID, d.Revision, "")
	wants(t, err, "item.reason_needed")
	d, err = l.ReturnDraft(ctx, reviewer, d.ID, d.Revision, "请写明依据")
	if err != nil || d.State != item.DraftReturned || d.Remark != "请写明依据" {
		t.Fatalf("%+v, %v", d, err)
	}
	if len(l.todos(t, keeper, item.DraftSubmitted)) != 0 || len(l.todos(t, chief, item.DraftBack)) != 1 {
		t.Error("it does not wait where it should")
	}
	// A keeper helps with the text: from then on he is an author and may not review.
	d, err = l.SaveDraft(ctx, keeper, d.ID, d.Revision, promising(d.Definition, 4), civil.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = l.SubmitDraft(ctx, chief, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveDraft(ctx, keeper, d.ID, d.Revision, "")
	wants(t, err, "item.own_draft")
	d, err = l.ApproveDraft(ctx, reviewer, d.ID, d.Revision, "同意")
	if err != nil || d.State != item.DraftPublished {
		t.Fatalf("%+v, %v", d, err)
	}
	if now := l.food(t); now.PromiseDays != 4 || now.Version != 2 || now.BaseVersion != 2 {
		t.Errorf("entry %d on base %d promises %d", now.Version, now.BaseVersion, now.PromiseDays)
	}
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		pinned, err := l.EntryVersion(ctx, tx, old.ID)
		if err == nil && (pinned.PromiseDays != 7 || pinned.BaseVersion != 1) {
			t.Errorf("a case's version promises %d now", pinned.PromiseDays)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.ApproveDraft(ctx, reviewer, d.ID, d.Revision, "同意")
	wants(t, err, "item.draft_not_now")
	if len(l.todos(t, keeper, "")) != 0 {
		t.Error("something still waits")
	}
	var kinds []string
	for _, e := range l.Leaves {
		if strings.HasPrefix(e.Kind, "item.draft") {
			kinds = append(kinds, strings.TrimPrefix(e.Kind, "item.draft_"))
		}
	}
	if diff := cmp.Diff("begun saved submitted returned saved submitted published", strings.Join(kinds, " ")); diff != "" {
		t.Error(diff)
	}
	list, err := l.Editions(ctx, keeper, food, 0, 10)
	if err != nil || len(list) != 2 || list[0].Version != 2 || list[0].Draft == nil || list[0].Draft.ReviewedBy != "reviewer" || list[1].Draft != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhoMayWriteDrafts(t *testing.T) {
	l := seeded(t)
	_, err := l.BeginDraft(t.Context(), chief, "000778001000")
	wants(t, err, "office.no_right") // another department's
	_, err = l.BeginDraft(t.Context(), actor.Actor{}, food)
	wants(t, err, "office.no_right")
	d := l.begun(t, 5)
	elsewhere := d.Definition
	elsewhere.Department = "78"
	_, err = l.SaveDraft(t.Context(), chief, d.ID, d.Revision, elsewhere, civil.Date{})
	wants(t, err, "office.no_right")
	other := d.Definition
	other.Code = "000778001000"
	_, err = l.SaveDraft(t.Context(), keeper, d.ID, d.Revision, other, civil.Date{})
	wants(t, err, "item.code_stays")
	if _, err := l.Drafts(t.Context(), actor.Actor{Kind: actor.Person}, "", "", 10); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a citizen reads drafts: %v", err)
	}
	for by, want := range map[string]int{"220102d31": 1, "22": 1, "220103d31": 0} {
		a := actor.Actor{Duties: []actor.Duty{{Role: "chief", OfficePath: by}}}
		if list, err := l.Drafts(t.Context(), a, "", "", 10); err != nil || len(list) != want {
			t.Errorf("%s sees %d drafts, %v", by, len(list), err)
		}
	}
}

func TestWithdraw(t *testing.T) {
	l := seeded(t)
	d := l.begun(t, 5)
	neighbour := actor.Actor{Kind: actor.Officer, Account: "neighbour", OfficePath: "220103d31", Duties: []actor.Duty{{Role: "chief", OfficePath: "220103d31"}}}
	_, err := l.WithdrawDraft(t.Context(), neighbour, d.ID, d.Revision)
	wants(t, err, "office.no_right")
	if d, err = l.WithdrawDraft(t.Context(), chief, d.ID, d.Revision); err != nil || d.State != item.DraftWithdrawn {
		t.Errorf("%v", err)
	}
	if again := l.begun(t, 5); again.ID == d.ID {
		t.Error("a withdrawn draft goes on")
	}
}

func TestTheWholeCheckMustPass(t *testing.T) {
	l := seeded(t)
	d := l.begun(t, 21)
	_, err := l.SubmitDraft(t.Context(), chief, d.ID, d.Revision)
	if f, ok := fault.Of(err); !ok || f.Key != "item.bad_definition" || len(f.Fields) != 1 || f.Fields[0].Name != "promise_days" {
		t.Errorf("%v", err)
	}
	d, err = l.SaveDraft(t.Context(), chief, d.ID, d.Revision, l.base(t, food).Definition, civil.Date{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.SubmitDraft(t.Context(), chief, d.ID, d.Revision)
	wants(t, err, "item.draft_changes_nothing")
}

func TestANewItem(t *testing.T) {
	l := seeded(t)
	d := definition(t, food)
	_, err := l.BeginNew(t.Context(), keeper, d)
	wants(t, err, "item.code_taken")
	d.Code = "000131104999"
	draft, err := l.BeginNew(t.Context(), keeper, d)
	if err != nil || draft.BasedOn != "" {
		t.Fatal(err)
	}
	_, err = l.BeginNew(t.Context(), keeper, d)
	wants(t, err, "item.draft_open_already")
	if draft, err = l.SubmitDraft(t.Context(), keeper, draft.ID, draft.Revision); err != nil {
		t.Fatal(err)
	}
	if _, err = l.ApproveDraft(t.Context(), reviewer, draft.ID, draft.Revision, ""); err != nil {
		t.Fatal(err)
	}
	if b := l.base(t, d.Code); b.Version != 1 {
		t.Errorf("version %d", b.Version)
	}
}

// Two save on top of one revision at once: one is kept, the other is told.
func TestTwoSaveAtOnce(t *testing.T) {
	l := seeded(t)
	d := l.begun(t, 6)
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = l.SaveDraft(context.WithoutCancel(t.Context()), keeper, d.ID, d.Revision, promising(d.Definition, 1+i%5), civil.Date{})
		})
	}
	wait.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else {
			wants(t, err, "item.draft_moved_on")
		}
	}
	if kept != 1 {
		t.Errorf("%d were kept", kept)
	}
}

func TestAnotherVersionInTheMeantime(t *testing.T) {
	l := seeded(t)
	ctx := t.Context()
	d := l.begun(t, 5)
	direct := l.base(t, food).Definition
	direct.Synonyms = append(slices.Clone(direct.Synonyms), "开面馆")
	direct.PromiseDays = 6
	direct = promising(direct, 6)
	direct.Guide.Materials = slices.Clone(direct.Guide.Materials)
	direct.Guide.Materials[0].Copies = 3
	if _, err := l.Publish(ctx, itemtest.Loader, direct); err != nil {
		t.Fatal(err)
	}
	_, err := l.SubmitDraft(ctx, chief, d.ID, d.Revision)
	wants(t, err, "item.draft_base_moved_on")
	var crossings []item.Crossing
	err = l.DB.View(ctx, func(tx *db.Tx) error {
		began, err := l.Began(ctx, tx, d)
		if err == nil {
			crossings = item.ThreeWay(began, &direct, &d.Definition)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]item.Crossing{}
	for _, c := range crossings {
		seen[c.Element+" "+c.Part] = c
	}
	if c := seen["promise_days "]; !c.Both || c.Began != "7" || c.Now != "6" || c.Draft != "5" {
		t.Errorf("%+v", c)
	}
	if c := seen["guide.materials copies"]; c.Both || c.Now != "3" || c.Draft != c.Began {
		t.Errorf("%+v", c)
	}
	if d, err = l.RenewDraft(ctx, chief, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	if d.Definition.PromiseDays != 5 || d.Definition.Guide.Materials[0].Copies != 3 || !slices.Contains(d.Definition.Synonyms, "开面馆") {
		t.Errorf("lost: %d days, %d copies, %v", d.Definition.PromiseDays, d.Definition.Guide.Materials[0].Copies, d.Definition.Synonyms)
	}
	if d, err = l.SubmitDraft(ctx, chief, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	if _, err = l.ApproveDraft(ctx, reviewer, d.ID, d.Revision, ""); err != nil || l.base(t, food).Version != 3 {
		t.Error(err)
	}
}

func today() civil.Date { return civil.Of(time.Now()) }

// approved is the chief's draft, approved for tomorrow.
func (l library) approved(t *testing.T, days int) *item.Draft {
	t.Helper()
	d := l.begun(t, days)
	d, err := l.SaveDraft(t.Context(), chief, d.ID, d.Revision, d.Definition, today().Add(2))
	if err != nil {
		t.Fatal(err)
	}
	if d, err = l.SubmitDraft(t.Context(), chief, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	if d, err = l.ApproveDraft(t.Context(), reviewer, d.ID, d.Revision, ""); err != nil || d.State != item.DraftApproved {
		t.Fatalf("%+v, %v", d, err)
	}
	return d
}

func (l library) state(t *testing.T, id string) item.DraftState {
	t.Helper()
	var d *item.Draft
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		d, err = l.FindDraft(t.Context(), tx, keeper, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.State
}

func TestADraftWaitsForItsDay(t *testing.T) {
	l := seeded(t)
	d := l.approved(t, 5)
	if err := l.DoDue(t.Context()); err != nil || l.state(t, d.ID) != item.DraftApproved || l.base(t, food).Version != 1 {
		t.Fatalf("it came into force before its day: %v", err)
	}
	var due time.Time
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		due, err = db.One[time.Time](t.Context(), tx, `SELECT due_at FROM job_job WHERE kind = 'item.due'`)
		return err
	})
	if err != nil || !due.Equal(d.EffectiveOn.Start()) {
		t.Errorf("the job is due %v, the day starts %v; %v", due, d.EffectiveOn.Start(), err)
	}
	// The day has come.
	l.exec(t, `UPDATE item_draft SET effective_on = $1`, today().String())
	l.exec(t, `UPDATE job_job SET due_at = $1`, time.Now().Add(-time.Second))
	if err := l.Queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.state(t, d.ID) != item.DraftPublished || l.base(t, food).Version != 2 || l.food(t).PromiseDays != 5 {
		t.Errorf("it is %s, version %d", l.state(t, d.ID), l.base(t, food).Version)
	}
	// A job that was killed after its commit runs again.
	leaves := len(l.Leaves)
	if err := l.DoDue(t.Context()); err != nil || l.base(t, food).Version != 2 || len(l.Leaves) != leaves {
		t.Errorf("it was done twice: %v", err)
	}
}

func TestWhatCantBePublishedOnItsDayComesBack(t *testing.T) {
	l := seeded(t)
	d := l.approved(t, 5)
	if _, err := l.Publish(t.Context(), itemtest.Loader, promising(l.base(t, food).Definition, 6)); err != nil {
		t.Fatal(err)
	}
	l.exec(t, `UPDATE item_draft SET effective_on = $1`, today().String())
	for range 2 {
		if err := l.DoDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if l.state(t, d.ID) != item.DraftReturned || l.food(t).PromiseDays != 6 {
		t.Errorf("it is %s", l.state(t, d.ID))
	}
	if list := l.todos(t, chief, item.DraftBack); len(list) != 1 || list[0].Object != d.ID {
		t.Errorf("nobody is told: %v", list)
	}
}

// A program killed in the middle of publishing leaves everything as it was, and the next run does all of it.
func TestKilledInTheMiddle(t *testing.T) {
	l := seeded(t)
	d := l.approved(t, 5)
	l.exec(t, `UPDATE item_draft SET effective_on = $1`, today().String())
	l.Refuse = "item.published"
	if err := l.DoDue(t.Context()); err == nil {
		t.Fatal("it went on without its leaf")
	}
	if l.state(t, d.ID) != item.DraftApproved || l.base(t, food).Version != 1 || l.food(t).Version != 1 {
		t.Errorf("half of it is there: %s, version %d", l.state(t, d.ID), l.base(t, food).Version)
	}
	l.Refuse = ""
	if err := l.DoDue(t.Context()); err != nil || l.state(t, d.ID) != item.DraftPublished || l.food(t).Version != 2 {
		t.Errorf("it is not finished: %v", err)
	}
}

// What a draft is refused with on its day is a sentence that is whole without the values it has no place for.
func TestADraftComesBackWithAWholeSentence(t *testing.T) {
	for want, spoil := range map[string]func(l library){
		"item.later_cases_running":  func(l library) { l.Cases = map[string]int{food: 3, l.food(t).Code: 3} },
		"item.later_bad_definition": func(l library) { l.Unissued = map[string]bool{"food-operation": true} },
	} {
		l, ctx := seeded(t), t.Context()
		d := l.drafted(t, func(d *item.Definition) { d.Levels = []int{2} })
		d, err := l.SaveDraft(ctx, keeper, d.ID, d.Revision, d.Definition, today().Add(3))
		if err != nil {
			t.Fatal(err)
		}
		if d, err = l.SubmitDraft(ctx, keeper, d.ID, d.Revision); err != nil {
			t.Fatal(err)
		}
		if _, err = l.ApproveDraft(ctx, reviewer, d.ID, d.Revision, ""); err != nil {
			t.Fatal(err)
		}
		l.exec(t, `UPDATE item_draft SET effective_on = $1`, today().String())
		spoil(l)
		if err := l.DoDue(ctx); err != nil || l.state(t, d.ID) != item.DraftReturned {
			t.Fatalf("%s, %v", l.state(t, d.ID), err)
		}
		err = l.DB.View(ctx, func(tx *db.Tx) (err error) {
			d, err = l.FindDraft(ctx, tx, keeper, d.ID)
			return err
		})
		if err != nil || d.Remark != want {
			t.Errorf("%q, not %q: %v", d.Remark, want, err)
		}
	}
}
