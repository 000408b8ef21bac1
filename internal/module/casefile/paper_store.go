package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// paperRow is a document as it rests.
type paperRow struct {
	ID       string
	CaseID   string
	Kind     PaperKind
	Number   string
	Title    string
	Office   string
	Body     []byte
	IssuedOn civil.Date
	At       time.Time
	Template string
	Digest   []byte
	ReadAt   time.Time
}

const selectPaper = `SELECT p.id, p.case_id, p.kind, p.number, p.title, p.office, p.body, p.issued_on, p.at, p.template, p.digest, r.at AS read_at
FROM casefile_paper p LEFT JOIN casefile_paper_reading r ON r.paper_id = p.id WHERE `

// papers are the documents of a case, oldest first.
func (s *Service) papers(ctx context.Context, tx *db.Tx, id string) ([]Paper, error) {
	rows, err := db.All[paperRow](ctx, tx, selectPaper+`p.case_id = $1 ORDER BY p.id LIMIT 100`, id)
	if err != nil {
		return nil, err
	}
	out := make([]Paper, len(rows))
	for i, r := range rows {
		if out[i], err = s.paperOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

var errChanged = errors.New("a document is not what was issued")

// paperOf opens a document and checks that it is the one that was issued.
func (s *Service) paperOf(r paperRow) (Paper, error) {
	p := Paper{ID: r.ID, Kind: r.Kind, Number: r.Number, Title: r.Title, Office: r.Office, IssuedOn: r.IssuedOn, At: r.At, ReadAt: r.ReadAt}
	text, err := s.unseal(r.Body, r.CaseID, "paper")
	if err != nil {
		return p, err
	}
	if r.Template == "" {
		p.Body = strings.Split(string(text), "\n")
		p.Letter = letterOf(p, p.Body)
		return p, nil
	}
	if digest := sm.Sum(text); !bytes.Equal(digest[:], r.Digest) {
		return p, fmt.Errorf("opening %s: %w", r.ID, errChanged)
	}
	if err := json.Unmarshal(text, &p.Letter); err != nil {
		return p, fmt.Errorf("decoding a document: %w", err)
	}
	p.Body = p.Letter.Lines()
	return p, nil
}

// decisionsOf are what a delivery delivers, without their content.
func decisionsOf(ctx context.Context, tx *db.Tx, id string) ([]Paper, error) {
	return db.All[Paper](ctx, tx, `SELECT p.id, p.kind, p.number, p.title, r.at AS read_at FROM casefile_paper p LEFT JOIN casefile_paper_reading r ON r.paper_id = p.id
WHERE p.case_id = $1 AND p.kind IN ($2, $3) ORDER BY p.id LIMIT 10`, id, string(ApprovalDecision), string(RefusalDecision))
}

// insertReading notes that a document was opened, and tells whether it was for the first time.
func insertReading(ctx context.Context, tx *db.Tx, paperID, caseID, account string) (first bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO casefile_paper_reading (paper_id, case_id, account_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (paper_id) DO NOTHING`,
		paperID, caseID, account, tx.Now)
	return n == 1, err
}

// caseOfPaper finds the number of the case a document belongs to, by the document's number.
func caseOfPaper(ctx context.Context, tx *db.Tx, number string) (string, error) {
	return db.One[string](ctx, tx, `SELECT c.number FROM casefile_paper p JOIN casefile_case c ON c.id = p.case_id WHERE p.number = $1`, number)
}
