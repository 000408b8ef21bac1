package item

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/sheet"
)

// candidate is an entry a row asks for.
type candidate struct {
	row, place int64
	code       string
	known      *knownBase
	override   Override
	state      State
	stated     []Stated
	free       bool // it asks for no fee, as its base does: a table of fees has no row for it
}

// mostEntryRows is how many rows of the basic table one file may have: several times the entries of a whole province.
const mostEntryRows = 4_000_000

// entryRows takes the basic table: each row an entry. It remembers what must not come twice.
type entryRows struct {
	i     *importer
	guids *sheet.Seen
	tasks *sheet.Seen
	over  map[string]endedRow // entries of which every row so far says that they are over
	most  int
}

func newEntryRows(i *importer) *entryRows {
	return &entryRows{i: i, guids: sheet.NewSeen(), tasks: sheet.NewSeen(), over: map[string]endedRow{}, most: cmp.Or(i.most, mostEntryRows)}
}

func (h *entryRows) mayEnd(*reading, string) bool { return true }

// Close implements io.Closer.
func (h *entryRows) Close() error { return errors.Join(h.guids.Close(), h.tasks.Close()) }

func (h *entryRows) row(r *reading) {
	if max(h.guids.Len(), h.tasks.Len()) >= h.most {
		r.mistake("", "rows", strconv.Itoa(h.most))
		r.full = true
		return
	}
	guid, task := r.named("row_guid"), r.named("task_code")
	sameGUID, sameTask := false, false
	if guid != "" {
		sameGUID, r.failed = h.guids.Twice(guid)
	}
	if task != "" && r.failed == nil {
		sameTask, r.failed = h.tasks.Twice(task)
	}
	if r.failed != nil {
		return
	}
	over := r.over()
	if over {
		h.ends(r, task, sameTask)
	} else if _, was := h.over[task]; was { // a variant of it is over, and it is not
		sameTask = false
		delete(h.over, task)
	}
	if over || int64(r.row.Number) <= r.silent {
		return
	}
	if sameGUID {
		r.mistake("row_guid", "twice", guid)
		return
	}
	c := candidate{row: int64(r.row.Number), place: r.row.Offset, code: task}
	code, err := itemcode.ParseImplementation(task)
	if err != nil {
		r.mistake("task_code", "code", task)
		return
	}
	base := code.Base().String()
	if r.named("catalog_code") != base {
		r.mistake("catalog_code", "code", r.named("catalog_code"))
		return
	}
	if c.known = h.i.known[base]; c.known == nil {
		r.mistake("catalog_code", "base", base)
		return
	}
	d := c.known.base.Definition
	d.Guide.Results = slices.Clone(d.Guide.Results)
	t := &taken{d: &d, organNature: "法定机关"}
	elements, ok := r.take(t, c.known.cells["basic"])
	if !ok || !h.agrees(r, t, c.known.base) {
		return
	}
	if sameTask {
		// A table may have one row for each variant (业务办理项) of an entry: the first made the entry.
		if t.variant == "" {
			r.mistake("task_code", "task_twice", task)
		} else {
			r.batch.passed++
		}
		return
	}
	c.state = t.state
	c.override = Override{Contact: t.contact}
	if b := c.known.base; t.promise < b.PromiseDays {
		c.override.PromiseDays, c.override.PromiseUnit = &t.promise, b.PromiseUnit
	}
	if t.visits < c.known.base.Visits {
		c.override.Visits = &t.visits
	}
	c.stated, c.free = saidDifferently(c.known, t, elements), !t.charges && len(c.known.base.Guide.Fees) == 0
	r.batch.entries = append(r.batch.entries, c)
}

// agrees tells what a row says against itself or its base, so that it can be no entry.
func (h *entryRows) agrees(r *reading, t *taken, b *Base) bool {
	ok := true
	refuse := func(column, kind, said string) {
		r.mistake(column, kind, said)
		ok = false
	}
	if len(t.organ) == 18 && t.organ != t.task[:18] {
		refuse("dept_code", "organ", t.organ)
	}
	if t.d.PromiseUnit != b.PromiseUnit {
		refuse("promise_type", "unit", "")
	} else if t.promise > b.PromiseDays {
		refuse("promise_day", "promise_base", strconv.Itoa(b.PromiseDays))
	}
	if days(t.promise, t.d.PromiseUnit) > days(t.d.LegalDays, t.d.LegalUnit) {
		refuse("promise_day", "promise", strconv.Itoa(t.d.LegalDays))
	}
	if t.visits > b.Visits {
		refuse("limit_scene_num", "visits", strconv.Itoa(b.Visits))
	}
	return ok
}

// saidDifferently are the elements a row says differently from its base.
func saidDifferently(k *knownBase, t *taken, elements []string) []Stated {
	var list []Stated
	say := func(element, said string) {
		list = append(list, Stated{Entry: t.task, Element: element, Said: said})
	}
	for _, e := range elements {
		if e == "organ_nature" || e == "fee" {
			continue
		}
		if said := ElementValue(t.d, e); said != k.values[e] {
			say(e, said)
		}
	}
	if t.organNature != ElementValue(&k.base.Definition, ElementOrganNature) {
		say("organ_nature", t.organNature)
	}
	if !slices.Contains(k.base.Levels, t.level) {
		d := *t.d
		d.Levels = []int{t.level}
		say("level", ElementValue(&d, "level"))
	}
	if instant := t.handling == "instant"; instant != (t.promise == 0) {
		d := *t.d
		d.Instant = instant
		if said := ElementValue(&d, "handling"); said != k.values["handling"] {
			say("handling", said)
		}
	}
	return list
}

// extendRows takes the extended table: what an entry says of its results.
type extendRows struct{ i *importer }

func (h *extendRows) mayEnd(*reading, string) bool { return true }

func (h *extendRows) row(r *reading) {
	if int64(r.row.Number) <= r.silent {
		return
	}
	task := r.named("task_code")
	code, err := itemcode.ParseImplementation(task)
	if err != nil {
		r.mistake("task_code", "code", task)
		return
	}
	k := h.i.known[code.Base().String()]
	if k == nil {
		r.mistake("task_code", "base", code.Base().String())
		return
	}
	d := k.base.Definition
	d.Guide.Results = slices.Clone(d.Guide.Results)
	t := &taken{d: &d}
	elements, ok := r.take(t, k.cells["extend"])
	if !ok {
		return
	}
	if len(elements) > 0 {
		// Names and kinds stand in two columns: both are read before they are compared.
		takeResults(&d, r.named("result_name"))
		c := r.p.table.Columns[r.p.table.column("result_type")]
		if kinds, known := c.read(r.named("result_type")); known {
			takeResultKinds(&d, kinds)
		}
	}
	r.batch.say(task, ElementResult, ElementValue(&d, ElementResult), k)
}
