// Package signedtest makes sealed documents for tests: an authority, a maker of seals and a signer, all of them made up.
package signedtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"image"
	"image/color"
	"image/png"
	"sync"
	"time"

	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
)

// The instants of the made-up office: it begins, it seals, somebody looks.
var (
	Epoch = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	Then  = Epoch.AddDate(0, 1, 0)
	Now   = Epoch.AddDate(0, 2, 0)
)

// Name is the office's, and its seal's.
const Name = "长春市南关区市场监督管理局"

// Office is an authority, a maker of seals, a signer with a seal, and a signer of PDF.
type Office struct {
	Root, Signer, Western *sm.Certificate
	Seal                  []byte

	rootKey, signerKey, westernKey, makerKey crypto.Signer

	maker *sm.Certificate
}

// New returns the office, the same one each time.
var New = sync.OnceValue(func() *Office {
	o := &Office{rootKey: chinese(), signerKey: chinese(), westernKey: western(), makerKey: chinese()}
	o.Root = issue("测试根", o.rootKey, nil, nil)
	o.maker = issue("测试制章者", o.makerKey, o.Root, o.rootKey)
	o.Signer = issue("测试签章者", o.signerKey, o.Root, o.rootKey)
	o.Western = issue("测试PDF签名", o.westernKey, o.Root, o.rootKey)
	o.Seal = o.seal("22010200000001V1", Name)
	return o
})

func (o *Office) seal(id, name string) []byte {
	return must(ses.MakeSeal(ses.Info{Vendor: "xiangyun", ID: id, Type: ses.OfOrganisation, Name: name, Certs: [][]byte{o.Signer.Raw},
		Created: Epoch, From: Epoch, To: Epoch.AddDate(3, 0, 0)}, ses.Picture{Type: "PNG", Data: Picture(), Width: 42, Height: 42}, o.maker.Raw, o.makerKey))
}

// Beside is the name of the office that seals together with the first.
const Beside = "长春市南关区卫生健康局"

// Beside is another office under the same root, for what two offices issue together (联合发文).
func (o *Office) Beside() *Office {
	out := *o
	out.signerKey, out.westernKey = chinese(), western()
	out.Signer, out.Western = issue("测试会签者", out.signerKey, o.Root, o.rootKey), issue("测试PDF会签", out.westernKey, o.Root, o.rootKey)
	out.Seal = out.seal("22010200000002V1", Beside)
	return &out
}

// Stranger is somebody with a seal that calls itself as the first office's, under a root of his own.
func (o *Office) Stranger() *Office {
	out := *o
	out.rootKey, out.signerKey, out.makerKey = chinese(), chinese(), chinese()
	out.Root = issue("别的根", out.rootKey, nil, nil)
	out.maker, out.Signer = issue("别的制章者", out.makerKey, out.Root, out.rootKey), issue("别的签章者", out.signerKey, out.Root, out.rootKey)
	out.Seal = out.seal("22010200000001V1", Name)
	return &out
}

// Abroad is the office with a root and a certificate that programs can verify which know no SM2.
func (o *Office) Abroad() *Office {
	key, out := western(), *o
	out.rootKey, out.Root = key, issue("测试根P256", key, nil, nil)
	out.Western = issue("测试PDF签名", o.westernKey, out.Root, key)
	return &out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func chinese() crypto.Signer { return must(sm.GenerateSM2()) }

func western() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func issue(name string, key crypto.Signer, issuer *sm.Certificate, issuerKey crypto.Signer) *sm.Certificate {
	serial := must(sm.Serial())
	c := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: Epoch.Add(-time.Hour), NotAfter: Epoch.AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: issuer == nil, SubjectKeyId: serial.Bytes(), KeyUsage: sm.UseSign}
	if issuer == nil {
		c.KeyUsage = sm.UseCertify | sm.UseRevoke
		issuer, issuerKey = c, key
	}
	return must(sm.IssueCertificate(c, issuer, key.Public(), issuerKey))
}

// Register answers what it is told to.
type Register struct{ Is ses.Standing }

// Revoked knows of nothing that was revoked.
func (r Register) Revoked(context.Context, *sm.Certificate) (time.Time, error) {
	return time.Time{}, nil
}

// Standing says the same of every seal.
func (r Register) Standing(context.Context, []byte, time.Time) (ses.Standing, error) {
	return r.Is, nil
}

// Trust believes the office, and that its seal stands so.
func (o *Office) Trust(standing ses.Standing) ses.Trust {
	return ses.Trust{Roots: sm.NewPool(o.Root), Revocations: Register{standing}, Seals: Register{standing}}
}

// Affix is what [paper.File.Affix] wants.
func (o *Office) Affix(property string, digest []byte) (seal, signature []byte, err error) {
	signature, err = ses.Sign(ses.Affixing{Seal: o.Seal, Digest: digest, Property: property, At: Then}, o.Signer.Raw, o.signerKey, nil)
	return o.Seal, signature, err
}

// SignPDF is what [paper.File.Sign] wants.
func (o *Office) SignPDF(_ string, digest []byte) ([]byte, error) {
	return signed.SignPDF(digest, []*sm.Certificate{o.Western, o.Root}, o.westernKey, nil)
}

// Picture is a seal's, as PNG: a frame and a cross.
func Picture() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 {
		m.Set(i, i, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 39-i, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 0, color.NRGBA{0xd0, 0, 0, 0xff})
		m.Set(i, 39, color.NRGBA{0xd0, 0, 0, 0xff})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}
