// Package certtest gives tests and benchmarks a register of certificates on a real database, with a real log, real keys and the demo's certificate
// types; and the bare operations that issuing is measured against.
package certtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

// Base is where the register's codes lead to.
const Base = "https://xiangyun.test"

// The people of the register.
var (
	Holder    = actor.Actor{Kind: actor.Person, Account: "account-agent", Subject: "person-agent", Company: "company-food", Level: 3}
	Citizen   = actor.Actor{Kind: actor.Person, Account: "account-citizen", Subject: "person-citizen", Level: 3}
	Stranger  = actor.Actor{Kind: actor.Person, Account: "account-other", Subject: "person-other", Level: 3}
	Chief     = officer("chief", "220102d31", "首席代表")
	Reviewer  = officer("reviewer", "220102d31", "审查")
	Elsewhere = officer("chief", "222401d31", "首席代表")
)

func officer(role, path, post string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "account-" + role + "-" + path, OfficePath: path, Post: post,
		Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

// World is the cert service with its neighbours. Cases, offices and messages are simple; log, keys, rights and paper are the real ones.
type World struct {
	*cert.Service
	DB      *db.DB
	Keys    *sm.Keyring
	Log     *audit.Log
	Offices *office.Service
	Cases   map[string]casefile.Granted
	Notices []cert.Notice
	Events  []event.Event
	Seals   *seal.Service
	Device  *hsm.Simulator // of the seals' keys
	Ended   string         // the account that has no posts any more
	Uncoded string         // the path of the office without a unified social credit code
	mu      sync.Mutex     // over what follows from an issue
}

// Schemas are the tables the register needs.
func Schemas() []db.Schema { return []db.Schema{cert.Schema, audit.Schema, office.Schema, seal.Schema} }

var writer *paper.Writer

// Paper returns the one writer of all tests: reading its font takes a while.
func Paper(t testing.TB) *paper.Writer {
	t.Helper()
	if writer == nil {
		w, err := paper.New()
		if err != nil {
			t.Fatal(err)
		}
		writer = w
	}
	return writer
}

// Open returns a register with the demo's types and no certificates.
func Open(t testing.TB) *World {
	t.Helper()
	w := &World{DB: dbtest.Open(t, Schemas()...), Keys: smtest.Keyring(t), Cases: map[string]casefile.Granted{}}
	var err error
	if w.Log, err = audit.New(w.DB, w.Keys, audit.Params{Origin: "xiangyun.test/log"}); err != nil {
		t.Fatal(err)
	}
	if w.Offices, err = office.New(w.DB, office.Needs{Log: w.Log, Grants: append(cert.Access(), seal.Access()...)}); err != nil {
		t.Fatal(err)
	}
	w.Seals, w.Device = w.seals(t)
	w.Service = cert.New(w.DB, cert.Needs{Rights: w.Offices, Cases: w, Offices: w, Subjects: w, Notices: messages{w}, Events: w, Log: w.Log, Keys: w.Keys,
		Paper: Paper(t), Tables: w, Seals: w.Seals, Base: Base})
	for name, text := range Types(t) {
		parsed, err := cert.ParseType(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := w.DB.Update(context.Background(), func(tx *db.Tx) error { return w.DeployType(context.Background(), tx, parsed) }); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return w
}

// Types returns the demo's certificate types by the names of their files.
func Types(t testing.TB) map[string][]byte { return catalogue(t, "certificates", ".toml") }

// Forms returns the demo's forms by the names of their files.
func Forms(t testing.TB) map[string][]byte { return catalogue(t, "forms", ".json") }

func catalogue(t testing.TB, folder, ending string) map[string][]byte {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(here), "../../../assembly/demo/catalogue", folder, "*"+ending))
	if err != nil || len(files) == 0 {
		t.Fatal("no files in the catalogue's", folder, err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		name := filepath.Base(f)
		if out[name[:len(name)-len(ending)]], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Granted implements cert.Cases.
func (w *World) Granted(_ context.Context, _ *db.Tx, caseID string) (casefile.Granted, error) {
	g, ok := w.Cases[caseID]
	if !ok {
		return g, fault.New(fault.Conflict, "casefile.not_granted")
	}
	return g, nil
}

// Issuer implements cert.Offices.
func (w *World) Issuer(_ context.Context, _ *db.Tx, path string) (cert.Issuer, error) {
	names := map[string]string{"220102d31": "长春市南关区市场监督管理局", "222401d31": "延吉市市场监督管理局", "220102": "长春市南关区人民政府", "22d12": "吉林省司法厅",
		"220102d23": "长春市南关区卫生健康局"}
	if path == w.Uncoded {
		return cert.Issuer{Name: names[path], Region: region.MustParse("220102")}, nil
	}
	code, err := uscc.Make("11", "220102", "MB1A0026")
	return cert.Issuer{Name: names[path], Code: code.String(), Region: region.MustParse("220102")}, err
}

// Place implements cert.Offices.
func (w *World) Place(code string) string {
	return map[string]string{"220102000000": "吉林省长春市南关区"}[code]
}

// ByCode implements cert.Offices: the one office of these tests.
func (w *World) ByCode(_ context.Context, _ *db.Tx, code string) (path, name string, err error) {
	issuer, err := w.Issuer(context.Background(), nil, "220102d31")
	if code == issuer.Code {
		return "220102d31", issuer.Name, err
	}
	return "", "", err
}

// OtherCompany is a company that may be granted something.
var OtherCompany = actor.Actor{Kind: actor.Person, Account: "account-clerk", Subject: "person-clerk", Company: "company-bank", Level: 3}

// Called implements cert.Subjects.
func (w *World) Called(_ context.Context, _ *db.Tx, id string) (name, kind string, err error) {
	switch id {
	case "company-food":
		return "长春市南关区祥和餐饮有限公司", "company", nil
	case "company-bank":
		return "吉林省松花江银行", "company", nil
	}
	return "某*人", "person", nil
}

// Find implements cert.Subjects.
func (w *World) Find(_ context.Context, _ *db.Tx, kind, number, name string) (id, shown string, err error) {
	switch {
	case kind == "company" && number == "91220102MA1P8Q9R4L":
		return "company-food", "长春市南关区祥和餐饮有限公司", nil
	case kind == "company" && number == "91220101MA84KDQT26":
		return "company-bank", "吉林省松花江银行", nil
	case kind == "person" && number == "220102199303082083" && name == "张晓琳":
		return "person-other", "张*琳", nil
	}
	return "", "", nil
}

// Put implements cert.Subjects: whom [World.Find] knows by another name is nobody's, the others get an id made of their number.
func (w *World) Put(ctx context.Context, _ actor.Actor, list []cert.HolderOf) (ids []string, err error) {
	for _, h := range list {
		id, _, err := w.Find(ctx, nil, h.Kind, h.Number, h.Name)
		if err != nil {
			return nil, err
		}
		if id == "" && h.Number != "220102199303082083" {
			id = "subject-" + h.Number
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// Grants implements cert.Tables: [Elsewhere] decides about food operation only, the others about everything.
func (w *World) Grants(_ context.Context, _ *db.Tx, typeKey, officePath string) (bool, error) {
	return officePath != "222401d31" || typeKey == "food-operation", nil
}

// Officer implements cert.Tables.
func (w *World) Officer(_ context.Context, _ *db.Tx, account, officePath string) (actor.Actor, error) {
	by := actor.Actor{Kind: actor.Officer, Account: account, OfficePath: officePath}
	if account != w.Ended {
		by.Duties = []actor.Duty{{Role: "chief", OfficePath: officePath}}
	}
	return by, nil
}

// Emit implements cert's need of events.
func (w *World) Emit(_ context.Context, _ *db.Tx, e event.Event) error {
	w.mu.Lock() // several nodes issue at once
	defer w.mu.Unlock()
	w.Events = append(w.Events, e)
	return nil
}

type messages struct{ w *World }

// Send implements cert's need of notices.
func (m messages) Send(_ context.Context, _ *db.Tx, n cert.Notice) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	m.w.Notices = append(m.w.Notices, n)
	return nil
}

// Food returns an approved case of a restaurant's food operation licence; the representative's name has a rare character (生僻字).
func Food(id, variant string) casefile.Granted {
	return casefile.Granted{
		Case: casefile.Case{ID: id, Number: "2201020312611" + fmt.Sprintf("%08s", id), State: casefile.ApprovedAs, CertType: "food-operation", Variant: variant,
			ApplicantID: "company-food", ApplicantKind: "company", Applicant: "长春市南关区祥和餐饮有限公司", OfficePath: "220102d31", CentrePath: "220102d90",
			OfficeName: "长春市南关区市场监督管理局", BaseCode: "000131104003"},
		Applicant: casefile.Applicant{ID: "company-food", Kind: "company", Name: "长春市南关区祥和餐饮有限公司", Number: "91220102MA1P8Q9R4L", Representative: "王𬱖"},
		Content: casefile.Content{Answers: map[string]any{
			"operator_name": "长春市南关区祥和餐饮有限公司", "credit_code": "91220102MA1P8Q9R4L", "residence": "吉林省长春市南关区人民大街1号",
			"representative": map[string]any{"name": "王𬱖", "number": "220102198506120014"}, "premises_region": "220102000000",
			"premises_address": "人民大街1号1层101室", "business_form": "catering", "business_items": []any{"hot", "drink"}}},
		DecisionNumber: "长春市南关区市场监督管理局准字〔2026〕第0001号", DecidedOn: civil.Of(time.Now()),
	}
}

// Lawyer is a lawyer's certificate as the department of justice hands it over; its holder is [Citizen].
func Lawyer() cert.Registered {
	return cert.Registered{TypeKey: "lawyer", OfficePath: "22d12", Subject: Citizen.Subject, HolderKind: "person", Holder: "张晓琳", HolderCode: "220102199303082083",
		Number: "12201201811000017", IssuedOn: civil.MustParse("2018-06-01"), Values: map[string]any{"name": "张晓琳", "firm": "吉林长白律师事务所", "kind": "专职律师",
			"number": "12201201811000017", "qualification": "A20172201020017", "person_number": "220102199303082083"}}
}

// Add makes an approved case known.
func (w *World) Add(g casefile.Granted) casefile.Granted {
	w.Cases[g.Case.ID] = g
	return g
}

// IssueFood approves a case and issues its certificate.
func (w *World) IssueFood(t testing.TB, id string) string {
	t.Helper()
	w.Add(Food(id, "new"))
	identifier, err := w.IssueFor(context.Background(), id)
	if err != nil || identifier == "" {
		t.Fatalf("issuing: %q, %v", identifier, err)
	}
	return identifier
}
