package material_test

import (
	"bytes"
	"context"
	"io"
	"strings"
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

const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

type fixture struct {
	t  *testing.T
	db *db.DB
	*material.Service
}

func open(t *testing.T) *fixture {
	t.Helper()
	keys := smtest.Keyring(t)
	store, err := blob.New(t.TempDir(), 1<<20, keys)
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, material.Schema)
	return &fixture{t, d, material.New(d, material.Needs{Store: store, Keys: keys})}
}

func person(account, subject string) actor.Actor {
	return actor.Actor{Kind: actor.Person, Account: account, Subject: subject}
}

// upload stores a file whose content differs by its mark.
func (f *fixture) upload(by actor.Actor, name, mark string) material.File {
	f.t.Helper()
	file, err := f.Upload(f.t.Context(), by, strings.NewReader(pdf+"%"+mark+"\n"), name)
	if err != nil {
		f.t.Fatal(err)
	}
	return file
}

func (f *fixture) update(do func(ctx context.Context, tx *db.Tx) error) {
	f.t.Helper()
	if err := f.db.Update(f.t.Context(), func(tx *db.Tx) error { return do(f.t.Context(), tx) }); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) keep(subject string, handed ...material.Handed) {
	f.t.Helper()
	f.update(func(ctx context.Context, tx *db.Tx) error { return f.Keep(ctx, tx, subject, handed) })
}

func (f *fixture) reusable(subject, day string, codes ...string) (out map[string]material.Document) {
	f.t.Helper()
	f.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = f.Reusable(ctx, tx, subject, codes, day)
		return err
	})
	return out
}

func (f *fixture) mine(by actor.Actor, id string) (file material.File, err error) {
	_ = f.db.View(f.t.Context(), func(tx *db.Tx) error { // the error is the answer
		file, err = f.Mine(f.t.Context(), tx, by, id)
		return err
	})
	return file, err
}

func TestAForeignFileDoesNotExist(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	file := f.upload(zhang, "张晓琳的身份证.pdf", "1")
	agent := person("a1", "zhang")
	agent.Company = "firm"
	firms := f.upload(agent, "营业执照.pdf", "2")
	colleague := person("a2", "li")
	colleague.Company = "firm"
	for _, ok := range []struct {
		by actor.Actor
		id string
	}{{zhang, file.ID}, {agent, file.ID}, {agent, firms.ID}, {colleague, firms.ID}} {
		if got, err := f.mine(ok.by, ok.id); err != nil || got.ID != ok.id || got.MediaType != "application/pdf" {
			t.Errorf("%s: %+v, %v", ok.by.Account, got, err)
		}
	}
	officer := actor.Actor{Kind: actor.Officer, Account: "a3", Subject: "zhang"}
	for _, by := range []actor.Actor{person("a2", "li"), colleague, officer, {}} {
		if _, err := f.mine(by, file.ID); !fault.HasKey(err, "material.not_found") {
			t.Errorf("%q reads another's file: %v", by.Account, err)
		}
	}
	if _, err := f.mine(zhang, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such file: %v", err)
	}
	if _, err := f.Upload(t.Context(), actor.Actor{}, strings.NewReader(pdf), "a.pdf"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a stranger uploads: %v", err)
	}
}

