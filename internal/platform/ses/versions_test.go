package ses

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// The versions that are only read are written here, by hand after their grammars.

func sequence(parts ...func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range parts {
				p(b)
			}
		})
	}
}

func der(part func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	part(&b)
	return b.BytesOrPanic()
}

func ia5(s string) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { addText(b, tag.IA5String, s) }
}
func utf8String(s string) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { addText(b, tag.UTF8String, s) }
}
func integer(n int64) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1Int64(n) }
}
func octets(o []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1OctetString(o) }
}
func bits(o []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1BitString(o) }
}
func raw(o []byte) func(*cryptobyte.Builder) { return func(b *cryptobyte.Builder) { b.AddBytes(o) } }
func algorithm(b *cryptobyte.Builder)        { b.AddASN1ObjectIdentifier(sm2WithSM3) }
func utcTime(at time.Time) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1UTCTime(at) }
}
func generalized(at time.Time) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1GeneralizedTime(at) }
}
func explicit(part func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddASN1(explicit0, part) }
}

func (o *office) oldSeal(t testing.TB) []byte {
	t.Helper()
	info := sequence(
		sequence(ia5("ES"), integer(1), ia5("another")), ia5("OLD1"),
		sequence(integer(1), utf8String("旧印章"), sequence(octets(o.signer.Raw)), utcTime(epoch), utcTime(epoch), utcTime(epoch.AddDate(2, 0, 0))),
		sequence(ia5("PNG"), octets([]byte("picture")), integer(40), integer(40)))
	value, err := sm.Sign(o.makerKey, der(sequence(info, octets(o.maker.Raw), algorithm)))
	if err != nil {
		t.Fatal(err)
	}
	return der(sequence(info, sequence(octets(o.maker.Raw), algorithm, bits(value))))
}

func (o *office) oldSignature(t testing.TB) []byte {
	return o.oldSignatureAt(t, der(utcTime(epoch.Add(time.Hour))))
}

func (o *office) oldSignatureAt(t testing.TB, at []byte) []byte {
	t.Helper()
	toSign := sequence(integer(1), raw(o.oldSeal(t)), bits(at), bits(digest()), ia5("/Doc_0/Signs/Sign_0/Signature.xml"), octets(o.signer.Raw), algorithm)
	value, err := sm.Sign(o.signerKey, der(toSign))
	if err != nil {
		t.Fatal(err)
	}
	return der(sequence(toSign, bits(value)))
}

func TestOldVersion(t *testing.T) {
	o := newOffice(t)
	trust := o.trust(register{standing: InUse})
	for name, at := range map[string][]byte{
		"as-time": der(utcTime(epoch.Add(time.Hour))), "as-long-time": der(generalized(epoch.Add(time.Hour))), "as-text": []byte("260302020000Z"),
	} {
		s, err := ParseSignature(o.oldSignatureAt(t, at))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.Version != V1 || !s.At.Equal(epoch.Add(time.Hour)) || s.Seal.Info.Name != "旧印章" || !bytes.Equal(s.Cert, o.signer.Raw) {
			t.Errorf("%s: read %+v", name, s)
		}
	}
	if _, err := ParseSignature(o.oldSignatureAt(t, der(sequence(integer(1))))); err == nil || !strings.Contains(err.Error(), "time") {
		t.Errorf("a timestamp in the place of the time: %v", err)
	}
	signature := o.oldSignature(t)
	if got := failures(Check(t.Context(), signature, digest(), trust, epoch.Add(2*time.Hour))); got != nil {
		t.Errorf("failed %v", got)
	}
	spoilt := change(signature, func(s *Signature) []byte { return s.Seal.Signature })
	if got := failures(Check(t.Context(), spoilt, digest(), trust, epoch.Add(2*time.Hour))); !slices.Contains(got, "make.does_not_fit") {
		t.Errorf("failed %v", got)
	}
	if _, err := ToSign(Affixing{Seal: o.oldSeal(t), Digest: digest(), Property: "x", At: epoch}); err == nil {
		t.Error("a seal of the old version is affixed")
	}
}

func TestNewVersion(t *testing.T) {
	o := newOffice(t)
	info := sequence(
		sequence(ia5("ES"), integer(5), ia5("another")), ia5("NEW1"),
		sequence(integer(1), utf8String("新印章"), integer(1), sequence(octets(o.signer.Raw)),
			generalized(epoch), generalized(epoch), generalized(epoch.AddDate(2, 0, 0))),
		sequence(ia5("PNG"), octets([]byte("picture")), integer(40), integer(40)))
	value, err := sm.Sign(o.makerKey, der(info))
	if err != nil {
		t.Fatal(err)
	}
	made, _ := token(value)
	seal := sequence(info, octets(o.maker.Raw), algorithm, bits(value), explicit(bits(made)))
	toSign := sequence(integer(5), seal, generalized(epoch.Add(time.Hour)), bits(digest()), ia5("/x"))
	if value, err = sm.Sign(o.signerKey, der(toSign)); err != nil {
		t.Fatal(err)
	}
	stamp, _ := token(value)
	signature := der(sequence(toSign, octets(o.signer.Raw), algorithm, bits(value), explicit(bits(stamp))))
	s, err := ParseSignature(signature)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != V5 || !bytes.Equal(s.Seal.Timestamp, made) || !bytes.Equal(s.Timestamp, stamp) {
		t.Errorf("read %+v", s)
	}
	trust := o.trust(register{standing: InUse, stamped: epoch.Add(time.Hour)})
	if got := failures(Check(t.Context(), signature, digest(), trust, epoch.Add(2*time.Hour))); got != nil {
		t.Errorf("failed %v", got)
	}
	trust.Timestamps = nil
	if got := failures(Check(t.Context(), signature, digest(), trust, epoch.Add(2*time.Hour))); !slices.Contains(got, "make.timestamp_not_asked") {
		t.Errorf("failed %v", got)
	}
	mixed := der(sequence(sequence(integer(4), seal, generalized(epoch), bits(digest()), ia5("/x")), octets(o.signer.Raw), algorithm, bits(value)))
	if _, err := ParseSignature(mixed); err == nil {
		t.Error("a signature of version 4 with a seal of version 5 is read")
	}
}
