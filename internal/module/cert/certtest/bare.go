package certtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"time"

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
	record, key         crypto.Signer // SM2
	western             crypto.Signer // P-256
	cert, westernCert   *sm.Certificate
	seal                []byte
	picture             *paper.Picture
	clock               *timestamp.Authority
	sealWidth, sealRoom int
}

// NewBare makes keys and seal.
func NewBare(w *paper.Writer) (b *Bare, err error) {
	b = &Bare{paper: w, sealWidth: 42, sealRoom: 4 << 10}
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
	s := paper.Sheet{Title: "食品经营许可证", Caption: "编号：JY22201020000019", Office: "长春市南关区市场监督管理局", Date: "2026年11月25日", Scan: "扫码核验",
		Code:  Base + "/verify?identifier=1.2.156.3005.2.11220000MB1A00263H001.11220102MB1A00263X.20261125000001.001.0",
		Notes: []string{"电子证照标识：1.2.156.3005.2.11220000MB1A00263H001.11220102MB1A00263X.20261125000001.001.0", "本电子证照与纸质证照具有同等法律效力（国务院令第716号）。"}}
	// What a case of [Food] leads to, so that as many different characters are drawn.
	for _, f := range [][2]string{{"经营者名称", "长春市南关区祥和餐饮有限公司"}, {"统一社会信用代码", "91220102MA1P8Q9R4L"}, {"法定代表人（负责人）", "王𬱖"},
		{"住所", "吉林省长春市南关区人民大街1号"}, {"经营场所", "吉林省长春市南关区人民大街1号1层101室"}, {"主体业态", "餐饮服务经营者"}, {"经营项目", "热食类食品制售；自制饮品制售"},
		{"日常监督管理机构", "长春市南关区市场监督管理局"}, {"发证机关", "长春市南关区市场监督管理局"}, {"签发人", "刘建国"}, {"发证日期", "2026年11月25日"}, {"有效期至", "2031年11月24日"}} {
		s.Fields = append(s.Fields, paper.Field{Label: f[0], Value: f[1]})
	}
	page, err := b.paper.Set(s)
	if err != nil {
		return err
	}
	record := paper.Slot{Name: "certificate.json", Size: 3000}
	side := float64(b.sealWidth)
	shown := paper.Sealing{Picture: b.picture, Places: []paper.Placement{paper.SheetSeal(false, side, side)}, At: time.Now().UTC().Truncate(time.Second), Name: s.Office, Room: b.sealRoom,
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
	return pdf.Sign(func(digest []byte) ([]byte, error) {
		return signed.SignPDF(digest, []*sm.Certificate{b.westernCert}, b.western, stamp)
	})
}
