package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/sm"
)

// standard has two reviews one after the other, of which the second is skipped for the same person, and a decision.
const standard = `{"key":"standard","name":"一般办理","nodes":[
{"id":"start","kind":"start","next":["first"]},
{"id":"first","kind":"task","name":"初审","action":"opine","role":"reviewer","place":"office","next":["second"]},
{"id":"second","kind":"task","name":"复审","action":"opine","role":"reviewer","place":"office","next":["decide"]},
{"id":"decide","kind":"task","name":"决定","action":"decide","role":"chief","place":"office","next":["end"]},
{"id":"end","kind":"end"}]}`

var skipping = strings.Replace(strings.Replace(standard, `"standard"`, `"skipping"`, 1), `"id":"second",`, `"id":"second","skip_same":true,`, 1)

const office31 = "220102d31"

// desk is an office with its people, and a task service over a real database.
type desk struct {
	t     *testing.T
	db    *db.DB
	flows *workflow.Service
	tasks *workflow.Tasks
	mu    sync.Mutex
	log   []audit.Entry
	told  []string
	made  []workflow.LetterMade
	back  []string // subjects given back to who applied
	staff map[string]workflow.Officer
	takes []string
	fails int // the how-manieth leaf from now on can't be written; 0 none
}

func newDesk(t *testing.T, sources ...string) *desk {
	t.Helper()
	keys, err := sm.NewKeyring()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: dbtest.Open(t, once.Schema, workflow.Schema), staff: map[string]workflow.Officer{}, takes: []string{"opine", "decide"}}
	d.flows = workflow.New(d.db, workflow.Needs{Rights: d, Log: d})
	d.tasks = workflow.NewTasks(d.db, d.flows, workflow.TaskNeeds{Rights: d, People: d, Offices: offices{}, Concerns: d, Notices: d, Events: d, Log: d, Keys: keys, Internal: []string{"opine"}})
	for account, post := range map[string][2]string{"wang": {"reviewer", office31}, "li": {"reviewer", office31}, "sun": {"reviewer", office31}, "zhou": {"chief", office31},
		"qian": {"reviewer", "220102d16"}, "city": {"reviewer", "2201d31"}, "window": {"window", "220102d90"}, "sub": {"reviewer", office31 + "01"}} {
		d.staff[account] = workflow.Officer{Account: account, Subject: "subject-" + account, Name: account, Office: workflow.Office{ID: "o" + post[1], Path: post[1], Name: "局" + post[1]},
			Duties: []actor.Duty{{Role: post[0], Office: "o" + post[1], OfficePath: post[1]}}}
	}
	for _, source := range sources {
		err := d.db.Update(t.Context(), func(tx *db.Tx) error {
			_, err := d.flows.Deploy(t.Context(), tx, []byte(source))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// as is somebody of the staff as an actor.
func (d *desk) as(account string) actor.Actor {
	o := d.staff[account]
	return actor.Actor{Kind: actor.Officer, Account: account, Subject: o.Subject, Office: o.Office.ID, OfficePath: o.Office.Path, Post: o.Office.Name, Duties: o.Duties}
}

var applicant = actor.Actor{Kind: actor.Person, Account: "a", Subject: "applicant"}

// Check implements workflow.Rights by workflow.TaskAccess, within the duty's subtree.
func (d *desk) Check(by actor.Actor, action string, on actor.Target) error {
	for _, g := range workflow.TaskAccess() {
		for _, duty := range by.Duties {
			if g.Action == action && slices.Contains(g.Roles, duty.Role) && strings.HasPrefix(on.OfficePath, duty.OfficePath) {
				return nil
			}
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// Reach implements workflow.Rights; tasks ask for no list by it.
func (d *desk) Reach(actor.Actor, string) []string { return nil }

// Officer implements workflow.People.
func (d *desk) Officer(_ context.Context, _ *db.Tx, account string) (workflow.Officer, error) {
	if o, ok := d.staff[account]; ok {
		return o, nil
	}
	return workflow.Officer{}, fault.New(fault.NotFound, "workflow.task_no_officer")
}

// At implements workflow.People.
func (d *desk) At(_ context.Context, _ *db.Tx, path string) (out []workflow.Officer, _ error) {
	for _, account := range []string{"wang", "li", "sun", "zhou", "qian", "city", "window", "sub"} {
		if o := d.staff[account]; o.Office.Path == path {
			out = append(out, o)
		}
	}
	return out, nil
}

// offices are every path there can be.
type offices struct{}

func (offices) At(_ context.Context, _ *db.Tx, path string) (workflow.Office, error) {
	if path == "" || path == "nowhere" {
		return workflow.Office{}, fault.New(fault.NotFound, "office.not_found")
	}
	return workflow.Office{ID: "o" + path, Path: path, Name: "局" + path}, nil
}

func (o offices) Above(ctx context.Context, tx *db.Tx, path string) (workflow.Office, error) {
	if path == office31 {
		return o.At(ctx, tx, "2201d31")
	}
	return workflow.Office{}, fault.New(fault.NotFound, "office.not_found")
}

func (o offices) Near(ctx context.Context, tx *db.Tx, _ string) ([]workflow.Office, error) {
	near, err := o.At(ctx, tx, "220102d16")
	return []workflow.Office{near}, err
}

// Concern implements workflow.Concerns.
func (d *desk) Concern(_ context.Context, _ *db.Tx, by actor.Actor, subject string) (workflow.Concern, error) {
	if by.Account == "stranger" {
		return workflow.Concern{}, fault.New(fault.NotFound, "casefile.not_found")
	}
	return workflow.Concern{Number: subject, Name: "食品经营许可", Item: "000131104003", Owner: "applicant", Takes: d.takes}, nil
}

// DueIn implements workflow.Concerns.
func (d *desk) DueIn(_ context.Context, tx *db.Tx, _ string, days int) (string, error) {
	return civil.Of(tx.Now).Add(days).String(), nil
}

// Return implements workflow.Concerns.
func (d *desk) Return(_ context.Context, _ *db.Tx, _ actor.Actor, subject, reason string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.back = append(d.back, subject+": "+reason)
	return nil
}

// Tell implements workflow.Notices.
func (d *desk) Tell(_ context.Context, _ *db.Tx, subject, key, _ string, _ ...string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, strings.TrimPrefix(key, "workflow.told.")+" "+subject)
	return nil
}

// Emit implements workflow.Events.
func (d *desk) Emit(_ context.Context, _ *db.Tx, e event.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made = append(d.made, e.(workflow.LetterMade))
	return nil
}

// Append implements workflow.Log.
func (d *desk) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails > 0 {
		if d.fails--; d.fails == 0 {
			return errBroken
		}
	}
	d.log = append(d.log, e)
	return nil
}

var errBroken = errors.New("the log can't be written")

// leaves counts the leaves of a kind.
func (d *desk) leaves(kind string) (n int) {
	for _, e := range d.log {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func (d *desk) begin(key, subject string) workflow.OpenTask {
	d.t.Helper()
	err := d.db.Update(d.t.Context(), func(tx *db.Tx) error {
		def, err := d.flows.Latest(d.t.Context(), tx, key)
		if err != nil {
			return err
		}
		return d.flows.Start(d.t.Context(), tx, workflow.StartParams{Definition: def, Subject: subject, Title: "食品经营许可", Number: subject, DueOn: "2026-12-01", Places: places})
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.open(subject)[0]
}

func (d *desk) open(subject string) []workflow.OpenTask { return open(d.t, d.flows, d.db, subject) }

// only is the one open task of a subject.
func (d *desk) only(subject, name string) workflow.OpenTask {
	d.t.Helper()
	list := d.open(subject)
	if len(list) != 1 || list[0].Name != name {
		d.t.Fatalf("open are %+v, want %s", list, name)
	}
	return list[0]
}

func (d *desk) complete(by actor.Actor, subject string, i int) error {
	return d.db.Update(d.t.Context(), func(tx *db.Tx) error {
		p, err := d.flows.Process(d.t.Context(), tx, subject)
		if err != nil {
			return err
		}
		if i >= len(p.Open) {
			return fault.New(fault.Conflict, "workflow.task_gone")
		}
		_, err = d.flows.Complete(d.t.Context(), tx, by, p, &p.Open[i], "", workflow.Done{Outcome: "opine"})
		return err
	})
}

func (d *desk) do(by actor.Actor, verb workflow.Verb, id string, in workflow.Order) (workflow.Result, error) {
	return d.tasks.Do(d.t.Context(), by, verb, id, in, once.Params{})
}

// must does what has to succeed.
func (d *desk) must(by actor.Actor, verb workflow.Verb, id string, in workflow.Order) workflow.Result {
	d.t.Helper()
	r, err := d.do(by, verb, id, in)
	if err != nil {
		d.t.Fatalf("%s: %v", verb, err)
	}
	return r
}

// refused does what has to be refused with a key.
func (d *desk) refused(by actor.Actor, verb workflow.Verb, id string, in workflow.Order, key string) {
	d.t.Helper()
	_, err := d.do(by, verb, id, in)
	f, ok := fault.Of(err)
	if !ok || f.Key != key && !slices.ContainsFunc(f.Fields, func(x fault.FieldError) bool { return x.Key == key }) {
		d.t.Errorf("%s by %s: %v, want %s", verb, by.Account, err, key)
	}
}

func (d *desk) inbox(account string) (out []workflow.OpenTask) {
	d.t.Helper()
	err := d.db.View(d.t.Context(), func(tx *db.Tx) error {
		by := d.as(account)
		list, err := d.flows.StandIns(d.t.Context(), tx, by)
		if err != nil {
			return err
		}
		out, err = d.flows.InboxOf(d.t.Context(), tx, append([]actor.Actor{by}, list...), workflow.After{}, 50)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func toAccount(names ...string) (out []workflow.Addressee) {
	for _, n := range names {
		out = append(out, workflow.Addressee{Account: n})
	}
	return out
}

func toOffice(paths ...string) (out []workflow.Addressee) {
	for _, p := range paths {
		out = append(out, workflow.Addressee{Office: p})
	}
	return out
}

func no() *bool { b := false; return &b }
