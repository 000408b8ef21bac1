// Package region is the administrative division code (行政区划代码) and the directory of the province's divisions.
//
// A [Code] has twelve digits: 2 province + 2 prefecture + 2 county after GB/T 2260, then 3 township + 3 village after the codes of the
// National Bureau of Statistics (统计用区划代码). The five levels of government 省市县乡村 are prefixes of 2, 4, 6, 9 and 12 digits, so
// "lies within" is a comparison of prefixes. A [Directory] knows names, also those of the past: divisions are renamed and move to
// another prefecture, and a paper of 2015 must still show the name of 2015.
package region

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Reasons why [Parse] refuses.
var (
	ErrLength = errors.New("region: a code has 2, 4, 6, 9 or 12 digits")
	ErrDigit  = errors.New("region: a code has digits only")
	ErrGap    = errors.New("region: a code may not skip a level")
)

// Level is one of the five levels of government; 0 is no region.
type Level int

// The levels, from wide to narrow.
const (
	Province   Level = 1 // 省
	Prefecture Level = 2 // 市、州
	County     Level = 3 // 县、市、区
	Township   Level = 4 // 乡镇、街道
	Village    Level = 5 // 村、社区
)

var prefixLength = [...]int{0, 2, 4, 6, 9, 12}

// Code is one division. The zero Code is "no region" and is stored as NULL. Codes may be compared with == and used as map keys.
type Code struct{ digits string }

// MustParse is [Parse] for tests and package variables; it panics on a mistake.
func MustParse(text string) Code {
	c, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return c
}

// Parse reads a code of 12 digits, or a short form of 2, 4, 6 or 9 digits, which is padded with zeros. It checks the shape only;
// whether the division exists is known to a [Directory]. It returns [ErrLength], [ErrDigit] or [ErrGap].
func Parse(text string) (Code, error) {
	switch len(text) {
	case 2, 4, 6, 9, 12:
	default:
		return Code{}, ErrLength
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return Code{}, ErrDigit
		}
	}
	c := Code{text + "000000000000"[len(text):]}
	if c.digits[:2] == "00" {
		return Code{}, ErrGap
	}
	for from := Province; from <= Township; from++ {
		if from == Prefecture { // towns straight below a prefecture exist: 东莞 441900003, 嘉峪关 620201100
			continue
		}
		part := c.digits[prefixLength[from]:prefixLength[from+1]]
		rest := c.digits[prefixLength[from+1]:]
		if strings.Trim(part, "0") == "" && strings.Trim(rest, "0") != "" {
			return Code{}, ErrGap
		}
	}
	return c, nil
}

// String returns the twelve digits, or "" for no region.
func (c Code) String() string { return c.digits }

// IsZero tells whether there is no region.
func (c Code) IsZero() bool { return c.digits == "" }

// Level returns the level of government, 0 for no region.
func (c Code) Level() Level {
	for l := Village; l >= Province; l-- {
		if !c.IsZero() && strings.Trim(c.digits[prefixLength[l-1]:prefixLength[l]], "0") != "" {
			return l
		}
	}
	return 0
}

// Prefix returns the digits that count: 2, 4, 6, 9 or 12 of them. Every division within c begins with it, and nothing else does.
func (c Code) Prefix() string {
	if c.IsZero() {
		return ""
	}
	return c.digits[:prefixLength[c.Level()]]
}

// Parent returns the division one level up, no region above a province.
func (c Code) Parent() Code {
	l := c.Level()
	if l <= Province {
		return Code{}
	}
	return c.At(l - 1)
}

// At returns the division of that level c lies in: c itself at its own level, no region when c is wider than l.
func (c Code) At(l Level) Code {
	if l < Province || l > c.Level() {
		return Code{}
	}
	n := prefixLength[l]
	return Code{c.digits[:n] + "000000000000"[n:]}
}

// Contains tells whether d is c or lies within it. No region contains nothing.
func (c Code) Contains(d Code) bool {
	return !c.IsZero() && !d.IsZero() && strings.HasPrefix(d.digits, c.Prefix())
}

// County6 returns the six digits of GB/T 2260, as used inside personal numbers and case numbers; "" for no region.
func (c Code) County6() string {
	if c.IsZero() {
		return ""
	}
	return c.digits[:6]
}

// Statutory tells whether the division is one the law knows. Development zones (开发区, county part 71 to 79), units run like a
// township (类似乡级单位, from 400) and like a village (400 to 599) have a code for statistics and services only: they hold powers by
// delegation, which matters for who may decide a case. A division within such a zone counts by its own number.
func (c Code) Statutory() bool {
	switch c.Level() {
	case County:
		return c.digits[4] != '7' || c.digits[5] == '0'
	case Township:
		return c.digits[6] < '4'
	case Village:
		return c.digits[9] < '4'
	}
	return !c.IsZero()
}

// MarshalText writes the twelve digits.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.digits), nil }

// UnmarshalText reads what [Parse] reads; empty text is no region.
func (c *Code) UnmarshalText(text []byte) error { return c.read(string(text)) }

// Value stores the twelve digits, or NULL for no region.
func (c Code) Value() (driver.Value, error) {
	if c.IsZero() {
		return nil, nil
	}
	return c.digits, nil
}

// Scan reads text; NULL and empty text are no region.
func (c *Code) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c = Code{}
		return nil
	case string:
		return c.read(v)
	case []byte:
		return c.read(string(v))
	}
	return fmt.Errorf("region: reading a code from %T", src)
}

func (c *Code) read(text string) error {
	if text == "" {
		*c = Code{}
		return nil
	}
	v, err := Parse(text)
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// Equal tells whether both are the same division. It is the same as == and is there for go-cmp.
func (c Code) Equal(d Code) bool { return c == d }
