package cert

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
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
	Report     db.JSON[PaperReport]
	ReadRows   int64
	GoodRows   int64
	DoneRow    int64
	TakenRows  int64
	State      string // checked, running, done
	MadeAt     time.Time
	FinishedAt time.Time
}

const importColumns = `id, type_key, office_path, report, read_rows, good_rows, done_row, taken_rows, state, made_at, finished_at`

// MayImport tells whether somebody may take over paper certificates for an office of theirs.
func (s *Service) MayImport(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActImport, actor.Target{OfficePath: by.OfficePath}) == nil
}

// CheckPaper reads a table of paper certificates of by's office and says what is wrong with it; nothing is taken over yet, the file is kept sealed until
// it is. The same file again gives the same import, checked anew while it waits. fault.Invalid, field "file".
func (s *Service) CheckPaper(ctx context.Context, by actor.Actor, typeKey string, content []byte) (id string, err error) {
	if err := s.needs.Rights.Check(by, ActImport, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return "", err
	}
	if len(content) == 0 || len(content) > mostPaperFile {
		return "", fault.New(fault.Invalid, "cert.paper.bad").Field("file", "cert.paper.size", mostPaperFile>>20)
	}
	var t Type
	var today civil.Date
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err := typeView(ctx, tx, typeKey)
		t, today = v.Type, civil.Of(tx.Now)
		return err
	})
	if err != nil {
		return "", err
	}
	report, err := s.report(ctx, content, t, today)
	if errors.Is(err, errColumns) || errors.Is(err, errTooMany) {
		return "", fault.New(fault.Invalid, "cert.paper.bad").Field("file", "cert.paper.columns", mostPaperRows).Because(err)
	}
	if err != nil {
		return "", err
	}
	sum := sm.Sum(content)
	digest := hex.EncodeToString(sum[:])
	id = db.NewKey()
	sealed, err := s.needs.Keys.Seal(content, importAAD(digest))
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		id, err = db.One[string](ctx, tx, `INSERT INTO cert_import (id, type_key, office_path, digest, content, report, read_rows, good_rows, done_row, taken_rows, state,
made_by, made_at) VALUES (`+db.In(13, 1)+`) ON CONFLICT (office_path, type_key, digest) DO UPDATE SET report = CASE WHEN cert_import.state = 'checked' THEN excluded.report
ELSE cert_import.report END, good_rows = CASE WHEN cert_import.state = 'checked' THEN excluded.good_rows ELSE cert_import.good_rows END RETURNING id`,
			id, typeKey, by.OfficePath, digest, sealed, db.JSON[PaperReport]{V: report}, report.Rows, report.Good, 1, 0, "checked", by.Account, tx.Now)
		return err
	})
	return id, err
}

func importAAD(digest string) []byte { return []byte("cert_import/" + digest + "/content") }

