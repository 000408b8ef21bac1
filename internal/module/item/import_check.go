package item

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/platform/sheet"
)

// reading is one file being read: where its columns stand, and what was found in the present batch.
type reading struct {
	p       *phase
	at      []int // by column of the table: which cell, -1 for none
	offices bool
	batch   *portion
	silent  int64 // rows up to this one were read by an earlier run: their mistakes are told already
	row     sheet.Row
	full    bool // the file has more rows than can be: nothing behind this one is read
	failed  error
}

// portion is what one transaction takes.
type portion struct {
	p           *phase
	rows        int64 // of the file, when the batch is done
	place       int64
	read        int64 // in this batch
	passed      int64
	definitions []made
	entries     []candidate
	ended       []endedRow
	stated      []Stated
	agreed      []statedKey // said as the base says it
	mistakes    []Mistake
}

// begin finds the columns; a needed one that is not there is told, and then nothing of the file can be read.
func (r *reading) begin(columns []string) bool {
	whole := true
	for _, c := range r.p.table.Columns {
		i := slices.Index(columns, c.Name)
		r.at = append(r.at, i)
		if i < 0 && c.Needed && r.p.form == sheet.CSV {
			r.tell(Mistake{Row: 1, Column: c.Name, Kind: "no_column"})
			whole = false
		}
	}
	return whole
}

func (r *reading) tell(m Mistake) {
	if m.File = r.p.Name; m.Row == 0 {
		m.Row, m.Place = int64(r.row.Number), r.row.Offset
	}
	if m.Row > r.silent {
		r.batch.mistakes = append(r.batch.mistakes, m)
	}
}

func (r *reading) mistake(column, kind, said string) {
	if utf8.RuneCountInString(said) > 40 {
		said = string([]rune(said)[:40]) + "…"
	}
	r.tell(Mistake{Column: column, Kind: kind, Said: said})
}

// cell returns the text of a column.
func (r *reading) cell(column int) string {
	if column < 0 || r.at[column] < 0 {
		return ""
	}
	return strings.TrimSpace(r.row.Cells[r.at[column]])
}

// named returns the text of a column by its name.
func (r *reading) named(column string) string { return r.cell(r.p.table.column(column)) }

// take reads the row into t. Where expected has the cells of a base item, those that agree are passed over and the elements of those that do not
// are returned. Not ok is a row that can't be taken, which was told.
func (r *reading) take(t *taken, expected []string) (elements []string, ok bool) {
	ok = true
	for i, c := range r.p.table.Columns {
		cell := r.cell(i)
		if expected != nil && cell == expected[i] && (c.field == nil || !c.field.own) {
			continue
		}
		if cell == "" {
			if c.Needed {
				r.mistake(c.Name, "needed", "")
				ok = false
			}
			continue
		}
		if c.Most > 0 && len(cell) > c.Most && utf8.RuneCountInString(cell) > c.Most {
			r.mistake(c.Name, "length", strconv.Itoa(c.Most))
			ok = false
			continue
		}
		text, known := c.read(cell)
		if !known {
			r.mistake(c.Name, badCode, cell)
			ok = false
			continue
		}
		if c.field != nil && c.field.take != nil {
			if kind := c.field.take(t, text); kind != "" {
				r.mistake(c.Name, kind, cell)
				ok = false
				continue
			}
		}
		if c.Element != "" && expected != nil && (c.field == nil || !c.field.own) && !slices.Contains(elements, c.Element) {
			elements = append(elements, c.Element)
		}
	}
	return elements, ok
}

// catchesAll tells whether a material's name lets an office ask for anything later.
func catchesAll(name string) bool {
	return slices.ContainsFunc(catchAll, func(w string) bool { return strings.Contains(name, w) })
}
