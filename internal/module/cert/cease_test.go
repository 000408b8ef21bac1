package cert_test

import (
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
)

func TestCertificateEndsWithItsGrant(t *testing.T) {
	for kind, want := range map[casefile.EndingKind]cert.Kind{casefile.Annulled: cert.RevokedFor, casefile.Ceased: cert.Cancelled} {
		w := certtest.Open(t)
		ended := casefile.Ended{CaseID: "1", Number: "n", Kind: kind, Paper: "南关市监许撤销字〔2026〕第0001号"}
		if err := w.EndFor(t.Context(), ended); err != nil {
			t.Errorf("a case without a certificate: %v", err)
		}
		w.Cases["1"] = certtest.Food("1", "new")
		identifier, err := w.IssueFor(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		told := len(w.Notices)
		for range 2 { // a job may come twice
			if err := w.EndFor(t.Context(), ended); err != nil {
				t.Fatal(err)
			}
		}
		list, err := w.OfCase(t.Context(), certtest.Chief, w.Cases["1"].Case.Number)
		if err != nil || len(list) != 1 || list[0].Identifier != identifier || list[0].State != cert.Revoked || list[0].EndedKind != want {
			t.Errorf("%+v, %v", list, err)
		}
		if len(w.Notices) != told+1 {
			t.Errorf("the holder is told %d times", len(w.Notices)-told)
		}
	}
}
