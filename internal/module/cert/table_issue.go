package cert

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// A table an office hands in names what the office has decided: each good row becomes an electronic certificate. It is checked as tables of paper
// certificates are, more sternly; issued batch by batch in a job; and killed half-way it goes on where it stood.

func actOf(way string) string {
	if way == toIssue {
		return ActIssue
	}
	return ActImport
}

// MayIssue tells whether somebody may have tables issued for an office of theirs.
func (s *Service) MayIssue(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActIssue, actor.Target{OfficePath: by.OfficePath}) == nil
}

// CheckIssue reads a table of certificates that by's office has decided to issue and says what is wrong with which row; nothing is issued yet. The columns
// are those of [Service.CheckPaper]. The same file again gives the same table. fault.Invalid, fields "file" and "type"; fault.Forbidden
// "cert.paper.not_granted" for a type that no item of the office leads to.
func (s *Service) CheckIssue(ctx context.Context, by actor.Actor, typeKey string, content []byte) (id string, err error) {
	return s.checkTable(ctx, by, toIssue, typeKey, content)
}

// judge adds what keeps a row from being issued that would not keep it from being noted as paper: a signed record must say whose it is and all that the
// type asks for.
func (j stern) judge(p paperRow, faults []PaperFault) []PaperFault {
	t := j.kind.Type
	for i, f := range faults {
		switch f.Kind {
		case WarnNoHolder:
			faults[i].Kind = FaultHolderCode
		case WarnIncomplete:
			faults[i].Kind = FaultMissing
		}
	}
	if p.number != "" && !t.Number.Taken() && !slices.ContainsFunc(faults, func(f PaperFault) bool { return f.Column == columnNumber }) {
		return append(faults, PaperFault{p.row, FaultOwnNumber, columnNumber})
	}
	if p.number == "" && !t.Number.Taken() { // we number: none is what it should say
		faults = slices.DeleteFunc(faults, func(f PaperFault) bool { return f.Column == columnNumber })
	}
	if !refusing(faults) && !j.fits(p) {
		faults = append(faults, PaperFault{p.row, FaultMissing, ""})
	}
	return faults
}

// fits tells whether a row fills in all that the type asks for, its number included.
func (j stern) fits(p paperRow) bool {
	g := Registered{TypeKey: j.kind.Key, HolderKind: p.kind, Holder: p.holder, HolderCode: p.code, IssuedOn: p.issued, Values: j.kind.answers(p)}.granted("")
	f := newFacts(g, j.kind.Type, j.issuer, p.from, p.until, j.place)
	number, err := j.kind.compose(f, func(string) (int64, error) { return 1, nil })
	if err != nil {
		return false
	}
	f.named["number"] = number
	_, err = f.lines(j.kind.Type)
	return err == nil
}

// stern judges rows that are to be issued.
type stern struct {
	kind   deployed
	issuer Issuer
	place  func(string) string
}

// sternFor reads what judging the tables of an office needs.
func (s *Service) sternFor(ctx context.Context, tx *db.Tx, t deployed, office string) (j stern, err error) {
	j.kind, j.place = t, s.needs.Offices.Place
	if j.issuer, err = s.needs.Offices.Issuer(ctx, tx, t.issuerPath(office)); err != nil {
		return j, err
	}
	return j, issuable(t.Type, j.issuer)
}

// besideIssued judges a row against the register.
func (s *Service) besideIssued(ctx context.Context, tx *db.Tx, t Type, p paperRow) (out []PaperFault, err error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_cert WHERE case_id = $1`, s.tableCase(t.Key, p))
	if err == nil && n > 0 {
		out = append(out, PaperFault{p.row, FaultThere, columnNumber})
	}
	return out, err
}

// tableCase stands for the case of a row: its number where the office gave one, or else holder, day and end, of which there can't be two.
func (s *Service) tableCase(typeKey string, p paperRow) string {
	what := p.number
	if what == "" {
		what = p.code + "/" + p.issued.String() + "/" + p.until.String()
	}
	return "table/" + typeKey + "/" + hex.EncodeToString(s.needs.Keys.Index("cert.table", typeKey+"/"+what))
}

// OrderIssue has a checked table issued by a job, which by's office answers for. Ordered twice it is issued once. fault.NotFound "cert.paper.none";
// otherwise as [Service.CheckIssue].
func (s *Service) OrderIssue(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.importOf(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case m.Way != toIssue:
			return fault.New(fault.NotFound, "cert.paper.none")
		case m.State == "done" || m.GoodRows == 0:
			return nil
		}
		t, err := latestType(ctx, tx, m.TypeKey)
		if err != nil {
			return err
		}
		if err := s.mayIssue(ctx, tx, by, t.Type, m.OfficePath); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE cert_import SET state = 'running', made_by = $1 WHERE id = $2 AND state = 'checked'`, by.Account, id)
		if err != nil {
			return err
		}
		if err := s.needs.Events.Emit(ctx, tx, IssueOrdered{Table: id}); err != nil || n == 0 {
			return err
		}
		return s.ordered(ctx, tx, by, m, t.Type)
	})
}

