// Package itemtest gives tests a library of items as it is seeded for the province: the ten items, their forms, and an entry at
// the right department of each of the sixty counties, on a real database.
package itemtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

// Keeper may do everything with the library.
var Keeper = actor.Actor{Kind: actor.Officer, Account: "keeper", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}

// Library is the item service with simple neighbours; it meets the needs itself.
type Library struct {
	*item.Service
	DB     *db.DB
	Forms  *form.Service
	Leaves []audit.Entry // written so far
	Told   []item.Notice // sent so far
}

// Open returns a library with forms and no items. Further schemas may be migrated with it.
func Open(t testing.TB, schemas ...db.Schema) *Library {
	t.Helper()
	l := &Library{DB: dbtest.Open(t, append(schemas, form.Schema, item.Schema)...), Forms: form.New()}
	l.Service = item.New(l.DB, item.Needs{Rights: l, Offices: l, Forms: l.Forms, Notices: l, Log: l})
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
	if _, err := l.SeedCatalogue(context.Background(), Keeper, Definitions(t), Contact); err != nil {
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

// Check implements item.Rights: keepers act within their subtree.
func (l *Library) Check(by actor.Actor, _ string, on actor.Target) error {
	for _, d := range by.Duties {
		if d.Role == "keeper" && strings.HasPrefix(on.OfficePath, d.OfficePath) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// Reach implements item.Rights.
func (l *Library) Reach(by actor.Actor, _ string) (paths []string) {
	for _, d := range by.Duties {
		if d.Role == "keeper" {
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

// Append implements item.Log.
func (l *Library) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l.Leaves = append(l.Leaves, e)
	return nil
}

// Send implements item.Notices.
func (l *Library) Send(_ context.Context, _ *db.Tx, n item.Notice) error {
	l.Told = append(l.Told, n)
	return nil
}
