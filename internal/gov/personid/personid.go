// Package personid is the identity number of a natural person (公民身份号码, GB 11643).
//
// Eighteen characters: six for the place, eight for the birthday, three of sequence whose last is odd for men, and a check character
// (ISO 7064 MOD 11-2). The same form serves the residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证, places
// 810000, 820000, 830000) and the new identity card of foreign permanent residents (外国人永久居留身份证, first digit 9).
//
// The number opens a life, so an [ID] does not give it away by accident. String, Format with every verb, LogValue and MarshalText show
// "2201**********2318". An ID refuses to be stored: a database that holds plain numbers is a leak waiting for a backup tape; modules
// store the sealed text and the search index made by the keyring, both from [ID.Reveal]. Reveal is the one way to the digits, and
// a search for that word finds every use. The digits are held behind a handle, so that even printing a structure that hides an ID in
// an unexported field shows an address and not the number.
package personid

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"

	"xiangyun/internal/gov/civil"
)

// Reasons why [Parse] refuses. None of them quotes the text: errors end up in logs.
var (
	ErrLength     = errors.New("personid: a number has 18 characters")
	ErrCharacter  = errors.New("personid: a number has 17 digits and a digit or X")
	ErrRegion     = errors.New("personid: the first digits name no place")
	ErrDate       = errors.New("personid: the birthday is not a day of the calendar")
	ErrCheckDigit = errors.New("personid: the last character is wrong")
	ErrPlain      = errors.New("personid: a number is not stored in the clear: seal what Reveal returns and index it")
)

// Kind says which document carries the number.
type Kind string

// The kinds of number, with their code in GA/T 2000.156 where the document has one of its own.
const (
	Citizen  Kind = "citizen"   // 居民身份证 111
	HongKong Kind = "hong-kong" // 香港居民居住证
	Macao    Kind = "macao"     // 澳门居民居住证
	Taiwan   Kind = "taiwan"    // 台湾居民居住证
	Foreign  Kind = "foreign"   // 外国人永久居留身份证 553
)

const (
	provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71"
	checks    = "10X98765432"
	oldest    = 1880 // nobody alive was born before; catches slips such as 1090 for 1990
)

var weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ID is one person's number. The zero ID is "no number". IDs may be compared with ==.
type ID struct{ digits unique.Handle[string] }

// MustParse is [Parse] for tests; it panics on a mistake.
func MustParse(text string) ID {
	id, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return id
}

// Parse reads a number as people type it: a small x, spaces and full-width characters are put right. It returns one of the errors of
// this package, the leftmost mistake first. The birthday may lie in the future, since a value has no clock: use cases that register
// people ask [ID.Age] too.
func Parse(text string) (ID, error) {
	s := tidy(text)
	if len(s) != 18 {
		return ID{}, ErrLength
	}
	if strings.Trim(s[:17], "0123456789") != "" || strings.Trim(s[17:], "0123456789X") != "" {
		return ID{}, ErrCharacter
	}
	if kind(s) == "" {
		return ID{}, ErrRegion
	}
	if birth, err := birthday(s); err != nil || birth.Year() < oldest {
		return ID{}, ErrDate
	}
	if check(s) != s[17] {
		return ID{}, ErrCheckDigit
	}
	return ID{unique.Make(s)}, nil
}

func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of the printable ASCII
			r -= '！' - '!'
		}
		switch r {
		case ' ', '\u3000', '\t', '\u00a0':
			return -1
		case 'x', '×':
			return 'X'
		}
		return r
	}, text)
}

func kind(s string) Kind {
	switch {
	case s[0] == '9':
		return Foreign
	case s[:6] == "810000":
		return HongKong
	case s[:6] == "820000":
		return Macao
	case s[:6] == "830000":
		return Taiwan
	case strings.Contains(provinces, s[:2]):
		return Citizen
	}
	return ""
}

func birthday(s string) (civil.Date, error) {
	return civil.Parse(s[6:10] + "-" + s[10:12] + "-" + s[12:14])
}

func check(s string) byte {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return checks[sum%11]
}

// IsZero tells whether there is no number.
func (id ID) IsZero() bool { return id == ID{} }

// Reveal returns the eighteen characters, or "" for no number. Who calls it answers for where they go: to the person himself, into the
// sealed column, onto the certificate.
func (id ID) Reveal() string {
	if id.IsZero() {
		return ""
	}
	return id.digits.Value()
}

// Kind returns which document carries the number, "" for no number.
func (id ID) Kind() Kind {
	if id.IsZero() {
		return ""
	}
	return kind(id.digits.Value())
}

// Birth returns the birthday, no date for no number.
func (id ID) Birth() civil.Date {
	if id.IsZero() {
		return civil.Date{}
	}
	d, _ := birthday(id.digits.Value()) // Parse has seen to it
	return d
}

// Female tells whether the sequence is even. It is false for no number.
func (id ID) Female() bool {
	return !id.IsZero() && (id.digits.Value()[16]-'0')%2 == 0
}

// Age returns the full years (周岁) on a day, -1 before birth and for no number. A year is full on the birthday itself, the reading
// that favours the applicant; criminal law, which counts from the day after, is no business of this program.
func (id ID) Age(on civil.Date) int {
	b := id.Birth()
	if id.IsZero() || on.Before(b) {
		return -1
	}
	years := on.Year() - b.Year()
	if on.Before(b.AddYears(years)) {
		years--
	}
	return years
}

// Region returns the six digits of the place of first registration for citizens, "" for everybody else.
func (id ID) Region() string {
	if id.Kind() != Citizen {
		return ""
	}
	return id.digits.Value()[:6]
}

// String returns the masked number "2201**********2318", or "" for no number.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	s := id.digits.Value()
	return s[:4] + "**********" + s[14:]
}

// Format writes the masked number for every verb, %#v and %x included.
func (id ID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, id.String()) } // fmt reports what the writer could not take

// LogValue puts the masked number into a log.
func (id ID) LogValue() slog.Value { return slog.StringValue(id.String()) }

// MarshalText writes the masked number: JSON, XML and templates show no more than a log does.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what [Parse] reads, for bodies of requests; empty text is no number. What MarshalText wrote cannot be read back.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// Equal tells whether both are the same number. It is the same as == and is there for go-cmp.
func (id ID) Equal(other ID) bool { return id == other }

// Value refuses with [ErrPlain]: see the package comment for what to store.
func (id ID) Value() (driver.Value, error) { return nil, ErrPlain }

// Scan refuses with [ErrPlain]: a number is read by opening the sealed column and parsing it.
func (id *ID) Scan(any) error { return ErrPlain }

// Adult tells whether the person is eighteen or older on a day.
func (id ID) Adult(on civil.Date) bool { return id.Age(on) >= 18 }
