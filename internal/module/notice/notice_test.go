package notice_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// operator is an SMS operator: it sends once under a reference, and can fail after it has sent.
type operator struct {
	mu    sync.Mutex
	calls []string // reference
	texts map[string]string
	fails int // so many calls send and then fail
	told  chan struct{}
}

func (o *operator) Send(_ context.Context, phone, text, reference string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, reference)
	o.texts[reference] = phone + " " + text
	if o.fails > 0 {
		o.fails--
		return errors.New("the answer was lost")
	}
	o.told <- struct{}{}
	return nil
}

type phones map[string]string

func (p phones) Phone(_ context.Context, _ *db.Tx, subject string) (string, error) {
	return p[subject], nil
}

type fixture struct {
	db       *db.DB
	notices  *notice.Service
	queue    *job.Queue
	operator *operator
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{db: dbtest.Open(t, job.Schema, notice.Schema), operator: &operator{texts: map[string]string{}, told: make(chan struct{}, 10)}}
	f.queue = job.New(f.db, slog.New(slog.NewTextHandler(io.Discard, nil)))
	f.notices = notice.New(f.db, notice.Needs{Queue: f.queue, Phones: phones{"zhang": "13843000001"}, SMS: f.operator})
	f.notices.Register(f.queue, func(key string, args []string) string { return key + "(" + args[0] + ")" })
	return f
}

func (f *fixture) send(t *testing.T, m notice.Message) {
	t.Helper()
	if err := f.db.Update(t.Context(), func(tx *db.Tx) error { return f.notices.Send(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
}

func person(subject string) actor.Actor {
	return actor.Actor{Kind: actor.Person, Account: "account of " + subject, Subject: subject}
}

// run works on jobs until stopped.
func (f *fixture) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.queue.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func (o *operator) wait(t *testing.T) {
	t.Helper()
	select {
	case <-o.told:
	case <-time.After(20 * time.Second):
		t.Fatal("no SMS was sent")
	}
}

func TestAMessageIsStoredWithWhatHappened(t *testing.T) {
	f := open(t)
	undone := errors.New("the case could not be accepted")
	err := f.db.Update(t.Context(), func(tx *db.Tx) error {
		if err := f.notices.Send(t.Context(), tx, notice.Message{Subject: "zhang", Key: "case.accepted", Args: []string{"1"}}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	list, err := f.notices.List(t.Context(), person("zhang"), "", 10)
	if err != nil || len(list) != 0 {
		t.Errorf("a message outlives its transaction: %v, %v", list, err)
	}
	err = f.db.View(t.Context(), func(tx *db.Tx) error {
		jobs, err := f.queue.List(t.Context(), tx, "available", "", 10)
		if len(jobs) != 0 {
			t.Errorf("its SMS too: %v", jobs)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestListAndOpen(t *testing.T) {
	f := open(t)
	for _, n := range []string{"1", "2", "3"} {
		f.send(t, notice.Message{Subject: "zhang", Key: "case.accepted", Args: []string{n}, Link: "/cases/" + n})
	}
	f.send(t, notice.Message{Subject: "firm", Key: "case.accepted"})
	by := person("zhang")
	list, err := f.notices.List(t.Context(), by, "", 2)
	if err != nil || len(list) != 2 || list[0].Args[0] != "3" || list[0].Read {
		t.Fatalf("newest first, two a page: %+v, %v", list, err)
	}
	rest, err := f.notices.List(t.Context(), by, list[1].ID, 2)
	if err != nil || len(rest) != 1 || rest[0].Args[0] != "1" {
		t.Fatalf("the next page: %+v, %v", rest, err)
	}
	for range 2 { // opening again changes nothing
		if link, err := f.notices.Open(t.Context(), by, list[0].ID); err != nil || link != "/cases/3" {
			t.Errorf("leads to %q, %v", link, err)
		}
	}
	if n, err := f.notices.Unread(t.Context(), by); err != nil || n != 2 {
		t.Errorf("%d unread, %v", n, err)
	}
	agent := person("zhang")
	agent.Company = "firm"
	list, err = f.notices.List(t.Context(), agent, "", 10)
	if err != nil || len(list) != 1 || list[0].Args == nil || len(list[0].Args) != 0 {
		t.Errorf("acting for the company: %+v, %v", list, err)
	}
}

func TestAForeignMessageDoesNotExist(t *testing.T) {
	f := open(t)
	f.send(t, notice.Message{Subject: "zhang", Key: "case.accepted", Args: []string{"1"}, Link: "/cases/1"})
	list, err := f.notices.List(t.Context(), person("zhang"), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []actor.Actor{person("li"), {}, {Kind: actor.Officer, Account: "o", Subject: "zhang"}} {
		if link, err := f.notices.Open(t.Context(), by, list[0].ID); !fault.HasKey(err, "notice.not_found") || link != "" {
			t.Errorf("%v opens it: %q, %v", by.Kind, link, err)
		}
		if n, err := f.notices.Unread(t.Context(), by); n != 0 || err != nil {
			t.Errorf("%v has %d unread, %v", by.Kind, n, err)
		}
	}
	if n, err := f.notices.Unread(t.Context(), person("zhang")); n != 1 || err != nil {
		t.Errorf("a stranger marked it read: %d, %v", n, err)
	}
}

func TestTheSMSKeepsItsReference(t *testing.T) {
	f := open(t)
	f.operator.fails = 1
	f.send(t, notice.Message{Subject: "nobody with a phone", Key: "case.accepted", Args: []string{"0"}})
	f.send(t, notice.Message{Subject: "zhang", Key: "case.accepted", Args: []string{"1"}})
	list, err := f.notices.List(t.Context(), person("zhang"), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	f.run(t)
	f.operator.wait(t)
	f.operator.mu.Lock()
	defer f.operator.mu.Unlock()
	if !slices.Equal(f.operator.calls, []string{list[0].ID, list[0].ID}) || f.operator.texts[list[0].ID] != "13843000001 case.accepted(1)" || len(f.operator.texts) != 1 {
		t.Errorf("calls %v, texts %v", f.operator.calls, f.operator.texts)
	}
}
