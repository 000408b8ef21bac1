package supervision_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/module/supervision/supervisiontest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

var (
	offices = []string{"220102d31", "220102003", "220103d31", "220202d12", "2201d31", "22d31", "220102003201"}
	today   = civil.Of(time.Now())
)

// a case somewhere in its life, with dates around today.
func invented(r *rand.Rand, i int) (casefile.Standing, casefile.Action) {
	c := casefile.Standing{ID: fmt.Sprintf("case-%03d", i), Number: fmt.Sprintf("22010203126112700%04d", i), ItemName: "食品经营许可", BaseCode: "000131104003",
		OfficePath: offices[r.IntN(len(offices))], Channel: "online", SubmittedAt: time.Now()}
	day := func() civil.Date { return today.Add(r.IntN(21) - 10) }
	switch r.IntN(7) {
	case 0:
		c.State, c.ReplyDue = casefile.Submitted, day()
		return c, casefile.Submit
	case 1:
		c.State, c.Since = casefile.Correcting, today.Add(-r.IntN(5))
		return c, casefile.RequestCorrection
	case 2:
		c.State, c.PromiseDue = casefile.Accepted, day()
		c.YellowOn = c.PromiseDue.Add(-2)
		return c, casefile.Accept
	case 3:
		c.State, c.Since = casefile.Suspended, today.Add(-r.IntN(100))
		return c, casefile.Suspend
	case 4:
		c.State, c.DecidedAt = casefile.ApprovedAs, time.Now().AddDate(0, 0, -r.IntN(20))
		return c, casefile.Approve
	case 5:
		c.State = casefile.Delivered
		return c, casefile.Deliver
	}
	c.State = casefile.Withdrawn
	return c, casefile.Withdraw
}

// asCounted counts cases below a path one by one.
func asCounted(cases []casefile.Standing, path string) (f supervision.Figures) {
	for _, c := range cases {
		if !strings.HasPrefix(c.OfficePath, path) {
			continue
		}
		late := func(d civil.Date) bool { return d.Before(today) }
		switch c.State {
		case casefile.Submitted:
			f.Open++
			if late(c.ReplyDue) {
				f.Red++
			}
			if c.ReplyDue == today {
				f.DueToday++
			}
		case casefile.Accepted:
			f.Open++
			switch {
			case late(c.PromiseDue):
				f.Red++
			case !today.Before(c.YellowOn):
				f.Yellow++
			}
			if c.PromiseDue == today {
				f.DueToday++
			}
		case casefile.Suspended:
			f.Open++
			f.Standing++
			if c.Since.Before(today.Add(-60)) {
				f.StandingLong++
			}
		case casefile.Correcting:
			f.Open++
			f.Correcting++
		case casefile.ApprovedAs:
			f.Open++
			f.Delivering++
			if civil.Of(c.DecidedAt).Before(today.Add(-10)) {
				f.DeliverLate++
			}
		}
	}
	return f
}

func sameFigures(a, b supervision.Figures) bool {
	return a.Open == b.Open && a.Red == b.Red && a.Yellow == b.Yellow && a.DueToday == b.DueToday && a.Standing == b.Standing && a.StandingLong == b.StandingLong &&
		a.Correcting == b.Correcting && a.Delivering == b.Delivering && a.DeliverLate == b.DeliverLate
}

// Whatever happens, and whenever it is folded, a board says what counting the cases says.
func TestBoardAgreesWithTheCases(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		for range 25 {
			c, a := invented(r, r.IntN(60))
			if old, ok := h.Cases[c.ID]; ok {
				c.OfficePath = old.OfficePath
			}
			h.Step(t, c, a, false)
		}
		if round%3 == 0 {
			if _, err := h.Fold(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{"22", "2201", "220102", "220102003", "220102d31", "2202"} {
			b, err := h.Board(ctx, supervisiontest.Province, path)
			if err != nil {
				t.Fatal(err)
			}
			if want := asCounted(h.All(), path); !sameFigures(b.Figures, want) {
				t.Fatalf("round %d, %s: the board says %+v, the cases %+v", round, path, b.Figures, want)
			}
			for _, f := range b.Below {
				if want := asCounted(h.All(), f.Path); !sameFigures(f, want) {
					t.Fatalf("round %d, %s below %s: the board says %+v, the cases %+v", round, f.Path, path, f, want)
				}
			}
		}
		n, err := h.Recount(ctx, actor.Program("test"), false, nil)
		if err != nil || len(n.Differences) > 0 || n.Counters == 0 {
			t.Fatalf("round %d: %+v, %v", round, n, err)
		}
	}
}

var errCut = errors.New("cut")

// cutLog fails like a power cut at a statement of choice.
func TestStepsAreCountedOnce(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 700 { // more than one batch
		c, _ := invented(r, i)
		c.State, c.ReplyDue = casefile.Submitted, today
		h.Step(t, c, casefile.Submit, false)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := h.Fold(ctx); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Busy) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	b, err := h.Board(ctx, supervisiontest.Province, "22")
	if err != nil || b.Received != 700 || b.Open != 700 || b.DueToday != 700 {
		t.Errorf("received %d, open %d, due %d: %v", b.Received, b.Open, b.DueToday, err)
	}
	left, err := countOf(ctx, h.DB, `SELECT count(*) FROM supervision_change`)
	if err != nil || left != 0 {
		t.Errorf("%d steps are left: %v", left, err)
	}
}

func countOf(ctx context.Context, d *db.DB, query string) (n int, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		n, err = db.One[int](ctx, tx, query)
		return err
	})
	return n, err
}

