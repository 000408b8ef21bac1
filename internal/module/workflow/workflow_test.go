package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

const food = `{"key":"food","name":"食品经营许可","nodes":[
{"id":"start","kind":"start","next":["accept"]},
{"id":"accept","kind":"task","name":"受理","action":"accept","role":"window","place":"centre","next":["split"]},
{"id":"split","kind":"split","next":["documents","inspection"]},
{"id":"documents","kind":"task","name":"材料审查","action":"opine","role":"reviewer","place":"office","next":["join"]},
{"id":"inspection","kind":"task","name":"现场核查","action":"opine","role":"reviewer","place":"office","next":["join"]},
{"id":"join","kind":"join","next":["decide"]},
{"id":"decide","kind":"task","name":"决定","action":"decide","role":"chief","place":"office","next":["end"]},
{"id":"end","kind":"end"}]}`

var places = workflow.Places{"centre": {{ID: "c", Path: "220102d90", Name: "政务服务中心"}}, "office": {{ID: "o", Path: "220102d31", Name: "市场监督管理局"}}}

func officer(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

func TestRefusedDefinitions(t *testing.T) {
	for name, source := range map[string]string{
		"no-start":     `{"key":"x","nodes":[{"id":"a","kind":"end"}]}`,
		"unknown-kind": `{"key":"x","nodes":[{"id":"s","kind":"start","next":["a"]},{"id":"a","kind":"timer","next":["e"]},{"id":"e","kind":"end"}]}`,
		"nowhere":      `{"key":"x","nodes":[{"id":"s","kind":"start","next":["a"]}]}`,
		"circle":       `{"key":"x","nodes":[{"id":"s","kind":"start","next":["j"]},{"id":"j","kind":"join","next":["k"]},{"id":"k","kind":"join","next":["j"]}]}`,
		"nobody":       `{"key":"x","nodes":[{"id":"s","kind":"start","next":["a"]},{"id":"a","kind":"task","name":"n","action":"a","next":["e"]},{"id":"e","kind":"end"}]}`,
		"no-join": `{"key":"x","nodes":[{"id":"s","kind":"start","next":["p"]},{"id":"p","kind":"split","next":["a"]},
			{"id":"a","kind":"task","name":"n","action":"a","role":"r","place":"office","next":["e"]},{"id":"e","kind":"end"}]}`,
	} {
		if _, err := workflow.Parse([]byte(source)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// In whatever order tasks are done, every process ends, and at its end nothing waits. A task before a join is done by each office of its place.
func TestEveryOrderEnds(t *testing.T) {
	s, d := setup(t)
	chance := rand.New(rand.NewPCG(3, 4))
	many := workflow.Places{"centre": places["centre"], "office": {{ID: "1", Path: "1"}, {ID: "2", Path: "2"}, {ID: "3", Path: "3"}}}
	for n, p := range []workflow.Places{places, many} {
		for i := range 10 {
			subject := fmt.Sprint("case", n, "-", i)
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				def, err := s.Latest(t.Context(), tx, "food")
				if err != nil {
					return err
				}
				return s.Start(t.Context(), tx, workflow.StartParams{Definition: def, Subject: subject, Places: p})
			})
			if err != nil {
				t.Fatal(err)
			}
			steps := 0
			for list := open(t, s, d, subject); len(list) > 0; list = open(t, s, d, subject) {
				task := list[chance.IntN(len(list))]
				if _, err := complete(t, s, d, actor.Program("test"), subject, task.ID); err != nil {
					t.Fatal(err)
				}
				if steps++; steps > 50 {
					t.Fatal("does not end")
				}
			}
			if want := 2 + 2*len(p["office"]); steps != want {
				t.Errorf("%d steps, want %d", steps, want)
			}
			if state := stateOf(t, d, subject); state != "ended" {
				t.Errorf("is %s", state)
			}
		}
	}
}

func stateOf(t testing.TB, d *db.DB, subject string) (state string) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		state, err = db.One[string](t.Context(), tx, `SELECT state FROM workflow_instance WHERE subject = $1`, subject)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// complete does one open task.
func complete(t testing.TB, s *workflow.Service, d *db.DB, by actor.Actor, subject, task string) (ended bool, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) error {
		p, err := s.Process(t.Context(), tx, subject)
		if err != nil {
			return err
		}
		for i := range p.Open {
			if p.Open[i].ID == task {
				ended, err = s.Complete(t.Context(), tx, by, p, &p.Open[i], "", workflow.Done{Outcome: "ok"})
				return err
			}
		}
		return fault.New(fault.Conflict, "workflow.task_gone")
	})
	return ended, err
}

