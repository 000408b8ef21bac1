// Package casefiletest gives tests a county in which cases are handled: items with their forms and processes, people who apply, officers who decide,
// on a real database. What cases tell others (leaves, messages, events) rests in a table, so that it is rolled back with the step that told it.
package casefiletest

import (
	"context"
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// The base codes of the items the hall has, each at 长春市南关区; food also at 铁西区, for what is another county's.
const (
	Food       = "000131104003" // 食品经营许可: two opinions at once, a certificate, special procedures
	Pension    = "002014001002" // 居民养老参保: decided at once, received in villages
	Change     = "221031001000" // 企业变更: the opinions of five departments
	LowIncome  = "000511001000" // 最低生活保障: first the township, then the county
	Disability = "000778001000" // 残疾人证
)

// Hall is a county at work.
type Hall struct {
	DB        *db.DB
	Items     *itemtest.Library
	Flows     *workflow.Service
	Materials *material.Service
	Keys      *sm.Keyring
	Rights    *office.Service
	Cases     *casefile.Service
	Tasks     *workflow.Tasks
	Needs     casefile.Needs                // as Cases was made with
	People    map[string]casefile.Applicant // by subject id
	Held      map[string]string             // certificates: subject/type → identifier
	Expiring  map[string]civil.Date         // last days, by identifier
	codes     map[string]string             // of entries: base code/county → code
}

// Open returns a hall on a fresh database. Further schemas may be migrated with it.
func Open(t testing.TB, schemas ...db.Schema) *Hall {
	t.Helper()
	own := db.Schema{Name: "casefiletest", FS: schemaFS}
	h := &Hall{Items: itemtest.Open(t, append(schemas, once.Schema, workflow.Schema, material.Schema, casefile.Schema, own)...),
		People: people(), Held: map[string]string{}, Expiring: map[string]civil.Date{}, codes: map[string]string{}}
	h.DB = h.Items.DB
	h.Flows = workflow.New(h.DB, workflow.Needs{})
	var err error
	if h.Keys, err = sm.NewKeyring(); err != nil {
		t.Fatal(err)
	}
	store, err := blob.New(t.TempDir(), 1<<20, h.Keys)
	if err != nil {
		t.Fatal(err)
	}
	h.Materials = material.New(h.DB, material.Needs{Store: store, Keys: h.Keys})
	if h.Rights, err = office.New(h.DB, office.Needs{Log: told{}, Grants: append(casefile.Access(), workflow.TaskAccess()...)}); err != nil {
		t.Fatal(err)
	}
	h.Needs = casefile.Needs{Rights: h.Rights, Items: h.Items, Forms: h.Items.Forms, Flows: h.Flows, Materials: h.Materials, Notices: told{}, Subjects: h,
		Offices: places{}, Certificates: holder{h}, Events: told{}, Log: told{}, Keys: h.Keys, CloseHour: 24,
		Pages: typesetter(t), Base: "https://xiangyun.test"}
	h.Cases = casefile.New(h.DB, h.Needs)
	h.Tasks = h.tasks()
	h.deployFlows(t)
	h.publish(t)
	return h
}

var (
	typesetting sync.Once
	writer      *paper.Writer
	noWriter    error
)

// typesetter is one writer for all halls: reading the fonts takes a while.
func typesetter(t testing.TB) *paper.Writer {
	t.Helper()
	typesetting.Do(func() { writer, noWriter = paper.New() })
	if noWriter != nil {
		t.Fatal(noWriter)
	}
	return writer
}

// ownFlows are the hall's own processes of items that the demo province handles by larger ones: what is tested here is the case, not the process.
//
//go:embed flows/*.json
var ownFlows embed.FS

func (h *Hall) deployFlows(t testing.TB) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	for _, folder := range []fs.FS{os.DirFS(filepath.Join(filepath.Dir(here), "../../../assembly/demo/catalogue")), ownFlows} {
		h.deployFrom(t, folder)
	}
}

