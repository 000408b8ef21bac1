package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	_ "image/png"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/tooltest"
)

var (
	once   sync.Once
	writer *paper.Writer
	broken error
)

// set lays a sheet out with the one writer of all tests: reading its font takes a while.
func set(t testing.TB, s paper.Sheet) *paper.Page {
	t.Helper()
	once.Do(func() { writer, broken = paper.New() })
	if broken != nil {
		t.Fatal(broken)
	}
	p, err := writer.Set(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// licence is a usual document; the representative's name has a rare character (生僻字) outside of the basic plane.
func licence() paper.Sheet {
	return paper.Sheet{Title: "食品经营许可证", Caption: "编号：JY22201020000019", Office: "长春市南关区市场监督管理局", Date: "2026年11月25日",
		Code: "https://xiangyun.test/verify?identifier=1.2.156", Scan: "扫码核验", Notes: []string{"本电子证照与纸质证照具有同等法律效力。"},
		Fields: []paper.Field{{"经营者名称", "长春市南关区祥和餐饮有限公司", nil}, {"法定代表人", "王𬱖", nil}, {"经营项目", "热食类食品制售、自制饮品制售", nil}, {"Note", "A & B <c> \"d\"", nil}}}
}

const slotSize = 512

func files(t testing.TB, s paper.Sheet) map[paper.Format]*paper.File {
	t.Helper()
	p := set(t, s)
	pdf, err := p.PDF("certificate.json", slotSize)
	if err != nil {
		t.Fatal(err)
	}
	ofd, err := p.OFD("certificate.json", slotSize)
	if err != nil {
		t.Fatal(err)
	}
	return map[paper.Format]*paper.File{paper.PDF: pdf, paper.OFD: ofd}
}

// tool runs a program of poppler on a PDF and returns what it writes; a message on its error output is a fault of the file.
func tool(t *testing.T, name string, content []byte, args ...string) []byte {
	t.Helper()
	program := tooltest.Need(t, name, "poppler-utils")
	file := path.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	c := exec.Command(program, append(args, file, "-")...)
	if name == "pdftoppm" {
		c = exec.Command(program, append(args, file)...)
	}
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil || said.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, &said)
	}
	return out.Bytes()
}

