package item

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sheet"
)

// Source is a file of an import.
type Source struct {
	Name string // decides which table it is
	Open func() (io.ReadCloser, error)
}

// Import says what [Service.Import] reads.
type Import struct {
	Name  string // what people call it
	Files []Source
	// DryRun finds every mistake and changes nothing.
	DryRun bool
	// Again reads files that were read to their end before.
	Again bool
	// RowsAtOnce is how many rows one transaction takes; 0 is a few thousand.
	RowsAtOnce int
	// Mistake, when there is one, is told every mistake; none may be told twice, so an import that goes on tells only the new ones.
	Mistake func(m Mistake) error
	// Progress, when there is one, is told after each batch.
	Progress func(r ImportRun)
}

// The states of a run.
const (
	Running  = "running"
	Finished = "finished"
)

// ImportRun is how far an import came.
type ImportRun struct {
	ID        string `db:"id"`
	Digest    string
	Name      string
	State     string
	File      string // being read
	FileRows  int64  // read of it
	Place     int64  // the byte of it reading had come to
	Bytes     int64  // of all files
	BytesDone int64
	ReadRows  int64 // of all files
	Bases     int64 // published
	Entries   int64 // made or renewed
	Same      int64 // entries that are as the row says already
	Ended     int64 // entries that are over because their rows say so
	Passed    int64 // rows left out without a mistake: ended entries that are not there, further variants of an entry
	Stated    int64 // elements an entry says differently from its base
	Agreed    int64 // elements it said differently before, and says no longer
	Mistakes  int64
	Kinds     db.JSON[map[string]int64] // mistakes by kind
	StartedAt time.Time
	MovedAt   time.Time
	EndedAt   time.Time
	StartedBy string
}

// Mistake is one thing that is wrong with a row, which was left out for it.
type Mistake struct {
	File   string
	Row    int64  `db:"row_number"` // 1 is the row of names; 0 when the file as a whole is meant
	Place  int64  // the byte of the file
	Column string `db:"column_name"` // "" when the whole row is meant
	Kind   string
	Said   string // a few characters: the code that is unknown, the length that is too much
}

// MistakeKinds lists the kinds of mistakes, each a line in the locales.
func MistakeKinds() []string {
	return []string{"file", sheet.WrongEncoding, sheet.OpenQuote, sheet.OtherWidth, sheet.NoObject, sheet.TooLong, "no_column", "needed", "length", badCode, badNumber,
		badRegion, "code", "base", "office", "level", "organ", "twice", "task_twice", "promise", "promise_base", "unit", "visits", "catch_all", "definition", "form", "power", "cases", "many", "rows"}
}

// phase is one file and what it is.
type phase struct {
	Source
	table  *nationalTable // nil for definitions
	family int
	form   sheet.Form
	facts  sheet.Facts
}

// Import reads national tables into the library. Base items that are not there are made of the definitions, or of the directory and the first
// entry that has them; entries are made at the office their code names, and what they say differently from their base is kept as stated. A row
// that is deleted or cancelled ends its entry; one with a mistake is left out and told. The same files change nothing the second time, and an import that was stopped goes on where it stood. People may
// only make a dry run by it: they propose an import ([Service.ProposeImport]).
func (s *Service) Import(ctx context.Context, by actor.Actor, in Import) (ImportRun, error) {
	if err := s.MayImport(by); err != nil {
		return ImportRun{}, err
	}
	if !in.DryRun {
		if err := alone(by); err != nil {
			return ImportRun{}, err
		}
	}
	return s.importAs(ctx, by, in, "")
}

// importAs reads the files; a digest says that they must be those.
func (s *Service) importAs(ctx context.Context, by actor.Actor, in Import, digest string) (ImportRun, error) {
	in.RowsAtOnce = cmp.Or(in.RowsAtOnce, rowsAtOnce)
	i := &importer{s: s, by: by, in: in, known: map[string]*knownBase{}, offices: map[string]*Office{}}
	i.careful.Store(true)
	if err := i.examine(); err != nil {
		return i.run, err
	}
	if digest != "" && digest != i.run.Digest {
		return i.run, fault.New(fault.Conflict, "item.proposal_stale")
	}
	if !in.DryRun {
		if err := i.begin(ctx); err != nil || i.run.State == Finished {
			return i.run, err
		}
	}
	if err := i.load(ctx); err != nil {
		return i.run, err
	}
	if err := i.read(ctx); err != nil {
		return i.run, err
	}
	err := i.close(ctx)
	return i.run, err
}

// Imports lists runs, newest first, at most limit (≤ [Most]) before the id of the last row seen.
func (s *Service) Imports(ctx context.Context, by actor.Actor, before string, limit int) ([]ImportRun, error) {
	if len(s.needs.Rights.Reach(by, ActImport)) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []ImportRun
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		list, err = importRuns(ctx, tx, before, min(limit, Most))
		return err
	})
	return list, err
}

