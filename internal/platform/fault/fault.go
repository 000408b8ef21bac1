// Package fault holds the only errors whose text a person ever sees.
//
// A use case that refuses says so with a [Error]: a kind, which the edge turns into a status, and a key, which is a line in
// every locale. Everything else is an internal error: wrapped with what was being done, logged once, and shown to the person
// only as a number to quote. Arguments fill the placeholders {1}, {2} of the line and never carry personal data, because a
// fault may reach a log, a page of somebody else or another system.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal a fault is. The zero Kind is not used.
type Kind int

// The kinds, with the HTTP status each becomes at the edge.
const (
	Invalid         Kind = iota + 1 // 422: what was given can't be accepted; the fields say why
	Unauthenticated                 // 401: nobody is signed in, or the name and password do not fit
	Forbidden                       // 403: known, but without the right
	NotFound                        // 404: not there, or not for this person to know of
	Conflict                        // 409: the thing moved on, or the same was asked differently before
	TooLarge                        // 413: more bytes than are taken
	Unsupported                     // 415: bytes of a kind that is not taken
	TooMany                         // 429: too often; try again later
	Busy                            // 503: the system can't do it now; nothing was changed
)

var statuses = map[Kind]int{
	Invalid: 422, Unauthenticated: 401, Forbidden: 403, NotFound: 404, Conflict: 409,
	TooLarge: 413, Unsupported: 415, TooMany: 429, Busy: 503,
}

// Status returns the HTTP status of the kind, 500 for an unknown one.
func (k Kind) Status() int {
	if s, ok := statuses[k]; ok {
		return s
	}
	return 500
}

// FieldError is one field of a form or body that was refused.
type FieldError struct {
	Name string // the field's name as the form or the JSON body has it
	Key  string // a line in every locale
	Args []any  // fill the line's placeholders
}

// Error is a refusal a person is told. Make it with [New].
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []FieldError
	cause  error
}

// New returns a fault. key is "module.snake_case".
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Field adds a refused field and returns e, so that calls chain.
func (e *Error) Field(name, key string, args ...any) *Error {
	e.Fields = append(e.Fields, FieldError{Name: name, Key: key, Args: args})
	return e
}

// Because keeps the inner cause for the log and for errors.Is; it is never shown.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// OrNil returns e when it has refused fields and nil otherwise: the end of a validation that collects them.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error is the text for logs: the key, never the person's words.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Key)
	for i, f := range e.Fields {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s %s", sep, f.Name, f.Key)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap returns the inner cause.
func (e *Error) Unwrap() error { return e.cause }

// Of returns the fault inside err, if there is one.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is tells whether err carries a fault of this kind.
func Is(err error, kind Kind) bool {
	e, ok := Of(err)
	return ok && e.Kind == kind
}

// HasKey tells whether err carries the fault with this key.
func HasKey(err error, key string) bool {
	e, ok := Of(err)
	return ok && e.Key == key
}
