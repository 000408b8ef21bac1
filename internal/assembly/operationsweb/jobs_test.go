package operationsweb_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"xiangyun/internal/assembly/operationsweb"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sm/smtest"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

type greet struct{ Name string }

func (greet) JobKind() string { return "test.greet" }

// keeper is who may retry jobs.
var keeper = actor.Actor{Kind: actor.Officer, Account: "keeper"}

type rights struct{}

// Check implements operationsweb.Rights.
func (rights) Check(by actor.Actor, action string, _ actor.Target) error {
	if by.Account == keeper.Account && action == office.ActOperate {
		return nil
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// desk is the page of jobs on a queue whose job fails while sick is set.
type desk struct {
	t       *testing.T
	db      *db.DB
	queue   *job.Queue
	log     *audit.Log
	by      actor.Actor
	sick    bool
	ran     int
	browser *webtest.Browser
}

func open(t *testing.T) *desk {
	t.Helper()
	k := &desk{t: t, db: dbtest.Open(t, job.Schema, audit.Schema), by: keeper, sick: true}
	var err error
	if k.log, err = audit.New(k.db, smtest.Keyring(t), audit.Params{Origin: "xiangyun.test/log"}); err != nil {
		t.Fatal(err)
	}
	k.queue = job.New(k.db, slog.New(slog.DiscardHandler))
	job.Handle(k.queue, func(context.Context, greet) error {
		if k.sick {
			return errors.New("no luck")
		}
		k.ran++
		return nil
	})
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, operationsweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words, FaultPage: operationsweb.Fault})
	operationsweb.Routes(r, operationsweb.Deps{DB: k.db, Queue: k.queue, Rights: rights{}, Log: k.log})
	k.browser = webtest.New(t, words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), k.by), design.Viewer{SignedIn: true, Kind: string(k.by.Kind), Path: req.URL.Path})
		r.ServeHTTP(w, req.WithContext(ctx))
	})))
	return k
}

func (k *desk) insert() {
	k.t.Helper()
	err := k.db.Update(k.t.Context(), func(tx *db.Tx) error {
		return k.queue.Insert(k.t.Context(), tx, greet{"one"}, job.Attempts(1), job.Unique("one"))
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) drain() {
	k.t.Helper()
	if err := k.queue.Drain(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) retried() (n int) {
	k.t.Helper()
	err := k.db.View(k.t.Context(), func(tx *db.Tx) error {
		leaves, err := k.log.Search(k.t.Context(), tx, audit.Query{Kind: "job.retried"}, "", 10)
		n = len(leaves)
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

// A job that failed for good runs again when its keeper presses the button, and the log says who did.
func TestRetry(t *testing.T) {
	k := open(t)
	k.insert()
	k.drain()
	k.browser.Open("/admin/jobs").Wants(200, "test.greet", "no luck")
	k.sick = false
	k.browser.Press("重试").Wants(200, "已重新安排这项任务")
	if k.drain(); k.ran != 1 || k.retried() != 1 {
		t.Errorf("ran %d times, %d leaves", k.ran, k.retried())
	}
	k.browser.Open("/admin/jobs").Lacks("test.greet")
}

// Where another job of the same key waits already, that one does the work: the keeper is told so, and nothing happens.
func TestRetryOfWhatWaitsAlready(t *testing.T) {
	k := open(t)
	k.insert()
	k.drain()
	k.insert()
	k.browser.Open("/admin/jobs").Press("重试").Wants(409, "同一项工作已有另一项后台任务")
	if k.retried() != 0 {
		t.Error("a refused retry left a leaf")
	}
	k.sick = false
	if k.drain(); k.ran != 1 {
		t.Errorf("ran %d times", k.ran)
	}
}

func TestRetryNeedsTheRight(t *testing.T) {
	k := open(t)
	k.insert()
	k.drain()
	k.browser.Open("/admin/jobs")
	k.by = actor.Actor{Kind: actor.Officer, Account: "clerk"}
	k.browser.Press("重试").Wants(403)
	k.sick = false
	if k.drain(); k.ran != 0 || k.retried() != 0 {
		t.Errorf("a clerk retried a job: ran %d times, %d leaves", k.ran, k.retried())
	}
}
