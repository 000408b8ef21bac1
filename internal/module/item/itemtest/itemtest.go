// Package itemtest gives tests a library of items as it is seeded for the province: the ten items, their forms, and an entry at
// the right department of each of the sixty counties, on a real database.
package itemtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/sm/smtest"
)

// Loader is the program that loads a library by itself. Keeper may propose everything, and Reviewer approves what he proposes. Chief heads the market regulation of one county.
var (
	Loader   = actor.Program("test")
	Keeper   = actor.Actor{Kind: actor.Officer, Account: "keeper", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	Reviewer = actor.Actor{Kind: actor.Officer, Account: "reviewer", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	Auditor  = actor.Actor{Kind: actor.Officer, Account: "auditor", OfficePath: "22", Duties: []actor.Duty{{Role: "auditor", OfficePath: "22"}}}
	Chief    = actor.Actor{Kind: actor.Officer, Account: "chief", OfficePath: "220102d31", Duties: []actor.Duty{{Role: "chief", OfficePath: "220102d31"}}}
)

// Library is the item service with simple neighbours; it meets the needs itself.
type Library struct {
	*item.Service
	DB     *db.DB
	Forms  *form.Service
	Queue  *job.Queue
	Leaves []audit.Entry // written so far
	Told   []item.Notice // sent so far

	Powerless map[string]bool   // codes of powers that are not in force; all others are
	Unissued  map[string]bool   // keys of certificate types that nobody registered; all others are there
	Cases     map[string]int    // running cases by code of the base item or entry, at a county
	Refuse    string            // leaves of this kind are not written: the transaction breaks off there
	Uncounted bool              // the test wrote entries past the service
	Meanwhile func(kind string) // called where a leaf is written, in the midst of its transaction
	Counting  func()            // called where running cases are counted, in the midst of a transaction
	once      sync.Once
	offices   map[string]item.Office // by code
}

// Open returns a library with forms and no items. Further schemas may be migrated with it.
func Open(t testing.TB, schemas ...db.Schema) *Library {
	t.Helper()
	l := &Library{DB: dbtest.Open(t, append(schemas, job.Schema, form.Schema, item.Schema)...), Forms: form.New(), Powerless: map[string]bool{}}
	l.Queue = job.New(l.DB, slog.New(slog.DiscardHandler))
	l.Service = item.New(l.DB, item.Needs{Rights: l, Offices: l, Forms: l.Forms, Powers: l, Cases: l, Notices: l, Log: l, Queue: l.Queue,
		Certificates: l, Store: files(t)})
	l.Register(l.Queue)
	t.Cleanup(func() {
		if l.Refuse = ""; t.Failed() || l.Uncounted {
			return
		}
		// Whatever a test did, the counters agree with the entries.
		if r, err := l.Recount(context.Background(), Loader); err != nil || !r.Agreed {
			t.Errorf("counters after the test: %+v, %v", r, err)
		}
	})
	for key, text := range read(t, "forms", ".json") {
		err := l.DB.Update(context.Background(), func(tx *db.Tx) error {
			_, err := l.Forms.Deploy(context.Background(), tx, key, text)
			return err
		})
		if err != nil {
			problem, _ := fault.Of(err)
			t.Fatalf("form %s: %v", key, problem.Args)
		}
	}
	return l
}

// Seeded returns a library with every item claimed by every county.
func Seeded(t testing.TB, schemas ...db.Schema) *Library {
	t.Helper()
	l := Open(t, schemas...)
	if _, err := l.SeedCatalogue(context.Background(), Loader, Definitions(t), Contact); err != nil {
		t.Fatal(err)
	}
	return l
}

// Definitions are the seeded items.
func Definitions(t testing.TB) []item.Definition {
	t.Helper()
	var list []item.Definition
	for name, text := range read(t, "items", ".toml") {
		d, err := item.ParseDefinition(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list = append(list, d)
	}
	return list
}

// Contact is where offices are found in tests.
func Contact(o item.Office) item.Contact {
	return item.Contact{Address: o.Name, Windows: "综合窗口", Hours: "工作日 8:30–16:30", Phone: "12345", Supervise: "12345"}
}

func read(t testing.TB, folder, extension string) map[string][]byte {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(here), "../../../assembly/demo/catalogue", folder, "*"+extension))
	if err != nil || len(files) == 0 {
		t.Fatal("no files in the catalogue", folder, err)
	}
	texts := map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(f), extension)] = text
	}
	return texts
}

