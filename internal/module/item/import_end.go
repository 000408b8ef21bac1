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

func (h *entryRows) ended(r *reading) []endedRow {
	if r.silent == 1<<62 { // the file was written to its end by an earlier run
		return nil
	}
	return slices.SortedFunc(maps.Values(h.over), func(a, b endedRow) int { return cmp.Compare(a.row, b.row) })
}

// ended hands over, after the last row of a file, the entries it ends: in portions, so that none holds the library for long. Each counts as one more row,
// so that an import that stops between two of them goes on with the next.
func ended(h handler, r *reading, last int64, send func(rows int64) error) error {
	f, ok := h.(finisher)
	if !ok {
		return nil
	}
	for part := range slices.Chunk(f.ended(r), statedBatch) {
		last++
		r.batch.ended = part
		if err := send(last); err != nil {
			return err
		}
	}
	return nil
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
	if len(b.ended) == 0 {
		return nil
	}
	codes := make([]any, len(b.ended))
	for n, c := range b.ended {
		codes[n] = c.code
	}
	rows, err := entriesWith(ctx, tx, codes)
	if err != nil {
		return fmt.Errorf("reading entries to be ended: %w", err)
	}
	here := make(map[string]entryRow, len(rows))
	var living, over []string
	for _, r := range rows {
		if here[r.EntryCode] = r; r.State == Cancelled {
			over = append(over, r.EntryCode)
		} else {
			living = append(living, r.EntryCode)
		}
	}
	busy, err := i.casesUnder(ctx, tx, living)
	if err != nil {
		return err
	}
	for _, c := range b.ended {
		r, there := here[c.code]
		if !there || r.State == Cancelled || r.BaseState == Cancelled {
			o.run.Passed++
			continue
		}
		if n := busy[c.code]; n > 0 {
			o.mistakes = append(o.mistakes, Mistake{File: b.p.Name, Row: c.row, Place: c.place, Column: "task_code", Kind: "cases", Said: strconv.Itoa(n)})
			continue
		}
		if err := i.endOne(ctx, tx, c, w, o); err != nil {
			return err
		}
	}
	return i.endFallen(ctx, tx, over)
}

// casesUnder counts the cases that run under entries, by entry. Mostly there are none, which one question tells.
func (i *importer) casesUnder(ctx context.Context, tx *db.Tx, codes []string) (map[string]int, error) {
	all, err := i.s.RunningUnder(ctx, tx, codes...)
	if err != nil || runningCases(all) == 0 {
		return nil, err
	}
	busy := map[string]int{}
	for _, code := range codes {
		if !slices.ContainsFunc(all, func(r RunningCases) bool { return r.Code == code[19:] }) {
			continue
		}
		list, err := i.s.RunningUnder(ctx, tx, code)
		if err != nil {
			return nil, err
		}
		busy[code] = runningCases(list)
	}
	return busy, nil
}

// endFallen has entries that ended because their base did not name them any more stay so: no later version of it has them back.
func (i *importer) endFallen(ctx context.Context, tx *db.Tx, codes []string) error {
	if len(codes) == 0 || i.in.DryRun {
		return nil
	}
	fallen, err := fallenAmong(ctx, tx, codes)
	if err != nil || len(fallen) == 0 {
		return err
	}
	if err := endForGood(ctx, tx, fallen); err != nil {
		return fmt.Errorf("ending entries that fell out: %w", err)
	}
	for _, code := range fallen {
		if err := i.endedLeaf(ctx, tx, code); err != nil {
			return err
		}
	}
	return nil
}

func (i *importer) endOne(ctx context.Context, tx *db.Tx, c endedRow, w *written, o *outcome) error {
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
	return i.endedLeaf(ctx, tx, c.code)
}

func (i *importer) endedLeaf(ctx context.Context, tx *db.Tx, code string) error {
	return i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item." + string(Cancelled), Actor: i.by.Name(), Office: i.by.OfficePath, Object: "item:" + code,
		Basis: endedOutside, Data: map[string]any{"state": Cancelled, "import": i.run.ID}})
}
