package cert

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// Preview is a type's face as a keeper tries it out.
type Preview struct {
	SVG     []byte
	PDF     []byte
	OFD     []byte
	Lacking []rune // characters no font of ours has
}

// Samples are what a preview fills the fields with.
var Samples = []string{"usual", "longest", "rarest"}

// PreviewType draws a type's face filled with usual, longest or rarest values. It names no real person and says across the page that it is a specimen.
// With proposed it draws the type as the change that waits would have it. fault.Forbidden for who keeps no directory, fault.NotFound "cert.type.not_found", or
// "cert.type.no_proposal" when no change waits.
func (s *Service) PreviewType(ctx context.Context, by actor.Actor, key, sample string, proposed bool) (out Preview, err error) {
	if err := s.needs.Rights.Check(by, ActKeep, actor.Target{OfficePath: keepers}); err != nil {
		return out, err
	}
	var t Type
	var today civil.Date
	err = s.db.View(ctx, func(tx *db.Tx) error {
		today = civil.Of(tx.Now)
		if proposed {
			r, err := db.One[proposalRow](ctx, tx, selectProposal+`type_key = $1`, key)
			if errors.Is(err, db.ErrNotFound) {
				return fault.New(fault.NotFound, "cert.type.no_proposal")
			}
			t = r.Definition.V
			return err
		}
		v, err := typeView(ctx, tx, key)
		t = v.Type
		return err
	})
	if err != nil {
		return out, err
	}
	p, err := s.needs.Paper.Set(Specimen(t, sample, today, nil))
	if err != nil {
		return out, fmt.Errorf("drawing a specimen of %s: %w", key, err)
	}
	out.SVG, out.Lacking = p.SVG(), p.Lacking
	pdf, err := p.Document().File(paper.PDF, paper.Slot{})
	if err != nil {
		return out, err
	}
	ofd, err := p.Document().File(paper.OFD, paper.Slot{})
	if err != nil {
		return out, err
	}
	out.PDF, out.OFD = pdf.Bytes(), ofd.Bytes()
	return out, nil
}

// Specimen is the face of a certificate nobody holds, with sample values (see [Samples]) where none are given by the fields' keys; "number" and "office" may be
// given too. Without given values it says across the page that it is one.
func Specimen(t Type, sample string, today civil.Date, given map[string]string) paper.Sheet {
	r := record{Name: t.Name, Number: "样张000000000000", IssuedOn: today, Issuer: issuedBy{Name: "某某省某某市某某县某某部门"},
		Identifier: "1.2.156.3005.2." + t.Code + ".（样张）", layout: t.Layout}
	if given["number"] != "" {
		r.Number = given["number"]
	}
	if given["office"] != "" {
		r.Issuer.Name = given["office"]
	}
	for _, f := range t.Fields {
		value := given[f.Key]
		if value == "" {
			value = f.Before + sampleOf(f, sample, today) + f.After
		}
		r.Fields = append(r.Fields, Line{f.Key, f.Label, value})
	}
	s := r.sheet("https://xiangyun.example")
	if given == nil {
		s.Copy = "样张 无效"
	}
	return s
}

// SealAt is where the seals of a type's certificates stand: the first, or one beside it.
func (t Type) SealAt(i int, width, height float64) paper.Placement {
	return t.Layout.sealAt(i, width, height)
}

// sampleOf is what a field may have to hold: the longest legal name of a company is about a hundred characters, a scope of business several hundred; the
// rarest names have characters of the extensions of Unicode.
func sampleOf(f Field, sample string, today civil.Date) string {
	long := strings.Contains(f.Label, "范围") || strings.Contains(f.Label, "项目")
	switch {
	case f.As == "date" || strings.HasPrefix(strings.Join(f.From, ""), "valid.") || strings.HasPrefix(strings.Join(f.From, ""), "decision.date"):
		return today.Chinese()
	case f.As == "count":
		return "12"
	case sample == "longest" && long:
		return strings.Repeat("预包装食品（含冷藏冷冻食品）销售；散装食品销售；", 12)
	case sample == "longest":
		return strings.Repeat("吉林省长春净月高新技术产业开发区", 3) + "供应链管理有限责任公司"
	case sample == "rarest":
		return "王𬱖、𠮷野㐂、龘靐䶮·吐尔逊"
	}
	return "（样张）" + f.Label
}
