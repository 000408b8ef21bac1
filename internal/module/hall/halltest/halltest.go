// Package halltest gives tests a hall with simple neighbours, on a real database, and a clock that stands where the test puts it.
package halltest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office/officetest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/sm/smtest"
)

// The people of the tests: two citizens, two officers at windows and their chief, one of another county, who supervises the city.
var (
	Zhang      = actor.Actor{Kind: actor.Person, Account: "zhang", Subject: "subject-zhang"}
	Li         = actor.Actor{Kind: actor.Person, Account: "li", Subject: "subject-li"}
	Window     = officer("window", "220102d90", "a")
	Second     = officer("window", "220102d90", "b")
	Chief      = officer("chief", "220102d90", "e")
	Neighbour  = officer("window", "220103d90", "c")
	Supervisor = officer("supervisor", "2201", "d")
)

func officer(role, path, name string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: role + "." + name, OfficePath: path, Post: "政务服务中心 窗口", Region: region.MustParse("220102000000"),
		Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// FoodCode is the entry the hall's item library has.
const FoodCode = "11220102MB1A00319N4000131104003"

// Hall is the hall service with its neighbours, whose needs it meets itself.
type Hall struct {
	*hall.Service
	officetest.Rights
	DB *db.DB
	ID string // of the hall that is set up: two windows for all, one for line B alone

	mu     sync.Mutex // guards what follows
	items  hall.Items
	now    time.Time
	Leaves []audit.Entry
	Events []event.Event
	Sent   []hall.Notice
}

// Morning is a Monday at nine, China time, a working day.
var Morning = civil.MustParse("2026-11-30").Start().Add(9 * time.Hour)

// Open returns a service on a fresh database at [Morning].
func Open(t testing.TB) *Hall {
	t.Helper()
	return On(t, dbtest.Open(t, once.Schema, hall.Schema), nil)
}

// On is [Open] on a database that others use too, where [hall.Schema] was migrated. Without items the hall knows [FoodCode] only.
func On(t testing.TB, d *db.DB, items hall.Items) *Hall {
	t.Helper()
	h := &Hall{Rights: hall.Access(), DB: d, now: Morning, items: items}
	h.Service = hall.New(h.DB, hall.Needs{Rights: h, Offices: h, Items: h, Notices: h, Events: h, Log: h, Keys: smtest.Keyring(t), Clock: h.Now})
	id, err := h.Put(context.Background(), actor.Program("test"), Draft())
	if err != nil {
		t.Fatal(err)
	}
	h.ID = id
	return h
}

// Draft is the hall that Open sets up.
func Draft() hall.Draft {
	return hall.Draft{Hall: hall.Hall{OfficePath: "220102d90", Region: region.MustParse("220102000000"), Name: "南关区政务服务中心", Address: "长春市南关区", Phone: "12345",
		Rules: hall.Rules{Hours: []hall.Span{{From: 510, Until: 690}, {From: 780, Until: 990}}, Lines: []hall.Line{{Letter: "A", Name: "综合业务"},
			{Letter: "B", Name: "社会保障", Themes: []string{"social_security"}}}}},
		Windows: []hall.Window{{Number: 1, Name: "综合窗口"}, {Number: 2, Name: "综合窗口"}, {Number: 3, Name: "社保窗口", Letters: []string{"B"}}}}
}

// Now is the clock of the tests.
func (h *Hall) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// At moves the clock.
func (h *Hall) At(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// Later lets time go by.
func (h *Hall) Later(d time.Duration) { h.At(h.Now().Add(d)) }

// Seated has an officer take a window by its number.
func (h *Hall) Seated(t testing.TB, by actor.Actor, number int) {
	t.Helper()
	_, list, err := h.Get(context.Background(), by, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(w hall.Window) bool { return w.Number == number })
	if err := h.Sit(context.Background(), by, list[i].ID); err != nil {
		t.Fatal(err)
	}
}

// Numbered takes a number that must be given.
func (h *Hall) Numbered(t testing.TB, letter, priority string) hall.Turn {
	t.Helper()
	turn, err := h.Take(context.Background(), actor.Actor{}, hall.Request{Hall: h.ID, Kiosk: h.Kiosk(t), Letter: letter, Priority: priority}, once.Params{})
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// Kiosk is the code of the hall's kiosks.
func (h *Hall) Kiosk(t testing.TB) string {
	t.Helper()
	code, err := h.KioskCode(context.Background(), Window, h.ID)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Calendar implements hall.Offices.
func (h *Hall) Calendar(_ context.Context, _ *db.Tx, r region.Code) (*workday.Calendar, error) {
	return workday.Standard(r), nil
}

// Superior implements hall.Offices.
func (h *Hall) Superior(_ context.Context, _ *db.Tx, path string) (hall.Office, bool, error) {
	switch path {
	case "220102d90":
		return hall.Office{Path: "2201d90", Name: "长春市政务服务中心"}, true, nil
	case "2201d90":
		return hall.Office{Path: "22d90", Name: "吉林省政务服务中心"}, true, nil
	}
	return hall.Office{}, false, nil
}

// Entry implements hall.Items.
func (h *Hall) Entry(ctx context.Context, tx *db.Tx, code string) (*item.Entry, error) {
	if h.items != nil {
		return h.items.Entry(ctx, tx, code)
	}
	if code != FoodCode {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	return &item.Entry{Code: code, BaseCode: "000131104003", Short: "食品经营许可", OfficeName: "南关区市场监督管理局", Themes: []string{"food_and_health"}}, nil
}

// Send implements hall.Notices.
func (h *Hall) Send(_ context.Context, _ *db.Tx, n hall.Notice) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Sent = append(h.Sent, n)
	return nil
}

// Emit implements hall.Events.
func (h *Hall) Emit(_ context.Context, _ *db.Tx, e event.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Events = append(h.Events, e)
	return nil
}

// Append implements hall.Log.
func (h *Hall) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Leaves = append(h.Leaves, e)
	return nil
}

// Told counts the messages of a key to a subject.
func (h *Hall) Told(subject, key string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.Sent {
		if m.Subject == subject && m.Key == key {
			n++
		}
	}
	return n
}