// ImportMistakes lists the mistakes of a run in the order they were found, at most limit (≤ [Most]) after the number of the last one seen,
// with the number of the last one returned. fault.NotFound "item.no_import" when there is no such run.
func (s *Service) ImportMistakes(ctx context.Context, by actor.Actor, id string, after int64, limit int) (run ImportRun, list []Mistake, last int64, err error) {
	if len(s.needs.Rights.Reach(by, ActImport)) == 0 {
		return run, nil, 0, fault.New(fault.Forbidden, "item.keepers_only")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if run, err = importByID(ctx, tx, id); errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "item.no_import")
		} else if err != nil {
			return fmt.Errorf("reading an import: %w", err)
		}
		list, err = importMistakes(ctx, tx, id, after, min(limit, Most))
		return err
	})
	return run, list, after + int64(len(list)), err
}

// examine tells which table each file is, its encoding and the digest of all.
func (i *importer) examine() error {
	n := nationalTables()
	sum := sha256.New()
	files := slices.Clone(i.in.Files)
	slices.SortFunc(files, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range files {
		p, ok := n.phaseOf(f)
		if !ok {
			i.early = append(i.early, Mistake{File: f.Name, Kind: "file"})
			continue
		}
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("opening %s: %w", f.Name, err)
		}
		p.facts, err = sheet.Examine(in)
		if err := errors.Join(err, in.Close()); err != nil {
			return fmt.Errorf("reading %s: %w", f.Name, err)
		}
		fmt.Fprintf(sum, "%s %s\n", f.Name, p.facts.Digest)
		i.run.Bytes += p.facts.Size
		i.phases = append(i.phases, p)
	}
	if len(i.phases) == 0 {
		return fault.New(fault.Invalid, "item.no_tables")
	}
	order := map[string]int{"": 0}
	for at, t := range n.Tables {
		order[t.Name] = at + 1
	}
	slices.SortStableFunc(i.phases, func(a, b *phase) int { return order[a.name()] - order[b.name()] })
	i.run.Name, i.run.Digest, i.run.State = i.in.Name, hex.EncodeToString(sum.Sum(nil)), Running
	i.run.StartedBy, i.run.Kinds.V = i.by.Name(), map[string]int64{}
	return nil
}

func (p *phase) name() string {
	if p.table == nil {
		return ""
	}
	return p.table.Name
}

// phaseOf finds the table a file is by its name.
func (n *national) phaseOf(f Source) (*phase, bool) {
	base := strings.ToLower(path.Base(strings.ReplaceAll(f.Name, "\\", "/")))
	if base == DefinitionsFile {
		return &phase{Source: f, form: sheet.Lines}, true
	}
	p := &phase{Source: f}
	name, ok := strings.CutSuffix(base, ".csv")
	if p.form = sheet.CSV; !ok {
		p.form = sheet.Lines
		if name, ok = strings.CutSuffix(base, ".jsonl"); !ok {
			p.form = sheet.JSON
			name, ok = strings.CutSuffix(base, ".json")
		}
	}
	for _, t := range n.Tables {
		for family := range families {
			if ok && fileOf(t, family) == name {
				p.table, p.family = t, family
				return p, true
			}
		}
	}
	return nil, false
}

// begin makes the run's row or finds the one to go on with.
func (i *importer) begin(ctx context.Context) error {
	err := i.beginOnce(ctx)
	if db.IsUnique(err) {
		err = i.beginOnce(ctx) // somebody began the same at the same time: now it is seen
	}
	return err
}

func (i *importer) beginOnce(ctx context.Context) error {
	return i.s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := importByDigest(ctx, tx, i.run.Digest)
		switch {
		case err == nil && (old.State == Running || !i.in.Again):
			i.run, i.resumed = old, old.State == Running && old.File != ""
			return nil
		case err == nil:
			if err := forgetImport(ctx, tx, old.ID); err != nil {
				return err
			}
		case !errors.Is(err, db.ErrNotFound):
			return fmt.Errorf("looking for an earlier import: %w", err)
		}
		i.run.ID, i.run.StartedAt, i.run.MovedAt = db.NewKey(), tx.Now, tx.Now
		if err := insertImport(ctx, tx, i.run); err != nil {
			return fmt.Errorf("beginning an import: %w", err)
		}
		return i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.import_begun", Actor: i.by.Name(), Office: i.by.OfficePath, Object: "import:" + i.run.ID,
			Data: map[string]any{"digest": i.run.Digest, "files": len(i.phases)}})
	})
}

// close ends the run.
func (i *importer) close(ctx context.Context) error {
	i.run.State = Finished
	if i.in.DryRun {
		return nil
	}
	return i.s.db.Update(ctx, func(tx *db.Tx) error {
		i.run.EndedAt = tx.Now
		if err := endImport(ctx, tx, i.run); err != nil {
			return fmt.Errorf("ending an import: %w", err)
		}
		return i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.import_ended", Actor: i.by.Name(), Office: i.by.OfficePath, Object: "import:" + i.run.ID,
			Data: map[string]any{"rows": i.run.ReadRows, "entries": i.run.Entries, "ended": i.run.Ended, "bases": i.run.Bases, "agreed": i.run.Agreed, "mistakes": i.run.Mistakes}})
	})
}
