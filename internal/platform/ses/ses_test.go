package ses

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

var epoch = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// office is a small public key infrastructure: a root, a maker of seals, a signer.
type office struct {
	root, maker, signer          *sm.Certificate
	rootKey, makerKey, signerKey crypto.Signer
}

func certificate(t testing.TB, name string, usage int, issuer *sm.Certificate, issuerKey crypto.Signer) (*sm.Certificate, crypto.Signer) {
	t.Helper()
	key, err := sm.GenerateSM2()
	if err != nil {
		t.Fatal(err)
	}
	serial, err := sm.Serial()
	if err != nil {
		t.Fatal(err)
	}
	c := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: epoch.Add(-time.Hour), NotAfter: epoch.AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: usage == 0, SubjectKeyId: serial.Bytes()}
	if c.IsCA {
		c.KeyUsage = sm.UseCertify | sm.UseRevoke
	} else {
		c.KeyUsage = sm.UseSign
	}
	if issuer == nil {
		issuer, issuerKey = c, key
	}
	made, err := sm.IssueCertificate(c, issuer, key.Public(), issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func newOffice(t testing.TB) *office {
	o := &office{}
	o.root, o.rootKey = certificate(t, "测试根", 0, nil, nil)
	o.maker, o.makerKey = certificate(t, "测试制章者", 1, o.root, o.rootKey)
	o.signer, o.signerKey = certificate(t, "测试签章者", 1, o.root, o.rootKey)
	return o
}

func (o *office) info() Info {
	return Info{Vendor: "xiangyun", ID: "22010200000001V1", Type: OfOrganisation, Name: "长春市南关区市场监督管理局", Certs: [][]byte{o.signer.Raw},
		Created: epoch, From: epoch, To: epoch.AddDate(3, 0, 0)}
}

var picture = Picture{"PNG", []byte("\x89PNG picture"), 42, 42}

func (o *office) seal(t testing.TB, info Info) []byte {
	t.Helper()
	der, err := MakeSeal(info, picture, o.maker.Raw, o.makerKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (o *office) affix(t testing.TB, seal []byte, at time.Time, token func([]byte) ([]byte, error)) []byte {
	t.Helper()
	sum := sm.Sum([]byte("Signature.xml"))
	der, err := Sign(Affixing{Seal: seal, Digest: sum[:], Property: "/Doc_0/Signs/Sign_0/Signature.xml", At: at}, o.signer.Raw, o.signerKey, token)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// register answers for revocations, seals and timestamps.
type register struct {
	revoked  map[string]time.Time
	standing Standing
	stamped  time.Time
	err      error
}

func (r register) Revoked(_ context.Context, c *sm.Certificate) (time.Time, error) {
	return r.revoked[c.SerialNumber.String()], r.err
}
func (r register) Standing(context.Context, []byte, time.Time) (Standing, error) {
	return r.standing, r.err
}
func (r register) Time(_ context.Context, token, over []byte) (time.Time, error) {
	if !bytes.Equal(token, append([]byte("token "), over...)) {
		return time.Time{}, errors.New("another's token")
	}
	return r.stamped, nil
}

func token(over []byte) ([]byte, error) { return append([]byte("token "), over...), nil }

func (o *office) trust(r register) Trust {
	return Trust{Roots: sm.NewPool(o.root), Revocations: r, Seals: r, Timestamps: r}
}

func failures(results []Result) (out []string) {
	for _, r := range results {
		if !r.OK {
			out = append(out, r.Detail)
		}
	}
	return out
}

func TestSealGoesRound(t *testing.T) {
	o := newOffice(t)
	info := o.info()
	info.Extensions = []Extension{{ID: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte("custom")}}
	der := o.seal(t, info)
	s, err := ParseSeal(der)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != V4 || s.Info.ID != info.ID || s.Info.Name != info.Name || !s.Info.To.Equal(info.To) || !bytes.Equal(s.Info.Certs[0], o.signer.Raw) ||
		!bytes.Equal(s.Picture.Data, picture.Data) || s.Picture.Width != 42 || string(s.Info.Extensions[0].Value) != "custom" || !bytes.Equal(s.Raw, der) {
		t.Errorf("read %+v", s)
	}
	for n := range der {
		if _, err := ParseSeal(der[:n]); !errors.Is(err, ErrFormat) {
			t.Fatalf("the first %d of %d bytes are read as a seal: %v", n, len(der), err)
		}
	}
	if _, err := ParseSeal(append(slices.Clone(der), 0)); !errors.Is(err, ErrFormat) {
		t.Error("a byte behind the seal is not noticed")
	}
	info.Certs, info.Digests = nil, nil
	if _, err := MakeSeal(info, picture, o.maker.Raw, o.makerKey); err == nil {
		t.Error("a seal nobody may use was made")
	}
	if _, err := MakeSeal(o.info(), picture, o.maker.Raw, o.signerKey); !errors.Is(err, ErrSignature) {
		t.Errorf("a seal signed by another's key was made: %v", err)
	}
}

// TestUntaggedExtensions reads the form of writers that leave [0] out.
func TestUntaggedExtensions(t *testing.T) {
	o := newOffice(t)
	info := o.info()
	info.Extensions = []Extension{{ID: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte("custom")}}
	tagged, err := SealToSign(info, picture)
	if err != nil {
		t.Fatal(err)
	}
	untagged := withoutTag(t, tagged)
	value, err := sm.Sign(o.makerKey, untagged)
	if err != nil {
		t.Fatal(err)
	}
	der, err := AssembleSeal(untagged, o.maker.Raw, value)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSeal(der)
	if err != nil || len(s.Info.Extensions) != 1 || !s.Info.Extensions[0].Critical {
		t.Fatalf("read %+v, %v", s.Info.Extensions, err)
	}
	got := failures(Check(t.Context(), o.affix(t, der, epoch.Add(time.Hour), nil), digest(), o.trust(register{standing: InUse}), epoch.Add(2*time.Hour)))
	if want := []string{"seal.critical_extension"}; !slices.Equal(got, want) {
		t.Errorf("failed %v, want %v", got, want)
	}
}

// withoutTag writes SES_SealInfo again without the tag around its last field.
func withoutTag(t *testing.T, info []byte) []byte {
	t.Helper()
	var inside, extensions cryptobyte.String
	whole := cryptobyte.String(info)
	var b cryptobyte.Builder
	if !whole.ReadASN1(&inside, tag.SEQUENCE) {
		t.Fatal("no sequence")
	}
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		for !inside.PeekASN1Tag(explicit0) {
			var field cryptobyte.String
			var kind tag.Tag
			inside.ReadAnyASN1Element(&field, &kind)
			b.AddBytes(field)
		}
		inside.ReadASN1(&extensions, explicit0)
		b.AddBytes(extensions)
	})
	return b.BytesOrPanic()
}

func digest() []byte {
	sum := sm.Sum([]byte("Signature.xml"))
	return sum[:]
}

func TestEachCheckCanFail(t *testing.T) {
	o, strangers := newOffice(t), newOffice(t)
	at, now := epoch.Add(time.Hour), epoch.Add(48*time.Hour)
	seal := o.seal(t, o.info())
	plain, stamped := o.affix(t, seal, at, nil), o.affix(t, seal, at, token)
	good := register{standing: InUse, stamped: at.Add(time.Second)}
	revoked := func(c *sm.Certificate, at time.Time) register {
		r := good
		r.revoked = map[string]time.Time{c.SerialNumber.String(): at}
		return r
	}
	byDigest := o.info()
	sum := sm.Sum(o.signer.Raw)
	byDigest.Certs, byDigest.Digests = nil, []CertDigest{{"SM3", sum[:]}}
	other := o.info()
	other.Certs = [][]byte{o.maker.Raw}
	short := o.info()
	short.To = epoch.Add(time.Minute)
	with := func(change func(*register)) register { r := good; change(&r); return r }
	cases := []struct {
		name      string
		signature []byte
		trust     Trust
		digest    []byte
		now       time.Time
		want      string
	}{
		{"all-well", plain, o.trust(good), digest(), now, ""},
		{"all-well-with-timestamp", stamped, o.trust(good), digest(), now, ""},
		{"named-by-digest", o.affix(t, o.seal(t, byDigest), at, nil), o.trust(good), digest(), now, ""},
		{"another-document", plain, o.trust(good), make([]byte, 32), now, "digest.differs"},
		{"no-digest", plain, o.trust(good), nil, now, "digest.differs"},
		{"strange-root", plain, strangers.trust(good), digest(), now, "signer.not_trusted maker.not_trusted"},
		{"nobody-asked", stamped, Trust{Roots: sm.NewPool(o.root)}, digest(), now,
			"signer.revocation_not_asked maker.revocation_not_asked in_use.not_asked timestamp.not_asked"},
		{"no-answer", plain, o.trust(with(func(r *register) { r.err = errors.New("down") })), digest(), now,
			"signer.revocation_not_answered maker.revocation_not_answered in_use.not_answered"},
		{"revoked-before", plain, o.trust(revoked(o.signer, at.Add(-time.Second))), digest(), now, "signer.revoked"},
		{"revoked-that-instant", plain, o.trust(revoked(o.signer, at)), digest(), now, "signer.revoked"},
		{"revoked-since-unproven", plain, o.trust(revoked(o.signer, at.Add(time.Hour))), digest(), now, "signer.revoked_since"},
		{"revoked-since-proven", stamped, o.trust(revoked(o.signer, at.Add(time.Hour))), digest(), now, ""},
		{"maker-revoked", plain, o.trust(revoked(o.maker, epoch)), digest(), now, "maker.revoked"},
		{"suspended", plain, o.trust(with(func(r *register) { r.standing = Suspended })), digest(), now, "in_use.suspended"},
		{"ended", plain, o.trust(with(func(r *register) { r.standing = Ended })), digest(), now, "in_use.ended"},
		{"not-registered", plain, o.trust(with(func(r *register) { r.standing = Unknown })), digest(), now, "in_use.unknown"},
		{"after-validity", o.affix(t, o.seal(t, short), at, nil), o.trust(good), digest(), now, "in_use.not_valid_then"},
		{"from-the-future", o.affix(t, seal, now.Add(time.Hour), nil), o.trust(good), digest(), now, "time.in_the_future"},
		{"before-the-seal", o.affix(t, seal, epoch.Add(-30*time.Minute), nil), o.trust(good), digest(), now, "time.before_the_seal in_use.not_valid_then"},
		{"later-than-its-timestamp", o.affix(t, seal, at.Add(time.Hour), token), o.trust(good), digest(), now, "time.after_timestamp"},
		{"anothers-timestamp", o.affix(t, seal, at, func([]byte) ([]byte, error) { return []byte("forged"), nil }), o.trust(good), digest(), now,
			"timestamp.does_not_fit"},
		{"signer-not-named", o.affix(t, o.seal(t, other), at, nil), o.trust(good), digest(), now, "may_use.not_named"},
		{"signature-changed", change(plain, func(s *Signature) []byte { return s.Value }), o.trust(good), digest(), now, "signature.does_not_fit"},
		{"picture-changed", change(plain, func(s *Signature) []byte { return s.Seal.Picture.Data }), o.trust(good), digest(), now,
			"signature.does_not_fit make.does_not_fit"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			results := Check(t.Context(), c.signature, c.digest, c.trust, c.now)
			if got := strings.Join(failures(results), " "); got != c.want {
				t.Errorf("failed %q, want %q", got, c.want)
			}
			if Passed(results) != (c.want == "") || len(results) < 10 {
				t.Errorf("%d results, passed %v", len(results), Passed(results))
			}
		})
	}
}

// change flips the last bit of a field in place.
func change(der []byte, field func(*Signature) []byte) []byte {
	der = slices.Clone(der)
	s, err := ParseSignature(der)
	if err != nil {
		panic(err)
	}
	at := bytes.LastIndex(der, field(s))
	der[at+len(field(s))-1] ^= 1
	return der
}

func TestUnreadableIsTenFailures(t *testing.T) {
	for _, der := range [][]byte{nil, {0x30, 0}, []byte("hello"), make([]byte, maxSize+1)} {
		results := Check(t.Context(), der, digest(), Trust{}, epoch)
		if len(results) != 10 || len(failures(results)) != 10 || Passed(results) {
			t.Errorf("%v", results)
		}
	}
}

func FuzzParse(f *testing.F) {
	o := newOffice(f)
	seal := o.seal(f, o.info())
	f.Add(seal)
	f.Add(o.affix(f, seal, epoch.Add(time.Hour), token))
	f.Add(o.oldSignature(f))
	f.Fuzz(func(t *testing.T, der []byte) {
		if s, err := ParseSeal(der); err == nil && !bytes.Equal(s.Raw, der) {
			t.Error("a seal is not the whole of what was read")
		}
		s, err := ParseSignature(der)
		if err != nil {
			return
		}
		if !bytes.Contains(der, s.signed) || len(s.Digest) == 0 || s.Seal.Info.ID == "" {
			t.Errorf("read %+v", s)
		}
		Check(t.Context(), der, s.Digest, o.trust(register{standing: InUse}), epoch)
	})
}
