// Package officecode is the code of an office that takes part in government services (机构编码).
//
// National exchange identifies an office by its unified social credit code, whatever the office calls itself. A [Code] is therefore a
// [uscc.Code] that may belong to an office: organs of state, public institutions, mass organisations, self-governing villages, and the
// companies that run public utilities, but no sole trader and no farmers' cooperative, which can only be applicants.
package officecode

import (
	"errors"

	"xiangyun/internal/gov/uscc"
)

// ErrNoOffice says that the code belongs to somebody who can be an applicant only.
var ErrNoOffice = errors.New("officecode: the code belongs to no office")

// Code is one office. The zero Code is "no office" and is stored as NULL. It has the methods of [uscc.Code].
type Code struct{ uscc.Code }

// MustParse is [Parse] for tests and package variables; it panics on a mistake.
func MustParse(text string) Code {
	c, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return c
}

// Parse reads a code as [uscc.Parse] does and returns its errors, or [ErrNoOffice].
func Parse(text string) (Code, error) {
	u, err := uscc.Parse(text)
	if err != nil {
		return Code{}, err
	}
	return Of(u)
}

// Of returns the office a unified social credit code stands for, or [ErrNoOffice].
func Of(u uscc.Code) (Code, error) {
	if class := u.Class(); class == "92" || class == "93" {
		return Code{}, ErrNoOffice
	}
	return Code{u}, nil
}

// Equal is the same as == and is there for go-cmp.
func (c Code) Equal(d Code) bool { return c == d }

// UnmarshalText reads what [Parse] reads; empty text is no office.
func (c *Code) UnmarshalText(text []byte) error { return c.check((*uscc.Code).UnmarshalText, text) }

// Scan reads text; NULL and empty text are no office.
func (c *Code) Scan(src any) error {
	return c.check(func(u *uscc.Code, _ []byte) error { return u.Scan(src) }, nil)
}

func (c *Code) check(read func(*uscc.Code, []byte) error, text []byte) error {
	var u uscc.Code
	if err := read(&u, text); err != nil {
		return err
	}
	v, err := Of(u)
	if err != nil {
		return err
	}
	*c = v
	return nil
}
