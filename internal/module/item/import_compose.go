package item

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sheet"
)

// made is a definition that a file brings.
type made struct {
	d          Definition
	state      State
	file       *phase
	row, place int64
}

// wanted is a base item of the directory that is not in the library. It is made of the first entry that has it.
type wanted struct {
	made
	task      string // the entry it is made of
	materials []ordered[Material]
	fees      []ordered[Fee]
	questions []ordered[FAQ]
}

type ordered[T any] struct {
	at    int
	value T
}

func ranked[T any](list []ordered[T]) []T {
	slices.SortStableFunc(list, func(a, b ordered[T]) int { return cmp.Compare(a.at, b.at) })
	out := make([]T, len(list))
	for i, o := range list {
		out[i] = o.value
	}
	return out
}

// definitionsAtOnce are published in one transaction, of at most definitionsRead lines: those that are no definition are not read without end.
const (
	definitionsAtOnce = 50
	definitionsRead   = 1000
)

// readLine reads a line with its end, of which size is the length. One of more than [sheet.Longest] is passed over: it is told with long, without its
// text. The text is good until the next is read.
func readLine(in *bufio.Reader, kept []byte) (text []byte, size int64, long bool, err error) {
	text = kept[:0]
	for {
		part, err := in.ReadSlice('\n')
		size += int64(len(part))
		if long = size > sheet.Longest; long {
			text = nil
		} else {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, size, long, err
		}
	}
}

// definitions reads the file of whole definitions.
func (i *importer) definitions(ctx context.Context, p *phase, in io.Reader, out chan<- *portion) error {
	b := &portion{p: p}
	source := bufio.NewReaderSize(in, 1<<16)
	var kept []byte
	begun, taken := int64(0), 0
	for row, place := int64(1), int64(0); ; row++ {
		text, size, long, err := readLine(source, kept)
		kept = text
		before := len(b.definitions)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading %s: %w", p.Name, err)
		}
		if long {
			b.mistakes = append(b.mistakes, Mistake{File: p.Name, Row: row, Place: place, Kind: sheet.TooLong})
		} else if len(bytes.TrimSpace(text)) > 0 {
			b.take(made{file: p, row: row, place: place, state: InUse}, text)
		}
		b.rows, b.place, b.read = row, place+size, b.read+1
		place += size
		last := errors.Is(err, io.EOF)
		if taken += len(b.definitions) - before; taken > mostWanted {
			b.mistakes = append(b.mistakes, Mistake{File: p.Name, Row: row, Place: place - size, Kind: "rows", Said: strconv.Itoa(mostWanted)})
			last = true
		}
		if last || len(b.definitions) == definitionsAtOnce || b.read == definitionsRead || place-begun > sheet.Longest {
			select {
			case out <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
			if last {
				return nil
			}
			b, begun = &portion{p: p}, place
		}
	}
}

// take adds a definition written as JSON.
func (b *portion) take(m made, text []byte) {
	if err := json.Unmarshal(text, &m.d); err != nil || !utf8.Valid(text) {
		b.mistakes = append(b.mistakes, Mistake{File: m.file.Name, Row: m.row, Place: m.place, Kind: sheet.NoObject})
		return
	}
	b.add(m)
}

// add takes a definition that may be published, and tells why another may not.
func (b *portion) add(m made) {
	err := Check(&m.d)
	if err == nil {
		b.definitions = append(b.definitions, m)
		return
	}
	if refusal, ok := fault.Of(err); ok {
		for _, f := range refusal.Fields {
			b.mistakes = append(b.mistakes, Mistake{File: m.file.Name, Row: m.row, Place: m.place, Column: f.Name, Kind: "definition", Said: f.Key})
		}
	}
}