func TestAFileRestsSealedAndComesBackWhole(t *testing.T) {
	f := open(t)
	file := f.upload(person("a1", "zhang"), "张晓琳的身份证.pdf", "1")
	got, err := f.mine(person("a1", "zhang"), file.ID)
	if err != nil || got.Name != "张晓琳的身份证.pdf" || got.SHA256 != file.SHA256 {
		t.Fatalf("%+v, %v", got, err)
	}
	r, err := f.Read(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err != nil || string(content) != pdf+"%1\n" || int64(len(content)) != got.Size {
		t.Errorf("came back as %q, %v", content, err)
	}
	f.update(func(ctx context.Context, tx *db.Tx) error {
		raw, err := db.One[[]byte](ctx, tx, `SELECT name FROM material_file WHERE id = $1`, file.ID)
		if bytes.Contains(raw, []byte("张")) {
			t.Error("a file's name rests in clear")
		}
		return err
	})
}

func TestReuseTakesTheNewestThatIsValid(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	first, second, third := f.upload(zhang, "一.pdf", "1"), f.upload(zhang, "二.pdf", "2"), f.upload(zhang, "三.pdf", "3")
	f.keep("zhang", material.Handed{Code: "health", FileID: first.ID, Grade: material.GradeC})
	f.keep("zhang", material.Handed{Code: "health", FileID: second.ID, Grade: material.GradeB, ExpiresOn: "2026-06-30"},
		material.Handed{Code: "lease", FileID: second.ID, Grade: material.GradeC})
	f.keep("zhang", material.Handed{Code: "health", FileID: third.ID, Grade: material.GradeC, ExpiresOn: "2026-01-31"})
	for day, want := range map[string]string{"2026-01-31": "三.pdf", "2026-02-01": "二.pdf", "2026-06-30": "二.pdf", "2026-07-01": "一.pdf"} {
		if got := f.reusable("zhang", day, "health", "nothing"); len(got) != 1 || got["health"].Name != want {
			t.Errorf("on %s: %+v, want %s", day, got, want)
		}
	}
	if got := f.reusable("zhang", "2026-01-01", "health", "lease"); len(got) != 2 || got["lease"].FileID != second.ID {
		t.Errorf("both codes: %+v", got)
	}
	for _, other := range []string{"li", ""} {
		if got := f.reusable(other, "2026-01-01", "health"); len(got) != 0 {
			t.Errorf("%q reuses another's: %+v", other, got)
		}
	}
}

func TestAGradeNeverRises(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	own, seen := f.upload(zhang, "声明.pdf", "1"), f.upload(zhang, "原件.pdf", "2")
	grade := func() material.Grade { return f.reusable("zhang", "2026-01-01", "statement")["statement"].Grade }
	f.keep("zhang", material.Handed{Code: "statement", FileID: own.ID, Grade: material.GradeD})
	f.keep("zhang", material.Handed{Code: "statement", FileID: own.ID, Grade: material.GradeB})
	if grade() != material.GradeD {
		t.Errorf("the same file handed in again rose to %s", grade())
	}
	f.keep("zhang", material.Handed{Code: "statement", FileID: seen.ID, Grade: material.GradeB}, material.Handed{Code: "other", FileID: own.ID, Grade: material.GradeA})
	if grade() != material.GradeB {
		t.Errorf("another file, checked by a window, is %s", grade())
	}
	if got := f.reusable("zhang", "2026-01-01", "other")["other"].Grade; got != material.GradeD {
		t.Errorf("under another code it rose to %s", got)
	}
	f.keep("zhang", material.Handed{Code: "statement", FileID: seen.ID, Grade: material.GradeC})
	if grade() != material.GradeC {
		t.Errorf("a lower grade is not kept: %s", grade())
	}
}

func TestSweepForgetsWhatNobodyUsed(t *testing.T) {
	f := open(t)
	zhang := person("a1", "zhang")
	old, used, fresh := f.upload(zhang, "旧.pdf", "1"), f.upload(zhang, "用.pdf", "2"), f.upload(zhang, "新.pdf", "3")
	f.keep("zhang", material.Handed{Code: "health", FileID: used.ID, Grade: material.GradeC})
	f.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE material_file SET uploaded_at = $1 WHERE id <> $2`, tx.Now.Add(-8*24*time.Hour), fresh.ID)
		return err
	})
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.mine(zhang, old.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unused upload of last week is still there: %v", err)
	}
	for _, kept := range []string{used.ID, fresh.ID} {
		if _, err := f.mine(zhang, kept); err != nil {
			t.Errorf("swept too much: %v", err)
		}
	}
}

// A name stands in pages and headers: it names a file and does nothing else.
func TestNamesAreTidied(t *testing.T) {
	f := open(t)
	for given, want := range map[string]string{
		"营业执照.pdf":                        "营业执照.pdf",
		`C:\Users\me\照片.pdf`:              "照片.pdf",
		"../../etc/x.pdf":                 "x.pdf",
		"a\x00b\r\nX: 1.pdf":              "abX: 1.pdf",
		"\u202efdp.exe.pdf":               "fdp.exe.pdf",
		"a\xffb.pdf":                      "ab.pdf",
		strings.Repeat("长", 500) + ".pdf": strings.Repeat("长", 116) + ".pdf",
	} {
		if got := f.upload(person("a", "s"), given, "x").Name; got != want {
			t.Errorf("%q is kept as %q, want %q", given, got, want)
		}
	}
}
