package seal_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509/pkix"
	"errors"
	"testing"
	"time"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
)

// short is the limit of a call to a device that does not answer.
const short = 20 * time.Millisecond

// breakable opens a world whose device answers within a short limit and whose authority of timestamps can be broken.
func breakable(t *testing.T) (*sealtest.World, *sealtest.Clock) {
	t.Helper()
	clock := &sealtest.Clock{}
	w := sealtest.Open(t, func(n *seal.Needs) { n.Time = clock })
	a, err := w.TimestampAuthority(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clock.Inner = a
	return w, clock
}

// quick puts a short limit on the device of an opened world.
func quick(w *sealtest.World) *seal.Service {
	n := w.Needs
	n.Keys = hsm.Keys{Device: w.Device, Limit: short}
	return seal.New(w.DB, n)
}

func uses(t *testing.T, w *sealtest.World) (prepared, affixed, signatures int) {
	t.Helper()
	type row struct {
		State     string
		Signature []byte
	}
	err := w.DB.View(t.Context(), func(tx *db.Tx) error {
		return db.Each(t.Context(), tx, func(r row) error {
			if r.State == "prepared" {
				prepared++
			}
			if r.State == "affixed" {
				affixed++
			}
			if r.Signature != nil {
				signatures++
			}
			return nil
		}, `SELECT state, signature FROM seal_use`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return prepared, affixed, signatures
}

// TestFaults breaks each outside step of affixing in each way, then mends it: before there is a record without a signature, after there is one
// signature with one leaf. There is never a signature without a record.
func TestFaults(t *testing.T) {
	w, clock := breakable(t)
	id := w.Made(t, sealtest.Chief, seal.Official)
	cases := []struct {
		name string
		set  func(hsm.Break)
		ways map[string]hsm.Break
	}{
		{"find-key", func(b hsm.Break) { w.Device.Break("public", b) }, map[string]hsm.Break{"dead": hsm.Dead, "deaf": hsm.Deaf, "slow": hsm.Slow}},
		{"sign", func(b hsm.Break) { w.Device.Break("sign", b) }, map[string]hsm.Break{"dead": hsm.Dead, "deaf": hsm.Deaf, "slow": hsm.Slow, "wrong": hsm.Wrong}},
		{"timestamp", func(b hsm.Break) { clock.How = b }, map[string]hsm.Break{"dead": hsm.Dead, "deaf": hsm.Deaf, "slow": hsm.Slow}},
	}
	done := 0
	for _, c := range cases {
		for way, how := range c.ways {
			t.Run(c.name+"-"+way, func(t *testing.T) {
				use := sealtest.ForCase(id, c.name+way)
				s := quick(w)
				c.set(how)
				for range 2 {
					_, err := s.Affix(t.Context(), sealtest.Chief, use)
					wants(t, err, fault.Busy, "seal.device_busy")
				}
				if prepared, affixed, signatures := uses(t, w); prepared != 1 || affixed != done || signatures != done {
					t.Errorf("broken: %d prepared, %d affixed, %d signatures", prepared, affixed, signatures)
				}
				c.set(hsm.Whole)
				a, err := s.Affix(t.Context(), sealtest.Chief, use)
				if err != nil {
					t.Fatal(err)
				}
				done++
				verifies(t, w, a.Signature, c.name+way)
				if prepared, affixed, _ := uses(t, w); prepared != 0 || affixed != done || w.Count("seal.affixed") != done {
					t.Errorf("mended: %d prepared, %d affixed, %d leaves", prepared, affixed, w.Count("seal.affixed"))
				}
			})
		}
	}
}

// TestMakingFails breaks the making of a seal in each way, then mends it.
func TestMakingFails(t *testing.T) {
	w, _ := breakable(t)
	for call, ways := range map[string][]hsm.Break{"generate": {hsm.Dead, hsm.Deaf, hsm.Slow}, "public": {hsm.Dead, hsm.Slow}, "sign": {hsm.Dead, hsm.Deaf, hsm.Slow, hsm.Wrong}} {
		for _, how := range ways {
			id := w.Applied(t, sealtest.Chief, seal.Business)
			if err := w.Examine(t.Context(), sealtest.Province, id, true, ""); err != nil {
				t.Fatal(err)
			}
			s, made := quick(w), w.Count("seal.made")
			w.Device.Break(call, how)
			wants(t, s.Make(t.Context(), sealtest.Province, id), fault.Busy, "seal.device_busy")
			w.Device.Break(call, hsm.Whole)
			if v, err := w.Get(t.Context(), sealtest.Chief, id); err != nil || v.State == seal.InUse || v.Whole != nil {
				t.Errorf("%s %v: %s, %v", call, how, v.State, err)
			}
			if err := s.Make(t.Context(), sealtest.Province, id); err != nil {
				t.Fatal(err)
			}
			if w.Count("seal.made") != made+1 {
				t.Errorf("%s %v: leaves %v", call, how, w.Kinds())
			}
			if err := w.Move(t.Context(), sealtest.Chief, id, seal.Cancelled); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSuspendedWhileSigning suspends the seal between what was prepared and its record: there is no signature, and the log says so.
func TestSuspendedWhileSigning(t *testing.T) {
	w, clock := breakable(t)
	id := w.Made(t, sealtest.Chief, seal.Official)
	clock.First = func() {
		if err := w.Move(context.Background(), sealtest.Chief, id, seal.Stopped); err != nil {
			t.Error(err)
		}
	}
	_, err := w.Affix(t.Context(), sealtest.Chief, sealtest.ForCase(id, "x"))
	wants(t, err, fault.Conflict, "seal.not_in_use")
	if _, affixed, signatures := uses(t, w); affixed != 0 || signatures != 0 || w.Count("seal.use_stopped") != 1 || w.Count("seal.affixed") != 0 {
		t.Errorf("%d affixed, %d signatures, leaves %v", affixed, signatures, w.Kinds())
	}
	clock.First = nil
	if err := w.Move(t.Context(), sealtest.Chief, id, seal.Found); err != nil {
		t.Fatal(err)
	}
	a, err := w.Affix(t.Context(), sealtest.Chief, sealtest.ForCase(id, "x"))
	if err != nil {
		t.Fatal(err)
	}
	// Only what was stopped, suspended and resumed within one second is judged by its end.
	results, err := w.Check(t.Context(), a.Signature, sealtest.Digest("x"))
	if err != nil || ses.Passed(results) != (len(failed(results)) == 0) {
		t.Error(results, err)
	}
}

// outsider is an authority outside.
type outsider struct{ key crypto.Signer }

// issue gives the certificate that a request asks for, or the root without one.
func (o outsider) issue(t *testing.T, name string, request []byte) []byte {
	t.Helper()
	serial, err := sm.Serial()
	if err != nil {
		t.Fatal(err)
	}
	c := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(9, 0, 0),
		BasicConstraintsValid: true, KeyUsage: sm.UseSign}
	pub, issuer := o.key.Public(), c
	if request == nil {
		c.IsCA, c.KeyUsage, c.SubjectKeyId = true, sm.UseCertify, []byte("root")
	} else {
		parsed, err := sm.ParseRequestPEM(request)
		if err != nil {
			t.Fatal(err)
		}
		pub = parsed.PublicKey
		issuer = &sm.Certificate{Subject: pkix.Name{CommonName: "root"}, SubjectKeyId: []byte("root"), SerialNumber: serial}
	}
	made, err := sm.IssueCertificate(c, issuer, pub, o.key)
	if err != nil {
		t.Fatal(err)
	}
	return sm.CertificatePEM(made)
}

// request asks for the certificate of a key.
func request(t *testing.T, w *sealtest.World, name string) []byte {
	t.Helper()
	text, err := w.CertificateRequest(t.Context(), actor.Program("cli"), name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// outsideSeal makes a seal with certificates that come from elsewhere.
func outsideSeal(t *testing.T, w *sealtest.World) seal.ID {
	t.Helper()
	ctx, program := t.Context(), actor.Program("cli")
	id := w.Applied(t, sealtest.Chief, seal.Official)
	if err := w.Examine(ctx, sealtest.Province, id, true, ""); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Make(ctx, sealtest.Province, id), fault.Conflict, "seal.no_certificate")
	_, err := w.RevocationList(ctx)
	wants(t, err, fault.NotFound, "seal.no_authority")

	var o outsider
	if o.key, err = sm.GenerateSM2(); err != nil {
		t.Fatal(err)
	}
	if err := w.Import(ctx, program, "root", o.issue(t, "root", nil)); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Import(ctx, sealtest.Chief, "maker", nil), fault.Forbidden, "")
	wants(t, w.Import(ctx, program, "maker", []byte("noise")), fault.Invalid, "seal.bad_certificate")
	makerRequest, sealRequest := request(t, w, "maker"), request(t, w, id)
	wants(t, w.Import(ctx, program, "maker", o.issue(t, "seal", sealRequest)), fault.Invalid, "seal.bad_certificate")
	maker := o.issue(t, "maker", makerRequest)
	for range 2 {
		if err := w.Import(ctx, program, "maker", maker); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, w.Import(ctx, program, "maker", o.issue(t, "maker", makerRequest)), fault.Conflict, "seal.moved_on")
	if err := w.Import(ctx, program, id, o.issue(t, "seal", sealRequest)); err != nil {
		t.Fatal(err)
	}
	if err := w.Make(ctx, sealtest.Province, id); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestOutsideAuthority works with certificates that come from elsewhere.
func TestOutsideAuthority(t *testing.T) {
	w := sealtest.Open(t, func(n *seal.Needs) { n.BuiltIn = false })
	id := outsideSeal(t, w)
	a, err := w.Affix(t.Context(), sealtest.Chief, sealtest.ForCase(id, "x"))
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, w, a.Signature, "x")
	if s, err := ses.ParseSignature(a.Signature); err != nil || s.Timestamp != nil || bytes.Contains(s.Seal.Raw, []byte("测试")) {
		t.Error("a seal in earnest carries the mark of trying out, or a timestamp of nobody", err)
	}
}

func TestDeviceKeepsItsKeys(t *testing.T) {
	w := sealtest.Open(t)
	ctx := t.Context()
	first, err := w.Needs.Keys.Create(ctx, "seal.x")
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.Needs.Keys.Create(ctx, "seal.x")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := sm.PublicBytes(first)
	b, _ := sm.PublicBytes(again)
	if !bytes.Equal(a, b) {
		t.Error("a second key under one name")
	}
	for _, name := range []string{"../../etc/passwd", "none", ""} {
		if _, err := w.Needs.Keys.Signer(ctx, name); !errors.Is(err, hsm.ErrNoKey) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
