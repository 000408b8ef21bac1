// Package certcode is the identifier of an electronic certificate (电子证照标识, GB/T 36904).
//
//	1.2.156.3005.2 . 11220000MB1A0001XH001 . 11220102MB1A00036E . 20261123000001 . 001 . D
//	root             kind (证照类型代码)       issuer                serial           version  check
//
// The kind is the unified social credit code of the authority that defined the certificate, and three digits. The serial (流水号) is
// unique within kind and issuer. The version begins at 001 and grows with every change or renewal, so that an identifier names one
// document for ever. The check character is ISO 7064 MOD 37,36 over the four parts without dots and without the root.
package certcode

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/uscc"
)

// Reasons why [Parse], [ParseKind] and [New] refuse. A wrong authority or issuer comes with the reason of package uscc.
var (
	ErrRoot       = errors.New("certcode: an identifier begins with 1.2.156.3005.2")
	ErrParts      = errors.New("certcode: an identifier has five parts after its root")
	ErrKind       = errors.New("certcode: the kind is a unified social credit code and three digits")
	ErrIssuer     = errors.New("certcode: the issuer is no unified social credit code")
	ErrSerial     = errors.New("certcode: the serial has 1 to 32 digits and capital letters")
	ErrVersion    = errors.New("certcode: the version is 001 to 999")
	ErrCheckDigit = errors.New("certcode: the last character is wrong")
)

// Root is the object identifier of electronic certificates (电子证照根代码).
const Root = "1.2.156.3005.2"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Kind is the code of a kind of certificate (证照类型代码), 21 characters. The zero Kind is "no kind".
type Kind struct{ text string }

// ParseKind reads the 21 characters, or returns [ErrKind].
func ParseKind(text string) (Kind, error) {
	if len(text) != 21 || strings.Trim(text[18:], "0123456789") != "" {
		return Kind{}, ErrKind
	}
	authority, err := uscc.Parse(text[:18])
	if err != nil {
		return Kind{}, fmt.Errorf("%w: %w", ErrKind, err)
	}
	return Kind{authority.String() + text[18:]}, nil
}

// NewKind returns the n-th kind, 1 to 999, that an authority defined.
func NewKind(authority uscc.Code, n int) (Kind, error) {
	if authority.IsZero() || n < 1 || n > 999 {
		return Kind{}, ErrKind
	}
	return Kind{fmt.Sprintf("%s%03d", authority, n)}, nil
}

// Authority returns who defined the kind.
func (k Kind) Authority() uscc.Code {
	if k.IsZero() {
		return uscc.Code{}
	}
	c, _ := uscc.Parse(k.text[:18]) // parsed once already
	return c
}

// String returns the 21 characters, or "" for no kind.
func (k Kind) String() string { return k.text }

// IsZero tells whether there is no kind.
func (k Kind) IsZero() bool { return k.text == "" }

// Equal is the same as == and is there for go-cmp.
func (k Kind) Equal(l Kind) bool { return k == l }

// MarshalText writes the 21 characters.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.text), nil }

// UnmarshalText reads what [ParseKind] reads; empty text is no kind.
func (k *Kind) UnmarshalText(text []byte) error { return read(k, text, ParseKind) }

// Value stores the 21 characters, or NULL for no kind.
func (k Kind) Value() (driver.Value, error) { return value(k.text) }

// Scan reads text; NULL and empty text are no kind.
func (k *Kind) Scan(src any) error { return read(k, src, ParseKind) }

// Identifier names one version of one certificate. The zero Identifier is "no certificate" and is stored as NULL.
type Identifier struct{ text string }

// MustParse is [Parse] for tests and package variables; it panics on a mistake.
func MustParse(text string) Identifier {
	id, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return id
}

// New builds the identifier of a certificate that is issued here. Version counts from 1.
func New(kind Kind, issuer uscc.Code, serial string, version int) (Identifier, error) {
	switch {
	case kind.IsZero():
		return Identifier{}, ErrKind
	case issuer.IsZero():
		return Identifier{}, ErrIssuer
	case !goodSerial(serial):
		return Identifier{}, ErrSerial
	case version < 1 || version > 999:
		return Identifier{}, ErrVersion
	}
	return join(kind.text, issuer.String(), serial, fmt.Sprintf("%03d", version)), nil
}

func join(parts ...string) Identifier {
	return Identifier{Root + "." + strings.Join(parts, ".") + "." + string(check(strings.Join(parts, "")))}
}