// report judges all rows of a table, each by itself, beside the others, and beside what is there.
func (s *Service) report(ctx context.Context, content []byte, t Type, today civil.Date) (PaperReport, error) {
	out := PaperReport{Counts: map[string]int{}}
	seen := map[string]bool{}
	var batch []paperRow
	flush := func() error {
		err := s.db.View(ctx, func(tx *db.Tx) error {
			for _, p := range batch {
				f, err := s.beside(ctx, tx, t, p)
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
	unknown, encoding, err := readPaper(content, t, today, func(p paperRow, faults []PaperFault) error {
		out.Rows++
		if p.number != "" && seen[p.number] {
			faults = append(faults, PaperFault{p.row, FaultTwice, columnNumber})
		}
		seen[p.number] = true
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
func (s *Service) beside(ctx context.Context, tx *db.Tx, t Type, p paperRow) (out []PaperFault, err error) {
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
	if errors.Is(err, db.ErrNotFound) || err == nil && s.needs.Rights.Check(by, ActImport, actor.Target{OfficePath: out.OfficePath}) != nil {
		return PaperImport{}, fault.New(fault.NotFound, "cert.paper.none")
	}
	return out, err
}

// TakePaper takes over what is right in a checked table: as records of what is on paper, not signed and not in the register of electronic certificates.
// It goes batch by batch, each in a transaction with its leaf; killed half-way or called twice it goes on where it stood.
func (s *Service) TakePaper(ctx context.Context, by actor.Actor, id string) error {
	var content []byte
	var t deployed
	var issuer Issuer
	var today civil.Date
	err := s.db.View(ctx, func(tx *db.Tx) error {
		m, err := s.importOf(ctx, tx, by, id)
		if err != nil || m.State == "done" {
			return err
		}
		type row struct {
			Digest  string
			Content []byte
		}
		r, err := db.One[row](ctx, tx, `SELECT digest, content FROM cert_import WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if content, err = s.needs.Keys.Open(r.Content, importAAD(r.Digest)); err != nil {
			return fmt.Errorf("opening a table of certificates: %w", err)
		}
		if t, err = latestType(ctx, tx, m.TypeKey); err != nil {
			return err
		}
		today = civil.Of(tx.Now)
		issuer, err = s.needs.Offices.Issuer(ctx, tx, m.OfficePath)
		return err
	})
	if err != nil || content == nil {
		return err
	}
	w := taking{s: s, by: by, id: id, kind: t, issuer: issuer}
	_, _, err = readPaper(content, t.Type, today, func(p paperRow, faults []PaperFault) error {
		w.last = p.row
		if !refusing(faults) {
			w.rows = append(w.rows, p)
		}
		if len(w.rows) < paperBatch {
			return nil
		}
		return w.batch(ctx, false)
	})
	if err != nil {
		return err
	}
	return w.batch(ctx, true)
}

// taking is one run of [Service.TakePaper].
type taking struct {
	s      *Service
	by     actor.Actor
	id     string
	kind   deployed
	issuer Issuer
	rows   []paperRow
	last   int // the last row read
}

// batch takes over the rows read since the last, unless another run did.
func (w *taking) batch(ctx context.Context, final bool) error {
	rows := w.rows
	w.rows = nil
	if err := w.s.at("before paper batch"); err != nil {
		return err
	}
	return w.s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := w.s.importOf(ctx, tx, w.by, w.id)
		if err != nil || m.State == "done" || !final && m.DoneRow >= int64(w.last) {
			return err
		}
		taken, digests := 0, []byte{}
		for _, p := range rows {
			if int64(p.row) <= m.DoneRow {
				continue
			}
			sum, err := w.take(ctx, tx, m, p)
			if err != nil {
				return err
			}
			if sum != nil {
				digests = append(digests, sum...)
				taken++
			}
		}
		state, rest := "running", ""
		var finished any
		if final {
			state, rest, finished = "done", ", content = NULL", tx.Now
		}
		n, err := tx.Exec(ctx, `UPDATE cert_import SET done_row = $1, taken_rows = taken_rows + $2, state = $3, finished_at = $4`+rest+` WHERE id = $5 AND done_row = $6`,
			w.last, taken, state, finished, w.id, m.DoneRow)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "cert.paper.running")
		}
		if taken == 0 {
			return nil
		}
		sum := sm.Sum(digests)
		return w.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.paper_taken", Actor: w.by.Name(), Office: m.OfficePath, Object: "cert-import:" + w.id,
			Basis: w.kind.Basis, Data: map[string]string{"type": w.kind.Key, "rows": fmt.Sprint(taken), "to": fmt.Sprint(w.last), "records": hex.EncodeToString(sum[:])}})
	})
}

// paperRecord is what a row says, as it is kept.
type paperRecord struct {
	Source     string            `json:"source"` // paper
	Type       string            `json:"type"`
	Number     string            `json:"number"`
	Holder     string            `json:"holder"`
	HolderCode string            `json:"holder_code,omitempty"`
	IssuedOn   civil.Date        `json:"issued_on"`
	ValidFrom  civil.Date        `json:"valid_from"`
	ValidUntil civil.Date        `json:"valid_until"`
	Values     map[string]string `json:"values"`
}

// take stores one row and returns its digest; nil when its number is there already.
func (w *taking) take(ctx context.Context, tx *db.Tx, m PaperImport, p paperRow) ([]byte, error) {
	text, err := json.Marshal(paperRecord{"paper", w.kind.Code, p.number, p.holder, p.code, p.issued, p.from, p.until, p.values})
	if err != nil {
		return nil, err
	}
	id, subject := db.NewKey(), ""
	sealed, err := w.s.needs.Keys.Seal(text, paperAAD(id))
	if err != nil {
		return nil, err
	}
	if p.code != "" {
		if subject, _, err = w.s.needs.Subjects.Find(ctx, tx, p.kind, p.code, p.holder); err != nil {
			return nil, err
		}
	}
	n, err := tx.Exec(ctx, `INSERT INTO cert_paper (id, import_id, row_number, type_id, type_key, name, number_index, subject_id, issuer_code, issuer_name,
office_path, issued_on, valid_until, record, imported_at) VALUES (`+db.In(15, 1)+`) ON CONFLICT (type_key, issuer_code, number_index) DO NOTHING`,
		id, w.id, p.row, w.kind.ID, w.kind.Key, w.kind.Name, w.s.paperIndex(w.kind.Key, p.number), subject, w.issuer.Code, w.issuer.Name,
		m.OfficePath, p.issued, p.until, sealed, tx.Now)
	if err != nil || n == 0 {
		return nil, err
	}
	sum := sm.Sum(text)
	return sum[:], nil
}

func paperAAD(id string) []byte { return []byte("cert_paper/" + id + "/record") }

// Paper is a certificate on paper as its holder reads it: what an office's books say, without a signature of ours.
type Paper struct {
	ID         string
	Name       string
	IssuerName string
	IssuedOn   civil.Date
	ValidUntil civil.Date
	ImportedAt time.Time
	Number     string
	Lines      []Line
}

// Papers lists the paper certificates of whom by acts for, newest first, those before an id; "" for the newest.
func (s *Service) Papers(ctx context.Context, by actor.Actor, before string, limit int) (out []Paper, err error) {
	if err := s.needs.Rights.Check(by, ActHold, actor.Target{Subject: by.For()}); err != nil {
		return nil, err
	}
	if before == "" {
		before = "g"
	}
	type row struct {
		Paper
		TypeID string
		Record []byte
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT id, type_id, name, issuer_name, issued_on, valid_until, imported_at, record FROM cert_paper
WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, by.For(), before, limit)
		for _, r := range rows {
			t, err := s.typeOf(ctx, tx, r.TypeID)
			if err != nil {
				return err
			}
			text, err := s.needs.Keys.Open(r.Record, paperAAD(r.ID))
			if err != nil {
				return fmt.Errorf("opening the record of a certificate on paper: %w", err)
			}
			var p paperRecord
			if err := json.Unmarshal(text, &p); err != nil {
				return err
			}
			r.Number = p.Number
			for _, f := range t.Fields {
				if v := p.Values[f.Key]; v != "" {
					r.Lines = append(r.Lines, Line{f.Key, f.Label, v})
				}
			}
			out = append(out, r.Paper)
		}
		return err
	})
	return out, err
}
