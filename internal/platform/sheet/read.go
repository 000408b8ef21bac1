package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Longest is how many bytes one row may have: a quote that is never closed must not take the whole file into memory.
const Longest = 8 << 20

// Form is how rows are written.
type Form string

// The forms.
const (
	CSV   Form = "csv"   // RFC 4180, columns named in the first row
	Lines Form = "jsonl" // one JSON object a line
	JSON  Form = "json"  // one JSON array of objects, or [Lines]: the first character tells
)

// What can be wrong with a row.
const (
	WrongEncoding = "encoding" // bytes that are no character of the file's encoding
	OpenQuote     = "quote"    // a quote that is not closed, or text after one that is
	OtherWidth    = "width"    // more or fewer cells than columns
	NoObject      = "object"   // a line that is no JSON object of plain values
	TooLong       = "long"     // a row of more than eight megabytes
)

// Problem is a row that can't be read. Reading goes on with the next.
type Problem struct {
	Kind   string // one of the words above
	Row    int
	Offset int64 // of the byte in the file
}

// Error implements error.
func (p *Problem) Error() string {
	return fmt.Sprintf("row %d, byte %d: %s", p.Row, p.Offset, p.Kind)
}

// Row is one row. Cells are in the order of [Reader.Columns] and may be kept.
type Row struct {
	Number int   // as people count them: the row of names is 1
	Offset int64 // where it begins in the file
	Cells  []string
}

// Reader reads rows. Not safe for concurrent use.
type Reader struct {
	in      io.Reader
	form    Form
	decode  decoder
	columns []string
	index   map[string]int // of a JSON key

	buffer     []byte
	start, end int   // what is read and not yet handed out
	at         int64 // of buffer[start] in the file
	ended      error // why there is no more
	row        int
	array      bool // it is one JSON array
	closed     bool // whose end was read
}

// NewReader reads a file as [Examine] found it. CSV names its columns itself, in the first row; of JSON the columns asked for are
// read, and other keys passed over. A first row that can't be read is a [Problem].
func NewReader(in io.Reader, form Form, e Encoding, asked []string) (*Reader, error) {
	r := &Reader{in: in, form: form, decode: newDecoder(e), buffer: make([]byte, 1<<18)}
	if form == Lines || form == JSON {
		r.form, r.columns, r.index = Lines, asked, map[string]int{}
		for i, c := range asked {
			r.index[c] = i
		}
		if err := r.skipMark(); err != nil || form == Lines {
			return r, err
		}
		var err error
		r.array, err = r.isArray()
		return r, err
	}
	if err := r.skipMark(); err != nil {
		return nil, err
	}
	head, err := r.Next()
	if errors.Is(err, io.EOF) {
		return r, nil // an empty file has no columns and no rows
	}
	if err != nil {
		return nil, err
	}
	for _, name := range head.Cells {
		r.columns = append(r.columns, strings.ToLower(strings.TrimSpace(name)))
	}
	return r, nil
}

// Columns are the names of the cells, in lower case.
func (r *Reader) Columns() []string { return r.columns }

func (r *Reader) skipMark() error {
	for r.end-r.start < len(mark) && r.ended == nil {
		r.fill()
	}
	if bytes.HasPrefix(r.buffer[r.start:r.end], mark) {
		r.start, r.at = r.start+len(mark), r.at+int64(len(mark))
	}
	if r.ended != nil && !errors.Is(r.ended, io.EOF) {
		return r.ended
	}
	return nil
}

// fill reads on, moving what is left to the front.
func (r *Reader) fill() {
	if r.start > 0 {
		r.end = copy(r.buffer, r.buffer[r.start:r.end])
		r.start = 0
	}
	if r.end == len(r.buffer) {
		r.buffer = append(r.buffer, make([]byte, len(r.buffer))...)
	}
	n, err := r.in.Read(r.buffer[r.end:])
	r.end += n
	r.ended = err
}

// Next returns the next row, a [Problem] for one that can't be read, or io.EOF. Empty lines count as rows and are passed over. The rows of an array are its
// values, whatever lines they stand on.
func (r *Reader) Next() (Row, error) {
	for {
		record, offset, err := r.record()
		if err != nil {
			return Row{}, err
		}
		if len(record) == 0 {
			continue
		}
		row := Row{Number: r.row, Offset: offset}
		text, bad := r.decode.text(record)
		if bad >= 0 {
			return row, &Problem{WrongEncoding, r.row, offset + int64(bad)}
		}
		if r.form == Lines {
			row.Cells, err = r.object(text)
		} else {
			row.Cells, err = r.cells(text)
		}
		if err != nil {
			var p *Problem
			if errors.As(err, &p) {
				p.Row, p.Offset = r.row, offset
			}
			return row, err
		}
		return row, nil
	}
}

