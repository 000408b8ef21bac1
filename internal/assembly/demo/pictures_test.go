package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/tooltest"
)

// shown is testdata/pictures.toml: what stands on the certificates of the pictures. Nobody has them.
type shown struct {
	Certificate []struct {
		Type   string
		Side   int // of the seal, in millimetres
		Beside string
		Values map[string]string
	}
}

// dots to an inch: a picture shows the certificate at its size in print, and takes under 120 KB.
const dots = 66

// TestPictures draws ten certificates with their seals for docs/pictures: each at its size in print.
func TestPictures(t *testing.T) {
	dir := os.Getenv("XIANGYUN_PICTURES")
	if dir == "" {
		t.Skip("make pictures draws them")
	}
	var all shown
	if _, err := toml.DecodeFile("testdata/pictures.toml", &all); err != nil {
		t.Fatal(err)
	}
	w, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]cert.Type{}
	for _, one := range drawnTypes(t) {
		types[one.Key] = one
	}
	for _, c := range all.Certificate {
		content := sealedSpecimen(t, w, types[c.Type], c.Side, []string{c.Values["office"], c.Beside}, c.Values)
		m := raster(t, content)
		if err := save(filepath.Join(dir, "certificate-"+c.Type+".png"), m); err != nil {
			t.Fatal(err)
		}
	}
}

// sealedSpecimen is a certificate as PDF with the seals of its offices, marked 测试 as all seals here are.
func sealedSpecimen(t *testing.T, w *paper.Writer, kind cert.Type, side int, offices []string, values map[string]string) []byte {
	t.Helper()
	s := cert.Specimen(kind, "usual", civil.MustParse("2026-11-25"), values)
	p, err := w.Set(s)
	if err != nil {
		t.Fatalf("%s: %v", kind.Key, err)
	}
	d := p.Document()
	for i, office := range offices {
		if office == "" {
			continue
		}
		drawn, err := picture.Draw(w, picture.Params{Shape: picture.Star, Name: office, Width: float64(side), Height: float64(side), Test: true})
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := drawn.PNG(11.811)
		if err != nil {
			t.Fatal(err)
		}
		seal, err := paper.NewPicture(bitmap)
		if err != nil {
			t.Fatal(err)
		}
		d = d.Sealed(paper.Sealing{Picture: seal, Places: []paper.Placement{kind.SealAt(i, float64(side), float64(side))}, At: time.Now()})
	}
	f, err := d.File(paper.PDF, paper.Slot{Name: "certificate.json", Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f.Bytes()
}

// raster prints a PDF.
func raster(t *testing.T, content []byte) image.Image {
	t.Helper()
	program := tooltest.Need(t, "pdftoppm", "poppler-utils")
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-r", strconv.Itoa(dots), "-png", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// save writes a picture in at most 256 colours: those of a certificate are few.
func save(file string, m image.Image) error {
	p := image.NewPaletted(m.Bounds(), paletteOf(m))
	draw.Draw(p, p.Bounds(), m, m.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

// paletteOf are the colours a picture has most of, rounded to what an eye tells apart.
func paletteOf(m image.Image) color.Palette {
	count := map[color.RGBA]int{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			r, g, b, _ := m.At(x, y).RGBA()
			round := func(v uint32) uint8 { return uint8(min(255, (v>>8+8)/16*16)) }
			count[color.RGBA{round(r), round(g), round(b), 255}]++
		}
	}
	var out color.Palette
	for len(out) < 64 && len(count) > 0 {
		var most color.RGBA
		for c, n := range count {
			if n > count[most] || n == count[most] && less(c, most) {
				most = c
			}
		}
		out = append(out, most)
		delete(count, most)
	}
	return out
}

// less puts colours in an order, so that the same picture has the same palette.
func less(a, b color.RGBA) bool {
	return [3]uint8{a.R, a.G, a.B} != [3]uint8{b.R, b.G, b.B} && (a.R < b.R || a.R == b.R && (a.G < b.G || a.G == b.G && a.B < b.B))
}
