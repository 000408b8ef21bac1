package rating_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/module/rating/ratingtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// With real cases: one that is still open can't be rated, whoever asks; one that is over only by whom it belongs to.
func TestOnlyOwnCasesThatAreOver(t *testing.T) {
	h, ctx := casefiletest.Open(t, rating.Schema), t.Context()
	n := &ratingtest.Hall{Rights: rating.Access()}
	s := rating.New(h.DB, rating.Needs{Rights: n, Cases: h.Cases, Offices: n, Notices: n, Events: n, Log: n, Keys: h.Keys})
	open := casefiletest.Accepted(t, h)
	if err := s.Rate(ctx, casefiletest.Company, open, good, once.Params{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an open case is rated: %v", err)
	}
	over := casefiletest.Delivered(t, h)
	for _, by := range []actor.Actor{casefiletest.Citizen, casefiletest.Other, casefiletest.Chief, casefiletest.Window} {
		if err := s.Rate(ctx, by, over, good, once.Params{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s rates: %v", by.Account, err)
		}
	}
	if err := s.Rate(ctx, casefiletest.Company, over, bad, once.Params{}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Rectifications(ctx, casefiletest.Chief, rating.RectificationQuery{Limit: 10})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].OfficePath != "220102d31" {
		t.Errorf("the chief sees %+v, %v", list, err)
	}
	for _, number := range []string{casefiletest.Refused(t, h), casefiletest.Approved(t, h), withdrawn(t, h)} {
		if err := s.Rate(ctx, casefiletest.Company, number, good, once.Params{}); err != nil {
			t.Errorf("decided or ended: %v", err)
		}
	}
}

func withdrawn(t *testing.T, h *casefiletest.Hall) string {
	t.Helper()
	number := casefiletest.Accepted(t, h)
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.Withdraw})
	return number
}

// The report of a case to the national platform says what it was rated, as GB/T 39046 numbers the grades; without a rating it says why not.
func TestReportSaysWhatACaseWasRated(t *testing.T) {
	h, ctx := casefiletest.Open(t, rating.Schema), t.Context()
	n := &ratingtest.Hall{Rights: rating.Access()}
	s := rating.New(h.DB, rating.Needs{Rights: n, Cases: h.Cases, Offices: n, Notices: n, Events: n, Log: n, Keys: h.Keys})
	needs := h.Needs
	needs.Ratings = s
	cases := casefile.New(h.DB, needs)
	open, over := casefiletest.Accepted(t, h), casefiletest.Delivered(t, h)
	says := func(number, satisfaction, absent string) {
		t.Helper()
		r, err := cases.Reported(ctx, casefiletest.Chief, number)
		if err != nil || r.Result["satisfaction"] != satisfaction || r.Absent["up_pro_result.satisfaction"] != absent || r.Absent["up_pro_accept.zip_code"] != "not_asked" {
			t.Errorf("%q, absent %v, %v", r.Result["satisfaction"], r.Absent, err)
		}
	}
	says(open, "", "not_yet")
	says(over, "", "not_rated")
	if err := s.Rate(ctx, casefiletest.Company, over, rating.Rating{Grade: rating.Dissatisfied, Channel: bad.Channel}, once.Params{}); err != nil {
		t.Fatal(err)
	}
	says(over, "4", "")
}
