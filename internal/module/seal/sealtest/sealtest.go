// Package sealtest gives tests the seals with simple neighbours, on a real database, with a device and an authority of timestamps that can be broken.
package sealtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office/officetest"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

// Where the owners are.
const (
	OfficePath = "220102d31"
	CompanyID  = "company-food"
	CaseNumber = "220102031261124000001" // a case of the office
)

// The people of the tests: the chief of an office, its officers, those who review seals; a company's representative, its manager, who only handles its
// affairs, and a stranger.
var (
	Chief    = officer("chief", "chief", OfficePath)
	Clerk    = officer("clerk", "reviewer", OfficePath)
	Other    = officer("other", "chief", "220103d31")
	Province = officer("province", "reviewer", "22d90")
	Police   = officer("police", "reviewer", "220102d09")
	Agent    = actor.Actor{Kind: actor.Person, Account: "account-agent", Subject: "person-agent", Company: CompanyID, Level: 3}
	Deputy   = actor.Actor{Kind: actor.Person, Account: "account-deputy", Subject: "person-deputy", Company: CompanyID, Level: 3}
	Helper   = actor.Actor{Kind: actor.Person, Account: "account-colleague", Subject: "person-colleague", Company: CompanyID, Level: 3}
	Stranger = actor.Actor{Kind: actor.Person, Account: "account-stranger", Subject: "person-stranger", Level: 3}
)

func officer(name, role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "account-" + name, Subject: "person-" + name, OfficePath: path, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// Told is a message that was sent.
type Told struct{ Subject, Key string }

// World is the seal service with its neighbours, whose needs it meets itself.
type World struct {
	*seal.Service
	DB     *db.DB
	Device *hsm.Simulator
	Needs  seal.Needs

	mu     sync.Mutex // guards what follows
	Leaves []audit.Entry
	Told   []Told
}

var writer = sync.OnceValues(paper.New)

// Open returns a service with the built-in authority on a fresh database; change may alter its needs first.
func Open(t testing.TB, change ...func(*seal.Needs)) *World {
	t.Helper()
	keys, outlines := smtest.Keyring(t), Outlines(t)
	files, err := hsm.OpenFiles(t.TempDir(), keys)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{DB: dbtest.Open(t, seal.Schema), Device: hsm.NewSimulator(files)}
	w.Needs = seal.Needs{Rights: officetest.Rights(seal.Access()), Owners: w, Cases: w, Notices: w, Log: w, Secrets: keys, Keys: hsm.Keys{Device: w.Device}, Outlines: outlines, BuiltIn: true}
	for _, f := range change {
		f(&w.Needs)
	}
	w.Service = seal.New(w.DB, w.Needs)
	return w
}

// Outlines returns the one writer of all tests: reading its fonts takes a while.
func Outlines(t testing.TB) *paper.Writer {
	t.Helper()
	w, err := writer()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Applied applies for a seal of the office, or of the company.
func (w *World) Applied(t testing.TB, by actor.Actor, k seal.Kind) seal.ID {
	t.Helper()
	a := seal.Application{Owner: seal.Office, OwnerID: OfficePath, Kind: k, Years: 3, Reason: "启用电子印章"}
	if by.Kind == actor.Person {
		a.Owner, a.OwnerID = seal.Company, by.Company
	}
	id, err := w.Apply(t.Context(), by, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Made returns a seal that is in use.
func (w *World) Made(t testing.TB, by actor.Actor, k seal.Kind) seal.ID {
	t.Helper()
	id, reviewer := w.Applied(t, by, k), Province
	if by.Kind == actor.Person {
		reviewer = Police
	}
	if err := w.Examine(t.Context(), reviewer, id, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Make(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	return id
}

// Digest is the SM3 of a text.
func Digest(text string) []byte {
	sum := sm.Sum([]byte(text))
	return sum[:]
}

// ForCase is a use for the office's case.
func ForCase(id seal.ID, text string) seal.Use {
	return seal.Use{Seal: id, Digest: Digest(text), Property: "/Doc_0/Signs/Sign_0/Signature.xml", Business: seal.ForCase, BusinessID: CaseNumber, Client: "page"}
}

// Kinds returns the kinds of the leaves so far.
func (w *World) Kinds() (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.Leaves {
		out = append(out, l.Kind)
	}
	return out
}

// Count returns how many leaves of a kind there are.
func (w *World) Count(kind string) (n int) {
	for _, k := range w.Kinds() {
		if k == kind {
			n++
		}
	}
	return n
}

// WasTold tells whether somebody got a message.
func (w *World) WasTold(subject, key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.Told, Told{subject, key})
}

// Owner implements seal.Owners.
func (w *World) Owner(_ context.Context, _ *db.Tx, kind seal.OwnerKind, id string) (seal.Owner, error) {
	switch {
	case kind == seal.Office && id == OfficePath:
		return seal.Owner{Kind: kind, ID: id, Name: "长春市南关区市场监督管理局", Code: "11220102MB1A0026XX", Region: "220102000000"}, nil
	case kind == seal.Company && id == CompanyID:
		return seal.Owner{Kind: kind, ID: id, Name: "长春市南关区祥和餐饮有限公司", Code: "91220102MA1P8Q9R4L", Region: "220102001001", Person: "王建国"}, nil
	}
	return seal.Owner{}, fault.New(fault.NotFound, "seal.not_found")
}

// People implements seal.Owners.
func (w *World) People(_ context.Context, _ *db.Tx, o seal.Owner) ([]seal.Person, error) {
	if o.Kind == seal.Company {
		return []seal.Person{{ID: Agent.Subject, Subject: Agent.Subject, Name: "李*"}, {ID: Helper.Subject, Subject: Helper.Subject, Name: "周*"}}, nil
	}
	return []seal.Person{{ID: Chief.Account, Subject: Chief.Subject, Name: "周丽华"}, {ID: Clerk.Account, Subject: Clerk.Subject, Name: "孙志强"}}, nil
}

// Leads implements seal.Owners.
func (w *World) Leads(_ context.Context, _ *db.Tx, person, company string) (manages, represents bool, err error) {
	represents = company == CompanyID && person == Agent.Subject
	return represents || company == CompanyID && person == Deputy.Subject, represents, nil
}

// Handled implements seal.Cases.
func (w *World) Handled(_ context.Context, _ *db.Tx, _ actor.Actor, number, path string) error {
	if number != CaseNumber || path != OfficePath {
		return fault.New(fault.Conflict, "seal.no_business")
	}
	return nil
}

// Tell implements seal.Notices.
func (w *World) Tell(_ context.Context, _ *db.Tx, subject, key, _ string, _ ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Told = append(w.Told, Told{subject, key})
	return nil
}

// Append implements seal.Log.
func (w *World) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Leaves = append(w.Leaves, e)
	return nil
}

// Clock is an authority of timestamps that breaks as a device does, and may do something first.
type Clock struct {
	Inner interface {
		Timestamp(ctx context.Context, over []byte) ([]byte, error)
	}
	How   hsm.Break
	First func()
}

// Timestamp implements seal.Timestamps.
func (c *Clock) Timestamp(ctx context.Context, over []byte) ([]byte, error) {
	if c.First != nil {
		c.First()
	}
	switch c.How {
	case hsm.Dead:
		return nil, hsm.ErrBroken
	case hsm.Slow:
		return nil, context.DeadlineExceeded
	}
	token, err := c.Inner.Timestamp(ctx, over)
	if c.How == hsm.Deaf {
		return nil, errors.Join(hsm.ErrBroken, err)
	}
	return token, err
}
