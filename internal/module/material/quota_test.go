package material_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm/smtest"
)

func bounded(t *testing.T, q material.Quota) *fixture {
	t.Helper()
	keys := smtest.Keyring(t)
	store, err := blob.New(t.TempDir(), 1<<20, keys)
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, material.Schema)
	return &fixture{t, d, material.New(d, material.Needs{Store: store, Keys: keys, Quota: q})}
}

// tries uploads a file and returns what came of it.
func (f *fixture) tries(by actor.Actor, mark string) (material.File, error) {
	return f.Upload(f.t.Context(), by, strings.NewReader(pdf+"%"+mark+"\n"), "a.pdf")
}

func (f *fixture) refused(by actor.Actor, mark, key string) {
	f.t.Helper()
	file, err := f.tries(by, mark)
	if !fault.Is(err, fault.TooMany) || !fault.HasKey(err, key) || file.ID != "" {
		f.t.Errorf("%s gave %+v, %v, want %s", mark, file, err, key)
	}
}

// What waits is bounded, and has room again when it is used, taken away or forgotten.
func TestWhatWaitsIsBounded(t *testing.T) {
	f := bounded(t, material.Quota{WaitingFiles: 3, OfficerTimes: 2})
	zhang, li := person("a1", "zhang"), person("a2", "li")
	var files []material.File
	for i := range 3 {
		files = append(files, f.upload(zhang, "a.pdf", fmt.Sprint(i)))
	}
	f.refused(zhang, "a fourth", "material.quota_waiting")
	f.upload(li, "a.pdf", "another's")
	f.keep("zhang", material.Handed{Code: "01", FileID: files[0].ID, Grade: material.GradeC})
	f.upload(zhang, "a.pdf", "after one was used")
	f.refused(zhang, "a fifth", "material.quota_waiting")

	discard := func(by actor.Actor, id string) {
		if err := f.Discard(t.Context(), by, []string{id, "nothing"}); err != nil {
			t.Fatal(err)
		}
	}
	discard(li, files[1].ID)
	discard(zhang, files[0].ID)
	for _, id := range []string{files[0].ID, files[1].ID} {
		if _, err := f.mine(zhang, id); err != nil {
			t.Errorf("what is used, or another's, was taken away: %v", err)
		}
	}
	discard(zhang, files[1].ID)
	discard(zhang, files[1].ID)
	if _, err := f.mine(zhang, files[1].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is still there: %v", err)
	}
	f.upload(zhang, "a.pdf", "after one was taken away")
	f.refused(zhang, "a sixth", "material.quota_waiting")
	f.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE material_file SET uploaded_at = $1 WHERE id = $2`, tx.Now.Add(-8*24*time.Hour), files[2].ID)
	})
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.upload(zhang, "a.pdf", "after one was forgotten")

	officer := actor.Actor{Kind: actor.Officer, Account: "o", Subject: "wang"}
	for i := range 6 {
		f.upload(officer, "a.pdf", fmt.Sprint("scan", i))
	}
	f.refused(officer, "a seventh scan", "material.quota_waiting")
}

// A day is bounded, what was refused included; the next day has room again.
func TestADayIsBounded(t *testing.T) {
	f := bounded(t, material.Quota{DayFiles: 3})
	zhang := person("a1", "zhang")
	for i := range 3 {
		f.upload(zhang, "a.pdf", fmt.Sprint(i))
	}
	f.refused(zhang, "a fourth", "material.quota_day")
	f.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE material_quota SET day = '2020-01-01'`)
	})
	f.upload(zhang, "a.pdf", "tomorrow")
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.upload(zhang, "a.pdf", "tomorrow, again")
	f.upload(zhang, "a.pdf", "and again")
	f.refused(zhang, "a fourth of tomorrow", "material.quota_day")

	size := int64(len(pdf) + 4)
	f = bounded(t, material.Quota{DayBytes: 2*size + 1, WaitingBytes: size + 1})
	f.upload(zhang, "a.pdf", "11")
	f.refused(zhang, "22", "material.quota_waiting") // it is stored before its size is known, and counts
	f.refused(zhang, "3", "material.quota_day")
	f.update(func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM material_file`)
		if n != 1 {
			t.Errorf("%d files are kept", n)
		}
		return err
	})
	f.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE material_quota SET day = '2020-01-01'`)
	})
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.update(func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM material_quota`)
		if n != 0 {
			t.Errorf("%d days that are over are kept", n)
		}
		return err
	})
}

// Many uploads at one moment: as many stay as may.
func TestAQuotaIsNotRaced(t *testing.T) {
	f := bounded(t, material.Quota{WaitingFiles: 5})
	zhang := person("a1", "zhang")
	var stay, refused atomic.Int64
	var wg sync.WaitGroup
	for worker := range 4 { // more at once are refused for that
		wg.Go(func() {
			for i := range 6 {
				switch _, err := f.tries(zhang, fmt.Sprint(worker, i)); {
				case err == nil:
					stay.Add(1)
				case fault.HasKey(err, "material.quota_waiting"):
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if stay.Load() != 5 || refused.Load() != 19 {
		t.Errorf("%d stay, %d were refused", stay.Load(), refused.Load())
	}
	f.update(func(ctx context.Context, tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM material_file`)
		if n != 5 {
			t.Errorf("%d files are kept", n)
		}
		return err
	})
}