// record returns the bytes of the next row without their end of line.
func (r *Reader) record() ([]byte, int64, error) {
	if r.array {
		return r.element()
	}
	seen, open, first := r.start, false, -1 // first is the end of the first line, where reading goes on after a quote never closed
	for {
		rest := r.buffer[seen:r.end]
		if nl := bytes.IndexByte(rest, '\n'); nl >= 0 {
			if r.form == CSV && bytes.Count(rest[:nl], quote)%2 == 1 {
				open = !open
			}
			if seen += nl + 1; first < 0 {
				first = seen - r.start
			}
			if !open {
				return r.take(seen-r.start, 1)
			}
			if seen-r.start <= Longest {
				continue
			}
		}
		size := r.end - r.start
		if size > Longest {
			return nil, 0, r.skip(first)
		}
		if r.ended != nil {
			return r.last(first, open != (r.form == CSV && bytes.Count(r.buffer[seen:r.end], quote)%2 == 1))
		}
		before := seen - r.start
		r.fill()
		seen = r.start + before
	}
}

var quote = []byte{'"'}

// take hands out the next n bytes, the last `ending` of which end the line.
func (r *Reader) take(n, ending int) ([]byte, int64, error) {
	record, at := r.buffer[r.start:r.start+n-ending], r.at
	r.start, r.at = r.start+n, r.at+int64(n)
	r.row++
	return bytes.TrimSuffix(record, []byte{'\r'}), at, nil
}

// last handles what stands behind the last end of line.
func (r *Reader) last(first int, open bool) ([]byte, int64, error) {
	switch {
	case !errors.Is(r.ended, io.EOF):
		return nil, 0, r.ended
	case open:
		return nil, 0, r.skip(first)
	case r.start == r.end:
		return nil, 0, io.EOF
	}
	return r.take(r.end-r.start, 0)
}

// skip gives up a row and goes on after its first line, or after all that was read when that has no end.
func (r *Reader) skip(first int) error {
	p := &Problem{OpenQuote, r.row + 1, r.at}
	if first < 0 {
		if r.end-r.start > Longest {
			p.Kind = TooLong
		}
		first = r.end - r.start
	}
	r.start, r.at = r.start+first, r.at+int64(first)
	r.row++
	return p
}

// cells takes a CSV record apart.
func (r *Reader) cells(text string) ([]string, error) {
	width := len(r.columns)
	if width == 0 {
		width = 16
	}
	cells := make([]string, 0, width)
	for {
		var cell string
		if strings.HasPrefix(text, `"`) {
			end := closing(text)
			if end < 0 || end+1 < len(text) && text[end+1] != ',' {
				return nil, &Problem{Kind: OpenQuote}
			}
			cell = text[1:end]
			if strings.Contains(cell, `""`) {
				cell = strings.ReplaceAll(cell, `""`, `"`)
			}
			text = text[end+1:]
		} else if comma := strings.IndexByte(text, ','); comma >= 0 {
			cell, text = text[:comma], text[comma:]
		} else {
			cell, text = text, ""
		}
		cells = append(cells, cell)
		if text == "" {
			break
		}
		text = text[1:]
	}
	if r.columns != nil && len(cells) != len(r.columns) {
		return nil, &Problem{Kind: OtherWidth}
	}
	return cells, nil
}

// closing finds the quote that closes the cell text begins with.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		q := strings.IndexByte(text[i:], '"')
		if q < 0 {
			return -1
		}
		if i += q; i+1 == len(text) || text[i+1] != '"' {
			return i
		}
		i++
	}
	return -1
}

// object takes a JSON line apart.
func (r *Reader) object(text string) ([]string, error) {
	var values map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&values); err != nil || values == nil || d.More() {
		return nil, &Problem{Kind: NoObject}
	}
	cells := make([]string, len(r.columns))
	for key, v := range values {
		i, asked := r.index[strings.ToLower(key)]
		if !asked {
			continue
		}
		switch v := v.(type) {
		case nil:
		case string:
			if strings.IndexByte(v, 0) >= 0 {
				return nil, &Problem{Kind: WrongEncoding}
			}
			cells[i] = v
		case json.Number:
			cells[i] = v.String()
		case bool:
			if cells[i] = "0"; v {
				cells[i] = "1"
			}
		default:
			return nil, &Problem{Kind: NoObject}
		}
	}
	return cells, nil
}
