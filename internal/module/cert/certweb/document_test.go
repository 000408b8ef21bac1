package certweb_test

import (
	"strings"
	"testing"

	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/signed/signedtest"
	"xiangyun/internal/platform/webtest"
)

// stranger is a letter of another office, sealed, whom nobody here vouches for.
func stranger(t *testing.T) (ofd, pdf []byte) {
	t.Helper()
	o := signedtest.New()
	d, err := certtest.Paper(t).Lay(paper.Letter{Title: paper.Pair{Text: "证明"}, Blocks: []paper.Block{{Text: "兹证明情况属实。"}}, Signer: signedtest.Name, Date: "2026年4月2日", Seal: "（盖章处）"})
	if err != nil {
		t.Fatal(err)
	}
	picture, err := paper.NewPicture(signedtest.Picture())
	if err != nil {
		t.Fatal(err)
	}
	place, _ := d.SealPlace(42)
	s := paper.Sealing{Picture: picture, Places: []paper.Placement{place}, At: signedtest.Then, Name: signedtest.Name, Room: 4096, Provider: "Xiangyun"}
	f, err := d.File(paper.OFD, paper.Slot{})
	if err == nil {
		err = f.Affix(s, o.Affix)
	}
	if err != nil {
		t.Fatal(err)
	}
	g, err := d.Sealed(s).File(paper.PDF, paper.Slot{})
	if err == nil {
		err = g.Sign(o.SignPDF)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.Bytes(), g.Bytes()
}

func TestVerifyStrangersFile(t *testing.T) {
	b := open(t)
	ofd, pdf := stranger(t)
	changed := []byte(strings.Replace(string(pdf), "/MediaBox[0 0 595", "/MediaBox[0 0 594", 1))
	p := webtest.New(t, b.handler)
	p.Open("/verify").Follow("核验其他单位的签章文件").Wants(200, "不用登录")
	p.Press("核验文件").Wants(422, "请选择要核验的 OFD 或者 PDF 文件")
	attach := func(name string, content []byte) *webtest.Browser {
		return p.Open("/verify/file").Attach("OFD 或 PDF 文件", name, content).Press("核验文件")
	}
	attach("a.ofd", ofd).Wants(200, "文件没有改动，但不能确认签章人", signedtest.Name, "22010200000001V1", "签章以来没有改动", "证书不是本平台信任的机构签发的", "与本平台写出时逐字节一致", "没有时间戳", "不适用").Lacks("cert.signed.")
	attach("a.pdf", pdf).Wants(200, "文件没有改动，但不能确认签章人", "PDF 签名不带印章", "签章覆盖整个文件").Lacks("cert.signed.")
	attach("a.pdf", append(pdf, "\n9 0 obj<</S/JavaScript>>endobj"...)).Wants(200, "文件没有通过核验", "签章后追加了", "JavaScript").Lacks("cert.signed.")
	attach("a.pdf", changed).Wants(200, "文件没有通过核验", "签章之后被改动过").Lacks("cert.signed.")
	attach("a.ofd", ofd[:len(ofd)/2]).Wants(200, "没有检查这个文件").Lacks("cert.signed.")
	attach("a.pdf", []byte("%PDF-1.7\n/Encrypt")).Wants(200, "文件设了密码")
	attach("a.txt", []byte("hello")).Wants(200, "不是 OFD 或者 PDF 文件")
	own, err := b.Document(t.Context(), certtest.Holder, b.identifier, paper.OFD, "")
	if err != nil {
		t.Fatal(err)
	}
	attach("own.ofd", own).Wants(200, "证照真实、有效", "与本平台写出时逐字节一致", "certificate.json").Lacks("cert.signed.")
}
