package cert

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// paperBatch is how many rows are taken over in one transaction, under one leaf.
const paperBatch = 500

// PaperImport is a table of certificates that were issued on paper: checked, and taken over as far as DoneRow.
//
//	checked ──take over──▶ running ──its last row──▶ done
type PaperImport struct {
	ID         string
	TypeKey    string
	OfficePath string
	Way        string // paper: taken over as records of paper; issue: issued, see [Service.OrderIssue]
	Report     db.JSON[PaperReport]
	LateFaults db.JSON[[]PaperFault] // of rows that were found fit and could not be issued after all
	ReadRows   int64
	GoodRows   int64
	DoneRow    int64
	TakenRows  int64
	State      string // checked, running, done
	MadeAt     time.Time
	FinishedAt time.Time
}

const importColumns = `id, type_key, office_path, way, report, late_faults, read_rows, good_rows, done_row, taken_rows, state, made_at, finished_at`

// MayImport tells whether somebody may take over paper certificates for an office of theirs.
func (s *Service) MayImport(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActImport, actor.Target{OfficePath: by.OfficePath}) == nil
}

// CheckPaper reads a table of paper certificates of by's office and says what is wrong with it; nothing is taken over yet, the file is kept sealed until
// it is. The same file again gives the same import, checked anew while it waits. fault.Invalid, field "file".
func (s *Service) CheckPaper(ctx context.Context, by actor.Actor, typeKey string, content []byte) (id string, err error) {
	return s.checkTable(ctx, by, onPaper, typeKey, content)
}

// The ways a table goes.
const (
	onPaper = "paper"
	toIssue = "issue"
)

func (s *Service) checkTable(ctx context.Context, by actor.Actor, way, typeKey string, content []byte) (id string, err error) {
	if err := s.needs.Rights.Check(by, actOf(way), actor.Target{OfficePath: by.OfficePath}); err != nil {
		return "", err
	}
	if len(content) == 0 || len(content) > mostPaperFile {
		return "", fault.New(fault.Invalid, "cert.paper.bad").Field("file", "cert.paper.size", mostPaperFile>>20)
	}
	var t Type
	var today civil.Date
	var judge func(paperRow, []PaperFault) []PaperFault
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err := typeView(ctx, tx, typeKey)
		t, today = v.Type, civil.Of(tx.Now)
		if err != nil || way != toIssue {
			return err
		}
		kind, err := latestType(ctx, tx, typeKey)
		if err != nil {
			return err
		}
		if err := s.mayIssue(ctx, tx, by, kind.Type, by.OfficePath); err != nil {
			return err
		}
		j, err := s.sternFor(ctx, tx, kind, by.OfficePath)
		judge = j.judge
		return err
	})
	if err != nil {
		return "", err
	}
	report, err := s.report(ctx, content, checking{way, t, today, judge})
	if errors.Is(err, errColumns) || errors.Is(err, errTooMany) {
		return "", fault.New(fault.Invalid, "cert.paper.bad").Field("file", "cert.paper.columns", mostPaperRows).Because(err)
	}
	if err != nil {
		return "", err
	}
	sum := sm.Sum(content)
	digest := hex.EncodeToString(sum[:])
	if way == toIssue { // the same table may have been taken over as paper before
		digest = way + ":" + digest
	}
	id = db.NewKey()
	sealed, err := s.needs.Keys.Seal(content, importAAD(digest))
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		id, err = db.One[string](ctx, tx, `INSERT INTO cert_import (id, type_key, office_path, digest, content, report, read_rows, good_rows, done_row, taken_rows, state,
made_by, made_at, way) VALUES (`+db.In(14, 1)+`) ON CONFLICT (office_path, type_key, digest) DO UPDATE SET report = CASE WHEN cert_import.state = 'checked' THEN excluded.report
ELSE cert_import.report END, good_rows = CASE WHEN cert_import.state = 'checked' THEN excluded.good_rows ELSE cert_import.good_rows END RETURNING id`,
			id, typeKey, by.OfficePath, digest, sealed, db.JSON[PaperReport]{V: report}, report.Rows, report.Good, 1, 0, "checked", by.Account, tx.Now, way)
		return err
	})
	return id, err
}

func importAAD(digest string) []byte { return []byte("cert_import/" + digest + "/content") }

