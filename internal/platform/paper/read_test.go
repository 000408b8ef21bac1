package paper_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
)

// change packs an OFD anew with parts changed; a part of "" is left out.
func change(t testing.TB, content []byte, parts map[string]string, more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, text []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := parts[f.Name]; ok {
			if s == "" {
				continue
			}
			from, to, found := strings.Cut(s, "→")
			if !found || !strings.Contains(string(text), from) {
				t.Fatalf("%s has no %q", f.Name, from)
			}
			text = []byte(strings.Replace(string(text), from, to, 1))
		}
		put(f.Name, text)
	}
	for i := 0; i < len(more); i += 2 {
		put(more[i], []byte(more[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	part0 = "Doc_0/Pages/Page_0/Content.xml"
	res0  = "Doc_0/PublicRes.xml"
	doc0  = "Doc_0/Document.xml"
)

// attributes writes so many of them.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

// TestReadOFDBoundsXML refuses a part whose tree would take many times its text, before it builds the tree. The text is no run of one byte: that would be
// refused for how well it packs.
func TestReadOFDBoundsXML(t *testing.T) {
	var long strings.Builder
	for i := 0; long.Len() < 4<<20; i++ {
		fmt.Fprintf(&long, "<!--%x-->", i*2654435761)
	}
	b := change(t, ofdOf(t, mustLay(t, letter())), map[string]string{doc0: `<ofd:CommonData>→` + long.String() + `<ofd:CommonData>`})
	if _, err := paper.ReadOFD(b); !errors.Is(err, paper.ErrTooLarge) {
		t.Errorf("4 MiB of XML: %v", err)
	}
}

func TestReadOFDRefuses(t *testing.T) {
	good := ofdOf(t, mustLay(t, letter()))
	if _, err := paper.ReadOFD(change(t, good, nil)); err != nil {
		t.Fatal(err)
	}
	media := func(file string) string {
		return `</ofd:Fonts>→</ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID="9" Type="Image"><ofd:MediaFile>` + file + `</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`
	}
	wall := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00" + "\x22\x7c\x3d\x0f"
	for name, b := range map[string][]byte{
		"a page that is missing":       change(t, good, map[string]string{part0: ""}),
		"attributes without end":       change(t, good, map[string]string{doc0: `<ofd:CommonData>→<ofd:CommonData` + attributes(65) + `>`}),
		"a font that is missing":       change(t, good, map[string]string{"Doc_0/Res/font_0.ttf": ""}),
		"no document":                  change(t, good, map[string]string{doc0: ""}),
		"no root":                      change(t, good, map[string]string{"OFD.xml": ""}),
		"a root above the package":     change(t, good, map[string]string{"OFD.xml": "Doc_0/Document.xml→../../etc/passwd"}),
		"a root far away":              change(t, good, map[string]string{"OFD.xml": "Doc_0/Document.xml→http://a.test/Document.xml"}),
		"a part above the package":     change(t, good, nil, "../evil", "x"),
		"a part from the disk":         change(t, good, nil, "/etc/passwd", "x"),
		"a part of another system":     change(t, good, nil, `Doc_0\evil`, "x"),
		"two parts of one name":        change(t, good, nil, "doc_0/document.XML", "x"),
		"an entity":                    change(t, good, map[string]string{doc0: "<ofd:Document→<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><ofd:Document"}),
		"an unknown entity":            change(t, good, map[string]string{part0: "<ofd:TextCode→&b;<ofd:TextCode"}),
		"XML that is cut off":          change(t, good, map[string]string{part0: "</ofd:Page>→"}),
		"elements of something else":   change(t, good, map[string]string{part0: "<ofd:Area>→<Area xmlns=\"urn:x\"></Area><ofd:Area>"}),
		"one identifier twice":         change(t, good, map[string]string{part0: `TextObject ID="→TextObject ID="2" Name="`}),
		"a font nobody has":            change(t, good, map[string]string{part0: ` Font="2"→ Font="77"`}),
		"a boundary without an end":    change(t, good, map[string]string{part0: `Boundary="→Boundary="NaN `}),
		"an identifier too large":      change(t, good, map[string]string{doc0: `<ofd:MaxUnitID>→<ofd:MaxUnitID>1</ofd:MaxUnitID><ofd:MaxUnitID>`}),
		"a medium that is missing":     change(t, good, map[string]string{res0: media("a.png")}),
		"a picture that is none":       change(t, good, map[string]string{res0: media("a.png")}, "Doc_0/Res/a.png", "GIF"),
		"a picture as large as a wall": change(t, good, map[string]string{res0: media("a.png")}, "Doc_0/Res/a.png", wall),
		"a bomb":                       change(t, good, nil, "Doc_0/bomb", strings.Repeat("\x00", 9<<20)),
		"many small bombs":             change(t, good, nil, bombs()...),
		"deep XML":                     change(t, good, map[string]string{part0: "<ofd:Area>→" + strings.Repeat("<ofd:Area>", 40) + strings.Repeat("</ofd:Area>", 40) + "<ofd:Area>"}),
		"a lie about a size":           liar(t),
		"half of it":                   good[:len(good)/2],
		"nothing":                      nil,
		"a PDF":                        []byte("%PDF-1.7\n"),
		"too many bytes":               make([]byte, paper.MaxFile+1),
	} {
		r, err := paper.ReadOFD(b)
		if !errors.Is(err, paper.ErrDamaged) && !errors.Is(err, paper.ErrFormat) && !errors.Is(err, paper.ErrTooLarge) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// bombs are parts that together would be too large.
func bombs() (out []string) {
	for i := range 5 {
		out = append(out, "Doc_0/bomb"+string(rune('a'+i)), strings.Repeat("\x00", 7<<20))
	}
	return out
}

// liar is a package whose OFD.xml is far larger than its directory says.
func liar(t testing.TB) []byte {
	t.Helper()
	var packed, out bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(bytes.Repeat([]byte(" "), 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&out)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "OFD.xml", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 100})
	if err == nil {
		_, err = w.Write(packed.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestReadCertificate reads what [paper.Page.OFD] writes, its attachment too.
func TestReadCertificate(t *testing.T) {
	r, err := paper.ReadOFD(files(t, licence())[paper.OFD].Bytes())
	if err != nil || len(r.Pages) != 1 || !strings.Contains(r.Pages[0], "王𬱖") {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzReadOFD(f *testing.F) {
	l := paper.Letter{Title: paper.Pair{Text: "题"}, Blocks: []paper.Block{{Text: "文"}}}
	good := ofdOf(f, mustLay(f, l))
	f.Add(good)
	f.Add(change(f, good, map[string]string{part0: `Boundary="→Boundary="1e9 `}))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := paper.ReadOFD(b)
		if err == nil && len(r.Pages) == 0 {
			t.Error("read nothing and found it in order")
		}
	})
}
