package item

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// endedOutside is the reason of an end that a table brings: it says none.
const endedOutside = "导入的事项表中已删除或者取消"

// mostEnded is how many entries one file may end: they are kept until it was read, since a later row may say that its entry is not over.
const mostEnded = 50_000

// endedRow is a row that says that its entry is over.
type endedRow struct {
	code       string
	row, place int64
}

// ends takes a row that says that its entry is over. A table may have one row for each variant of an entry: it is over when all of them are. Rows an
// earlier run read are taken again.
func (h *entryRows) ends(r *reading, task string, again bool) {
	if again {
		if int64(r.row.Number) > r.silent {
			r.batch.passed++
		}
		return
	}
	if _, err := itemcode.ParseImplementation(task); err != nil {
		r.mistake("task_code", "code", task)
		return
	}
	if len(h.over) >= mostEnded {
		r.mistake("task_code", "rows", strconv.Itoa(mostEnded))
		return
	}
	task = strings.Clone(task) // it is kept, and must not keep the whole row it is a part of
	h.over[task] = endedRow{task, int64(r.row.Number), r.row.Offset}
}

func (h *entryRows) finish(r *reading) {
	if r.silent < 1<<62 { // else the file was written to its end by an earlier run
		r.batch.ended = slices.SortedFunc(maps.Values(h.over), func(a, b endedRow) int { return cmp.Compare(a.row, b.row) })
	}
}

// deleted tells whether the exchange says that a row is no more.
func (r *reading) deleted() bool { return r.named("cd_operation") == "D" }

// over tells whether a row says that its entry is no more: deleted in the exchange (cd_operation D) or cancelled.
func (r *reading) over() bool {
	if r.deleted() {
		return true
	}
	at := r.p.table.column("task_state")
	if at < 0 {
		return false
	}
	state, known := r.p.table.Columns[at].read(r.cell(at))
	return known && State(state) == Cancelled
}

// end ends the entries whose rows say that they are over. One that is not there, or ended before, is passed over; one under which cases run is told: what
// becomes of them is a decision no table makes.
func (i *importer) end(ctx context.Context, tx *db.Tx, b *portion, w *written, o *outcome) error {
	for part := range slices.Chunk(b.ended, statedBatch) {
		codes := make([]any, len(part))
		for n, c := range part {
			codes[n] = c.code
		}
		rows, err := entriesWith(ctx, tx, codes)
		if err != nil {
			return fmt.Errorf("reading entries to be ended: %w", err)
		}
		here := make(map[string]entryRow, len(rows))
		for _, r := range rows {
			here[r.EntryCode] = r
		}
		for _, c := range part {
			r, there := here[c.code]
			if !there || r.State == Cancelled || r.BaseState == Cancelled {
				o.run.Passed++
				continue
			}
			if err := i.endOne(ctx, tx, b, c, w, o); err != nil {
				return err
			}
			delete(here, c.code) // a second row ends nothing more
		}
	}
	return nil
}

func (i *importer) endOne(ctx context.Context, tx *db.Tx, b *portion, c endedRow, w *written, o *outcome) error {
	running, err := i.s.RunningUnder(ctx, tx, c.code)
	if err != nil {
		return err
	}
	if n := runningCases(running); n > 0 {
		o.mistakes = append(o.mistakes, Mistake{File: b.p.Name, Row: c.row, Place: c.place, Column: "task_code", Kind: "cases", Said: strconv.Itoa(n)})
		return nil
	}
	o.run.Ended++
	if i.in.DryRun {
		return nil
	}
	if _, err := setEntryState(ctx, tx, c.code, Cancelled, endedOutside); err != nil {
		return fmt.Errorf("ending %s: %w", c.code, err)
	}
	t, err := endedLedger(ctx, tx, c.code)
	if err != nil {
		return fmt.Errorf("reading whose %s is: %w", c.code, err)
	}
	w.ledger.join(t)
	w.ended++
	return i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item." + string(Cancelled), Actor: i.by.Name(), Office: i.by.OfficePath, Object: "item:" + c.code,
		Basis: endedOutside, Data: map[string]any{"state": Cancelled, "import": i.run.ID}})
}
