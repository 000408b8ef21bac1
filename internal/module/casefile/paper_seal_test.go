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

// oneSeal seals what it is given, once a document.
type oneSeal struct {
	kept map[string][]byte
	none bool
}

func (o *oneSeal) SealPaper(_ context.Context, number string, p casefile.Paper, format paper.Format, d *paper.Document) ([]byte, bool, error) {
	key := number + p.ID + string(format)
	if o.none || o.kept[key] != nil {
		return o.kept[key], !o.none, nil
	}
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
	o.kept[key] = f.Bytes()
	return f.Bytes(), true, err
}

// TestSealedPapers has a module that seals: what an office issued goes out sealed, the same file each time, and without its seal where there is none.
func TestSealedPapers(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Delivered(t, h)
	needs, sealer := h.Needs, &oneSeal{kept: map[string][]byte{}}
	needs.Sealer = sealer
	cases := casefile.New(h.DB, needs)
	p := view(t, h, casefiletest.Company, number).Papers[0]
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
	sealer.none = true
	bare, err := cases.PaperFile(t.Context(), casefiletest.Company, number, p.ID, paper.PDF)
	if err != nil || !strings.Contains(textOfPDF(t, bare.Content), "盖章处") {
		t.Errorf("an office without a seal: %v", err)
	}
}
