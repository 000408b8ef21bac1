// Package supervisiontest gives tests the supervision with cases that stand where the test puts them, on a real database.
package supervisiontest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/office/officetest"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
)

// The people of the tests: who supervises the province and a city, the head of an office, somebody without a right.
var (
	Province   = officer("supervisor", "22")
	Supervisor = officer("supervisor", "2201")
	Chief      = officer("chief", "220102d31")
	Window     = officer("window", "220102d31")
)

func officer(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role + "." + path, OfficePath: path, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// Hall is the supervision with its neighbours, whose needs it meets itself.
type Hall struct {
	*supervision.Service
	officetest.Rights
	DB *db.DB

	mu     sync.Mutex // guards what follows
	Cases  map[string]casefile.Standing
	Leaves []audit.Entry
}

// Open returns a service on a fresh database.
func Open(t testing.TB) *Hall {
	t.Helper()
	h := &Hall{Rights: supervision.Access(), DB: dbtest.Open(t, supervision.Schema), Cases: map[string]casefile.Standing{}}
	h.Service = supervision.New(h.DB, supervision.Needs{Rights: h, Cases: h, Offices: h, Log: h})
	return h
}

// Step puts a case where it stands after an action, and notes the action as casefile does.
func (h *Hall) Step(t testing.TB, c casefile.Standing, a casefile.Action, staff bool) {
	t.Helper()
	h.mu.Lock()
	h.Cases[c.ID] = c
	h.mu.Unlock()
	err := h.DB.Update(context.Background(), func(tx *db.Tx) error {
		return h.Note(context.Background(), tx, casefile.Moved{CaseID: c.ID, Number: c.Number, Action: a, State: c.State, Staff: staff})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// All returns every case there is.
func (h *Hall) All() []casefile.Standing {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []casefile.Standing
	for _, c := range h.Cases {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b casefile.Standing) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Standings implements supervision.Cases.
func (h *Hall) Standings(_ context.Context, _ *db.Tx, ids []string) (out []casefile.Standing, err error) {
	for _, c := range h.All() {
		if slices.Contains(ids, c.ID) {
			out = append(out, c)
		}
	}
	return out, nil
}

// StandingsAfter implements supervision.Cases.
func (h *Hall) StandingsAfter(_ context.Context, _ *db.Tx, after string, limit int) (out []casefile.Standing, err error) {
	for _, c := range h.All() {
		if c.ID > after && len(out) < limit {
			out = append(out, c)
		}
	}
	return out, nil
}

// Names implements supervision.Offices.
func (h *Hall) Names(_ context.Context, _ *db.Tx, paths []string) (map[string]string, error) {
	names := map[string]string{}
	for _, p := range paths {
		names[p] = "机构" + p
	}
	return names, nil
}

// Calendar implements supervision.Offices.
func (h *Hall) Calendar(_ context.Context, _ *db.Tx, r region.Code) (*workday.Calendar, error) {
	return workday.Standard(r), nil
}

// Append implements supervision.Log.
func (h *Hall) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Leaves = append(h.Leaves, e)
	return nil
}
