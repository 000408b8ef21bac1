package cert_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
)

// sealedWell checks both documents of a certificate as a stranger does, and returns them.
func sealedWell(t *testing.T, w *certtest.World, identifier string) (all [][]byte) {
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
		if r := signed.Check(t.Context(), content, trust, time.Now()); !r.Valid() || len(r.Signatures) != 1 || !strings.Contains(r.Signatures[0].Name, "测试") {
			t.Errorf("the %s: %+v", f, r.Failures())
		}
		if v := verify(t, w, cert.Question{File: content}); !v.Valid || !v.Certificate.Sealed {
			t.Errorf("the %s: %s", f, failed(v))
		}
		all = append(all, content)
	}
	return all
}

func TestSealedCertificate(t *testing.T) {
	w := certtest.Open(t)
	bare := w.IssueFood(t, "1")
	if v, err := w.Get(t.Context(), certtest.Holder, bare); err != nil || v.Sealed || strings.Contains(string(v.Face), "<image") {
		t.Errorf("an office without a seal: sealed %v, %v", v.Sealed, err)
	}
	id := w.MakeSeal(t)
	identifier := w.IssueFood(t, "2")
	if v, err := w.Get(t.Context(), certtest.Holder, identifier); err != nil || !v.Sealed || !strings.Contains(string(v.Face), "<image") {
		t.Errorf("sealed %v, %v", v.Sealed, err)
	}
	for _, content := range sealedWell(t, w, identifier) {
		if r := signed.Check(t.Context(), content, ses.Trust{}, time.Now()); r.Valid() || !r.Intact() {
			t.Errorf("to somebody who trusts nobody: %+v", r.Failures())
		}
		for at := len(content) / 7; at < len(content); at += len(content) / 7 { // a changed file is no good to either check
			forged := bytes.Clone(content)
			forged[at] ^= 1
			if v := verify(t, w, cert.Question{File: forged}); v.Valid && signed.Check(t.Context(), forged, ses.Trust{}, time.Now()).Intact() {
				t.Errorf("byte %d changed, and nobody sees it", at)
			}
		}
	}
	if n := count(t, w, `SELECT count(*) FROM seal_use WHERE business = 'certificate' AND business_id = $1 AND state = 'affixed'`, identifier); n != 2 {
		t.Errorf("%d uses for two documents", n)
	}
	if n := count(t, w, `SELECT count(*) FROM audit_inbox WHERE kind = 'seal.affixed'`); n != 1 {
		t.Errorf("%d leaves", n)
	}
	// A certificate of before is as good as it was, and one that was sealed stays so when the seal has ended.
	if err := w.Seals.Move(t.Context(), actor.Program("test"), id, seal.Cancelled); err != nil {
		t.Fatal(err)
	}
	sealedWell(t, w, identifier)
	for _, f := range []paper.Format{paper.PDF, paper.OFD} {
		content, err := w.Document(t.Context(), certtest.Holder, bare, f, "")
		if err != nil {
			t.Fatal(err)
		}
		if v := verify(t, w, cert.Question{File: content}); !v.Valid || v.Certificate.Sealed {
			t.Errorf("the %s without a seal: %s", f, failed(v))
		}
	}
}

// TestSealedCrash ends the program at each step and looks that there is one certificate, sealed once, and that no use is told of that came to nothing.
func TestSealedCrash(t *testing.T) {
	died := errors.New("the power went")
	for _, point := range []string{"after prepare", "after sign", "after compare", "after record"} {
		t.Run(strings.ReplaceAll(point, " ", "-"), func(t *testing.T) {
			w := certtest.Open(t)
			w.MakeSeal(t)
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
			if n := count(t, w, `SELECT count(*) FROM seal_use`); n != map[bool]int{true: 2, false: 0}[point == "after record"] {
				t.Errorf("%d uses after the crash", n)
			}
			if n := count(t, w, `SELECT count(*) FROM cert_cert WHERE seal_id <> '' AND sealed_at IS NOT NULL`); n != 1 {
				t.Error("signing began before the seal was stored")
			}
			w.Crash(nil)
			sound(t, w, point)
			identifier, err := w.IssueFor(t.Context(), "1")
			if err != nil {
				t.Fatal(err)
			}
			sealedWell(t, w, identifier)
			if n := count(t, w, `SELECT count(*) FROM seal_use WHERE business_id = $1`, identifier); n != 2 {
				t.Errorf("%d uses", n)
			}
		})
	}
}

// TestSealGoes takes the seal away between signing and recording: the signature is thrown away, and the certificate comes without a seal, under its number.
func TestSealGoes(t *testing.T) {
	w := certtest.Open(t)
	id := w.MakeSeal(t)
	first := w.IssueFood(t, "1")
	w.Add(certtest.Food("2", "new"))
	w.Crash(func(point string) error {
		if point == "after sign" {
			return w.Seals.Move(t.Context(), actor.Program("test"), id, seal.Stopped)
		}
		return nil
	})
	if _, err := w.IssueFor(t.Context(), "2"); !fault.HasKey(err, "seal.not_in_use") {
		t.Fatalf("a seal that was stopped: %v", err)
	}
	w.Crash(nil)
	second, err := w.IssueFor(t.Context(), "2")
	if err != nil || !strings.Contains(second, "000002.001.") {
		t.Fatalf("%s, %v", second, err)
	}
	if v, err := w.Get(t.Context(), certtest.Holder, second); err != nil || v.Sealed {
		t.Errorf("sealed %v, %v", v.Sealed, err)
	}
	if n := count(t, w, `SELECT count(*) FROM seal_use WHERE business_id <> $1`, first); n != 0 {
		t.Errorf("%d uses of a seal that was stopped", n)
	}
	sealedWell(t, w, first)
}

// TestSealDevice has the device fail: nothing is issued without its seal because of that, and the next run goes on with the same number.
func TestSealDevice(t *testing.T) {
	for name, how := range map[string]hsm.Break{"dead": hsm.Dead, "deaf": hsm.Deaf, "wrong": hsm.Wrong} {
		t.Run(name, func(t *testing.T) {
			w := certtest.Open(t)
			w.MakeSeal(t)
			w.Add(certtest.Food("1", "new"))
			w.IssueFood(t, "2") // its keys are known by now
			w.Device.Break("sign", how)
			if _, err := w.IssueFor(t.Context(), "1"); !fault.Is(err, fault.Busy) {
				t.Fatalf("a broken device: %v", err)
			}
			w.Device.Break("sign", hsm.Whole)
			execute(t, w, `UPDATE cert_cert SET sealed_at = $1 WHERE state = 'prepared'`, time.Now().Add(-time.Hour)) // long ago
			identifier, err := w.IssueFor(t.Context(), "1")
			if err != nil || !strings.Contains(identifier, "000002.001.") {
				t.Fatalf("%s, %v", identifier, err)
			}
			sealedWell(t, w, identifier)
		})
	}
}
