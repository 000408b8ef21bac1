package signed_test

import (
	"archive/zip"
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
)

var epoch, then, now = signedtest.Epoch, signedtest.Then, signedtest.Now

// office makes small documents and checks them.
type office struct{ *signedtest.Office }

func newOffice() *office { return &office{signedtest.New()} }

func (o *office) check(content []byte) signed.Report {
	return signed.Check(context.Background(), content, o.Trust(ses.InUse), now)
}

// small is a document without a text, so that it needs no font and every one of its bytes can be changed in a test.
func small(pages int) *paper.Document {
	d := (&paper.Page{Title: "证", Language: "zh-CN", Boxes: []paper.Box{{X: 20, Y: 20, W: 60, H: 10}}}).Document()
	for len(d.Pages) < pages {
		d.Pages = append(d.Pages, &paper.Page{Boxes: []paper.Box{{X: 20, Y: float64(20 * len(d.Pages)), W: 60, H: 10, Line: 1}}})
	}
	return d
}

func sealing(t testing.TB, places ...paper.Placement) paper.Sealing {
	t.Helper()
	p, err := paper.NewPicture(signedtest.Picture())
	if err != nil {
		t.Fatal(err)
	}
	return paper.Sealing{Picture: p, Places: places, At: then, Name: signedtest.Name, Room: 4096, Provider: "Xiangyun"}
}

// sealed is a sealed OFD of so many pages.
func (o *office) sealed(t testing.TB, pages int, slot paper.Slot) *paper.File {
	t.Helper()
	f, err := small(pages).File(paper.OFD, slot)
	if err != nil {
		t.Fatal(err)
	}
	places := append(paper.Across(pages, 120, 42), paper.Placement{Page: pages - 1, X: 120, Y: 220, W: 42, H: 42})
	if err := f.Affix(sealing(t, places...), o.Affix); err != nil {
		t.Fatal(err)
	}
	return f
}

// signedPDF is a PDF with a signature and, of a size above 0, a slot filled before it.
func (o *office) signedPDF(t testing.TB, slot paper.Slot) *paper.File {
	t.Helper()
	f, err := small(2).Sealed(sealing(t, paper.Placement{Page: 1, X: 120, Y: 220, W: 42, H: 42}, paper.Placement{Page: 0, X: 190, Y: 100, W: 42, H: 42, Clip: paper.Clip{W: 20, H: 42}})).File(paper.PDF, slot)
	if err != nil {
		t.Fatal(err)
	}
	if slot.Size > 0 {
		if err := f.Fill([]byte(`{"record":{}}`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Sign(o.SignPDF); err != nil {
		t.Fatal(err)
	}
	return f
}

// failures are the details of what failed.
func failures(r signed.Report) (out []string) {
	for _, f := range r.Findings {
		if f.Outcome == signed.Failed {
			out = append(out, f.Detail)
		}
	}
	for _, s := range r.Signatures {
		for _, f := range s.Checks {
			if f.Outcome == signed.Failed {
				out = append(out, f.Detail)
			}
		}
	}
	slices.Sort(out)
	return out
}

// repack writes a package anew as archives are written, with right sums: change gets each part and returns what takes its place, nil for nothing; more are
// names and texts of further parts.
func repack(t testing.TB, content []byte, change func(name string, part []byte) []byte, more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, part []byte) {
		p, err := w.Create(name)
		if err == nil {
			_, err = p.Write(part)
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
		var part bytes.Buffer
		if _, err := part.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if changed := change(f.Name, part.Bytes()); changed != nil {
			put(f.Name, changed)
		}
	}
	for i := 0; i < len(more); i += 2 {
		put(more[i], []byte(more[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// everyByte changes one bit of each byte of a file in turn: none of what comes out may pass.
func everyByte(t *testing.T, whole []byte, passes func([]byte) bool) {
	t.Helper()
	var group sync.WaitGroup
	const workers = 4
	for w := range workers {
		group.Go(func() {
			b := bytes.Clone(whole)
			for i := w; i < len(b); i += workers {
				b[i] ^= 1 << (i % 8)
				if passes(b) {
					t.Errorf("byte %d of %d changed and nobody sees it: %q", i, len(b), b[max(0, i-20):min(len(b), i+20)])
				}
				b[i] ^= 1 << (i % 8)
			}
		})
	}
	group.Wait()
}
