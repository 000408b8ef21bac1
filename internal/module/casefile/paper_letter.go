package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// inside are the kinds of documents that go from office to office: officers read them, who applied does not.
var inside = []PaperKind{OpinionRequest, SiteRecord, ExpertRecord, ForwardLetter, UrgeNotice}

// letterKinds are the kinds of documents that tasks bring into being.
var letterKinds = map[workflow.LetterKind]PaperKind{workflow.OpinionLetter: OpinionRequest, workflow.InspectionRecord: SiteRecord, workflow.ExpertRecord: ExpertRecord,
	workflow.ForwardLetter: ForwardLetter, workflow.UrgeLetter: UrgeNotice}

// IssueLetter issues what was written with a task of a case as a numbered document of the office that wrote it. Told of the same letter again it does
// nothing. The case itself does not move.
func (s *Service) IssueLetter(ctx context.Context, e workflow.LetterMade) error {
	kind, known := letterKinds[e.Kind]
	if !known {
		return fmt.Errorf("issuing a letter of the unknown kind %q", e.Kind)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, `SELECT id FROM casefile_paper WHERE id = $1`, e.Event)
		if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		c, err := byID(ctx, tx, e.Subject)
		if err != nil {
			return err
		}
		l, err := s.needs.Flows.Letter(ctx, tx, e)
		if err != nil {
			return err
		}
		p := &paperCase{c: c}
		if p.entry, err = s.needs.Items.Pinned(ctx, tx, c.EntryID); err != nil {
			return err
		}
		if p.applicant, err = s.needs.Subjects.Name(ctx, tx, c.ApplicantID); err != nil {
			return err
		}
		if l.Office.Name != "" {
			c.OfficeID, c.OfficePath, c.OfficeName = l.Office.ID, l.Office.Path, l.Office.Name
		}
		// No code to scan and no query code: those are between the applicant and his case.
		number, digest, err := s.put(ctx, tx, printing{paperCase: p, kind: kind, words: p.letterWords(l, civil.Of(tx.Now)), id: e.Event})
		if err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "case.letter_issued", Actor: l.By, Office: l.Office.Path, Subject: c.ApplicantID, Object: "case:" + c.Number, Basis: c.ItemName,
			Data: map[string]any{"paper": number, "paper_digest": digest, "kind": string(kind)}})
	})
}

// letterWords are those of a letter.
func (p *paperCase) letterWords(l workflow.Letter, today civil.Date) words {
	w := p.words()
	w.fields["comment"], w.fields["today"], w.fields["task"], w.fields["addressee"] = l.Words, today.Chinese(), l.Task, l.To
	w.fields["place"], w.fields["host"] = l.Place, l.Host
	for field, on := range map[string]string{"due_on": l.DueOn, "held_on": l.HeldOn} {
		if d, err := civil.Parse(on); err == nil {
			w.fields[field] = d.Chinese()
		}
	}
	for _, f := range l.Findings {
		text := f.Text
		if text == "" {
			text = "未提交意见"
		}
		w.lists["findings"] = append(w.lists["findings"], []string{f.Office, text})
	}
	return w
}

// outside leaves the documents that concern whom the case is about.
func outside(list []Paper) []Paper {
	return slices.DeleteFunc(list, func(p Paper) bool { return slices.Contains(inside, p.Kind) })
}