// A file that is taken away between reading and keeping takes the whole submission back.
func TestTakenAwayBeforeItIsKept(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	stays, goes := f.upload(zhang, "a.pdf", "stays"), f.upload(zhang, "b.pdf", "goes")
	if files, err := f.Present(t.Context(), zhang, []string{stays.ID, goes.ID}); err != nil || len(files) != 2 {
		t.Fatal(err, files)
	}
	if err := f.Discard(t.Context(), zhang, []string{goes.ID}); err != nil {
		t.Fatal(err)
	}
	err := f.db.Update(t.Context(), func(tx *db.Tx) error {
		return f.Keep(t.Context(), tx, "zhang", []material.Handed{{Code: "01", FileID: stays.ID, Grade: material.GradeC}, {Code: "02", FileID: goes.ID, Grade: material.GradeC}})
	})
	if !fault.Is(err, fault.Conflict) || !fault.HasKey(err, "material.gone") {
		t.Errorf("it gave %v", err)
	}
	if kept := f.reusable("zhang", "2026-01-01", "01", "02"); len(kept) != 0 {
		t.Errorf("half of it was kept: %+v", kept)
	}
	f.keep("zhang", material.Handed{Code: "01", FileID: stays.ID, Grade: material.GradeC}, material.Handed{Code: "02", FileID: stays.ID, Grade: material.GradeC})
}

// Four uploads of an account run at once; a fifth is refused before anything of it is read, and another account's is not.
func TestUploadsAtOnce(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	var ends []*io.PipeWriter
	done := make(chan error)
	for range 4 {
		r, w := io.Pipe()
		go func() { _, err := f.Upload(t.Context(), zhang, r, "a.pdf"); done <- err }()
		if _, err := io.WriteString(w, pdf[:9]); err != nil { // it is being read
			t.Fatal(err)
		}
		ends = append(ends, w)
	}
	unread := strings.NewReader(pdf)
	if _, err := f.Upload(t.Context(), zhang, unread, "b.pdf"); !fault.Is(err, fault.TooMany) || !fault.HasKey(err, "material.uploads_at_once") || unread.Len() != len(pdf) {
		t.Errorf("a fifth gave %v", err)
	}
	f.upload(person("a2", "li"), "a.pdf", "another's")
	for _, w := range ends {
		if _, err := io.WriteString(w, pdf[9:]); err != nil {
			t.Error(err)
		}
		w.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	f.upload(zhang, "a.pdf", "afterwards")
}
