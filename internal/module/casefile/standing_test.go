package casefile_test

import (
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
)

// Where a case stands is told as it goes: what it waits for, since when and until when.
func TestStandings(t *testing.T) {
	h := casefiletest.Open(t)
	accepted := casefiletest.Accepted(t, h)
	standing := casefiletest.Accepted(t, h)
	if err := act(h, casefiletest.Reviewer, standing, casefile.Suspend, inspection); err != nil {
		t.Fatal(err)
	}
	var list, all []casefile.Standing
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		if list, err = h.Cases.Standings(t.Context(), tx, []string{h.ID(t, accepted), h.ID(t, standing), "nothing"}); err != nil {
			return err
		}
		for after := ""; ; after = all[len(all)-1].ID {
			page, err := h.Cases.StandingsAfter(t.Context(), tx, after, 1)
			if err != nil || len(page) == 0 {
				return err
			}
			all = append(all, page...)
		}
	})
	if err != nil || len(list) != 2 || len(all) != 2 {
		t.Fatalf("%d and %d cases: %v", len(list), len(all), err)
	}
	for _, s := range list {
		switch s.Number {
		case accepted:
			if s.State != casefile.Accepted || s.PromiseDue.IsZero() || s.YellowOn.IsZero() || s.FirstUploadAt.IsZero() {
				t.Errorf("%+v", s)
			}
		case standing:
			if s.State != casefile.Suspended || s.Since != civil.Of(s.SubmittedAt) {
				t.Errorf("%+v", s)
			}
		}
	}
}
