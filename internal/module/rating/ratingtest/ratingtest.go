// Package ratingtest gives tests the rating module with simple neighbours, on a real database.
package ratingtest

import (
	"context"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office/officetest"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/sm/smtest"
)

// The people of the tests: the applicant of Case, somebody else, the head of the rated office, the head of another, who supervises the city.
var (
	Applicant  = actor.Actor{Kind: actor.Person, Account: "zhang", Subject: "subject-zhang"}
	Stranger   = actor.Actor{Kind: actor.Person, Account: "li", Subject: "subject-li"}
	Chief      = officer("chief", "220102d31")
	Neighbour  = officer("chief", "220103d31")
	Supervisor = officer("supervisor", "2201")
	Window     = officer("window", "220102")
)

func officer(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role + "." + path, OfficePath: path, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// Case is a case of Applicant that is over, with this number.
func Case(number string) casefile.Case {
	return casefile.Case{ID: "id-" + number, Number: number, ItemName: "食品经营许可", BaseCode: "000131104003", ApplicantID: Applicant.Subject, Region: "220102000000",
		OfficePath: "220102d31", OfficeName: "长春市南关区市场监督管理局", State: casefile.Delivered}
}

// Hall is the rating service with its neighbours, whose needs it meets itself.
type Hall struct {
	*rating.Service
	officetest.Rights
	DB *db.DB

	mu     sync.Mutex // guards what follows
	Cases  map[string]casefile.Case
	Leaves []audit.Entry
	Events []event.Event
	Sent   []notice.Message
}

// Open returns a service on a fresh database.
func Open(t testing.TB) *Hall {
	t.Helper()
	h := &Hall{Rights: rating.Access(), DB: dbtest.Open(t, once.Schema, rating.Schema), Cases: map[string]casefile.Case{}}
	h.Service = rating.New(h.DB, rating.Needs{Rights: h, Cases: h, Offices: h, Notices: h, Events: h, Log: h, Keys: smtest.Keyring(t)})
	return h
}

// Over adds a case that may be rated.
func (h *Hall) Over(c casefile.Case) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Cases[c.Number] = c
}

// OwnClosed implements rating.Cases.
func (h *Hall) OwnClosed(_ context.Context, _ *db.Tx, by actor.Actor, number string) (casefile.Case, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.Cases[number]
	if !ok || by.For() != c.ApplicantID {
		return casefile.Case{}, fault.New(fault.NotFound, "casefile.not_found")
	}
	return c, nil
}

// Calendar implements rating.Offices.
func (h *Hall) Calendar(_ context.Context, _ *db.Tx, r region.Code) (*workday.Calendar, error) {
	return workday.Standard(r), nil
}

// Send implements rating.Notices.
func (h *Hall) Send(_ context.Context, _ *db.Tx, m notice.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Sent = append(h.Sent, m)
	return nil
}

// Emit implements rating.Events.
func (h *Hall) Emit(_ context.Context, _ *db.Tx, e event.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Events = append(h.Events, e)
	return nil
}

// Append implements rating.Log.
func (h *Hall) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Leaves = append(h.Leaves, e)
	return nil
}
