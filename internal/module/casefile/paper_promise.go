package casefile

import (
	"context"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// promised is a document in which the applicant promises something, as the leaf of the hand-in names it.
type promised struct {
	Kind   PaperKind `json:"kind"`
	Paper  string    `json:"paper"`
	Digest string    `json:"digest"`
}

// promise writes, in the transaction of a hand-in, what the applicant promises with it (告知承诺书, 容缺受理承诺书). A promise is an act of law: what it says
// is what was agreed, whatever the guide, the form of the document or the applicant's name become, so it is kept as what the office issues is, with a number
// of its series and a digest in the leaf. It bears no seal of the office: it is the applicant's word, and the place at its end is his signature's.
func (s *Service) promise(ctx context.Context, tx *db.Tx, p *paperCase, materials []Material, pledged bool) (out []promised, err error) {
	w := p.handedWords(materials, tx.Now)
	for _, kind := range promisesOf(w, pledged) {
		number, digest, err := s.put(ctx, tx, printing{paperCase: p, kind: kind, words: w, id: db.NewKey(), scan: true})
		if err != nil {
			return nil, err
		}
		out = append(out, promised{kind, number, digest})
	}
	return out, nil
}

// promise is [Service.promise] of a step that hands something in; what was promised goes into the step's leaf.
func (st *step) promise(ctx context.Context, tx *db.Tx, applicant string, materials []Material) error {
	code, err := st.s.unseal(st.c.QueryCode, st.c.ID, "query_code")
	if err != nil {
		return err
	}
	p := &paperCase{c: st.c, entry: st.entry, applicant: applicant, queryCode: string(code), base: st.s.needs.Base}
	list, err := st.s.promise(ctx, tx, p, materials, false)
	if len(list) > 0 {
		st.data["promised"] = list
	}
	return err
}

// promisesOf are the kinds of promises that come with a hand-in: the pledge of the item is made once, with the application.
func promisesOf(w words, pledged bool) (kinds []PaperKind) {
	if pledged {
		kinds = append(kinds, PledgeLetter)
	}
	if len(w.lists["gaps"]) > 0 {
		kinds = append(kinds, GapLetter)
	}
	return kinds
}

// handedWords are those of the documents of one hand-in.
func (p *paperCase) handedWords(materials []Material, at time.Time) words {
	w := p.words()
	w.fields["received_at"] = at.In(civil.Shanghai).Format("2006年1月2日15时04分")
	w.fields["channel"] = channelWords[p.c.Channel]
	if g := p.entry.Guide.Pledge; g != nil {
		w.fields["pledge_text"], w.fields["pledge_basis"], w.fields["pledge_check"] = g.Text, g.Basis, g.Check
	}
	for _, m := range materials {
		w.lists["materials"] = append(w.lists["materials"], []string{m.Name, wayWords[m.Way]})
		if m.Way == item.WayPledge {
			w.lists["pledged"] = append(w.lists["pledged"], []string{m.Name, m.Evidence})
		}
		if due, err := civil.Parse(m.DueOn); err == nil {
			w.lists["gaps"] = append(w.lists["gaps"], []string{m.Name, due.Chinese() + "前"})
		}
	}
	return w
}
