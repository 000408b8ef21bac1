package cert

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/db"
)

// The rules for the end of a number.
const (
	checkMod1110 = "mod11-10"
	checkUSCC    = "uscc"
)

func (n Number) check() error {
	serials := 0
	for _, p := range n.Parts {
		set := 0
		for _, given := range []bool{p.Text != "", p.From != "", p.Serial > 0} {
			if given {
				set++
			}
		}
		if set != 1 || p.From != "" && !knownSource(p.From) {
			return fmt.Errorf("number: a part is a text, a known source or a serial: %+v", p)
		}
		if p.Serial > 0 {
			serials++
		}
	}
	if len(n.Parts) == 0 || serials > 1 {
		return errors.New("number: at least one part, and one serial at most")
	}
	if n.Check != "" && n.Check != checkMod1110 && n.Check != checkUSCC {
		return fmt.Errorf("number: the check %q is unknown", n.Check)
	}
	return nil
}

// next moves a series on by one. The row is held until the transaction ends, so a number is used or was never given.
func next(ctx context.Context, tx *db.Tx, series string) (int64, error) {
	n, err := db.One[int64](ctx, tx, `INSERT INTO cert_counter (series, value) VALUES ($1, 1)
ON CONFLICT (series) DO UPDATE SET value = cert_counter.value + 1 RETURNING value`, series)
	if err != nil {
		return 0, fmt.Errorf("numbering %s: %w", series, err)
	}
	return n, nil
}

// serial is the 流水号 of the identifier: the day and six digits, without gaps within type, issuer and day.
func serial(ctx context.Context, tx *db.Tx, kind, issuer string, day civil.Date) (string, error) {
	n, err := next(ctx, tx, serialSeries(kind, issuer, day))
	return serialText(day, n), err
}

func serialSeries(kind, issuer string, day civil.Date) string {
	return "serial/" + kind + "/" + issuer + "/" + day.Compact()
}

func serialText(day civil.Date, n int64) string { return fmt.Sprintf("%s%06d", day.Compact(), n) }

// number builds the certificate's own number.
func (t Type) number(ctx context.Context, tx *db.Tx, f facts) (string, error) {
	return t.compose(f, func(series string) (int64, error) { return next(ctx, tx, series) })
}

// compose builds a number whose serials come from draw.
func (t Type) compose(f facts, draw func(series string) (int64, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.Number.Parts {
		switch {
		case p.Text != "":
			b.WriteString(p.Text)
		case p.From != "":
			text, err := p.value(f)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		default:
			n, err := draw("number/" + t.Key + "/" + b.String())
			if err != nil {
				return "", err
			}
			digits := fmt.Sprintf("%0*d", p.Serial, n)
			if len(digits) > p.Serial {
				return "", fmt.Errorf("numbering a %s: the series of %d digits is used up", t.Key, p.Serial)
			}
			b.WriteString(digits)
		}
	}
	return closed(b.String(), t.Number.Check)
}

func (p Part) value(f facts) (string, error) {
	values := f.of(p.From)
	if p.Several != "" && len(values) > 1 {
		return p.Several, nil
	}
	if len(values) == 0 {
		return "", fmt.Errorf("numbering a certificate: the case does not say %s", p.From)
	}
	if p.Words == nil {
		return values[0], nil
	}
	word, ok := p.Words[values[0]]
	if !ok {
		return "", fmt.Errorf("numbering a certificate: no code for this value of %s", p.From)
	}
	return word, nil
}

// closed adds the check characters.
func closed(text, check string) (string, error) {
	switch check {
	case checkMod1110:
		return text + string(mod1110(text)), nil
	case checkUSCC:
		if len(text) != 16 {
			return "", fmt.Errorf("numbering a certificate: a unified social credit code has 16 characters before its checks, not %d", len(text))
		}
		c, err := uscc.Make(text[:2], text[2:8], text[8:])
		return c.String(), err
	}
	return text, nil
}

// mod1110 is the check digit of GB/T 17710 (ISO 7064 MOD 11,10) over the digits of a text; other characters, such as the letters JY of a food
// operation licence (食品经营许可证), are not counted.
func mod1110(text string) byte {
	p := 10
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			continue
		}
		s := (p + int(c-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}