// tableRow is what issuing a table needs of it.
type tableRow struct {
	PaperImport
	Digest  string
	Content []byte
	MadeBy  string
}

// IssueTable issues the good rows of an ordered table, batch by batch. It is called by a job, any number of times and on several nodes: each row gets one
// certificate. Only the program may; the leaves name who ordered it, and who may not any more is refused as by [Service.OrderIssue]: the table then waits
// to be ordered anew.
func (s *Service) IssueTable(ctx context.Context, by actor.Actor, id string) error {
	if by.Kind != actor.System {
		return fault.New(fault.Forbidden, "office.no_right")
	}
	var m tableRow
	var j stern
	var today civil.Date
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if m, err = db.One[tableRow](ctx, tx, `SELECT `+importColumns+`, digest, content, made_by FROM cert_import WHERE id = $1`, id); err != nil || m.State != "running" {
			return err
		}
		t, err := latestType(ctx, tx, m.TypeKey)
		if err != nil {
			return err
		}
		today = civil.Of(tx.Now)
		if err := s.stillMay(ctx, tx, m, t.Type); err != nil {
			return err
		}
		j, err = s.sternFor(ctx, tx, t, m.OfficePath)
		return err
	})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid) {
		return s.putBack(ctx, id, err)
	}
	if err != nil || m.State != "running" || m.Way != toIssue {
		return err
	}
	content, err := s.needs.Keys.Open(m.Content, importAAD(m.Digest))
	if err != nil {
		return fmt.Errorf("opening a table of certificates: %w", err)
	}
	w := issuing{s: s, m: m, kind: j.kind, by: actor.Actor{Kind: actor.Officer, Account: m.MadeBy, OfficePath: m.OfficePath}, seen: map[string]bool{}}
	_, _, err = readPaper(content, j.kind.Type, today, func(p paperRow, faults []PaperFault) error {
		w.last = p.row
		faults = j.judge(p, faults)
		if !refusing(faults) {
			w.take(p, int64(p.row) > m.DoneRow) // as it was when this run began
		}
		if len(w.rows) < fileBatch {
			return nil
		}
		return w.batch(ctx, false)
	})
	if err == nil {
		err = w.batch(ctx, true)
	}
	return errors.Join(err, w.settled())
}

// issuing is one run of [Service.IssueTable].
type issuing struct {
	s    *Service
	m    tableRow
	kind deployed
	by   actor.Actor
	rows []paperRow
	late []PaperFault // of rows read since the last batch
	seen map[string]bool
	last int // the last row read

	under chan error // what became of the batch that is being recorded; nil when none is
}

// take puts a fit row among those to be issued, unless it stands for the certificate of a row before it. One that an earlier run dealt with is only
// remembered.
func (w *issuing) take(p paperRow, open bool) {
	key := w.s.tableCase(w.kind.Key, p)
	switch {
	case open && w.seen[key]:
		w.late = append(w.late, PaperFault{p.row, FaultTwice, columnNumber})
	case open:
		w.rows = append(w.rows, p)
	}
	w.seen[key] = true
}

// settled waits for the batch that is being recorded.
func (w *issuing) settled() error {
	if w.under == nil {
		return nil
	}
	err := <-w.under
	w.under = nil
	return err
}

// portion is what a batch moves its table on by.
type portion struct {
	last    int   // the last row read
	final   bool  // of the table
	numbers []int // the rows of what is wanted
	late    []PaperFault
	all     []PaperFault // of the table so far, with these: set when it is noted
}

// errTableMoves ends a run beside another on the same table: that one goes on.
var errTableMoves = errors.New("the table is being issued elsewhere")

