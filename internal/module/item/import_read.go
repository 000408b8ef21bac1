package item

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// rowsAtOnce is how many rows one transaction takes: enough that what each costs by itself does not count, few enough that an import stopped
// half-way repeats little.
const rowsAtOnce = 4000

// importer reads one import. The files are read by one goroutine and written by others; what all look at, known, is complete before.
type importer struct {
	s       *Service
	by      actor.Actor
	in      Import
	phases  []*phase
	run     ImportRun
	resumed bool
	early   []Mistake // found before anything was read
	most    int       // rows of the basic table; 0 is mostEntryRows

	known  map[string]*knownBase
	wanted map[string]*wanted // base items of the directory that are not there

	places  sync.Mutex         // guards offices
	offices map[string]*Office // by code; nil is none
	careful atomic.Bool        // the last batch brought entries that were there already: look before writing
}

// knownBase is a base item and what its entries are expected to say.
type knownBase struct {
	base   *Base
	state  State
	cells  map[string][]string // by table: the cells of an entry that says what its base says
	parts  map[string][]string // by table: each material or fee
	values map[string]string   // by element
}

// load reads the base items there are; those known already only where they have moved on, and those that ended meanwhile are known no more. Nothing else
// reads or writes meanwhile.
func (i *importer) load(ctx context.Context) error {
	return i.s.db.View(ctx, func(tx *db.Tx) error {
		c, err := i.s.catalogue(ctx, tx)
		if err != nil {
			return err
		}
		maps.DeleteFunc(i.known, func(code string, _ *knownBase) bool {
			_, there := c.codes[code]
			return !there
		})
		for _, b := range c.bases {
			if k := i.known[b.Code()]; k == nil || k.base.VersionID != b.VersionID || k.state != b.State {
				i.know(b, b.State)
			}
		}
		return nil
	})
}

// know makes a base item known to the rows that follow.
func (i *importer) know(b *Base, state State) {
	n := nationalTables()
	k := &knownBase{base: b, state: state, cells: map[string][]string{}, parts: map[string][]string{}, values: map[string]string{}}
	for _, name := range []string{"basic", "extend"} {
		t := n.table(name)
		cells := make([]string, len(t.Columns))
		for at, c := range t.Columns {
			if c.field == nil || !c.field.own {
				cells[at] = c.say(&line{base: b, state: state})
			}
		}
		k.cells[name] = cells
	}
	for _, name := range []string{"material", "fee_project"} {
		t := n.table(name)
		for part := range t.parts(&b.Definition) {
			k.parts[name] = append(k.parts[name], described(t, func(at int) string { return t.Columns[at].say(&line{base: b, part: part}) }))
		}
	}
	for _, key := range measured {
		k.values[key] = ElementValue(&b.Definition, key)
	}
	i.known[b.Code()] = k
}

// described puts the cells that matter for an element into one text.
func described(t *nationalTable, cell func(at int) string) string {
	text := ""
	for at, c := range t.Columns {
		if c.Element != "" {
			text += cell(at) + "\x1f"
		}
	}
	return text
}

// read goes through the files in the order of their tables.
func (i *importer) read(ctx context.Context) error {
	if len(i.early) > 0 && !i.resumed && i.run.Mistakes == 0 {
		if err := i.write(ctx, &portion{p: i.phases[0], mistakes: i.early}, unpreceded()); err != nil {
			return err
		}
	}
	i.wanted = map[string]*wanted{}
	from := 0
	if i.resumed {
		from = max(0, slices.IndexFunc(i.phases, func(p *phase) bool { return p.Name == i.run.File }))
	}
	composed := false
	for at, p := range i.phases {
		if !composed && p.table != nil && p.table.Of != "base" {
			if err := i.compose(ctx, at, i.resumed && from >= at); err != nil {
				return err
			}
			composed = true
		}
		early := p.table == nil || p.table.Of == "base" // read again: what comes after rests on them
		if at < from && !early {
			continue
		}
		silent := int64(0)
		if at < from {
			silent = 1 << 62
		} else if at == from && i.resumed {
			silent = i.run.FileRows
		}
		if err := i.beside(ctx, p, silent); err != nil {
			return err
		}
	}
	return nil
}

