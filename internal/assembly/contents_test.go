package assembly

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// stores are the modules that may keep contents in the blob store; each is among [App.namers].
var stores = []string{"item", "material"}

// A module that keeps contents and is not asked would lose them. So every module that imports the store is known here.
func TestWhoKeepsContentsIsAsked(t *testing.T) {
	var importers []string
	err := filepath.WalkDir("../module", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		module, rest, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(path), "../module/"), "/")
		if under, _, _ := strings.Cut(rest, "/"); under == module+"test" {
			return nil // a test's world
		}
		for _, i := range f.Imports {
			if i.Path.Value == `"xiangyun/internal/platform/blob"` && !slices.Contains(importers, module) {
				importers = append(importers, module)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(importers, stores) {
		t.Errorf("%v import the blob store: each must be among the namers, with its columns, and be listed here as well", importers)
	}
}

// addressed are the names of columns that hold an address of a content.
var addressed = regexp.MustCompile(`sha256|blob|content_(key|hash|id)|^contents?_?address`)

// Every column that may name a content is declared: by its name, and by what is in it after files were handed in.
func TestEveryColumnOfContentsIsDeclared(t *testing.T) {
	a, _ := app(t)
	var declared, found []string
	for _, n := range a.namers() {
		declared = append(declared, n.columns...)
	}
	zhang := actor.Actor{Kind: actor.Person, Account: "zhang", Subject: "zhang"}
	f, err := a.Materials.Upload(t.Context(), zhang, strings.NewReader("材料"), "材料.txt")
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.View(t.Context(), func(tx *db.Tx) error {
		tables, err := a.DB.Tables(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			for _, c := range table.Columns {
				if c.Type != "text" {
					continue
				}
				n, err := db.One[int](t.Context(), tx, `SELECT count(*) FROM `+table.Name+` WHERE `+c.Name+` = $1`, f.SHA256)
				if err != nil {
					return err
				}
				if n > 0 || addressed.MatchString(c.Name) {
					found = append(found, table.Name+"."+c.Name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(declared)
	slices.Sort(found)
	if !slices.Equal(declared, found) {
		t.Errorf("columns that name contents: %v, declared: %v", found, declared)
	}
}

// What was discarded is gone from the disk some days later, and what shares its bytes with somebody else's file is not.
func TestForgottenFilesLeaveTheDisk(t *testing.T) {
	a, _ := app(t)
	ctx := t.Context()
	zhang, li := actor.Actor{Kind: actor.Person, Account: "zhang", Subject: "zhang"}, actor.Actor{Kind: actor.Person, Account: "li", Subject: "li"}
	hand := func(by actor.Actor, text string) (id, sha string) {
		f, err := a.Materials.Upload(ctx, by, strings.NewReader(text), "材料.txt")
		if err != nil {
			t.Fatal(err)
		}
		return f.ID, f.SHA256
	}
	own, ownSHA := hand(zhang, "只有张的材料")
	shared, sharedSHA := hand(zhang, "两个人都有的材料")
	_, other := hand(li, "两个人都有的材料")
	if other != sharedSHA {
		t.Fatal("equal contents are kept twice")
	}
	if err := a.Materials.Discard(ctx, zhang, []string{own, shared}); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a.Log = logTo(&log)
	a.sweeps()
	collect := func() {
		t.Helper()
		if err := a.collect(ctx); err != nil {
			t.Fatal(err)
		}
		if err := a.Queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	collect()
	if _, _, err := a.Blobs.Open(ctx, ownSHA); err != nil {
		t.Errorf("gone on the first night: %v", err)
	}
	if !strings.Contains(log.String(), "contents=0 bytes=0 waiting=1") {
		t.Errorf("the log says %s", log.String())
	}
	old := time.Now().Add(-unnamedFor - time.Hour)
	err := filepath.WalkDir(filepath.Join(a.Config.Data, documentsFolder), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Chtimes(p, old, old)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	collect()
	if _, _, err := a.Blobs.Open(ctx, ownSHA); !fault.Is(err, fault.NotFound) {
		t.Errorf("a discarded file is still on the disk: %v", err)
	}
	r, _, err := a.Blobs.Open(ctx, sharedSHA)
	if err != nil {
		t.Fatalf("somebody else's file went with it: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "contents=1 bytes=") || !strings.Contains(log.String(), "waiting=0") {
		t.Errorf("the log says %s", log.String())
	}
}

// A run that is killed between handing on and its end is run again: it hands on to the one that waits already.
func TestOneCollectionAtATime(t *testing.T) {
	a, _ := app(t)
	ctx := t.Context()
	waiting := func() (n int) {
		t.Helper()
		err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
			n, err = db.One[int](ctx, tx, `SELECT count(*) FROM job_job WHERE kind = 'blob.collect' AND finished_at IS NULL`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	next := func(c collecting) {
		t.Helper()
		if err := a.DB.Update(ctx, func(tx *db.Tx) error { return a.nextCollect(ctx, tx, c) }); err != nil {
			t.Fatal(err)
		}
	}
	next(collecting{})
	next(collecting{From: 7, Turn: 1})
	if n := waiting(); n != 2 {
		t.Errorf("%d wait: a run can't hand on", n)
	}
	next(collecting{From: 5, Turn: 1}) // it came less far the second time
	next(collecting{From: 14, Turn: 2})
	if n := waiting(); n != 2 {
		t.Errorf("%d collections go on beside each other", n)
	}
}

// With a database that names nothing the documents of another one stay, for ever if need be, and the log says so.
func TestAnEmptyDatabaseRemovesNothing(t *testing.T) {
	a, _ := app(t)
	ctx := t.Context()
	var log bytes.Buffer
	a.Log = logTo(&log)
	a.sweeps()
	info, err := a.Blobs.Put(ctx, strings.NewReader("another database names it"), "材料.txt")
	if err != nil {
		t.Fatal(err)
	}
	for night := range 3 {
		if err := a.collect(ctx); err != nil {
			t.Fatal(err)
		}
		if err := a.Queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != night+1 {
			t.Errorf("night %d: the log says %s", night, log.String())
		}
		old := time.Now().Add(-unnamedFor - time.Hour)
		err := filepath.WalkDir(filepath.Join(a.Config.Data, documentsFolder), func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				err = os.Chtimes(p, old, old)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r, _, err := a.Blobs.Open(ctx, info.SHA256)
	if err != nil {
		t.Fatalf("removed: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
