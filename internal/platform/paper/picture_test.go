package paper_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/platform/paper"
)

// square is a red square with a clear middle.
func square(t testing.TB, side int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			if x < side/4 || x >= 3*side/4 || y < side/4 || y >= 3*side/4 {
				m.Set(x, y, color.NRGBA{0xe0, 0x10, 0x10, 0xff})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func picture(t testing.TB, b []byte) *paper.Picture {
	t.Helper()
	p, err := paper.NewPicture(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPictureRefuses(t *testing.T) {
	good := square(t, 16)
	wall := bytes.Clone(good)
	binary.BigEndian.PutUint32(wall[16:], 60000)
	binary.BigEndian.PutUint32(wall[20:], 60000)
	binary.BigEndian.PutUint32(wall[29:], crc32.ChecksumIEEE(wall[12:29]))
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("GIF89a"), "half": good[:len(good)/2], "wall": wall, "large": append(bytes.Clone(good), make([]byte, 3<<20)...)} {
		if _, err := paper.NewPicture(b); !errors.Is(err, paper.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// reds counts the red dots of a part of a PDF's page, in millimetres.
func reds(t *testing.T, pdf []byte, page string, x0, y0, x1, y1 float64) (n int) {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(tool(t, "pdftoppm", pdf, "-png", "-r", "72", "-f", page, "-l", page)))
	if err != nil {
		t.Fatal(err)
	}
	const dot = 72 / 25.4
	for y := int(y0 * dot); y < int(y1*dot); y++ {
		for x := int(x0 * dot); x < int(x1*dot); x++ {
			if r, g, _, _ := m.At(x, y).RGBA(); r > 0xa000 && g < 0x8000 {
				n++
			}
		}
	}
	return n
}

// TestPicturesAreDrawn puts a picture on a page in both its kinds, and looks for its colour where it is, and where it is clear or cut off.
func TestPicturesAreDrawn(t *testing.T) {
	m, err := png.Decode(bytes.NewReader(square(t, 64)))
	if err != nil {
		t.Fatal(err)
	}
	var asJPEG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, m, nil); err != nil {
		t.Fatal(err)
	}
	p := set(t, paper.Sheet{Title: "证"})
	seal := picture(t, square(t, 64))
	p.Images = []paper.Image{{X: 20, Y: 100, W: 40, H: 40, Picture: seal}, {X: 100, Y: 100, W: 40, H: 40, Picture: seal, Clip: paper.Clip{X: 20, W: 20, H: 40}},
		{X: 20, Y: 160, W: 40, H: 40, Picture: picture(t, asJPEG.Bytes())}}
	pdf := p.Document().PDF()
	for name, c := range map[string]struct {
		n    int
		some bool
	}{
		"edge": {reds(t, pdf, "1", 21, 101, 29, 139), true}, "middle": {reds(t, pdf, "1", 32, 112, 48, 128), false}, "cut off": {reds(t, pdf, "1", 98, 98, 119, 142), false},
		"left of the cut": {reds(t, pdf, "1", 131, 101, 139, 139), true}, "jpeg": {reds(t, pdf, "1", 21, 161, 29, 199), true},
	} {
		if c.n > 300 != c.some || !c.some && c.n > 0 {
			t.Errorf("%s: %d red dots", name, c.n)
		}
	}
	ofd, err := p.Document().OFD()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := paper.ReadOFD(ofd); err != nil {
		t.Error(err)
	}
	svg := string(p.SVG())
	wellFormed(t, "SVG", []byte(svg))
	if strings.Count(svg, "<image ") != 3 || strings.Count(svg, "data:image/jpeg;base64,") != 1 || strings.Contains(svg, "style=") {
		t.Error("the SVG does not show the pictures")
	}
}

// TestSealOnLetter seals a letter of several pages: over the signer, and over the edges of all.
func TestSealOnLetter(t *testing.T) {
	l := letter()
	l.Seal = "（盖章处）"
	for range 60 {
		l.Blocks = append(l.Blocks, paper.Block{Text: strings.Repeat("请按照要求一次性补正材料。", 8)})
	}
	d := mustLay(t, l)
	place, ok := d.SealPlace(42)
	if !ok || place.Page != len(d.Pages)-1 || len(d.Pages) < 3 {
		t.Fatalf("%+v %v on %d pages", place, ok, len(d.Pages))
	}
	sealed := d.Sealed(paper.Sealing{Picture: picture(t, square(t, 64)), Places: append(paper.Across(len(d.Pages), 120, 42), place)})
	pdf := sealed.PDF()
	if n := reds(t, pdf, "1", 205, 121, 210, 161); n < 50 {
		t.Errorf("%d red dots at the edge of the first page", n)
	}
	if n := reds(t, pdf, "1", 20, 100, 190, 200); n > 0 {
		t.Errorf("%d red dots in the text of the first page", n)
	}
	last := strconv.Itoa(len(d.Pages))
	if n := reds(t, pdf, last, place.X, place.Y, place.X+42, place.Y+42); n < 2000 {
		t.Errorf("%d red dots over the signer", n)
	}
	words := "（盖章处）"
	if text := string(tool(t, "pdftotext", pdf)); strings.Contains(text, words) || !strings.Contains(text, l.Signer) {
		t.Error("the sealed letter still asks for its seal, or lost its signer")
	}
	if svg := string(sealed.SVG()[len(d.Pages)-1]); !strings.Contains(svg, "<image ") || strings.Contains(svg, words) {
		t.Error("the page on the screen does not show the seal")
	}
	if text := string(tool(t, "pdftotext", d.PDF())); !strings.Contains(text, words) {
		t.Error("sealing changed the document it was made from")
	}
}

func TestAcross(t *testing.T) {
	for _, pages := range []int{0, 1, 2, 7, 40, 41, 95} {
		shown := map[int]float64{}
		for _, p := range paper.Across(pages, 100, 42) {
			shown[p.Page] += p.Clip.W
			if right := p.X + p.Clip.X + p.Clip.W; right < 209.99 || right > 210.01 {
				t.Errorf("%d pages: the part of page %d ends at %v", pages, p.Page, right)
			}
		}
		sum := 0.0
		for _, w := range shown {
			sum += w
		}
		seals := sum / 42
		if want := float64(pages / 40); pages > 1 && (seals < want-0.001 || seals > want+1.001) || pages < 2 && sum != 0 {
			t.Errorf("%d pages show %v seals", pages, seals)
		}
	}
}

// TestRareCharacters has names as people bear them: characters of extensions A, B, E and of the private past. They are drawn by a face, copied out of the PDF as
// themselves, and stand in the OFD as themselves; one that no face has is said so.
func TestRareCharacters(t *testing.T) {
	for _, name := range []string{"王𬱖", "㼆𠅤", "李䶮", "김철수"} {
		s := licence()
		s.Fields[1].Value = name
		p := set(t, s)
		if len(p.Lacking) > 0 {
			t.Errorf("%s: no face has %U", name, p.Lacking)
		}
		both := files(t, s)
		if text := string(tool(t, "pdftotext", both[paper.PDF].Bytes(), "-layout")); !strings.Contains(text, name) {
			t.Errorf("%s can't be copied out of the PDF", name)
		}
		r, err := paper.ReadOFD(both[paper.OFD].Bytes())
		if err != nil || !strings.Contains(strings.ReplaceAll(r.Pages[0], "\n", ""), name) {
			t.Errorf("%s can't be copied out of the OFD: %v", name, err)
		}
		if svg := string(p.SVG()); !strings.Contains(strings.ReplaceAll(svg, "</text>", ""), name) && name != "㼆𠅤" {
			t.Errorf("%s is not on the screen", name)
		}
	}
	s := licence()
	s.Fields[1].Value = "王\U00030001" // extension G
	if p := set(t, s); string(p.Lacking) != "\U00030001" {
		t.Errorf("a character that no face has is not reported: %q", p.Lacking)
	}
}

func TestCopyMark(t *testing.T) {
	s := licence()
	s.Copy = "仅用于办理食品经营许可变更"
	text := string(tool(t, "pdftotext", files(t, s)[paper.PDF].Bytes(), "-raw"))
	if n := strings.Count(strings.Join(strings.Fields(text), ""), "仅用于"); n < 8 {
		t.Errorf("the copy says %d times what it is for", n)
	}
	if !strings.Contains(text, "食品经营许可证") {
		t.Error("the title is lost")
	}
}
