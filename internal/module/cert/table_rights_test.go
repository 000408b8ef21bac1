package cert_test

import (
	"testing"

	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// TestTableOfOthers checks that an office has issued from tables what an item of its own leads to, alone, and nothing else.
func TestTableOfOthers(t *testing.T) {
	w := certtest.Open(t)
	ctx := t.Context()
	content := lawyers(t, 1)
	if _, err := w.CheckIssue(ctx, certtest.Elsewhere, "lawyer", content); !fault.Is(err, fault.Forbidden) || !fault.HasKey(err, "cert.paper.not_granted") {
		t.Errorf("a type of other offices: %v", err)
	}
	if _, err := w.CheckPaper(ctx, certtest.Elsewhere, "lawyer", content); err != nil {
		t.Errorf("books may hold what others decide today: %v", err)
	}
	id, err := w.CheckIssue(ctx, certtest.Chief, "lawyer", content)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.OrderIssue(ctx, certtest.Chief, id); err != nil {
			t.Fatal(err)
		}
	}
	// Who ordered it loses the post before it is issued: it waits for another.
	w.Ended = certtest.Chief.Account
	if err := w.IssueTable(ctx, tester, id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without a post: %v", err)
	}
	if err := w.IssueTable(ctx, tester, id); err != nil {
		t.Errorf("the job comes again for nothing: %v", err)
	}
	if m, err := w.Import(ctx, certtest.Chief, id); err != nil || m.State != "checked" || count(t, w, `SELECT count(*) FROM cert_cert`) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	w.Ended = ""
	if err := w.OrderIssue(ctx, certtest.Chief, id); err != nil {
		t.Fatal(err)
	}
	if err := w.IssueTable(ctx, tester, id); err != nil || count(t, w, `SELECT count(*) FROM cert_cert`) == 0 {
		t.Errorf("ordered anew: %v", err)
	}
	err = w.DB.View(ctx, func(tx *db.Tx) error {
		leaves, err := w.Log.ByObject(ctx, tx, "cert-import:"+id, "", 10)
		if len(leaves) != 2 || leaves[0].Kind != "cert.table_ordered" || leaves[0].Actor != certtest.Chief.Name() || leaves[0].Office != certtest.Chief.OfficePath {
			t.Errorf("two orders, and these leaves: %+v", leaves)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestJointTable(t *testing.T) {
	w := certtest.Open(t)
	jointType(t, w)
	if _, err := w.CheckIssue(t.Context(), certtest.Chief, "food-operation", lawyers(t, 1)); !fault.Is(err, fault.Invalid) || !fault.HasKey(err, "cert.paper.joint") {
		t.Errorf("%v", err)
	}
}

// TestUncodedIssuer checks that a table of an office that nothing can be numbered for is refused when it is checked.
func TestUncodedIssuer(t *testing.T) {
	w := certtest.Open(t)
	w.Uncoded = certtest.Chief.OfficePath
	if _, err := w.CheckIssue(t.Context(), certtest.Chief, "lawyer", lawyers(t, 1)); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
	w.Uncoded = ""
	id, err := w.CheckIssue(t.Context(), certtest.Chief, "lawyer", lawyers(t, 1))
	if err == nil {
		err = w.OrderIssue(t.Context(), certtest.Chief, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Uncoded = certtest.Chief.OfficePath
	if err := w.IssueTable(t.Context(), tester, id); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
	if m, err := w.Import(t.Context(), certtest.Chief, id); err != nil || m.State != "checked" {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestJointCasesWithoutSeal checks that a case whose certificate a second office seals waits for its seal, and takes no number meanwhile.
func TestJointCasesWithoutSeal(t *testing.T) {
	w := certtest.Open(t)
	w.MakeSeal(t)
	jointType(t, w)
	w.Add(certtest.Food("1", "new"))
	if _, err := w.IssueFor(t.Context(), "1"); !fault.Is(err, fault.Conflict) || !fault.HasKey(err, "cert.seal_missing") {
		t.Errorf("%v", err)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_counter`); n != 0 {
		t.Errorf("%d numbers were taken", n)
	}
}
