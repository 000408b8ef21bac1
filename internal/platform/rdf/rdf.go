package rdf

import (
	"unicode/utf8"

	"xiangyun/internal/platform/sheet"
)

// Form is how a graph is written.
type Form string

// The forms.
const (
	Turtle Form = "turtle"
	JSONLD Form = "jsonld"
)

// MediaType is what the form is called in HTTP.
func (f Form) MediaType() string {
	if f == JSONLD {
		return "application/ld+json"
	}
	return "text/turtle; charset=utf-8"
}

// Prefix shortens names: "dct:title" is http://purl.org/dc/terms/title.
type Prefix struct{ Short, Full string }

// Writer gathers a graph in Bytes until [Writer.Reset]. Begin, then Subject and its properties, again and again, then End. Properties and classes are
// names with a prefix, constants of the program; values of one property are told together.
type Writer struct {
	Bytes []byte

	form     Form
	subjects int
	open     bool   // a subject is being written
	last     string // its last property
}

// NewWriter returns a writer that has begun.
func NewWriter(f Form, prefixes []Prefix) *Writer {
	w := &Writer{form: f}
	if f == JSONLD {
		w.text(`{"@context":{`)
		for i, p := range prefixes {
			if i > 0 {
				w.text(",")
			}
			w.quoted(p.Short)
			w.text(":")
			w.quoted(p.Full)
		}
		w.text("},\n\"@graph\":[")
		return w
	}
	for _, p := range prefixes {
		w.text("@prefix " + p.Short + ": <" + p.Full + "> .\n")
	}
	return w
}

// Reset forgets the bytes, which were written elsewhere.
func (w *Writer) Reset() { w.Bytes = w.Bytes[:0] }

// Subject begins the next subject, of one class or more.
func (w *Writer) Subject(iri string, classes ...string) {
	w.close()
	w.open, w.last = true, ""
	w.subjects++
	if w.form == JSONLD {
		if w.subjects > 1 {
			w.text(",")
		}
		w.text("\n{\"@id\":")
		w.quoted(string(appendIRI(nil, iri)))
		w.text(`,"@type":[`)
		for i, c := range classes {
			if i > 0 {
				w.text(",")
			}
			w.quoted(c)
		}
		return
	}
	w.text("\n<")
	w.Bytes = appendIRI(w.Bytes, iri)
	w.text("> a ")
	for i, c := range classes {
		if i > 0 {
			w.text(", ")
		}
		w.text(c)
	}
}

// Link tells that the subject's property is another thing.
func (w *Writer) Link(property, iri string) {
	w.property(property)
	if w.form == JSONLD {
		w.text(`{"@id":`)
		w.quoted(string(appendIRI(nil, iri)))
		w.text("}")
		return
	}
	w.text("<")
	w.Bytes = appendIRI(w.Bytes, iri)
	w.text(">")
}

// Text tells a text in a language; "" is a text in none. An empty text is not told.
func (w *Writer) Text(property, text, language string) {
	if text == "" {
		return
	}
	w.property(property)
	if w.form == JSONLD {
		w.text(`{"@value":`)
		w.quoted(text)
		if language != "" {
			w.text(`,"@language":"` + language + `"`)
		}
		w.text("}")
		return
	}
	w.Bytes = appendText(w.Bytes, text)
	if language != "" {
		w.text("@" + language)
	}
}

// Typed tells a value of a datatype, such as "xsd:duration".
func (w *Writer) Typed(property, value, datatype string) {
	w.property(property)
	if w.form == JSONLD {
		w.text(`{"@value":`)
		w.quoted(value)
		w.text(`,"@type":"` + datatype + `"}`)
		return
	}
	w.Bytes = appendText(w.Bytes, value)
	w.text("^^" + datatype)
}

// End closes the graph.
func (w *Writer) End() {
	w.close()
	if w.form == JSONLD {
		w.text("\n]}\n")
	}
}

func (w *Writer) property(name string) {
	again := name == w.last
	w.last = name
	switch {
	case again && w.form == JSONLD:
		w.text(",")
	case again:
		w.text(", ")
	case w.form == JSONLD:
		w.text("],")
		w.quoted(name)
		w.text(":[")
	default:
		w.text(" ;\n\t" + name + " ")
	}
}

func (w *Writer) close() {
	if !w.open {
		return
	}
	w.open = false
	if w.form == JSONLD {
		w.text("]}")
		return
	}
	w.text(" .\n")
}

func (w *Writer) text(s string)   { w.Bytes = append(w.Bytes, s...) }
func (w *Writer) quoted(s string) { w.Bytes = sheet.AppendJSON(w.Bytes, s) }

const hexDigits = "0123456789ABCDEF"

// appendIRI appends an IRI; what none may hold is percent-encoded.
func appendIRI(b []byte, iri string) []byte {
	for i := 0; i < len(iri); {
		c := iri[i]
		if c >= utf8.RuneSelf {
			if r, n := utf8.DecodeRuneInString(iri[i:]); r != utf8.RuneError || n > 1 {
				b = append(b, iri[i:i+n]...)
				i += n
				continue
			}
		}
		switch {
		case c <= ' ' || c >= 0x7F || c == '<' || c == '>' || c == '"' || c == '{' || c == '}' || c == '|' || c == '^' || c == '`' || c == '\\':
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return b
}

// appendText appends a quoted text of Turtle. Bytes that are no UTF-8 become the replacement character.
func appendText(b []byte, text string) []byte {
	b = append(b, '"')
	for _, r := range text { // yields the replacement character for wrong bytes
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ' || r == 0x7F:
			b = append(b, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
