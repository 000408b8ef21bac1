package item

import (
	"slices"
	"strconv"

	"xiangyun/internal/gov/itemcode"
)

// partsOfEntry is how many rows a part table may have for one entry: they are kept until the next entry begins.
const partsOfEntry = 2000

// partRows takes materials, fees and questions. The rows of one entry stand together; when the next begins they are compared with its base.
type partRows struct {
	i         *importer
	t         *nationalTable
	task      string
	read      int      // rows of it
	rows      []string // described
	materials []Material
	fees      []Fee
	wrong     bool // a row was left out, so the rest says nothing about the whole
}

func (h *partRows) mayEnd(r *reading, next string) bool {
	if next == h.task {
		return false
	}
	h.close(r)
	h.task, h.read, h.rows, h.materials, h.fees, h.wrong = next, 0, nil, nil, nil, false
	return true
}

func (h *partRows) row(r *reading) {
	if h.read++; h.read > partsOfEntry {
		if h.wrong = true; h.read == partsOfEntry+1 { // told once: those behind it are left out with it
			r.mistake("task_code", "many", strconv.Itoa(partsOfEntry))
		}
		return
	}
	if r.deleted() {
		return // it is none of the entry's any more
	}
	t := &taken{material: &Material{}, fee: &Fee{}, question: &FAQ{}}
	if _, ok := r.take(t, nil); !ok {
		h.wrong = true
		return
	}
	if _, err := itemcode.ParseImplementation(t.task); err != nil {
		r.mistake("task_code", "code", t.task)
		h.wrong = true
		return
	}
	if h.t.Of == "material" && catchesAll(t.material.Name) {
		r.mistake("material_name", "catch_all", t.material.Name)
		h.wrong = true
		return
	}
	h.rows = append(h.rows, described(h.t, r.cell))
	h.materials, h.fees = append(h.materials, *t.material), append(h.fees, *t.fee)
}

// close compares the rows of an entry with its base.
func (h *partRows) close(r *reading) {
	if h.task == "" || h.wrong || h.t.Of == "question" || len(h.task) != 31 {
		return
	}
	k := h.i.known[h.task[19:]]
	if k == nil || int64(r.row.Number) <= r.silent {
		return
	}
	d, same := k.base.Definition, slices.Equal(h.rows, k.parts[h.t.Name])
	if h.t.Of == "fee" {
		if !same {
			d.Guide.Fees = h.fees
		}
		r.batch.say(h.task, ElementFee, ElementValue(&d, ElementFee), k)
		return
	}
	if same {
		r.batch.say(h.task, ElementMaterials, k.values[ElementMaterials], k)
		return
	}
	// A material that the base has keeps what the table has no column for.
	known := map[string]Material{}
	for _, m := range d.Guide.Materials {
		known[m.Name] = m
	}
	d.Guide.Materials = make([]Material, len(h.materials))
	for at, m := range h.materials {
		if b, ok := known[m.Name]; ok {
			b.Required, b.Original, b.Source = m.Required, m.Original, m.Source
			m = b
		}
		d.Guide.Materials[at] = m
	}
	r.batch.say(h.task, ElementMaterials, ElementValue(&d, ElementMaterials), k)
}

// mostWanted is how many base items one file may bring: many times a province's. They are kept in memory until the end.
const mostWanted = 50_000

// directoryRows takes the directory: base items, of which those that are not there are wanted.
type directoryRows struct{ i *importer }

func (h *directoryRows) mayEnd(*reading, string) bool { return true }

func (h *directoryRows) row(r *reading) {
	if len(h.i.wanted) >= mostWanted {
		r.mistake("", "rows", strconv.Itoa(mostWanted))
		r.full = true
		return
	}
	d := Definition{}
	t := &taken{d: &d}
	if _, ok := r.take(t, nil); !ok {
		return
	}
	if _, err := itemcode.ParseBase(d.Code); err != nil {
		r.mistake("catalog_code", "code", d.Code)
		return
	}
	if h.i.wanted[d.Code] != nil {
		r.mistake("catalog_code", "twice", d.Code)
		return
	}
	switch {
	case t.state == Cancelled && int64(r.row.Number) > r.silent:
		r.batch.passed++
	case t.state != Cancelled && h.i.known[d.Code] == nil:
		h.i.wanted[d.Code] = &wanted{made: made{d: d, state: t.state, file: r.p, row: int64(r.row.Number), place: r.row.Offset}}
	}
}