// beside reads one file beside the base items there are. When one of them is published meanwhile, the rows that are not written yet are read again beside
// its new version.
func (i *importer) beside(ctx context.Context, p *phase, silent int64) error {
	err := i.file(ctx, p, silent)
	for errors.Is(err, errBaseMoved) {
		if err := i.load(ctx); err != nil {
			return err
		}
		if i.run.File == p.Name {
			silent = max(silent, i.run.FileRows)
		}
		err = i.file(ctx, p, silent)
	}
	return err
}

// file reads one file; rows up to `silent` were written before.
func (i *importer) file(ctx context.Context, p *phase, silent int64) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan *portion, 2)
	var failed error
	go func() {
		defer close(batches)
		failed = i.rows(ctx, p, silent, batches)
	}()
	if err := i.inTurn(ctx, p, silent, batches); err != nil {
		stop()
		for range batches { // let the reader see that it is over
		}
		return err
	}
	return failed
}

// handler takes the rows of one kind of table. done closes what is open and tells whether the batch may end here.
type handler interface {
	row(r *reading)
	mayEnd(r *reading, next string) bool
}

// finisher is a handler with entries to end at the end of a file, in the order of their rows.
type finisher interface{ ended(r *reading) []endedRow }

func (i *importer) handler(p *phase) handler {
	switch {
	case p.table == nil:
		return nil
	case p.table.Of == "base":
		return &directoryRows{i}
	case p.table.Name == "basic":
		return newEntryRows(i)
	case p.table.Name == "extend":
		return &extendRows{i}
	}
	return &partRows{i: i, t: p.table}
}

// rows reads a file into batches.
func (i *importer) rows(ctx context.Context, p *phase, silent int64, out chan<- *portion) error {
	in, err := p.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", p.Name, err)
	}
	defer in.Close() //nolint:errcheck // nothing was written
	if p.table == nil {
		return i.definitions(ctx, p, in, out)
	}
	r := &reading{p: p, silent: silent, batch: &portion{p: p}}
	send := func(rows, place int64) error {
		r.batch.rows, r.batch.place = rows, place
		select {
		case out <- r.batch:
		case <-ctx.Done():
			return ctx.Err()
		}
		r.batch = &portion{p: p}
		return nil
	}
	source, err := sheet.NewReader(in, p.form, p.facts.Encoding, p.table.names())
	if wrong := (*sheet.Problem)(nil); errors.As(err, &wrong) {
		r.tell(Mistake{Row: int64(wrong.Row), Place: wrong.Offset, Kind: wrong.Kind})
		return send(1, p.facts.Size)
	} else if err != nil {
		return fmt.Errorf("reading %s: %w", p.Name, err)
	}
	if !r.begin(source.Columns()) {
		return send(1, p.facts.Size)
	}
	h, task, last := i.handler(p), p.table.column("task_code"), int64(0)
	if c, ok := h.(io.Closer); ok {
		defer c.Close() //nolint:errcheck // what it kept is of no use any more
	}
	finish := func(last int64) error {
		if err := send(last, p.facts.Size); err != nil {
			return err
		}
		return ended(h, r, last, func(rows int64) error { return send(rows, p.facts.Size) })
	}
	for {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			h.mayEnd(r, "")
			return finish(max(last, 1))
		}
		wrong := (*sheet.Problem)(nil)
		if err != nil && !errors.As(err, &wrong) {
			return fmt.Errorf("reading %s: %w", p.Name, err)
		}
		before := r.row
		r.row = row
		if wrong == nil && h.mayEnd(&reading{p: p, at: r.at, batch: r.batch, silent: silent, row: before}, r.cell(task)) && r.batch.read >= int64(i.in.RowsAtOnce) {
			if err := send(last, row.Offset); err != nil {
				return err
			}
		}
		if last = int64(row.Number); last > silent {
			r.batch.read++
		}
		if wrong != nil {
			last = int64(wrong.Row)
			r.tell(Mistake{Row: int64(wrong.Row), Place: wrong.Offset, Kind: wrong.Kind})
			continue
		}
		if h.row(r); r.failed != nil {
			return fmt.Errorf("reading %s: %w", p.Name, r.failed)
		} else if r.full {
			return finish(last)
		}
	}
}