func setup(t testing.TB) (*workflow.Service, *db.DB) {
	t.Helper()
	d := dbtest.Open(t, workflow.Schema)
	s := workflow.New(d, workflow.Needs{})
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		first, err := s.Deploy(t.Context(), tx, []byte(food))
		if err != nil {
			return err
		}
		again, err := s.Deploy(t.Context(), tx, []byte(food))
		if err == nil && (again.Version != 1 || again.ID != first.ID) {
			t.Errorf("the same text became version %d", again.Version)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, d
}

func begin(t testing.TB, s *workflow.Service, d *db.DB, subject, due string) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		def, err := s.Latest(t.Context(), tx, "food")
		if err != nil {
			return err
		}
		return s.Start(t.Context(), tx, workflow.StartParams{Definition: def, Subject: subject, Title: "t", Number: subject, DueOn: due, Places: places})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, s *workflow.Service, d *db.DB, subject string) (out []workflow.OpenTask) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		out, err = s.Open(t.Context(), tx, subject)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRun(t *testing.T) {
	s, d := setup(t)
	begin(t, s, d, "case", "2026-12-01")
	complete := func(by actor.Actor, task *workflow.OpenTask) (ended bool, err error) {
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			p, err := s.Process(t.Context(), tx, "case")
			if err != nil {
				return err
			}
			ended, err = s.Complete(t.Context(), tx, by, p, task, "", workflow.Done{Outcome: "ok"})
			return err
		})
		return ended, err
	}
	first := open(t, s, d, "case")
	if len(first) != 1 || first[0].Action != "accept" || first[0].DueOn != "2026-12-01" {
		t.Fatalf("begins with %+v", first)
	}
	if _, err := complete(officer("window", "220103d90"), &first[0]); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another county's window: %v", err)
	}
	if _, err := complete(officer("window", "220102d90"), &first[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := complete(officer("window", "220102d90"), &first[0]); !fault.HasKey(err, "workflow.task_gone") {
		t.Errorf("twice: %v", err)
	}
	for _, task := range open(t, s, d, "case") {
		if _, err := complete(officer("reviewer", "220102d31"), &task); err != nil {
			t.Fatal(err)
		}
	}
	last := open(t, s, d, "case")
	if len(last) != 1 || last[0].Action != "decide" {
		t.Fatalf("after the join: %+v", last)
	}
	if ended, err := complete(officer("chief", "220102"), &last[0]); err != nil || !ended {
		t.Errorf("the end: %v %v", ended, err)
	}
	if left := open(t, s, d, "case"); len(left) != 0 {
		t.Errorf("left over: %+v", left)
	}
}

// Two officers complete the two parallel tasks, and one task twice, at the same moment: the join opens exactly once.
func TestAtOnce(t *testing.T) {
	s, d := setup(t)
	for i := range 10 {
		subject := fmt.Sprint("case", i)
		begin(t, s, d, subject, "")
		do := func(by actor.Actor, task *workflow.OpenTask) error {
			return d.Update(t.Context(), func(tx *db.Tx) error {
				// The case row serialises its own steps, as a case's compare-and-set does.
				if _, err := tx.Exec(t.Context(), `UPDATE workflow_instance SET places = places WHERE subject = $1`, subject); err != nil {
					return err
				}
				p, err := s.Process(t.Context(), tx, subject)
				if err != nil {
					return err
				}
				_, err = s.Complete(t.Context(), tx, by, p, task, "", workflow.Done{})
				return err
			})
		}
		if err := do(officer("window", "220102d90"), &open(t, s, d, subject)[0]); err != nil {
			t.Fatal(err)
		}
		tasks := open(t, s, d, subject)
		var wg sync.WaitGroup
		wins := make([]int, len(tasks))
		var mu sync.Mutex
		for n, task := range tasks {
			for range 3 {
				wg.Go(func() {
					if err := do(officer("reviewer", "220102d31"), &task); err == nil {
						mu.Lock()
						wins[n]++
						mu.Unlock()
					} else if !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if wins[0] != 1 || wins[1] != 1 {
			t.Errorf("won %v times", wins)
		}
		if last := open(t, s, d, subject); len(last) != 1 || last[0].Action != "decide" {
			t.Errorf("after the join: %+v", last)
		}
	}
}

func TestInboxPages(t *testing.T) {
	s, d := setup(t)
	for i := range 25 {
		begin(t, s, d, fmt.Sprint("case", i), fmt.Sprintf("2026-12-%02d", 1+i%7))
	}
	by := officer("window", "220102d90")
	var after workflow.After
	seen, last := map[string]bool{}, ""
	for {
		var page []workflow.OpenTask
		err := d.View(t.Context(), func(tx *db.Tx) (err error) {
			page, err = s.Inbox(t.Context(), tx, by, after, 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range page {
			if seen[task.ID] || task.DueOn < last {
				t.Fatalf("task %s again or out of order", task.ID)
			}
			seen[task.ID], last = true, task.DueOn
			after = workflow.After{DueOn: task.DueOn, ID: task.ID}
		}
		if len(page) < 10 {
			break
		}
	}
	if len(seen) != 25 {
		t.Errorf("saw %d of 25", len(seen))
	}
}