// Parse reads an identifier, also one that was issued elsewhere. It returns one of the errors of this package, the leftmost mistake
// first. Issuers of six digits, a region instead of an organisation, occur in older certificates of other provinces and are let in.
func Parse(text string) (Identifier, error) {
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(text)), Root+".")
	if !ok {
		return Identifier{}, ErrRoot
	}
	p := strings.Split(rest, ".")
	if len(p) != 5 {
		return Identifier{}, ErrParts
	}
	if _, err := ParseKind(p[0]); err != nil {
		return Identifier{}, err
	}
	if len(p[1]) != 6 || strings.Trim(p[1], "0123456789") != "" {
		if _, err := uscc.Parse(p[1]); err != nil || len(p[1]) != 18 {
			return Identifier{}, errors.Join(ErrIssuer, err)
		}
	}
	if !goodSerial(p[2]) {
		return Identifier{}, ErrSerial
	}
	if len(p[3]) != 3 || strings.Trim(p[3], "0123456789") != "" || p[3] == "000" {
		return Identifier{}, ErrVersion
	}
	id := join(p[0], p[1], p[2], p[3])
	if id.text != Root+"."+rest {
		return Identifier{}, ErrCheckDigit
	}
	return id, nil
}

func goodSerial(s string) bool {
	return len(s) >= 1 && len(s) <= 32 && strings.Trim(s, alphabet) == ""
}

// check is ISO 7064 MOD 37,36, the hybrid system with one alphanumeric check character.
func check(s string) byte {
	p := 36
	for i := range s {
		t := (p + strings.IndexByte(alphabet, s[i])) % 36
		if t == 0 {
			t = 36
		}
		p = t * 2 % 37
	}
	return alphabet[(37-p)%36]
}

// Kind returns the kind of certificate.
func (id Identifier) Kind() Kind { return Kind{id.part(0)} }

// Issuer returns the code of the issuer as written: a unified social credit code, or the six digits of a region in older certificates.
func (id Identifier) Issuer() string { return id.part(1) }

// Serial returns the serial, "" for no certificate.
func (id Identifier) Serial() string { return id.part(2) }

// Version returns the version from 1, 0 for no certificate.
func (id Identifier) Version() int {
	n := 0
	for _, c := range []byte(id.part(3)) {
		n = n*10 + int(c-'0')
	}
	return n
}

// Check returns the check character, "" for no certificate.
func (id Identifier) Check() string { return id.part(4) }

// Next returns the identifier of the following version, or [ErrVersion] after 999.
func (id Identifier) Next() (Identifier, error) {
	if id.IsZero() || id.Version() == 999 {
		return Identifier{}, ErrVersion
	}
	return join(id.part(0), id.part(1), id.part(2), fmt.Sprintf("%03d", id.Version()+1)), nil
}

func (id Identifier) part(n int) string {
	if id.IsZero() {
		return ""
	}
	return strings.Split(id.text[len(Root)+1:], ".")[n]
}

// String returns the whole identifier with its root, or "" for no certificate.
func (id Identifier) String() string { return id.text }

// IsZero tells whether there is no certificate.
func (id Identifier) IsZero() bool { return id.text == "" }

// Equal is the same as == and is there for go-cmp.
func (id Identifier) Equal(other Identifier) bool { return id == other }

// MarshalText writes what String returns.
func (id Identifier) MarshalText() ([]byte, error) { return []byte(id.text), nil }

// UnmarshalText reads what [Parse] reads; empty text is no certificate.
func (id *Identifier) UnmarshalText(text []byte) error { return read(id, text, Parse) }

// Value stores what String returns, or NULL for no certificate.
func (id Identifier) Value() (driver.Value, error) { return value(id.text) }

// Scan reads text; NULL and empty text are no certificate.
func (id *Identifier) Scan(src any) error { return read(id, src, Parse) }

func read[T any](to *T, src any, parse func(string) (T, error)) error {
	var text string
	switch v := src.(type) {
	case nil:
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("certcode: reading an identifier from %T", src)
	}
	if text == "" {
		var none T
		*to = none
		return nil
	}
	v, err := parse(text)
	if err != nil {
		return err
	}
	*to = v
	return nil
}

func value(text string) (driver.Value, error) {
	if text == "" {
		return nil, nil
	}
	return text, nil
}
