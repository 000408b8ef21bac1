package casefile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/signed/signedtest"
)

// oneSeal seals what it is given, and counts.
type oneSeal struct {
	signed int
	none   bool
}

func (o *oneSeal) HasSeal(context.Context, string, paper.Format) (bool, error) { return !o.none, nil }

func (o *oneSeal) SealPaper(_ context.Context, in casefile.ToSeal) ([]byte, bool, error) {
	format, d := in.Format, in.Document
	o.signed++
	picture, err := paper.NewPicture(signedtest.Picture())
	if err != nil {
		return nil, false, err
	}
	place, _ := d.SealPlace(42)
	s := paper.Sealing{Picture: picture, Places: []paper.Placement{place}, At: signedtest.Then, Name: signedtest.Name, Room: 4096, Provider: "Xiangyun"}
	f, err := d.Sealed(s).File(format, paper.Slot{})
	if err != nil {
		return nil, false, err
	}
	if office := signedtest.New(); format == paper.OFD {
		err = f.Affix(s, office.Affix)
	} else {
		err = f.Sign(office.SignPDF)
	}
	return f.Bytes(), true, err
}

// TestSealedPapers has a module that seals: what an office issued goes out sealed, the same file each time, and without its seal where there is none.
func TestSealedPapers(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Delivered(t, h)
	needs, sealer := h.Needs, &oneSeal{}
	needs.Sealer = sealer
	cases := casefile.New(h.DB, needs)
	p := view(t, h, casefiletest.Company, number).Papers[0]
	if s, err := cases.PaperSealOf(t.Context(), casefiletest.Company, number, p.ID); err != nil || s.By != p.Office || !s.At.IsZero() {
		t.Errorf("before it is taken: %+v, %v", s, err)
	}
	for _, format := range []paper.Format{paper.PDF, paper.OFD} {
		var files [2]casefile.PaperFile
		for i := range files {
			var err error
			if files[i], err = cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, format); err != nil {
				t.Fatal(err)
			}
		}
		r := signed.Check(t.Context(), files[0].Content, signedtest.New().Trust(ses.InUse), signedtest.Now)
		if !r.Valid() || !bytes.Equal(files[0].Content, files[1].Content) {
			t.Errorf("%s: %+v", format, r.Failures())
		}
	}
	if s, err := cases.PaperSealOf(t.Context(), casefiletest.Company, number, p.ID); err != nil || s.By != p.Office || s.At.IsZero() {
		t.Errorf("after it was taken: %+v, %v", s, err)
	}
	if sealer.signed != 2 {
		t.Errorf("%d signatures for two files", sealer.signed)
	}
	sealer.none = true
	p = view(t, h, casefiletest.Company, number).Papers[1]
	if s, err := cases.PaperSealOf(t.Context(), casefiletest.Company, number, p.ID); err != nil || s.By != "" {
		t.Errorf("of an office without a seal: %+v, %v", s, err)
	}
	bare, err := cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, paper.PDF)
	if err != nil || !strings.Contains(textOfPDF(t, bare.Content), "盖章处") {
		t.Errorf("an office without a seal: %v", err)
	}
}