// grants are the module's own table of rights.
var grants = func() map[string][]string {
	roles := map[string][]string{}
	for _, g := range item.Access() {
		roles[g.Action] = g.Roles
	}
	return roles
}()

// Check implements item.Rights: who has the role acts within the subtree and items of the duty.
func (l *Library) Check(by actor.Actor, action string, on actor.Target) error {
	if by.Kind == actor.System {
		return nil
	}
	for _, d := range by.Duties {
		if slices.Contains(grants[action], d.Role) && strings.HasPrefix(on.OfficePath, d.OfficePath) &&
			(len(d.Items) == 0 || on.Item == "" || slices.Contains(d.Items, on.Item)) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// Reach implements item.Rights.
func (l *Library) Reach(by actor.Actor, action string) (paths []string) {
	if by.Kind == actor.System {
		return []string{""}
	}
	for _, d := range by.Duties {
		if slices.Contains(grants[action], d.Role) {
			paths = append(paths, d.OfficePath)
		}
	}
	return paths
}

// Departments implements item.Offices: one office in the province and in each county.
func (l *Library) Departments(_ context.Context, _ *db.Tx, department string) ([]item.Office, error) {
	var list []item.Office
	for _, r := range region.Jilin() {
		if level := r.Code.Level(); level != region.Province && (level != region.County || !r.Code.Statutory()) {
			continue
		}
		code, err := uscc.Make("11", r.Code.County6(), fmt.Sprintf("MB1A%04s", department))
		if err != nil {
			return nil, err
		}
		list = append(list, item.Office{ID: r.Code.Prefix() + "-" + department, Path: r.Code.Prefix() + "d" + department,
			Name: r.Name + department, Code: code.String(), Region: r.Code})
	}
	return list, nil
}

// InForce implements item.Powers.
func (l *Library) InForce(_ context.Context, _ *db.Tx, code string) (bool, error) {
	return !l.Powerless[code], nil
}

// Lacking implements item.Powers.
func (l *Library) Lacking(_ context.Context, _ *db.Tx, codes []string) (out []string, err error) {
	for _, c := range codes {
		if l.Powerless[c] {
			out = append(out, c)
		}
	}
	return out, nil
}

// files is where blank forms and samples rest.
func files(t testing.TB) *blob.Store {
	t.Helper()
	store, err := blob.New(t.TempDir(), 1<<20, smtest.Keyring(t))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// Unknown implements item.Certificates.
func (l *Library) Unknown(_ context.Context, _ *db.Tx, keys []string) (unknown []string, err error) {
	for _, k := range keys {
		if l.Unissued[k] {
			unknown = append(unknown, k)
		}
	}
	return unknown, nil
}

// Running implements item.Cases.
func (l *Library) Running(_ context.Context, _ *db.Tx, codes []string) (list []item.RunningCases, err error) {
	if l.Counting != nil {
		l.Counting()
	}
	for _, code := range codes {
		if n := l.Cases[code]; n > 0 {
			list = append(list, item.RunningCases{Code: code[max(0, len(code)-12):], Level: "4", Cases: n})
		}
	}
	return list, nil
}

// ByCodes implements item.Offices: the offices of the departments the codes end in.
func (l *Library) ByCodes(ctx context.Context, tx *db.Tx, codes []string) (map[string]item.Office, error) {
	l.once.Do(func() {
		l.offices = map[string]item.Office{}
		for department := range 100 {
			list, err := l.Departments(ctx, tx, fmt.Sprintf("%02d", department))
			if err != nil {
				panic(err)
			}
			for _, o := range list {
				l.offices[o.Code] = o
			}
		}
	})
	found := map[string]item.Office{}
	for _, c := range codes {
		if o, ok := l.offices[c]; ok {
			found[c] = o
		}
	}
	return found, nil
}

// Append implements item.Log.
func (l *Library) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	if e.Kind == l.Refuse {
		return errors.New("the log takes no " + e.Kind)
	}
	if l.Meanwhile != nil {
		l.Meanwhile(e.Kind)
	}
	l.Leaves = append(l.Leaves, e)
	return nil
}

// Send implements item.Notices.
func (l *Library) Send(_ context.Context, _ *db.Tx, n item.Notice) error {
	l.Told = append(l.Told, n)
	return nil
}
