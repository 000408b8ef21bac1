package cert_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// leaves returns what the log says of a certificate, oldest first.
func leaves(t *testing.T, w *certtest.World, identifier string) (kinds []string, all []audit.Leaf) {
	t.Helper()
	err := w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		all, err = w.Log.ByObject(t.Context(), tx, "cert:"+identifier, "", 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		kinds = append(kinds, l.Kind)
	}
	return kinds, all
}

func count(t *testing.T, w *certtest.World, query string, args ...any) (n int) {
	t.Helper()
	err := w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func execute(t *testing.T, w *certtest.World, query string, args ...any) {
	t.Helper()
	if err := w.DB.Update(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func TestIssue(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	id, err := certcode.Parse(identifier)
	if err != nil || id.Version() != 1 || !strings.HasSuffix(id.Serial(), "000001") || id.Kind().String() != "11220000MB1A00263H001" {
		t.Fatalf("identifier %s: %v", identifier, err)
	}
	v, err := w.Get(t.Context(), certtest.Holder, identifier)
	if err != nil || !v.Own || v.State != cert.Valid || len(v.Number) != 16 || v.Number[:15] != "JY2220102000001" {
		t.Fatalf("%+v, %v", v.Cert, err)
	}
	if cert.Mod1110(v.Number[:15]) != v.Number[15:] {
		t.Errorf("number %s has the wrong check digit", v.Number)
	}
	want := map[string]string{"operator": "长春市南关区祥和餐饮有限公司", "representative": "王𬱖", "premises": "吉林省长春市南关区人民大街1号1层101室",
		"business_form": "餐饮服务经营者", "business_items": "热食类食品制售、自制饮品制售", "signatory": "长春市南关区市场监督管理局首席代表"}
	for _, l := range v.Lines {
		if w, ok := want[l.Key]; ok && w != l.Value {
			t.Errorf("%s says %q, want %q", l.Label, l.Value, w)
		}
		delete(want, l.Key)
	}
	if len(want) > 0 || !strings.Contains(string(v.Face), "王𬱖") {
		t.Errorf("missing on the face: %v", want)
	}
	if kinds, all := leaves(t, w, identifier); len(kinds) != 1 || kinds[0] != "cert.issued" || all[0].Subject != "company-food" {
		t.Errorf("leaves %v", kinds)
	}
	if len(w.Notices) != 1 || w.Notices[0].Subject != "company-food" || w.Notices[0].Link != "/certificates/"+identifier {
		t.Errorf("notices %+v", w.Notices)
	}
	if len(w.Events) != 1 || w.Events[0] != (cert.Issued{Identifier: identifier, CaseNumber: w.Cases["1"].Case.Number}) {
		t.Errorf("events %+v", w.Events)
	}
	if again, err := w.IssueFor(t.Context(), "1"); err != nil || again != identifier || len(w.Events) != 1 {
		t.Errorf("issuing again: %s, %v", again, err)
	}
	second, third := w.IssueFood(t, "2"), w.IssueFood(t, "3")
	if !strings.Contains(second, "000002.001.") || !strings.Contains(third, "000003.001.") {
		t.Errorf("the series has gaps: %s, %s", second, third)
	}
}

func TestNothingToIssue(t *testing.T) {
	w := certtest.Open(t)
	if _, err := w.IssueFor(t.Context(), "unknown"); err == nil {
		t.Error("a case that was not approved got a certificate")
	}
	g := certtest.Food("1", "new")
	g.Case.CertType = ""
	w.Add(g)
	if id, err := w.IssueFor(t.Context(), "1"); err != nil || id != "" {
		t.Errorf("a case without a certificate led to %q, %v", id, err)
	}
	g = certtest.Food("2", "new")
	delete(g.Content.Answers, "premises_address")
	g.Content.Answers["premises_region"] = ""
	w.Add(g)
	if _, err := w.IssueFor(t.Context(), "2"); err == nil || strings.Contains(err.Error(), "王") {
		t.Errorf("a required line was left out: %v", err)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_counter`); n != 0 {
		t.Errorf("%d series moved for nothing", n)
	}
}

// TestCrash ends the program before and after each step, and then runs the job again as the queue would.
func TestCrash(t *testing.T) {
	died := errors.New("the power went")
	for _, point := range []string{"before prepare", "after prepare", "after sign", "after compare", "after record"} {
		t.Run(strings.ReplaceAll(point, " ", "-"), func(t *testing.T) {
			w := certtest.Open(t)
			w.Add(certtest.Food("1", "new"))
			w.Crash(func(p string) error {
				if p == point {
					return died
				}
				return nil
			})
			if _, err := w.IssueFor(t.Context(), "1"); !errors.Is(err, died) {
				t.Fatalf("it did not crash: %v", err)
			}
			before := count(t, w, `SELECT count(*) FROM cert_cert`)
			if want := map[bool]int{true: 0, false: 1}[point == "before prepare"]; before != want {
				t.Errorf("%d rows after the crash", before)
			}
			w.Crash(nil)
			sound(t, w, point)
		})
	}
}

// sound recovers and checks that there is one certificate, whole, told once, and no gap behind it.
func sound(t *testing.T, w *certtest.World, after string) {
	t.Helper()
	identifier, err := w.IssueFor(t.Context(), "1")
	if err != nil || !strings.Contains(identifier, "000001.001.") {
		t.Fatalf("recovering: %q, %v", identifier, err)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_cert`); n != 1 {
		t.Errorf("%d certificates for one case", n)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_document`); n != 2 {
		t.Errorf("%d documents", n)
	}
	if kinds, _ := leaves(t, w, identifier); len(kinds) != 1 {
		t.Errorf("leaves %v", kinds)
	}
	if len(w.Events) != 1 || len(w.Notices) != 1 {
		t.Errorf("%d events, %d notices", len(w.Events), len(w.Notices))
	}
	for _, f := range []paper.Format{paper.PDF, paper.OFD} {
		content, err := w.Document(t.Context(), certtest.Holder, identifier, f, "")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := w.Verify(t.Context(), certtest.Stranger, cert.Question{File: content}); err != nil || !v.Valid {
			t.Errorf("the %s does not verify after %s: %+v, %v", f, after, v.Checks, err)
		}
	}
	if next := w.IssueFood(t, "2"); !strings.Contains(next, "000002.001.") {
		t.Errorf("a number went astray: %s", next)
	}
}

// TestOutsideFails has each thing issuing needs of others fail once, before or after it did its work.
func TestOutsideFails(t *testing.T) {
	for name, needs := range map[string]func(*broken){
		"signer": func(b *broken) { b.signer = true }, "seal": func(b *broken) { b.seal = true }, "paper": func(b *broken) { b.paper = true },
		"log-did-nothing": func(b *broken) { b.log = "before" }, "log-did-it": func(b *broken) { b.log = "after" },
		"event": func(b *broken) { b.event = true }, "notice": func(b *broken) { b.notice = true }, "cases": func(b *broken) { b.cases = true },
		"office": func(b *broken) { b.office = true }, "signs-something-else": func(b *broken) { b.forged = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := certtest.Open(t)
			w.Add(certtest.Food("1", "new"))
			b := &broken{w: w}
			needs(b)
			if _, err := cert.New(w.DB, b.needs(t)).IssueFor(t.Context(), "1"); err == nil {
				t.Fatal("it did not fail")
			}
			if n := count(t, w, `SELECT count(*) FROM cert_cert WHERE state = 'valid'`); n != 0 {
				t.Error("half a certificate is valid")
			}
			w.Events, w.Notices = nil, nil // those of the transaction that was rolled back
			sound(t, w, name)
		})
	}
}

func TestTwoNodesAtOnce(t *testing.T) {
	w := certtest.Open(t)
	w.Add(certtest.Food("1", "new"))
	var group sync.WaitGroup
	got := make([]string, 4)
	for i := range got {
		group.Go(func() {
			for range 5 { // as the queue would try again
				id, err := w.IssueFor(t.Context(), "1")
				if err == nil {
					got[i] = id
					return
				}
			}
		})
	}
	group.Wait()
	for _, id := range got {
		if id == "" || id != got[0] {
			t.Errorf("the nodes disagree: %v", got)
		}
	}
	if kinds, _ := leaves(t, w, got[0]); len(kinds) != 1 {
		t.Errorf("leaves %v", kinds)
	}
}

func TestSignedOnce(t *testing.T) {
	if first, second := cert.RedeemTwice(); first != nil || second == nil {
		t.Errorf("redeemed: %v, %v", first, second)
	}
}

func TestVariants(t *testing.T) {
	w := certtest.Open(t)
	first := w.IssueFood(t, "1")
	before, err := w.Get(t.Context(), certtest.Holder, first)
	if err != nil {
		t.Fatal(err)
	}
	w.Add(certtest.Food("2", "renewal"))
	second, err := w.IssueFor(t.Context(), "2")
	if err != nil || !strings.Contains(second, "000001.002.") {
		t.Fatalf("renewed as %s, %v", second, err)
	}
	now, err := w.Get(t.Context(), certtest.Holder, second)
	if err != nil || now.Number != before.Number || now.Supersedes != first {
		t.Errorf("renewed as %+v, %v", now.Cert, err)
	}
	if old, err := w.Get(t.Context(), certtest.Holder, first); err != nil || old.State != cert.Superseded {
		t.Errorf("the old version is %s, %v", old.State, err)
	}
	err = w.DB.View(t.Context(), func(tx *db.Tx) error {
		held, err := w.Held(t.Context(), tx, "company-food", "food-operation")
		if held != second {
			t.Errorf("held: %s", held)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(certtest.Food("3", "cancellation"))
	for range 2 {
		if id, err := w.IssueFor(t.Context(), "3"); err != nil || id != second {
			t.Fatalf("cancelled %s, %v", id, err)
		}
	}
	gone, err := w.Get(t.Context(), certtest.Holder, second)
	if err != nil || gone.State != cert.Revoked || gone.EndedKind != cert.Cancelled {
		t.Errorf("after cancelling: %+v, %v", gone.Cert, err)
	}
	if kinds, _ := leaves(t, w, second); len(kinds) != 2 || kinds[1] != "cert.revoked" {
		t.Errorf("leaves %v", kinds)
	}
	w.Add(certtest.Food("4", "renewal")) // of a licence on paper
	if id, err := w.IssueFor(t.Context(), "4"); err != nil || !strings.Contains(id, "000002.001.") {
		t.Errorf("a renewal without a certificate led to %s, %v", id, err)
	}
}

// TestSealed looks into the tables as a thief would.
func TestSealed(t *testing.T) {
	w := certtest.Open(t)
	w.IssueFood(t, "1")
	type column struct{ Record []byte }
	err := w.DB.View(t.Context(), func(tx *db.Tx) error {
		r, err := db.One[column](t.Context(), tx, `SELECT record FROM cert_cert`)
		if strings.Contains(string(r.Record), "王") || strings.Contains(string(r.Record), "identifier") {
			t.Error("the record rests in clear")
		}
		if err != nil {
			return err
		}
		documents, err := db.All[[]byte](t.Context(), tx, `SELECT content FROM cert_document`)
		for _, d := range documents {
			if _, err := paper.Open(d); err == nil {
				t.Error("a document rests in clear")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Keys.PublicKey(sm.CertificateSigner); err != nil {
		t.Fatal(err)
	}
}
