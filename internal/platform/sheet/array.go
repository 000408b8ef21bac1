package sheet

import (
	"bytes"
	"errors"
	"io"
)

// isArray tells whether the file is one JSON array, and passes over the bracket that opens it.
func (r *Reader) isArray() (bool, error) {
	if err := r.space(); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil // an empty file has no rows
		}
		return false, err
	}
	if r.buffer[r.start] != '[' {
		return false, nil
	}
	r.pass(1)
	return true, nil
}

// pass goes on by some bytes.
func (r *Reader) pass(n int) { r.start, r.at = r.start+n, r.at+int64(n) }

// space passes over white space; io.EOF at the end of the file.
func (r *Reader) space() error {
	for {
		for r.start < r.end {
			if bytes.IndexByte([]byte(" \t\r\n"), r.buffer[r.start]) < 0 {
				return nil
			}
			r.pass(1)
		}
		if r.ended != nil {
			return r.ended
		}
		r.fill()
	}
}

// element returns the bytes of the next value of a JSON array. After the bracket that closes it nothing may come but space; an array that is not closed, or
// goes on without a comma, can't be read any further.
func (r *Reader) element() ([]byte, int64, error) {
	if r.closed {
		return nil, 0, r.trailing()
	}
	if err := r.space(); err != nil {
		return nil, 0, r.broken(err)
	}
	switch c := r.buffer[r.start]; {
	case c == ']':
		r.pass(1)
		r.closed = true
		return nil, 0, r.trailing()
	case r.row > 0 && c != ',':
		return nil, 0, r.broken(io.EOF)
	case c == ',':
		r.pass(1)
		if err := r.space(); err != nil {
			return nil, 0, r.broken(err)
		}
	}
	n, err := r.value()
	if err != nil {
		return nil, 0, r.broken(err)
	}
	return r.take(n, 0)
}

// value is how many bytes the value has that begins here. Brackets count outside of strings only. In GB18030 the second byte of a character may look like a
// bracket or a backslash, never like a quote.
func (r *Reader) value() (int, error) {
	depth, quoted, wide := 0, false, r.decode.from != nil
	for n := 0; ; n++ {
		for r.start+n >= r.end {
			if r.ended != nil {
				return 0, r.ended
			}
			r.fill()
		}
		if n > Longest {
			return 0, &Problem{Kind: TooLong}
		}
		c := r.buffer[r.start+n]
		switch {
		case wide && c >= 0x81 && c < 0xff:
			n++
		case quoted && c == '\\':
			n++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth > 0 && (c == '}' || c == ']'):
			if depth--; depth == 0 {
				return n + 1, nil
			}
		case depth == 0 && (c == ',' || c == ']'):
			return n, nil
		}
	}
}

// trailing is the end of a file behind its array.
func (r *Reader) trailing() error {
	err := r.space()
	if err != nil {
		return err
	}
	return r.broken(io.EOF)
}

// broken gives up what can't be read any further: it is told once, and then the file is over.
func (r *Reader) broken(err error) error {
	kind := NoObject
	if p := (*Problem)(nil); errors.As(err, &p) {
		kind = p.Kind
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	p := &Problem{kind, r.row + 1, r.at}
	r.row++
	r.pass(r.end - r.start)
	r.closed, r.ended = true, io.EOF
	return p
}