// batch issues the rows read since the last. While one batch is being recorded the next is signed: the database is at work and so are we.
func (w *issuing) batch(ctx context.Context, final bool) error {
	rows, late := w.rows, w.late
	w.rows, w.late = nil, nil
	holders := make([]HolderOf, len(rows))
	for i, p := range rows {
		holders[i] = HolderOf{p.kind, p.code, p.holder}
	}
	var ids []string
	var err error
	if len(holders) > 0 {
		if ids, err = w.s.needs.Subjects.Put(ctx, program, holders); err != nil {
			return fmt.Errorf("registering holders: %w", err)
		}
	}
	b, q := &batch{by: w.by, tell: true}, &portion{last: w.last, final: final, late: late}
	for i, p := range rows {
		if ids[i] == "" {
			q.late = append(q.late, PaperFault{p.row, FaultHolderName, columnHolder})
			continue
		}
		b.wanted, q.numbers = append(b.wanted, w.wanted(p, ids[i])), append(q.numbers, p.row)
	}
	b.also = func(ctx context.Context, tx *db.Tx) error { return w.note(ctx, tx, b, q) }
	if len(b.wanted) == 0 {
		if err := w.settled(); err != nil {
			return err
		}
		return w.moved(q, w.s.db.Update(ctx, func(tx *db.Tx) error { return b.also(ctx, tx) }))
	}
	b.key = fmt.Sprintf("table/%s/%d-%d", w.m.ID, rows[0].row, rows[len(rows)-1].row)
	b.names = w.m.Digest // the rows are what the table says there
	list, _, err := w.s.makeBatch(ctx, b)
	if errors.Is(err, errBatchDone) {
		err = errTableMoves
	}
	if err = errors.Join(w.settled(), err); err != nil {
		return err
	}
	w.under = make(chan error, 1)
	go func(under chan<- error) { under <- w.moved(q, w.s.keepBatch(ctx, b, list)) }(w.under)
	return nil
}

// moved remembers how far the table is once that is recorded for good: until then a transaction may run again.
func (w *issuing) moved(q *portion, err error) error {
	switch {
	case errors.Is(err, errBatchDone):
		return errTableMoves
	case err == nil:
		w.m.DoneRow, w.m.LateFaults.V = int64(q.last), q.all
	}
	return err
}

// wanted is a row as a case would grant it.
func (w *issuing) wanted(p paperRow, subject string) wanted {
	in := Registered{TypeKey: w.kind.Key, OfficePath: w.m.OfficePath, Subject: subject, HolderKind: p.kind, Holder: p.holder, HolderCode: p.code, Number: p.number,
		IssuedOn: p.issued, Values: w.kind.answers(p)}
	g := in.granted(w.s.tableCase(w.kind.Key, p))
	return wanted{granted: g, path: w.kind.issuerPath(w.m.OfficePath), from: p.from, until: p.until}
}

// answers lays a row's cells where the fields of the type look for them.
func (t Type) answers(p paperRow) map[string]any {
	out := map[string]any{"number": p.number}
	if !p.until.IsZero() {
		out["valid_until"] = p.until.String()
	}
	for _, f := range t.Fields {
		at := slices.IndexFunc(f.From, func(source string) bool { return strings.HasPrefix(source, "answers.") })
		if at >= 0 && p.values[f.Key] != "" {
			put(out, strings.Split(strings.TrimPrefix(f.From[at], "answers."), "."), p.values[f.Key])
		}
	}
	return out
}

func put(into map[string]any, path []string, value string) {
	if len(path) == 1 {
		into[path[0]] = value
		return
	}
	group, ok := into[path[0]].(map[string]any)
	if !ok {
		group = map[string]any{}
		into[path[0]] = group
	}
	put(group, path[1:], value)
}

// note moves the table on, together with the certificates of a batch; errBatchDone when another run has. One batch at a time is recorded, so that what w
// knows of the table is the recorder's alone.
func (w *issuing) note(ctx context.Context, tx *db.Tx, b *batch, q *portion) error {
	q.all = slices.Concat(w.m.LateFaults.V, q.late)
	for _, i := range b.plan.Skipped {
		q.all = append(q.all, PaperFault{q.numbers[i], FaultThere, columnNumber})
	}
	q.all = q.all[:min(len(q.all), mostFaultsKept)]
	text, err := json.Marshal(q.all)
	if err != nil {
		return err
	}
	state, rest := "running", ""
	var finished any
	if q.final {
		state, rest, finished = "done", ", content = NULL", tx.Now
	}
	issued := len(b.wanted) - len(b.plan.Skipped)
	n, err := tx.Exec(ctx, `UPDATE cert_import SET done_row = $1, taken_rows = taken_rows + $2, state = $3, finished_at = $4, late_faults = $5`+rest+
		` WHERE id = $6 AND done_row = $7 AND state = 'running'`, q.last, issued, state, finished, string(text), w.m.ID, w.m.DoneRow)
	if err != nil {
		return err
	}
	if n == 0 {
		return errBatchDone
	}
	return nil
}
