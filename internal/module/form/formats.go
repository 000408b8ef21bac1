package form

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
)

// format is a check of a text beyond its letters, with the control that asks for it and the line that explains a failure.
type format struct {
	kind  Kind
	key   string
	parse func(text string) error
}

// A mobile number of the mainland, or a landline with its area code.
var phone = regexp.MustCompile(`^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$`)

var errFormat = errors.New("not of this format")

var formats = map[string]format{
	"id-number":  {Person, "form.not_id_number", func(t string) error { _, err := personid.Parse(t); return err }},
	"uscc":       {Company, "form.not_uscc", func(t string) error { _, err := uscc.Parse(t); return err }},
	"region":     {Region, "form.not_region", func(t string) error { _, err := region.Parse(t); return err }},
	"civil-date": {Date, "form.not_date", func(t string) error { _, err := civil.Parse(t); return err }},
	"phone":      {Phone, "form.not_phone", matches(phone)},
	"email":      {Text, "form.not_email", func(t string) error { _, err := mail.ParseAddress(t); return err }},
}

// validate answers to the schema validator. The inner error may quote the value, so it is not passed on.
func (f format) validate(v any) error {
	text, ok := v.(string)
	if !ok {
		return nil // the type is another keyword's business
	}
	if f.parse(text) != nil {
		return errFormat
	}
	return nil
}

func matches(r *regexp.Regexp) func(string) error {
	return func(text string) error {
		if !r.MatchString(text) {
			return errFormat
		}
		return nil
	}
}

// printable tells whether a text stands on a document as it was typed: without control characters, and without those that turn the direction of
// writing and so make a name look like another.
func printable(text string, lines bool) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return !lines
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfffe, r == 0xffff:
			return true
		}
		return unicode.IsControl(r) || r == utf8.RuneError
	})
}
