package certtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/timestamp"
)

// Bare does what no issuing can do without: it writes both documents of one page, seals them and signs one record. Its keys are in memory, its seal looks as the
// office's does. It is what the use case is measured against.
type Bare struct {
	paper               *paper.Writer
	kind                cert.Type
	record, key         crypto.Signer // SM2
	western             crypto.Signer // P-256
	cert, westernCert   *sm.Certificate
	seal                []byte
	picture             *paper.Picture
	clock               *timestamp.Authority
	sealWidth, sealRoom int
}

// NewBare makes keys and seal. Its page is of a type of food operation licences: drawing it is work that no issuing can do without.
func NewBare(w *paper.Writer, kind cert.Type) (b *Bare, err error) {
	b = &Bare{paper: w, kind: kind, sealWidth: 42, sealRoom: 4 << 10}
	for _, k := range []*crypto.Signer{&b.record, &b.key} {
		if *k, err = sm.GenerateSM2(); err != nil {
			return nil, err
		}
	}
	if b.western, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if b.cert, err = b.certificate(b.key.Public()); err != nil {
		return nil, err
	}
	if b.westernCert, err = b.certificate(b.western.Public()); err != nil {
		return nil, err
	}
	drawn, err := picture.Draw(w, picture.Params{Shape: picture.Star, Name: "长春市南关区市场监督管理局", Width: 42, Height: 42, Test: true})
	if err != nil {
		return nil, err
	}
	png, err := drawn.PNG(11.811)
	if err != nil {
		return nil, err
	}
	if b.picture, err = paper.NewPicture(png); err != nil {
		return nil, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	b.clock = timestamp.NewAuthority(b.cert, b.key, time.Now().UTC)
	b.seal, err = ses.MakeSeal(ses.Info{Vendor: "bare", ID: "22010200000001V1", Type: ses.OfOrganisation, Name: "长春市南关区市场监督管理局", Certs: [][]byte{b.cert.Raw},
		Created: now, From: now, To: now.AddDate(3, 0, 0)}, ses.Picture{Type: "PNG", Data: png, Width: 42, Height: 42}, b.cert.Raw, b.key)
	return b, err
}

func (b *Bare) certificate(pub crypto.PublicKey) (*sm.Certificate, error) {
	serial, err := sm.Serial()
	if err != nil {
		return nil, err
	}
	c := &sm.Certificate{SerialNumber: serial, Subject: pkix.Name{Organization: []string{"长春市南关区市场监督管理局"}, CommonName: "长春市南关区市场监督管理局"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(3, 0, 0), BasicConstraintsValid: true, KeyUsage: sm.UseSign, SubjectKeyId: serial.Bytes()}
	return sm.IssueCertificate(c, c, pub, b.key)
}

// Issue writes two documents, and signs five times: the record, both seals, a timestamp for each.
func (b *Bare) Issue() error {
	// What a case of [Food] leads to, so that as many different characters are drawn.
	const office = "长春市南关区市场监督管理局"
	s := cert.Specimen(b.kind, "usual", civil.MustParse("2026-11-25"), map[string]string{"number": "JY22201020000019", "operator": "长春市南关区祥和餐饮有限公司",
		"credit_code": "91220102MA1P8Q9R4L", "representative": "王𬱖", "residence": "吉林省长春市南关区人民大街1号", "premises": "吉林省长春市南关区人民大街1号1层101室",
		"business_form": "餐饮服务经营者", "business_items": "热食类食品制售；自制饮品制售", "supervisor": office, "issuer": office, "signatory": "刘建国",
		"issued": "2026年11月25日", "valid": "2031年11月24日"})
	s.Code = Base + "/verify?identifier=1.2.156.3005.2.11220000MB1A00263H001.11220102MB1A00263X.20261125000001.001.0"
	s.Notes[0] = "电子证照标识：1.2.156.3005.2.11220000MB1A00263H001.11220102MB1A00263X.20261125000001.001.0"
	page, err := b.paper.Set(s)
	if err != nil {
		return err
	}
	record := paper.Slot{Name: "certificate.json", Size: 3000}
	side := float64(b.sealWidth)
	shown := paper.Sealing{Picture: b.picture, Places: []paper.Placement{b.kind.SealAt(0, side, side)}, At: time.Now().UTC().Truncate(time.Second), Name: office, Room: b.sealRoom,
		Provider: "bare"}
	d := page.Document().Sealed(shown)
	stamp := func(value []byte) ([]byte, error) { return b.clock.Timestamp(context.Background(), value) }
	pdf, err := d.File(paper.PDF, record)
	if err != nil {
		return err
	}
	ofd, err := d.File(paper.OFD, record)
	if err != nil {
		return err
	}
	err = ofd.Affix(shown, func(property string, digest []byte) (seal, signature []byte, err error) {
		signature, err = ses.Sign(ses.Affixing{Seal: b.seal, Digest: digest, Property: property, At: shown.At}, b.cert.Raw, b.key, stamp)
		return b.seal, signature, err
	})
	if err != nil {
		return err
	}
	if _, err = sm.Sign(b.record, make([]byte, record.Size)); err != nil {
		return err
	}
	return pdf.Sign(func(_ string, digest []byte) ([]byte, error) {
		return signed.SignPDF(digest, []*sm.Certificate{b.westernCert}, b.western, stamp)
	})
}