// compose makes the base items the directory has and the library has not, of the rows of their first entries. told is true when an earlier run
// came further and told what is wrong with them.
func (i *importer) compose(ctx context.Context, from int, told bool) error {
	for code := range i.wanted {
		if i.known[code] != nil {
			delete(i.wanted, code)
		}
	}
	if len(i.wanted) == 0 {
		return nil
	}
	for _, p := range i.phases[from:] {
		if err := i.gather(ctx, p); err != nil {
			return err
		}
	}
	codes := make([]string, 0, len(i.wanted))
	for code := range i.wanted {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	// What is wrong is told in one transaction with the step to the next file: stopped before, all is told again, and after it nothing.
	end := &portion{p: i.phases[from], rows: 1}
	for len(codes) > 0 {
		n := min(definitionsAtOnce, len(codes))
		b := &portion{p: i.phases[from]}
		for _, code := range codes[:n] {
			if w := i.wanted[code]; w.task != "" { // else no entry has it: there is nothing to be made
				w.finish()
				b.add(w.made)
			}
		}
		end.mistakes, b.mistakes = append(end.mistakes, b.mistakes...), nil
		if len(b.definitions) > 0 {
			if err := i.write(ctx, b, unpreceded()); err != nil {
				return err
			}
		}
		codes = codes[n:]
	}
	if told {
		return nil
	}
	return i.write(ctx, end, unpreceded())
}

// gather reads a file for what base items are made of. Mistakes are told when the file is read in its turn.
func (i *importer) gather(ctx context.Context, p *phase) error {
	in, err := p.Open()
	if err != nil {
		return fmt.Errorf("opening %s: %w", p.Name, err)
	}
	defer in.Close() //nolint:errcheck // nothing was written
	source, err := sheet.NewReader(in, p.form, p.facts.Encoding, p.table.names())
	if errors.As(err, new(*sheet.Problem)) {
		return nil
	} else if err != nil {
		return fmt.Errorf("reading %s: %w", p.Name, err)
	}
	r := &reading{p: p, batch: &portion{p: p}, silent: 1 << 62}
	if !r.begin(source.Columns()) {
		return nil
	}
	column := p.table.column("task_code")
	for ctx.Err() == nil {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.As(err, new(*sheet.Problem)) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", p.Name, err)
		}
		r.row = row
		if task := r.cell(column); len(task) == 31 {
			if w := i.wanted[task[19:]]; w != nil {
				w.gather(r, task)
			}
		}
	}
	return ctx.Err()
}

func (w *wanted) gather(r *reading, task string) {
	if r.p.table.Name == "basic" {
		w.first(r, task)
		return
	}
	if w.task != task || max(len(w.materials), len(w.fees), len(w.questions)) >= partsOfEntry {
		return
	}
	t := &taken{d: &w.d, material: &Material{Ways: []Way{{Kind: WayUpload}}}, fee: &Fee{}, question: &FAQ{}}
	if _, ok := r.take(t, nil); !ok {
		return
	}
	switch r.p.table.Of {
	case "material":
		w.materials = append(w.materials, ordered[Material]{t.order, *t.material})
	case "fee":
		w.fees = append(w.fees, ordered[Fee]{t.order, *t.fee})
	case "question":
		w.questions = append(w.questions, ordered[FAQ]{t.order, *t.question})
	}
}

// first takes the first entry's row; of the others only that the base must promise as much as the slowest.
func (w *wanted) first(r *reading, task string) {
	if w.task != "" {
		if n, err := strconv.Atoi(r.named("promise_day")); err == nil && days(n, w.d.PromiseUnit) <= days(w.d.LegalDays, w.d.LegalUnit) {
			w.d.PromiseDays = max(w.d.PromiseDays, n)
		}
		if n, err := strconv.Atoi(r.named("limit_scene_num")); err == nil {
			w.d.Visits = max(w.d.Visits, n)
		}
		return
	}
	d := w.d
	t := &taken{d: &d}
	if _, err := itemcode.ParseImplementation(task); err != nil {
		return
	}
	if _, ok := r.take(t, nil); !ok || days(t.promise, d.PromiseUnit) > days(d.LegalDays, d.LegalUnit) {
		return
	}
	// What the directory says goes before what an entry says.
	d.Code, d.Name, d.Kind, d.Levels, d.Guide.Basis = w.d.Code, w.d.Name, w.d.Kind, w.d.Levels, w.d.Guide.Basis
	d.PromiseDays, d.Visits = t.promise, t.visits
	w.d, w.task = d, task
}

// finish fills what national tables have no column for with what follows from the rest.
func (w *wanted) finish() {
	d := &w.d
	d.Short, d.Department, d.Guide.Summary = d.Name, d.Code[4:6], d.Name
	d.Instant = d.PromiseDays == 0
	if d.LegalNote == "" && len(d.Guide.Basis) > 0 {
		d.LegalNote = d.Guide.Basis[0].Law + d.Guide.Basis[0].Article
	}
	d.Guide.Materials, d.Guide.Fees, d.Guide.FAQ = ranked(w.materials), ranked(w.fees), ranked(w.questions)
	for i := range d.Guide.Materials {
		d.Guide.Materials[i].Code = fmt.Sprintf("N%s%02d", d.Code, i+1)
	}
	if d.Guide.FeeNote = "不收费。"; len(d.Guide.Fees) > 0 {
		names := make([]string, len(d.Guide.Fees))
		for i, f := range d.Guide.Fees {
			names[i] = f.Name
		}
		d.Guide.FeeNote = "收费：" + strings.Join(names, "、") + "。"
	}
}
