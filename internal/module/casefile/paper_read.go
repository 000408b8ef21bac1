package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// Paper returns one document of a case; fault.NotFound when it has no such document. An officer's reading is a leaf of its own. When the applicant, or who
// acts for him, first opens what the office issued, it has reached him: that is noted with its time, and is a leaf too (送达).
func (s *Service) Paper(ctx context.Context, by actor.Actor, number, paperID string) (p Paper, err error) {
	p, c, err := s.paper(ctx, by, number, paperID)
	if err != nil {
		return p, err
	}
	return s.opened(ctx, by, c, p)
}

// PaperUnopened is [Service.Paper] for a program that fetches on its own account what a person may open later: it has reached nobody.
func (s *Service) PaperUnopened(ctx context.Context, by actor.Actor, number, paperID string) (Paper, error) {
	p, _, err := s.paper(ctx, by, number, paperID)
	return p, err
}

// opened notes that a document was opened, the first time and by whom it is for.
func (s *Service) opened(ctx context.Context, by actor.Actor, c *Case, p Paper) (Paper, error) {
	if !owns(by, c) || !p.ReadAt.IsZero() || p.record() {
		return p, nil
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		first, err := insertReading(ctx, tx, p.ID, c.ID, by.Account)
		if err != nil || !first {
			return err
		}
		p.ReadAt = tx.Now
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "case.paper_read", Actor: by.Name(), Subject: c.ApplicantID, Object: "case:" + c.Number, Basis: c.ItemName,
			Data: map[string]any{"paper": p.Number, "kind": string(p.Kind), "version": c.Version}})
	})
	if err != nil {
		return p, fmt.Errorf("noting that a document was opened: %w", err)
	}
	return p, nil
}

// record tells whether a document is written on demand, from what its applicant handed in: it has a name for a key, and nobody need tell him of it.
func (p Paper) record() bool { return strings.HasPrefix(p.ID, string(p.Kind)) }

func (s *Service) paper(ctx context.Context, by actor.Actor, number, paperID string) (p Paper, of *Case, err error) {
	err = s.reading(ctx, by, number, "paper:"+paperID, func(tx *db.Tx, c *Case) error {
		of = c
		// A promise goes by its kind as well, as it did when it was written on demand: links to it stay good.
		row, err := db.One[paperRow](ctx, tx, selectPaper+`p.case_id = $1 AND (p.id = $2 OR p.kind = $3 AND p.kind IN ('pledge', 'gaps')) ORDER BY p.id LIMIT 1`,
			c.ID, paperID, paperID)
		if err == nil && owns(by, c) && slices.Contains(inside, row.Kind) {
			return errNoPaper
		}
		if err == nil {
			p, err = s.paperOf(row)
			return err
		}
		if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		list, err := s.records(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, p = range list {
			if p.ID == paperID {
				return nil
			}
		}
		p = Paper{}
		return errNoPaper
	})
	return p, of, err
}

// records reads what the records of a case are written from.
func (s *Service) records(ctx context.Context, tx *db.Tx, c *Case) (out []Paper, err error) {
	v := &View{Case: *c}
	if v.Entry, err = s.needs.Items.Pinned(ctx, tx, c.EntryID); err != nil {
		return nil, err
	}
	if v.Applicant.Name, err = s.needs.Subjects.Name(ctx, tx, c.ApplicantID); err != nil {
		return nil, err
	}
	if err := s.handings(ctx, tx, v); err != nil {
		return nil, err
	}
	if v.Materials, err = materialsOf(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	if v.Events, err = steps(ctx, tx, c.ID); err != nil {
		return nil, err
	}
	return s.recordsOf(v)
}

// PaperFile is a document of a case as a file.
type PaperFile struct {
	Paper   Paper
	Format  paper.Format
	Content []byte
	Lacking []rune // characters no face has: they are drawn as boxes
}

// PaperFile sets a document on pages. What it refuses, and what it notes, is as with [Service.Paper]. The same document gives the same bytes each time.
func (s *Service) PaperFile(ctx context.Context, by actor.Actor, number, paperID string, format paper.Format) (f PaperFile, err error) {
	p, c, err := s.paper(ctx, by, number, paperID)
	if err != nil {
		return f, err
	}
	if p, err = s.opened(ctx, by, c, p); err != nil {
		return f, err
	}
	return s.paperFile(ctx, c, p, format)
}

// PaperFileUnopened is [Service.PaperFile] as [Service.PaperUnopened] is [Service.Paper].
func (s *Service) PaperFileUnopened(ctx context.Context, by actor.Actor, number, paperID string, format paper.Format) (f PaperFile, err error) {
	p, c, err := s.paper(ctx, by, number, paperID)
	if err != nil {
		return f, err
	}
	return s.paperFile(ctx, c, p, format)
}

func (s *Service) paperFile(ctx context.Context, c *Case, p Paper, format paper.Format) (f PaperFile, err error) {
	if format != paper.PDF && format != paper.OFD {
		return f, errNoPaper
	}
	f.Paper, f.Format = p, format
	d, lacking, err := s.pages(p)
	if err != nil {
		return f, err
	}
	f.Lacking = lacking
	if f.Content, err = s.sealed(ctx, c, p, format, d); err != nil {
		return f, fmt.Errorf("sealing document %s: %w", p.ID, err)
	}
	if f.Content != nil {
		return f, nil
	}
	if format == paper.PDF {
		f.Content = d.PDF()
		return f, nil
	}
	f.Content, err = d.OFD()
	return f, err
}

// PaperPages draws a document for the screen; it asks for no right, whoever holds it has read it.
func (s *Service) PaperPages(p Paper) (pages [][]byte, lacking []rune, err error) {
	d, lacking, err := s.pages(p)
	if err != nil {
		return nil, nil, err
	}
	return d.SVG(), lacking, nil
}

func (s *Service) pages(p Paper) (*paper.Document, []rune, error) {
	d, err := s.needs.Pages.Lay(p.Letter)
	if e, ok := errors.AsType[*paper.NoGlyph](err); ok {
		return d, e.Runes, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("setting a document: %w", err)
	}
	return d, nil, nil
}

// Preview returns the document that a step would issue, as it would be now: nothing is written, no number is given. The refusals are the step's own;
// fault.NotFound "casefile.no_preview" for a step that issues no document.
func (s *Service) Preview(ctx context.Context, by actor.Actor, in Step) (p Paper, err error) {
	in.Way = firstOf(in.Way, "online")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, in.Number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		switch in.Action {
		case Resume, Opine, SubmitCorrection, Withdraw, AnswerObjection:
			return fault.New(fault.NotFound, "casefile.no_preview")
		}
		st, err := s.look(ctx, tx, by, c, in)
		if err != nil {
			return err
		}
		st.looking = true
		c.Version, c.State = c.Version+1, st.to
		err = effects[in.Action](st, ctx, tx)
		if !errors.Is(err, errDrafted) {
			return err
		}
		p = *st.draft
		return nil
	})
	return p, err
}
