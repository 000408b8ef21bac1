// Package uscc is the unified social credit code of an organisation (统一社会信用代码, GB 32100-2015).
//
// Eighteen characters of an alphabet without I, O, S, V and Z: one for the registering authority (登记管理部门), one for the class of
// organisation (机构类别), six digits for the place of registration, the nine of the organisation code (组织机构代码, GB 11714) with a
// check character of its own, and a check character for the whole. [Parse] verifies both, so a [Code] is never a typing mistake; only
// the register knows whether the organisation exists.
package uscc

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Reasons why [Parse] refuses.
var (
	ErrLength       = errors.New("uscc: a code has 18 characters")
	ErrCharacter    = errors.New("uscc: a code has digits and capital letters without I, O, S, V and Z")
	ErrAuthority    = errors.New("uscc: no such registering authority")
	ErrRegion       = errors.New("uscc: characters 3 to 8 are digits")
	ErrOrganisation = errors.New("uscc: the check character of the organisation code is wrong")
	ErrCheckDigit   = errors.New("uscc: the last character is wrong")
)

const (
	alphabet    = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	authorities = "123456789ANY" // GB 32100 table 1 and its later additions
)

var (
	weights    = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// Code is one organisation. The zero Code is "no organisation" and is stored as NULL.
type Code struct{ text string }

// MustParse is [Parse] for tests and package variables; it panics on a mistake.
func MustParse(text string) Code {
	c, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return c
}

// Parse reads a code as people type it: small letters, spaces and full-width characters are put right. It returns one of the
// errors of this package, the leftmost mistake first.
func Parse(text string) (Code, error) {
	s := tidy(text)
	if len(s) != 18 {
		return Code{}, ErrLength
	}
	for i := range s {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return Code{}, ErrCharacter
		}
	}
	if strings.IndexByte(authorities, s[0]) < 0 {
		return Code{}, ErrAuthority
	}
	if strings.Trim(s[2:8], "0123456789") != "" {
		return Code{}, ErrRegion
	}
	if organisationCheck(s[8:16]) != s[16] {
		return Code{}, ErrOrganisation
	}
	if check(s[:17]) != s[17] {
		return Code{}, ErrCheckDigit
	}
	return Code{s}, nil
}

func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of the printable ASCII
			r -= '！' - '!'
		}
		switch {
		case r == ' ' || r == '\u3000' || r == '\t' || r == '\u00a0':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// check computes the eighteenth character from the seventeen before it (GB 32100 annex A).
func check(s string) byte {
	sum := 0
	for i, w := range weights {
		sum += strings.IndexByte(alphabet, s[i]) * w
	}
	return alphabet[(31-sum%31)%31]
}

// organisationCheck computes the ninth character of an organisation code. GB 11714 counts letters from A = 10 without gaps, unlike
// the alphabet of GB 32100.
func organisationCheck(s string) byte {
	sum := 0
	for i, w := range orgWeights {
		v := int(s[i] - '0')
		if s[i] >= 'A' {
			v = int(s[i]-'A') + 10
		}
		sum += v * w
	}
	return "0X987654321"[sum%11]
}

// String returns the eighteen characters, or "" for no organisation. The code is public: no masking.
func (c Code) String() string { return c.text }

// IsZero tells whether there is no organisation.
func (c Code) IsZero() bool { return c.text == "" }

// Class returns the first two characters, for instance "11" organ of state (机关), "91" company (企业), "92" sole trader (个体工商户);
// "" for no organisation.
func (c Code) Class() string { return c.part(0, 2) }

// Region returns the six digits of the place of registration after GB/T 2260. The national level is "100000" or "000000", and a code
// keeps the place of its day, so this is a hint and not an address.
func (c Code) Region() string { return c.part(2, 8) }

// Organisation returns the nine characters of the organisation code.
func (c Code) Organisation() string { return c.part(8, 17) }

// Organ tells whether the organisation was registered by the commission for the public sector (机构编制): organs of state, public
// institutions and mass organisations.
func (c Code) Organ() bool { return c.part(0, 1) == "1" }

// Business tells whether the organisation was registered by market regulation (市场监管): companies, sole traders, cooperatives.
func (c Code) Business() bool { return c.part(0, 1) == "9" }

// SoleTrader tells whether the code belongs to an individual's business (个体工商户), whose data are also the person's.
func (c Code) SoleTrader() bool { return c.Class() == "92" }

func (c Code) part(from, to int) string {
	if c.IsZero() {
		return ""
	}
	return c.text[from:to]
}

// Equal tells whether both are the same code. It is the same as == and is there for go-cmp.
func (c Code) Equal(d Code) bool { return c == d }

// MarshalText writes the eighteen characters.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// UnmarshalText reads what [Parse] reads; empty text is no organisation.
func (c *Code) UnmarshalText(text []byte) error { return c.read(string(text)) }

// Value stores the eighteen characters, or NULL for no organisation.
func (c Code) Value() (driver.Value, error) {
	if c.IsZero() {
		return nil, nil
	}
	return c.text, nil
}

// Scan reads text; NULL and empty text are no organisation.
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
	return fmt.Errorf("uscc: reading a code from %T", src)
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
