package cert_test

import (
	"encoding/json"
	"strings"
	"testing"

	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// TestErasedIsNotForged: a certificate in force can't be erased; one that ended can, and a verifier is told so by every way.
func TestErasedIsNotForged(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	file, err := w.Document(t.Context(), certtest.Holder, identifier, paper.PDF, "")
	if err != nil {
		t.Fatal(err)
	}
	if v := verify(t, w, cert.Question{Identifier: identifier}); !v.Valid {
		t.Fatalf("it is not valid: %+v", v)
	}
	erase := func() (certs int, leaves int64, err error) {
		err = w.DB.Update(t.Context(), func(tx *db.Tx) error {
			if certs, err = w.EraseHolder(t.Context(), tx, certtest.Holder.Company); err != nil {
				return err
			}
			leaves, err = w.Log.Erase(t.Context(), tx, certtest.Holder.Company)
			return err
		})
		return certs, leaves, err
	}
	if _, _, err := erase(); !fault.HasKey(err, "cert.erase_in_force") {
		t.Errorf("a certificate in force was erased: %v", err)
	}
	if err := w.Revoke(t.Context(), certtest.Chief, identifier, cert.Reason{Kind: cert.Suspending, Text: "违法经营"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := erase(); !fault.HasKey(err, "cert.erase_in_force") {
		t.Errorf("a suspended certificate was erased: %v", err)
	}
	if err := w.Revoke(t.Context(), certtest.Chief, identifier, cert.Reason{Kind: cert.Penalty, Text: "违法经营"}); err != nil {
		t.Fatal(err)
	}
	if n, leaves, err := erase(); err != nil || n != 1 || leaves < 3 {
		t.Fatalf("%d certificates, %d leaves, %v", n, leaves, err)
	}
	if n, leaves, err := erase(); err != nil || n != 0 || leaves != 0 {
		t.Errorf("a second time %d certificates, %d leaves, %v", n, leaves, err)
	}
	for way, q := range map[string]cert.Question{"identifier": {Identifier: identifier}, "file": {File: file}} {
		v := verify(t, w, q)
		if v.Valid || failed(v) != "state.erased" || v.Certificate.State != cert.Revoked || v.Certificate.Holder != "" {
			t.Errorf("by %s: %+v", way, v)
		}
	}
	if _, err := w.Document(t.Context(), certtest.Chief, identifier, paper.PDF, "复核"); !fault.Is(err, fault.NotFound) {
		t.Errorf("its file is still there: %v", err)
	}
	if _, err := w.Get(t.Context(), certtest.Chief, identifier); err != nil {
		t.Errorf("the office can't see that it was: %v", err)
	}
	if list, err := w.Mine(t.Context(), certtest.Holder, "", 10); err != nil || len(list) != 0 {
		t.Errorf("the holder still has %v, %v", list, err)
	}
	if _, err := w.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Log.Verify(t.Context()); err != nil || !r.OK() || r.Erased == 0 {
		t.Errorf("%v, %v", r, err)
	}
	err = w.DB.View(t.Context(), func(tx *db.Tx) error {
		list, err := w.Log.Search(t.Context(), tx, audit.Query{}, "", 100)
		if text, _ := json.Marshal(list); strings.Contains(string(text), certtest.Holder.Company) || strings.Contains(string(text), identifier) {
			t.Error("the log still knows the holder or the certificate")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
