package casefile_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

func TestDrafts(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	full := h.FoodApplication(t, casefiletest.Company)
	id, err := h.Cases.StartDraft(ctx, casefiletest.Company, casefile.Application{Item: full.Item})
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.Cases.Draft(ctx, casefiletest.Company, id)
	if err != nil || d.ItemName != "食品经营许可" || d.ApplicantID != casefiletest.CompanyID || d.Version != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, by := range []actor.Actor{casefiletest.Citizen, casefiletest.Other, casefiletest.Window, {}} {
		_, err := h.Cases.Draft(ctx, by, id)
		wants(t, by.Account+" reads", err, fault.NotFound, "casefile.no_draft")
		wants(t, by.Account+" saves", h.Cases.SaveDraft(ctx, by, d), fault.NotFound, "casefile.no_draft")
		wants(t, by.Account+" discards", h.Cases.DiscardDraft(ctx, by, id), fault.NotFound, "casefile.no_draft")
		_, err = h.Cases.SubmitDraft(ctx, by, id)
		wants(t, by.Account+" submits", err, fault.NotFound, "casefile.no_draft")
	}
	_, err = h.Cases.SubmitDraft(ctx, casefiletest.Company, id)
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty draft: %v", err)
	}
	d.Application = full
	d.Application.Item = h.Code(casefiletest.Pension) // a draft keeps its item
	if err := h.Cases.SaveDraft(ctx, casefiletest.Company, d); err != nil {
		t.Fatal(err)
	}
	wants(t, "saving what was read before", h.Cases.SaveDraft(ctx, casefiletest.Company, d), fault.Conflict, "casefile.draft_moved_on")
	list, err := h.Cases.Drafts(ctx, casefiletest.Company)
	if err != nil || len(list) != 1 || list[0].Version != 2 || list[0].Application.Item != full.Item || list[0].Application.Answers["contact_name"] != "张晓琳" {
		t.Errorf("%+v, %v", list, err)
	}
	content := sealed(t, h, `SELECT content FROM casefile_draft WHERE id = $1`, id)
	if bytes.Contains(content, []byte("张晓琳")) || bytes.Contains(content, []byte("contact")) {
		t.Error("a draft rests in clear")
	}
	first, err := h.Cases.SubmitDraft(ctx, casefiletest.Company, id)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Cases.SubmitDraft(ctx, casefiletest.Company, id)
	if err != nil || again != first {
		t.Errorf("%+v, %v; first %+v", again, err, first)
	}
	if list, err := h.Cases.Drafts(ctx, casefiletest.Company); err != nil || len(list) != 0 {
		t.Errorf("%d drafts are left, %v", len(list), err)
	}
}

func sealed(t *testing.T, h *casefiletest.Hall, query string, args ...any) (out []byte) {
	t.Helper()
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		out, err = db.One[[]byte](t.Context(), tx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatRestsIsSealed(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Refused(t, h)
	id, code := h.ID(t, number), view(t, h, casefiletest.Company, number).QueryCode
	for query, plain := range map[string]string{
		`SELECT content FROM casefile_content WHERE case_id = $1`:                       "张晓琳",
		`SELECT comment FROM casefile_history WHERE case_id = $1 AND action = 'refuse'`: "场所不符合要求",
		`SELECT body FROM casefile_paper WHERE case_id = $1 AND kind = 'refusal'`:       "场所不符合要求",
		`SELECT query_code FROM casefile_case WHERE id = $1`:                            code,
	} {
		if got := sealed(t, h, query, id); len(got) < 20 || plain == "" || bytes.Contains(got, []byte(plain)) {
			t.Errorf("%s gives %q", query, got)
		}
	}
}

// However many press at the same moment, a draft becomes one case.
func TestDraftAtOnceIsOneCase(t *testing.T) {
	h := casefiletest.Open(t)
	for range 5 {
		id, err := h.Cases.StartDraft(t.Context(), casefiletest.Company, h.FoodApplication(t, casefiletest.Company))
		if err != nil {
			t.Fatal(err)
		}
		numbers := make([]string, 4)
		var wg sync.WaitGroup
		for i := range numbers {
			wg.Go(func() {
				r, err := h.Cases.SubmitDraft(context.Background(), casefiletest.Company, id)
				if err != nil {
					t.Error(err)
				}
				numbers[i] = r.Number
			})
		}
		wg.Wait()
		if slices.Sort(numbers); len(slices.Compact(numbers)) != 1 {
			t.Errorf("%v", numbers)
		}
	}
	if mine, err := h.Cases.Mine(t.Context(), casefiletest.Company, "", 50); err != nil || len(mine) != 5 || mine[0].Number[15:] != "000005" {
		t.Errorf("%d cases of 5, %v", len(mine), err)
	}
}

// A draft is for whom it was begun: acting for somebody else does not hand it in for him.
func TestDraftKeepsItsApplicant(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	id, err := h.Cases.StartDraft(ctx, casefiletest.Company, h.FoodApplication(t, casefiletest.Company))
	if err != nil {
		t.Fatal(err)
	}
	himself := casefiletest.Company
	himself.Company = ""
	_, err = h.Cases.SubmitDraft(ctx, himself, id)
	wants(t, "as a person", err, fault.Forbidden, "casefile.not_yours")
	a := h.PensionApplication(t)
	a.Applicant = casefiletest.CitizenID
	id, err = h.Cases.StartDraft(ctx, casefiletest.Window, a)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := h.Cases.Draft(ctx, casefiletest.Window, id); err != nil || d.ReceivedPath != "220102d90" || d.ApplicantID != casefiletest.CitizenID {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = h.Cases.StartDraft(ctx, casefiletest.Company, h.PensionApplication(t))
	wants(t, "a company for a person's item", err, fault.Invalid, "casefile.not_for_company")
}

func TestOldDraftsGo(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	var ids []string
	for range 2 {
		id, err := h.Cases.StartDraft(ctx, casefiletest.Citizen, h.PensionApplication(t))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	d, err := h.Cases.Draft(ctx, casefiletest.Citizen, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, `UPDATE casefile_draft SET updated_at = $1 WHERE id = $2`, d.UpdatedAt.AddDate(0, 0, -31), ids[0])
	h.Exec(t, `UPDATE casefile_draft SET updated_at = $1 WHERE id = $2`, d.UpdatedAt.AddDate(0, 0, -29), ids[1])
	if err := h.Cases.SweepDrafts(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := h.Cases.Drafts(ctx, casefiletest.Citizen)
	if err != nil || len(list) != 1 || list[0].ID != ids[1] {
		t.Errorf("%+v, %v", list, err)
	}
}
