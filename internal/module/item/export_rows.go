package item

import (
	"io"

	"xiangyun/internal/platform/sheet"
)

// flushed is how many bytes are gathered before they are written.
const flushed = 1 << 18

// output writes the rows of one table. What all entries of a base version say alike is encoded once.
type output struct {
	t      *nationalTable
	x      Export
	w      io.Writer
	people bool // open it in office programs; else programs read back exactly what was written
	buffer []byte
	known  map[string][]template // by base version
}

// template is a row with gaps for what differs from entry to entry: fixed[0] gap[0] fixed[1] gap[1] … fixed[n].
type template struct {
	fixed [][]byte
	gaps  []*nationalColumn
}

func (x Export) output(t *nationalTable, name string) (*output, error) {
	ending := ".csv"
	if x.Form == sheet.Lines {
		ending = ".jsonl"
	}
	w, err := x.Open(name + ending)
	if err != nil {
		return nil, err
	}
	o := &output{t: t, x: x, w: w, known: map[string][]template{}}
	if x.Form == sheet.CSV {
		o.buffer = append(o.buffer, sheet.Mark...)
		for i, name := range t.names() {
			if i > 0 {
				o.buffer = append(o.buffer, ',')
			}
			o.buffer = append(o.buffer, name...)
		}
		o.buffer = append(o.buffer, '\r', '\n')
	}
	return o, nil
}

// entry writes the rows one entry has in this table.
func (o *output) entry(b *Base, e *exported) error {
	rows, ok := o.known[b.VersionID]
	v := line{base: b, entry: e, batch: o.x.Batch, site: o.x.Site}
	if !ok {
		rows = make([]template, o.t.parts(&b.Definition))
		for i := range rows {
			v.part = i
			rows[i] = o.template(&v)
		}
		o.known[b.VersionID] = rows
	}
	for i := range rows {
		v.part = i
		o.fill(&rows[i], &v)
	}
	if len(o.buffer) >= flushed {
		return o.flush()
	}
	return nil
}

func (o *output) template(v *line) template {
	var t template
	var fixed []byte
	for i, c := range o.t.Columns {
		fixed = o.begin(fixed, i, c)
		if c.field != nil && c.field.own {
			t.fixed, t.gaps, fixed = append(t.fixed, fixed), append(t.gaps, c), nil
			continue
		}
		fixed = o.cell(fixed, c.say(v))
	}
	t.fixed = append(t.fixed, o.end(fixed))
	return t
}

func (o *output) fill(t *template, v *line) {
	for i, c := range t.gaps {
		o.buffer = append(o.buffer, t.fixed[i]...)
		o.buffer = o.cell(o.buffer, c.say(v))
	}
	o.buffer = append(o.buffer, t.fixed[len(t.gaps)]...)
}

// write writes a row that stands alone.
func (o *output) write(v *line) {
	for i, c := range o.t.Columns {
		o.buffer = o.cell(o.begin(o.buffer, i, c), c.say(v))
	}
	o.buffer = o.end(o.buffer)
}

func (o *output) begin(b []byte, i int, c *nationalColumn) []byte {
	if o.x.Form == sheet.CSV {
		if i > 0 {
			b = append(b, ',')
		}
		return b
	}
	if i > 0 {
		b = append(b, ',')
	} else {
		b = append(b, '{')
	}
	return append(sheet.AppendJSON(b, c.Name), ':')
}

func (o *output) cell(b []byte, text string) []byte {
	if o.people {
		text = sheet.Harmless(text)
	}
	if o.x.Form == sheet.CSV {
		return sheet.AppendCSV(b, text)
	}
	return sheet.AppendJSON(b, text)
}

func (o *output) end(b []byte) []byte {
	if o.x.Form == sheet.CSV {
		return append(b, '\r', '\n')
	}
	return append(b, '}', '\n')
}

func (o *output) flush() error {
	_, err := o.w.Write(o.buffer)
	o.buffer = o.buffer[:0]
	return err
}
