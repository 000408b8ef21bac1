package cert_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

var tester = actor.Program("test")

// leavesOf lists the leaves about a thing.
func leavesOf(t *testing.T, w *certtest.World, object string) (all []audit.Leaf, err error) {
	t.Helper()
	err = w.DB.View(t.Context(), func(tx *db.Tx) error {
		all, err = w.Log.ByObject(t.Context(), tx, object, "", 100)
		return err
	})
	return all, err
}

// stock is n lawyers and n restaurants of another register; the last of each was cancelled.
func stock(n int) (out []cert.Stock) {
	for i := range n {
		l := cert.Stock{Registered: certtest.Lawyer()}
		l.Number = fmt.Sprintf("1220120181%07d", i)
		l.Values = map[string]any{"name": "张晓琳", "firm": "吉林长白律师事务所", "kind": "专职律师", "number": l.Number, "qualification": "A20172201020017", "person_number": "220102199303082083"}
		food := certtest.Food(fmt.Sprint(i), "new")
		f := cert.Stock{Registered: cert.Registered{TypeKey: "food-operation", OfficePath: "220102d31", Subject: "company-food", HolderKind: "company",
			Holder: food.Applicant.Name, HolderCode: food.Applicant.Number, Number: fmt.Sprint("old-", i), IssuedOn: civil.MustParse("2024-05-01"), Values: food.Content.Answers},
			ValidUntil: civil.MustParse("2025-01-31")}
		if i == n-1 {
			l.Ended = cert.Reason{Kind: cert.Cancelled, Text: "不再执业"}
			f.Ended = cert.Reason{Kind: cert.Suspending, Text: "整改"}
		}
		out = append(out, l, f)
	}
	return out
}

// TestIssueStock issues a batch, ends the program at every point of it, and wants each certificate once, with numbers without gaps.
func TestIssueStock(t *testing.T) {
	for _, point := range []string{"", "before batch", "batch numbered", "batch signed", "batch recorded"} {
		t.Run("crash-"+strings.ReplaceAll(point, " ", "-"), func(t *testing.T) {
			w := certtest.Open(t)
			list := stock(4)
			if point != "" {
				crash := errors.New("crash")
				w.Crash(func(at string) error {
					if at == point {
						return crash
					}
					return nil
				})
				if _, err := w.IssueStock(t.Context(), tester, "stock/1", list); !errors.Is(err, crash) {
					t.Fatalf("it did not crash: %v", err)
				}
				if n := count(t, w, `SELECT count(*) FROM cert_cert`); n != 0 && point != "batch recorded" {
					t.Errorf("%d rows of a batch", n)
				}
				w.Crash(nil)
			}
			for range 2 {
				if n, err := w.IssueStock(t.Context(), tester, "stock/1", list); err != nil || n != len(list) {
					t.Fatalf("%d, %v", n, err)
				}
			}
			// Another batch goes on where the first ended; what it shares with it is passed over.
			if n, err := w.IssueStock(t.Context(), tester, "stock/2", stock(5)); err != nil || n != 2 {
				t.Fatalf("%d, %v", n, err)
			}
			if _, err := w.IssueStock(t.Context(), tester, "stock/2", list); err == nil {
				t.Error("another content under the same name")
			}
			if n := count(t, w, `SELECT count(*) FROM cert_cert`); n != 10 {
				t.Errorf("%d certificates", n)
			}
			for _, series := range []string{"number/food-operation/JY2220102", "serial/%"} {
				if n := count(t, w, `SELECT count(*) FROM cert_counter WHERE series LIKE $1 AND value <> 5`, series); n != 0 {
					t.Errorf("the series %s has a gap", series)
				}
			}
			if _, err := w.Log.Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
			if r, err := w.Log.Verify(t.Context()); err != nil || !r.OK() || r.Size != 10+4 || r.Waiting != 0 { // the batch of five ends one of each, too
				t.Errorf("%+v, %v", r, err)
			}
			checkStock(t, w)
			if len(w.Notices) != 0 {
				t.Errorf("%d holders of old certificates were told", len(w.Notices))
			}
		})
	}
}

func checkStock(t *testing.T, w *certtest.World) {
	t.Helper()
	list, err := w.Mine(t.Context(), certtest.Citizen, "", 10)
	if err != nil || len(list) != 5 {
		t.Fatalf("%d, %v", len(list), err)
	}
	states := map[cert.State]int{}
	for _, c := range list {
		v := verify(t, w, cert.Question{Identifier: c.Identifier})
		if v.Valid != (c.State == cert.Valid) || v.Certificate.State != c.State {
			t.Errorf("%s: %s", c.State, failed(v))
		}
		states[c.State]++
	}
	if states[cert.Valid] != 3 || states[cert.Revoked] != 2 {
		t.Errorf("%v", states)
	}
	food, err := w.Mine(t.Context(), certtest.Holder, "", 10)
	if err != nil || len(food) != 5 || food[0].State != cert.Expired {
		t.Errorf("%+v, %v", food, err)
	}
	if found, err := w.FindPublic(t.Context(), actor.Actor{}, "lawyer", "张晓琳"); err != nil || len(found) != 5 {
		t.Errorf("the open register: %d, %v", len(found), err)
	}
}