func (h *Hall) deployFrom(t testing.TB, folder fs.FS) {
	t.Helper()
	files, err := fs.Glob(folder, "flows/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no processes", err)
	}
	err = h.DB.Update(context.Background(), func(tx *db.Tx) error {
		for _, f := range files {
			text, err := fs.ReadFile(folder, f)
			if err != nil {
				return err
			}
			if _, err := h.Flows.Deploy(context.Background(), tx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// publish puts the items into the library and has two counties claim them.
func (h *Hall) publish(t testing.TB) {
	t.Helper()
	for _, d := range itemtest.Definitions(t) {
		switch d.Code {
		case Food, Pension, Change, LowIncome, Disability:
			h.Publish(t, d)
		}
	}
}

// counties are where the items are implemented.
var counties = []string{"220102", "220302"}

// Publish puts a version of an item into the library; both counties implement it.
func (h *Hall) Publish(t testing.TB, d item.Definition) {
	t.Helper()
	ctx := context.Background()
	if _, err := h.Items.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	offices, err := h.Items.Departments(ctx, nil, d.Department)
	if err != nil {
		t.Fatal(err)
	}
	var claims []item.Claim
	for _, o := range offices {
		if o.Region.Prefix() == counties[0] || o.Region.Prefix() == counties[1] && d.Code == Food {
			claims = append(claims, item.Claim{Base: d.Code, Office: o, Override: item.Override{Contact: itemtest.Contact(o)}})
		}
	}
	if _, err := h.Items.Claim(ctx, itemtest.Loader, claims); err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		page, err := h.Items.List(ctx, item.Query{Base: d.Code, Region: region.MustParse(c.Office.Region.String())})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("%d entries of %s in %s, %v", len(page.Rows), d.Code, c.Office.Region, err)
		}
		h.codes[d.Code+"/"+c.Office.Region.Prefix()] = page.Rows[0].Code
	}
}

// Implement has another department of 南关区 take up an item, as if it answered for it too.
func (h *Hall) Implement(t testing.TB, base string, departments ...string) {
	t.Helper()
	for _, d := range departments {
		offices, err := h.Items.Departments(context.Background(), nil, d)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range offices {
			if o.Region.Prefix() != counties[0] {
				continue
			}
			claim := item.Claim{Base: base, Office: o, Override: item.Override{Contact: itemtest.Contact(o)}}
			if _, err := h.Items.Claim(context.Background(), itemtest.Loader, []item.Claim{claim}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Code returns the code of an item's entry at 南关区.
func (h *Hall) Code(base string) string { return h.codes[base+"/220102"] }

// ElsewhereCode returns the code of an item's entry at 铁西区.
func (h *Hall) ElsewhereCode(base string) string { return h.codes[base+"/220302"] }

// Definition returns an item as it is published.
func Definition(t testing.TB, base string) item.Definition {
	t.Helper()
	for _, d := range itemtest.Definitions(t) {
		if d.Code == base {
			return d
		}
	}
	t.Fatalf("no item %s", base)
	return item.Definition{}
}

// Name implements casefile.Subjects.
func (h *Hall) Name(ctx context.Context, tx *db.Tx, id string) (string, error) {
	a, err := h.Applicant(ctx, tx, id)
	return a.Name, err
}

// Applicant implements casefile.Subjects.
func (h *Hall) Applicant(_ context.Context, _ *db.Tx, id string) (casefile.Applicant, error) {
	a, ok := h.People[id]
	if !ok {
		return a, errNobody
	}
	return a, nil
}

// holder meets casefile.Certificates with what the hall says is held.
type holder struct{ h *Hall }

// Held implements casefile.Certificates.
func (x holder) Held(_ context.Context, _ *db.Tx, subject string, types ...string) (string, error) {
	for _, t := range types {
		if identifier := x.h.Held[subject+"/"+t]; identifier != "" {
			return identifier, nil
		}
	}
	return "", nil
}

// Issued implements casefile.Certificates: every type but "unknown" is there.
func (holder) Issued(_ context.Context, _ *db.Tx, certType string) (bool, error) {
	return certType != "unknown", nil
}

// Expires implements casefile.Certificates.
func (x holder) Expires(_ context.Context, _ *db.Tx, identifier string) (civil.Date, error) {
	return x.h.Expiring[identifier], nil
}

// LedTo implements casefile.Certificates: the hall issues none.
func (holder) LedTo(context.Context, *db.Tx, string) (name, identifier string, err error) {
	return "", "", nil
}