// checking is what a table is checked for.
type checking struct {
	way   string
	kind  Type
	today civil.Date
	judge func(p paperRow, faults []PaperFault) []PaperFault // adds what the way asks besides; nil for nothing
}

// report judges all rows of a table, each by itself, beside the others, and beside what is there.
func (s *Service) report(ctx context.Context, content []byte, c checking) (PaperReport, error) {
	out := PaperReport{Counts: map[string]int{}}
	seen := map[string]bool{}
	var batch []paperRow
	flush := func() error {
		err := s.db.View(ctx, func(tx *db.Tx) error {
			for _, p := range batch {
				f, err := s.beside(ctx, tx, c.way, c.kind, p)
				if err != nil {
					return err
				}
				for _, one := range f {
					out.add(one)
				}
				if !refusing(f) {
					out.Good++
				}
			}
			return nil
		})
		batch = batch[:0]
		return err
	}
	unknown, encoding, err := readPaper(content, c.kind, c.today, func(p paperRow, faults []PaperFault) error {
		out.Rows++
		if c.judge != nil {
			faults = c.judge(p, faults)
		}
		key := p.number
		if c.way == toIssue && !refusing(faults) {
			key = s.tableCase(c.kind.Key, p) // as issuing tells rows apart
		}
		if key != "" && seen[key] {
			faults = append(faults, PaperFault{p.row, FaultTwice, columnNumber})
		}
		if !refusing(faults) {
			seen[key] = true
		}
		for _, f := range faults {
			out.add(f)
		}
		if refusing(faults) {
			return nil
		}
		if batch = append(batch, p); len(batch) < paperBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	slices.SortStableFunc(out.Faults, func(a, b PaperFault) int { return a.Row - b.Row })
	out.Unknown, out.Encoding = unknown, encoding
	return out, err
}

// refusing tells whether one of the faults keeps a row out.
func refusing(faults []PaperFault) bool {
	return slices.ContainsFunc(faults, func(f PaperFault) bool { return !slices.Contains(warnings, f.Kind) })
}

// beside judges a row against the store: whether it was taken over before, and whether anybody has the holder's number.
func (s *Service) beside(ctx context.Context, tx *db.Tx, way string, t Type, p paperRow) (out []PaperFault, err error) {
	if way == toIssue {
		return s.besideIssued(ctx, tx, t, p)
	}
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_paper WHERE type_key = $1 AND number_index = $2`, t.Key, s.paperIndex(t.Key, p.number))
	if err != nil {
		return nil, err
	}
	if n > 0 {
		out = append(out, PaperFault{p.row, FaultThere, columnNumber})
	}
	if p.code == "" {
		return out, nil
	}
	id, _, err := s.needs.Subjects.Find(ctx, tx, p.kind, p.code, p.holder)
	if err == nil && id == "" {
		out = append(out, PaperFault{p.row, WarnUnknown, columnCode})
	}
	return out, err
}

func (s *Service) paperIndex(typeKey, number string) []byte {
	return s.needs.Keys.Index("cert_paper.number", typeKey+"/"+number)
}

// Imports lists the imports of by's office, newest first, those before an id; "" for the newest.
func (s *Service) Imports(ctx context.Context, by actor.Actor, before string, limit int) (out []PaperImport, err error) {
	reach := s.needs.Rights.Reach(by, ActImport)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "office.no_right")
	}
	if before == "" {
		before = "g" // behind every key
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args := []any{before, limit}
		out, err = db.All[PaperImport](ctx, tx, `SELECT `+importColumns+` FROM cert_import WHERE id < $1 AND `+db.PrefixAny("office_path", reach, &args)+
			` ORDER BY id DESC LIMIT $2`, args...)
		return err
	})
	return out, err
}

// Import returns one of them. fault.NotFound "cert.paper.none".
func (s *Service) Import(ctx context.Context, by actor.Actor, id string) (out PaperImport, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.importOf(ctx, tx, by, id)
		return err
	})
	return out, err
}

func (s *Service) importOf(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (out PaperImport, err error) {
	out, err = db.One[PaperImport](ctx, tx, `SELECT `+importColumns+` FROM cert_import WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && by.Kind != actor.System && s.needs.Rights.Check(by, actOf(out.Way), actor.Target{OfficePath: out.OfficePath}) != nil {
		return PaperImport{}, fault.New(fault.NotFound, "cert.paper.none")
	}
	return out, err
}