// A step whose transaction fails is not counted.
func TestAStepThatFailedIsNotCounted(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	err := h.DB.Update(ctx, func(tx *db.Tx) error {
		if err := h.Note(ctx, tx, casefile.Moved{CaseID: "x", Action: casefile.Submit}); err != nil {
			return err
		}
		return errCut
	})
	if !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	if n, err := h.Fold(ctx); n != 0 || err != nil {
		t.Errorf("%d steps are counted: %v", n, err)
	}
}

func TestRecountFindsAndMends(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	h.Step(t, casefile.Standing{ID: "a", Number: "1", OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(-1), YellowOn: today.Add(-2)}, casefile.Accept, true)
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	err := h.DB.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE supervision_open SET cases = 5 WHERE path = '2201' AND phase = 'running'`)
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := h.Recount(ctx, actor.Program("test"), false, nil)
	if err != nil || len(n.Differences) != 1 || n.Differences[0].Path != "2201" || n.Differences[0].Counter != 5 || n.Differences[0].Counted != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := h.Recount(ctx, actor.Program("test"), true, nil); err != nil {
		t.Fatal(err)
	}
	if n, err = h.Recount(ctx, actor.Program("test"), false, nil); err != nil || len(n.Differences) > 0 {
		t.Errorf("after mending: %+v, %v", n, err)
	}
	if _, err := h.Recount(ctx, supervisiontest.Chief, false, nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a chief counts the province: %v", err)
	}
}

func TestSuspicions(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	c := casefile.Standing{ID: "a", Number: "1", OfficePath: "220102d31", State: casefile.Submitted, ReplyDue: today.Add(5), Channel: "window", FirstUploadAt: time.Now().AddDate(0, 0, -9)}
	h.Step(t, c, casefile.Submit, true)
	c.State, c.Corrections = casefile.Correcting, 2
	h.Step(t, c, casefile.RequestCorrection, true)
	c.State, c.Since = casefile.Suspended, today
	h.Step(t, c, casefile.Suspend, true)
	h.Step(t, c, casefile.SuspendAgain, true)
	b, err := h.Board(ctx, supervisiontest.Supervisor, "")
	if err != nil || b.Path != "2201" || b.Above != "" {
		t.Fatalf("%+v, %v", b, err)
	}
	if b.Month[supervision.Unexplored] != 1 || b.Month[supervision.Twice] != 1 || b.Month[supervision.Stopped] != 2 || b.Month[supervision.StoppedAgain] != 1 {
		t.Errorf("%v", b.Month)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	for _, v := range []struct {
		by   actor.Actor
		path string
		ok   bool
	}{{supervisiontest.Supervisor, "220102", true}, {supervisiontest.Supervisor, "2202", false}, {supervisiontest.Supervisor, "22", false}, {supervisiontest.Chief, "220102d31", true},
		{supervisiontest.Chief, "220102", false}, {supervisiontest.Window, "", false}, {actor.Actor{}, "", false}} {
		_, err := h.Board(ctx, v.by, v.path)
		if v.ok != (err == nil) || !v.ok && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s at %q: %v", v.by.Account, v.path, err)
		}
		if _, err := h.Report(ctx, v.by, v.path, today); v.ok != (err == nil) {
			t.Errorf("the report, %s at %q: %v", v.by.Account, v.path, err)
		}
		if _, err := h.Service.Cases(ctx, v.by, v.path, supervision.AllOpen, "", 10); v.ok != (err == nil) {
			t.Errorf("the cases, %s at %q: %v", v.by.Account, v.path, err)
		}
	}
}

func TestCards(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	late := casefile.Standing{ID: "a", Number: "220102031261127000001", OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(-1), YellowOn: today.Add(-2)}
	h.Step(t, late, casefile.Accept, true)
	silent := casefile.Standing{ID: "b", Number: "220102031261127000002", OfficePath: "220102d31", State: casefile.Submitted, ReplyDue: today.Add(-1)}
	h.Step(t, silent, casefile.Submit, false)
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := h.Warn(ctx, actor.Program("test")); n != 2 || err != nil {
		t.Fatalf("%d cards: %v", n, err)
	}
	if n, err := h.Warn(ctx, actor.Program("test")); n != 0 || err != nil {
		t.Errorf("a second time %d cards: %v", n, err)
	}
	list, _, err := h.Cards(ctx, supervisiontest.Chief, "", supervision.CardOpen, "", 10)
	if err != nil || len(list) != 2 || list[0].Kind != supervision.YellowCard || list[1].Kind != supervision.RedCard {
		t.Fatalf("%+v, %v", list, err)
	}
	red := list[1].ID
	if err := h.Answer(ctx, supervisiontest.Supervisor, red, "因检测排队"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the supervisor answers for the office: %v", err)
	}
	if err := h.Answer(ctx, supervisiontest.Chief, red, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty answer: %v", err)
	}
	if err := h.Close(ctx, supervisiontest.Supervisor, red); !fault.Is(err, fault.Conflict) {
		t.Errorf("closed without an answer: %v", err)
	}
	var wg sync.WaitGroup
	wins := make(chan int, 2)
	for range 2 {
		wg.Go(func() {
			if h.Answer(ctx, supervisiontest.Chief, red, "因检测排队，三日内办结") == nil {
				wins <- 1
			}
		})
	}
	wg.Wait()
	if len(wins) != 1 {
		t.Errorf("%d of two answers at once went in", len(wins))
	}
	if err := h.Return(ctx, supervisiontest.Supervisor, red, "请写明办结日期"); err != nil {
		t.Fatal(err)
	}
	if err := h.Answer(ctx, supervisiontest.Chief, red, "十二月一日办结"); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(ctx, supervisiontest.Supervisor, red); err != nil {
		t.Fatal(err)
	}
	c, err := h.Card(ctx, supervisiontest.Chief, red)
	if err != nil || c.State != supervision.CardClosed || c.Rounds != 1 || c.Answer != "十二月一日办结" {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := h.Issue(ctx, supervisiontest.Supervisor, supervision.Reminder, late.Number, "请说明进展"); err != nil {
		t.Error(err)
	}
	if _, err := h.Issue(ctx, supervisiontest.Supervisor, supervision.Reminder, late.Number, "请说明进展"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second reminder: %v", err)
	}
	if _, err := h.Issue(ctx, supervisiontest.Supervisor, supervision.Reminder, "nothing", "请说明进展"); !fault.Is(err, fault.NotFound) {
		t.Errorf("about no case: %v", err)
	}
	kinds := map[string]int{}
	for _, l := range h.Leaves {
		kinds[l.Kind]++
	}
	if kinds["supervision.card_issued"] != 3 || kinds["supervision.card_answered"] != 2 || kinds["supervision.card_returned"] != 1 || kinds["supervision.card_closed"] != 1 {
		t.Errorf("%v", kinds)
	}
	r, err := h.Report(ctx, supervisiontest.Supervisor, "2201", today)
	if err != nil || r.Cards[supervision.RedCard] != 1 || r.Times[supervision.Accepted] != 1 || r.Times[supervision.Received] != 1 || len(r.Below) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLists(t *testing.T) {
	h, ctx := supervisiontest.Open(t), t.Context()
	for i := range 7 {
		h.Step(t, casefile.Standing{ID: fmt.Sprint("c", i), Number: fmt.Sprint(i), OfficePath: "220102d31", State: casefile.Accepted, PromiseDue: today.Add(i - 3),
			YellowOn: today.Add(i - 5)}, casefile.Accept, true)
	}
	if _, err := h.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[supervision.Kind]string{supervision.AllOpen: "0123456", supervision.LateCases: "012", supervision.DueCases: "3", supervision.WarnedCases: "345", supervision.StandingCases: ""} {
		got, after := "", ""
		for {
			l, err := h.Service.Cases(ctx, supervisiontest.Chief, "", kind, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range l.Cases {
				got += c.Number
			}
			if after = l.Next; after == "" {
				break
			}
		}
		if got != want {
			t.Errorf("%s lists %q, not %q", kind, got, want)
		}
	}
	if _, err := h.Service.Cases(ctx, supervisiontest.Chief, "", "nothing", "", 2); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown list: %v", err)
	}
}
