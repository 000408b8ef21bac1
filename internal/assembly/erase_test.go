package assembly

import (
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// One call erases the subject and what its account left: the leaves of a sign-in name the account alone, and hold the network address.
func TestErasingAPersonErasesTheirSignIns(t *testing.T) {
	a, _ := app(t)
	ctx, program := t.Context(), actor.Program("test")
	made, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil {
		t.Fatal(err)
	}
	work, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.work", Password: testPassword, Use: account.Officer,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil || work.SubjectID != made.SubjectID {
		t.Fatal(work.SubjectID, err)
	}
	for _, login := range []string{"zhang.san", "zhang.work"} {
		if _, err := a.Accounts.SignIn(ctx, account.Credentials{Login: login, Password: testPassword, Address: "203.0.113.7"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Accounts.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: "a wrong guess", Address: "203.0.113.8"}); err == nil {
		t.Fatal("a wrong guess signs in")
	}
	if _, err := a.Audit.Sequence(ctx); err != nil { // some leaves are in the tree, some wait
		t.Fatal(err)
	}
	if _, err := a.Accounts.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: testPassword, Address: "203.0.113.9"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.ErasePerson(ctx, program, "nobody"); !fault.HasKey(err, "log.erase_nobody") {
		t.Errorf("nobody was erased: %v", err)
	}
	if _, err := a.ErasePerson(ctx, program, made.SubjectID); !fault.HasKey(err, "log.erase_too_soon") {
		t.Errorf("erased on the day of a sign-in: %v", err)
	}
	aged(t, a)
	got, err := a.ErasePerson(ctx, program, made.SubjectID)
	if err != nil || got.Leaves < 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	if left := leavesOf(t, a, made.ID); len(left) != 0 {
		t.Errorf("leaves of the account are left: %+v", left)
	}
	for _, l := range leavesOf(t, a, "") {
		if l.Kind == "account.sign_in_failed" && (l.Data != nil || l.Object != "") {
			t.Errorf("a failed sign-in still tells: %+v", l)
		}
	}
	kept := false
	for _, l := range leavesOf(t, a, work.ID) {
		kept = kept || l.Kind == "account.signed_in" && l.Data != nil
	}
	if !kept {
		t.Error("what was done under the officer's account was erased with the person")
	}
	if _, err := a.ErasePerson(ctx, program, made.SubjectID); !fault.HasKey(err, "log.erase_nobody") {
		t.Errorf("a second time: %v", err)
	}
	if _, err := a.Audit.Sequence(ctx); err != nil {
		t.Error(err)
	}
}

// Of somebody who did nothing but sign in, the account's leaves are all there is.
func TestErasingSomebodyWhoOnlySignedIn(t *testing.T) {
	a, _ := app(t)
	ctx, program := t.Context(), actor.Program("test")
	made, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil {
		t.Fatal(err)
	}
	aged(t, a)
	change(t, a, `DELETE FROM audit_inbox WHERE subject <> ''`)
	if _, err := a.Accounts.SignIn(ctx, account.Credentials{Login: "zhang.san", Password: testPassword, Address: "203.0.113.7"}); err != nil {
		t.Fatal(err)
	}
	aged(t, a)
	if got, err := a.ErasePerson(ctx, program, made.SubjectID); err != nil || got.Leaves == 0 || len(leavesOf(t, a, made.ID)) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// aged makes every leaf older than the six months they are kept.
func aged(t *testing.T, a *App) {
	t.Helper()
	old := time.Now().Add(-kept - time.Hour)
	change(t, a, `UPDATE audit_inbox SET at = $1`, old)
	change(t, a, `UPDATE audit_leaf SET at = $1`, old)
}

func change(t *testing.T, a *App, statement string, args ...any) {
	t.Helper()
	err := a.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), statement, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leavesOf lists what names an account; of "" it is everything.
func leavesOf(t *testing.T, a *App, id string) (out []audit.Leaf) {
	t.Helper()
	queries := []audit.Query{{}}
	if id != "" {
		queries = []audit.Query{{Actor: id}, {Object: "account:" + id}}
	}
	err := a.DB.View(t.Context(), func(tx *db.Tx) error {
		for _, q := range queries {
			list, err := a.Audit.Search(t.Context(), tx, q, "", 1000)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What somebody did for a company is the company's evidence: it opens and is proven when he is erased.
func TestErasingAnAgentLeavesTheCompanyItsEvidence(t *testing.T) {
	a, _ := app(t)
	ctx, program := t.Context(), actor.Program("test")
	agent, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 3}})
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		return a.Audit.Append(ctx, tx, audit.Entry{Kind: "case.submitted", Actor: agent.ID, Subject: "the company", Object: "case:1", Basis: "食品经营许可", Data: map[string]string{"state": "submitted"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Audit.Sequence(ctx); err != nil {
		t.Fatal(err)
	}
	// Only the leaves that are erased make one wait: the company's is of today.
	old := time.Now().Add(-kept - time.Hour)
	change(t, a, `UPDATE audit_leaf SET at = $1 WHERE subject <> 'the company'`, old)
	change(t, a, `UPDATE audit_inbox SET at = $1`, old)
	if got, err := a.ErasePerson(ctx, program, agent.SubjectID); err != nil || got.Leaves == 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		list, err := a.Audit.BySubject(ctx, tx, "the company", "", 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		l := list[0]
		if !l.Opens() || l.Actor != agent.ID || l.Data == nil {
			t.Errorf("the company's leaf does not open any more: %+v", l)
		}
		proof, err := a.Audit.Prove(ctx, tx, l.Position)
		if err != nil {
			return err
		}
		return proof.Verify()
	})
	if err != nil {
		t.Error(err)
	}
}
