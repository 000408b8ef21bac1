package casefiletest

import (
	"context"
	"encoding/json"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
)

// told writes down what cases tell others; it meets casefile's Log, Notices and Events.
type told struct{}

func (told) put(ctx context.Context, tx *db.Tx, sort string, e audit.Entry) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	return tx.Later(ctx, `INSERT INTO casefiletest_told (id, sort, name, actor, subject, object, basis, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		db.NewKey(), sort, e.Kind, e.Actor, e.Subject, e.Object, e.Basis, string(data))
}

// Append implements casefile.Log.
func (t told) Append(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return t.put(ctx, tx, "leaf", e)
}

// Send implements casefile.Notices.
func (t told) Send(ctx context.Context, tx *db.Tx, m notice.Message) error {
	return t.put(ctx, tx, "message", audit.Entry{Kind: m.Key, Subject: m.Subject, Object: m.Link, Data: m.Args})
}

// Emit implements casefile.Events.
func (t told) Emit(ctx context.Context, tx *db.Tx, e event.Event) error {
	return t.put(ctx, tx, "event", audit.Entry{Kind: e.EventName(), Data: e})
}

// Told is a leaf, message or event that was kept.
type Told struct{ Name, Actor, Subject, Object, Basis, Data string }

// Leaves returns the leaves of a case, oldest first.
func (h *Hall) Leaves(t testing.TB, number string) []Told {
	return h.told(t, `sort = 'leaf' AND object = $1`, "case:"+number)
}

// Messages returns what a subject was told, oldest first.
func (h *Hall) Messages(t testing.TB, subject string) []Told {
	return h.told(t, `sort = 'message' AND subject = $1`, subject)
}

// Events returns the events with a name, oldest first.
func (h *Hall) Events(t testing.TB, name string) []Told {
	return h.told(t, `sort = 'event' AND name = $1`, name)
}

func (h *Hall) told(t testing.TB, where string, arg any) (out []Told) {
	t.Helper()
	err := h.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = db.All[Told](context.Background(), tx, `SELECT name, actor, subject, object, basis, data FROM casefiletest_told WHERE `+where+` ORDER BY id`, arg)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// places meets casefile.Offices: the centre of each government is its department 90, a township is found by where the applicant lives, and whoever
// is asked for an opinion is the department of the same government.
type places struct{}

var calendar = workday.Standard(region.MustParse("220102"))

// Calendar implements casefile.Offices with the calendar of 长春市.
func (places) Calendar(context.Context, *db.Tx, region.Code) (*workday.Calendar, error) {
	return calendar, nil
}

// Colleagues implements casefile.Offices: the departments of the hall's entries and one more.
func (places) Colleagues(_ context.Context, _ *db.Tx, government string) (out []workflow.Office, err error) {
	for _, d := range []string{"14", "27", "31"} {
		path := government + "d" + d
		out = append(out, workflow.Office{ID: "office-" + path, Path: path, Name: path})
	}
	return out, nil
}

// Remedies implements casefile.Offices.
func (places) Remedies(officePath string) (government, court string) {
	return office.Remedies(region.JilinDirectory(), officePath)
}

// Places implements casefile.Offices.
func (places) Places(_ context.Context, _ *db.Tx, e *item.Entry, applicantRegion string) (workflow.Places, error) {
	government := e.Region.Prefix()
	at := func(path string) workflow.Office {
		return workflow.Office{ID: "office-" + path, Path: path, Name: path}
	}
	out := workflow.Places{"office": {{ID: e.OfficeID, Path: e.OfficePath, Name: e.OfficeName}}, "centre": {at(government + "d90")}}
	for _, o := range e.Opinions {
		out["opinions"] = append(out["opinions"], at(government+"d"+o.Department))
	}
	if len(applicantRegion) == 12 && applicantRegion[6:9] != "000" {
		out["township"] = []workflow.Office{at(applicantRegion[:9])}
	}
	return out, nil
}