// TestLapsedNumbers: what was issued elsewhere while a batch was under way costs it its numbers, and the log says so.
func TestLapsedNumbers(t *testing.T) {
	w := certtest.Open(t)
	list := stock(3)
	crash := errors.New("crash")
	w.Crash(func(at string) error {
		if at == "batch numbered" {
			return crash
		}
		return nil
	})
	if _, err := w.IssueStock(t.Context(), tester, "stock/1", list); !errors.Is(err, crash) {
		t.Fatal(err)
	}
	w.Crash(nil)
	if n, err := w.IssueStock(t.Context(), tester, "other", list[1:2]); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	for range 2 {
		if n, err := w.IssueStock(t.Context(), tester, "stock/1", list); err != nil || n != 5 {
			t.Fatalf("%d, %v", n, err)
		}
	}
	leaves, err := leavesOf(t, w, "cert-batch:stock/1")
	if err != nil || len(leaves) != 1 || leaves[0].Kind != "cert.numbers_lapsed" || !strings.Contains(string(leaves[0].Data), `"number/food-operation/JY2220102":[1,3]`) {
		t.Errorf("%+v, %v", leaves, err)
	}
	if n := count(t, w, `SELECT value FROM cert_counter WHERE series = 'number/food-operation/JY2220102'`); n != 3+1+2 {
		t.Errorf("the series stands at %d", n)
	}
	// A certificate that is issued while a batch is being signed.
	more := stock(5)
	w.Crash(func(at string) error {
		if at == "batch signed" {
			w.Crash(nil)
			_, err := w.IssueStock(t.Context(), tester, "meanwhile", more[8:9])
			return err
		}
		return nil
	})
	if _, err := w.IssueStock(t.Context(), tester, "stock/2", more); err == nil {
		t.Error("two certificates of one")
	}
	if n, err := w.IssueStock(t.Context(), tester, "stock/2", more); err != nil || n != 3 {
		t.Errorf("%d, %v", n, err)
	}
	if leaves, err := leavesOf(t, w, "cert-batch:stock/2"); err != nil || len(leaves) != 1 {
		t.Errorf("%+v, %v", leaves, err)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_cert`); n != 10 {
		t.Errorf("%d certificates", n)
	}
}

// TestWrittenLater: the documents of a batch are written when they are first wanted, once, under the seal the office has by then.
func TestWrittenLater(t *testing.T) {
	w := certtest.Open(t)
	if _, err := w.IssueStock(t.Context(), tester, "stock", stock(2)); err != nil {
		t.Fatal(err)
	}
	list, err := w.Mine(t.Context(), certtest.Citizen, "", 10)
	if err != nil || len(list) != 2 {
		t.Fatal(err)
	}
	food, err := w.Mine(t.Context(), certtest.Holder, "", 10)
	if err != nil || len(food) != 2 {
		t.Fatal(err)
	}
	if _, err := w.Document(t.Context(), certtest.Citizen, list[0].Identifier, paper.PDF, ""); !fault.HasKey(err, "cert.ended_unwritten") {
		t.Errorf("one that has ended: %v", err)
	}
	identifier := food[0].Identifier
	if v, err := w.Get(t.Context(), certtest.Holder, identifier); err != nil || v.Sealed || len(v.Face) == 0 {
		t.Errorf("before: sealed %v, %v", v.Sealed, err)
	}
	w.MakeSeal(t)
	crash := errors.New("crash")
	w.Crash(func(string) error { return crash })
	if _, err := w.Document(t.Context(), certtest.Holder, identifier, paper.OFD, ""); !errors.Is(err, crash) {
		t.Fatal(err)
	}
	w.Crash(nil)
	trust, err := w.Seals.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	key, err := w.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, f := range []paper.Format{paper.OFD, paper.PDF} {
			content, err := w.Document(t.Context(), certtest.Holder, identifier, f, "")
			if err != nil {
				t.Fatal(err)
			}
			if v := cert.VerifyFile(content, key); !v.Valid {
				t.Errorf("the %s by itself: %s", f, failed(v))
			}
			if r := signed.Check(t.Context(), content, trust, time.Now()); !r.Valid() || len(r.Signatures) != 1 {
				t.Errorf("the seal of the %s: %+v", f, r.Failures())
			}
			if r := signed.Check(t.Context(), content, ses.Trust{}, time.Now()); !r.Intact() {
				t.Errorf("the %s is not intact", f)
			}
			v := verify(t, w, cert.Question{File: content})
			if len(v.Checks) == 0 || v.Certificate == nil || v.Certificate.State != cert.Expired && v.Certificate.State != cert.Suspended || !v.Certificate.Sealed {
				t.Errorf("the %s in the register: %s", f, failed(v))
			}
			for at := len(content) / 9; at < len(content); at += len(content) / 9 {
				content[at] ^= 1
				if cert.VerifyFile(content, key).Valid && signed.Check(t.Context(), content, ses.Trust{}, time.Now()).Intact() {
					t.Errorf("byte %d of the %s changed, and nobody sees it", at, f)
				}
				content[at] ^= 1
			}
		}
	}
	if n := count(t, w, `SELECT count(*) FROM cert_document`); n != 2 {
		t.Errorf("%d documents", n)
	}
	if n := count(t, w, `SELECT count(*) FROM seal_use WHERE business = 'certificate' AND business_id = $1 AND state = 'affixed'`, identifier); n != 2 {
		t.Errorf("%d uses of the seal", n)
	}
	leaves, err := leavesOf(t, w, "cert:"+identifier)
	if err != nil {
		t.Fatal(err)
	}
	written := 0
	for _, l := range leaves {
		if l.Kind == "cert.documents_written" {
			written++
			var data struct{ Record, Statement string }
			if err := json.Unmarshal(l.Data, &data); err != nil || data.Record == "" || data.Statement == "" {
				t.Errorf("%s, %v", l.Data, err)
			}
		}
	}
	if written != 1 {
		t.Errorf("%d leaves of writing", written)
	}
}
