package cert_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/signed"
)

// jointType makes food operation licences ones that the health office of the county issues too.
func jointType(t *testing.T, w *certtest.World) {
	t.Helper()
	kind, err := cert.ParseType(certtest.Types(t)["food_operation"])
	if err != nil {
		t.Fatal(err)
	}
	kind.Joint = []string{"d23"}
	if err := w.DB.Update(t.Context(), func(tx *db.Tx) error { return w.DeployType(t.Context(), tx, kind) }); err != nil {
		t.Fatal(err)
	}
}

// sealedByTwo checks that both documents bear both seals, as a stranger does.
func sealedByTwo(t *testing.T, w *certtest.World, identifier string) {
	t.Helper()
	trust, err := w.Seals.Trust(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []paper.Format{paper.PDF, paper.OFD} {
		content, err := w.Document(t.Context(), certtest.Holder, identifier, f, "")
		if err != nil {
			t.Fatal(err)
		}
		r := signed.Check(t.Context(), content, trust, time.Now())
		if !r.Valid() || len(r.Signatures) != 2 || !strings.Contains(r.Signatures[0].Name, "市场监督") || !strings.Contains(r.Signatures[1].Name, "卫生健康") {
			t.Errorf("the %s: %+v %+v", f, r.Failures(), r.Signatures)
		}
		if v := verify(t, w, cert.Question{File: content}); !v.Valid || !v.Certificate.Sealed {
			t.Errorf("the %s: %s", f, failed(v))
		}
		for at := len(content) / 7; at < len(content); at += len(content) / 7 {
			forged := bytes.Clone(content)
			forged[at] ^= 1
			if v := verify(t, w, cert.Question{File: forged}); v.Valid && signed.Check(t.Context(), forged, trust, time.Now()).Intact() {
				t.Errorf("the %s: byte %d changed, and nobody sees it", f, at)
			}
		}
	}
}

// TestJointCertificate: a type that two offices issue waits for both seals, and bears both.
func TestJointCertificate(t *testing.T) {
	w := certtest.Open(t)
	jointType(t, w)
	w.MakeSeal(t)
	w.Add(certtest.Food("1", "new"))
	if identifier, err := w.IssueFor(t.Context(), "1"); err == nil || !strings.Contains(err.Error(), "cert.seal_missing") {
		t.Fatalf("without the second seal: %q, %v", identifier, err)
	}
	beside := w.MakeSealOf(t, "220102d23")
	identifier, err := w.IssueFor(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	sealedByTwo(t, w, identifier)
	if v, err := w.Get(t.Context(), certtest.Holder, identifier); err != nil || strings.Count(string(v.Face), "<image") != 2 {
		t.Errorf("the face shows %d seals, %v", strings.Count(string(v.Face), "<image"), err)
	}
	if n := count(t, w, `SELECT count(*) FROM seal_use WHERE business_id = $1 AND state = 'affixed'`, identifier); n != 4 {
		t.Errorf("%d uses of two seals on two documents", n)
	}
	// The second seal goes while the next one is made: it stays prepared, under its number, until it is back.
	w.Add(certtest.Food("2", "new"))
	w.Crash(func(point string) error {
		if point == "after sign" {
			return w.Seals.Move(t.Context(), actor.Program("test"), beside, seal.Stopped)
		}
		return nil
	})
	if _, err := w.IssueFor(t.Context(), "2"); !fault.HasKey(err, "seal.not_in_use") {
		t.Fatalf("a seal that was stopped: %v", err)
	}
	w.Crash(nil)
	if _, err := w.IssueFor(t.Context(), "2"); err == nil {
		t.Fatal("it was issued with one seal of two")
	}
	if err := w.Seals.Move(t.Context(), actor.Program("test"), beside, seal.Found); err != nil {
		t.Fatal(err)
	}
	second, err := w.IssueFor(t.Context(), "2")
	if err != nil || !strings.Contains(second, "000002.001.") {
		t.Fatalf("%s, %v", second, err)
	}
	sealedByTwo(t, w, second)
}

func TestJointRefuses(t *testing.T) {
	good := string(certtest.Types(t)["food_operation"])
	for name, joint := range map[string]string{"a word": `"health"`, "twice": `"d23", "d23"`, "many": `"d23", "d24", "d25", "d26"`} {
		if _, err := cert.ParseType([]byte("joint = [" + joint + "]\n" + good)); err == nil || !strings.Contains(err.Error(), "up to 3 offices") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