func TestPDFText(t *testing.T) {
	text := string(tool(t, "pdftotext", files(t, licence())[paper.PDF].Bytes(), "-layout"))
	for _, want := range []string{"食品经营许可证", "编号：JY22201020000019", "王𬱖", "热食类食品制售、自制饮品制售", "长春市南关区市场监督管理局", `A & B <c> "d"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF does not say %q: %s", want, text)
		}
	}
}

// TestPDFDraws renders the page and looks whether there is ink where it should be: a missing glyph or a bad font leaves the paper white.
func TestPDFDraws(t *testing.T) {
	picture, _, err := image.Decode(bytes.NewReader(tool(t, "pdftoppm", files(t, licence())[paper.PDF].Bytes(), "-png", "-r", "72")))
	if err != nil {
		t.Fatal(err)
	}
	b := picture.Bounds()
	if b.Dx() != 596 && b.Dx() != 595 || b.Dy() != 842 && b.Dy() != 841 {
		t.Errorf("the page is %v, not A4", b)
	}
	ink := func(x0, y0, x1, y1 float64) (n int) { // in millimetres
		const dot = 72 / 25.4
		for y := int(y0 * dot); y < int(y1*dot); y++ {
			for x := int(x0 * dot); x < int(x1*dot); x++ {
				if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
					n++
				}
			}
		}
		return n
	}
	for name, n := range map[string]int{"title": ink(60, 38, 150, 54), "fields": ink(70, 78, 150, 110), "code": ink(28, 224, 64, 260), "office": ink(110, 234, 174, 242)} {
		if n < 100 {
			t.Errorf("the %s has %d dark dots", name, n)
		}
	}
	if n := ink(70, 150, 180, 210); n != 0 {
		t.Errorf("%d dark dots where nothing is", n)
	}
}

func TestOFDPackage(t *testing.T) {
	content := files(t, licence())[paper.OFD].Bytes()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil { // checks the sums too
			t.Fatalf("%s: %v", f.Name, err)
		}
		if strings.HasSuffix(f.Name, ".xml") {
			wellFormed(t, f.Name, parts[f.Name])
		}
	}
	// What refers to what (GB/T 33190 7): each file named is there, relative to the one that names it.
	for file, names := range map[string][]string{
		"OFD.xml":                        {"Doc_0/Document.xml"},
		"Doc_0/Document.xml":             {"PublicRes.xml", "Pages/Page_0/Content.xml", "Attachs/Attachments.xml"},
		"Doc_0/Attachs/Attachments.xml":  {"certificate.json"},
		"Doc_0/PublicRes.xml":            {"font_0.ttf"},
		"Doc_0/Pages/Page_0/Content.xml": nil,
	} {
		if parts[file] == nil {
			t.Fatalf("the package has no %s", file)
		}
		for _, name := range names {
			target := path.Join(path.Dir(file), name)
			if name == "font_0.ttf" {
				target = "Doc_0/Res/font_0.ttf" // BaseLoc
			}
			if !strings.Contains(string(parts[file]), name) || parts[target] == nil {
				t.Errorf("%s does not lead to %s", file, target)
			}
		}
	}
	page := string(parts["Doc_0/Pages/Page_0/Content.xml"])
	for _, want := range []string{"食品经营许可证", "王𬱖", "A &amp; B &lt;c&gt; &#34;d&#34;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if font := parts["Doc_0/Res/font_0.ttf"]; len(font) < 1000 || len(font) > 300_000 {
		t.Errorf("the subset of the font has %d bytes", len(font))
	}
}

// wellFormed reads XML to its end and checks that no identifier is given twice.
func wellFormed(t *testing.T, name string, text []byte) {
	t.Helper()
	ids := map[string]bool{}
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		for _, a := range start.Attr {
			if !ok || a.Name.Local != "ID" {
				continue
			}
			if ids[a.Value] {
				t.Errorf("%s: the identifier %s is given twice", name, a.Value)
			}
			ids[a.Value] = true
		}
	}
}

func TestSVG(t *testing.T) {
	s := licence()
	s.Language = "zh-CN"
	svg := set(t, s).SVG()
	wellFormed(t, "SVG", svg)
	for _, want := range []string{`viewBox="0 0 210 297"`, `lang="zh-CN"`, "<title>食品经营许可证</title>", "王𬱖", "A &amp; B &lt;c&gt;"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the SVG lacks %s", want)
		}
	}
	if strings.Contains(string(svg), "style=") || strings.Contains(string(svg), "<script") {
		t.Error("the SVG has what our policy forbids")
	}
}

func TestSameSheetSameBytes(t *testing.T) {
	for f, first := range files(t, licence()) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if again := files(t, licence())[f]; !bytes.Equal(first.Bytes(), again.Bytes()) {
					t.Errorf("the same sheet gives another %s", f)
				}
			})
		}
		group.Wait()
		other := licence()
		other.Fields[1].Value = "王顗"
		if bytes.Equal(first.Bytes(), files(t, other)[f].Bytes()) {
			t.Errorf("another sheet gives the same %s", f)
		}
	}
}

// TestHardTexts has what people and registers hold: nothing may break the page, and nothing may fall off it.
func TestHardTexts(t *testing.T) {
	for name, value := range map[string]string{
		"empty": "", "control": "a\x00b\x07c\x1b[31m", "invalid": "\xff\xfe王", "markup": "<svg onload=x>&amp;]]>", "paren": "(1)\\)",
		"unknown-glyph": "\U000323af\U0010fffd", "korean": "전자증명서", "emoji": "👩‍👩‍👧", "lines": "一\r\n二\n\n三", "combining": "é", "long-word": strings.Repeat("W", 400),
		"long": strings.Repeat("热食类食品制售、", 300), "private": "\ue000", "right-to-left": "שלום",
	} {
		t.Run(name, func(t *testing.T) {
			s := licence()
			s.Title, s.Fields, s.Office, s.Notes = "证"+value, []paper.Field{{value, value, nil}, {"末行", "还在纸上", nil}}, value, []string{value}
			if name == "long" || name == "long-word" || name == "lines" {
				s.Title, s.Office, s.Notes, s.Fields[0].Label = "证", "局", nil, "项目"
			}
			p := set(t, s)
			for _, x := range p.Texts {
				if x.Y < 0 || x.Y > 297 || x.X < 0 || x.X > 210 || x.Size <= 0 {
					t.Errorf("%.10q is off the page: %v %v", x.Text, x.X, x.Y)
				}
			}
			wellFormed(t, "SVG", p.SVG())
			for _, f := range files(t, s) {
				if _, err := paper.Open(f.Bytes()); err != nil {
					t.Error(err)
				}
			}
			if _, err := exec.LookPath("pdftotext"); err == nil {
				if text := tool(t, "pdftotext", files(t, s)[paper.PDF].Bytes()); !strings.Contains(string(text), "还在纸上") {
					t.Error("the last line is lost")
				}
			}
		})
	}
}

func TestCode(t *testing.T) {
	m, err := paper.QR("https://xiangyun.test/verify?token=" + strings.Repeat("A", 43))
	if err != nil || m.Size() < 21 {
		t.Fatal(m.Size(), err)
	}
	for i := range m.Size() { // the quiet zone
		if m.Dark[0][i] || m.Dark[i][0] || m.Dark[m.Size()-1][i] {
			t.Fatal("the code has no quiet zone")
		}
	}
	dark := 0
	for _, row := range m.Dark {
		for _, d := range row {
			if d {
				dark++
			}
		}
	}
	if dark < m.Size()*m.Size()/5 {
		t.Errorf("%d of %d squares are dark", dark, m.Size()*m.Size())
	}
	wellFormed(t, "code", m.SVG())
	if _, err := paper.QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text no code can hold was taken")
	}
}

func BenchmarkBothDocuments(b *testing.B) {
	set(b, licence())
	for b.Loop() {
		files(b, licence())
	}
}
