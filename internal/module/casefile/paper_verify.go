package casefile

import (
	"context"
	"crypto/subtle"
	"errors"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// PaperClaim is a document as somebody says it exists.
type PaperClaim struct {
	Number string // as it is printed
	ID     string // or as its code to scan says
	Code   string // query code of the case
}

// Genuine is what a stranger is told of a document: not what it says, nor whom it is for.
type Genuine struct {
	Kind     PaperKind
	Number   string
	Title    string
	Office   string
	IssuedOn civil.Date
}

// VerifyPaper tells a stranger who holds a document whether it was issued. fault.NotFound "casefile.paper_unknown" for a wrong number and a wrong code
// alike. A document whose stored text is no longer what was issued is not confirmed: that is an error of ours. Guessing is the edge's to slow down.
func (s *Service) VerifyPaper(ctx context.Context, claim PaperClaim) (g Genuine, err error) {
	unknown := fault.New(fault.NotFound, "casefile.paper_unknown")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, c, err := s.claimed(ctx, tx, claim)
		if fault.Is(err, fault.NotFound) || errors.Is(err, db.ErrNotFound) {
			return unknown
		}
		if err != nil {
			return err
		}
		right, err := s.unseal(c.QueryCode, c.ID, "query_code")
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(right, []byte(claim.Code)) != 1 {
			return unknown
		}
		g = Genuine{p.Kind, p.Number, p.Title, p.Office, p.IssuedOn}
		return nil
	})
	return g, err
}

// ConcernedCase returns the number of the case that a claim is about, whatever else it says: guesses at one code count together, by whichever of its documents and
// however a number is written. "" when there is no such case. It is for the edge, which tells nobody.
func (s *Service) ConcernedCase(ctx context.Context, claim PaperClaim) (string, error) {
	number := typedNumber(claim.Number)
	query, arg := `SELECT c.number FROM casefile_paper p JOIN casefile_case c ON c.id = p.case_id WHERE p.number = $1`, number
	if claim.ID != "" {
		query, arg = `SELECT c.number FROM casefile_paper p JOIN casefile_case c ON c.id = p.case_id WHERE p.id = $1`, claim.ID
	} else if _, caseNumber, ok := caseOfRecord(number); ok {
		query, arg = `SELECT number FROM casefile_case WHERE number = $1`, caseNumber
	}
	var found string
	err := s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		found, err = db.One[string](ctx, tx, query, arg)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return found, err
}

// claimed finds the document and its case.
func (s *Service) claimed(ctx context.Context, tx *db.Tx, claim PaperClaim) (p Paper, c *Case, err error) {
	number := typedNumber(claim.Number)
	if _, caseNumber, ok := caseOfRecord(number); ok && claim.ID == "" {
		if c, err = byNumber(ctx, tx, caseNumber); err != nil {
			return p, nil, err
		}
		list, err := s.records(ctx, tx, c)
		if err != nil {
			return p, nil, err
		}
		for _, p = range list {
			if p.Number == number {
				return p, c, nil
			}
		}
		return p, nil, errNoPaper
	}
	where, arg := `p.number = $1`, number
	if claim.ID != "" {
		where, arg = `p.id = $1`, claim.ID
	}
	row, err := db.One[paperRow](ctx, tx, selectPaper+where, arg)
	if err != nil {
		return p, nil, err
	}
	if c, err = byID(ctx, tx, row.CaseID); err != nil {
		return p, nil, err
	}
	p, err = s.paperOf(row)
	return p, c, err
}
