// Package money is an amount in fen (分), the hundredth of a yuan.
//
// Fees, fines and subsidies are exact: amounts are integers and never pass through a floating point number. People read and write
// yuan ("12.50"); the database stores fen.
package money

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Reasons why [Parse] refuses.
var (
	ErrFormat = errors.New("money: an amount is written 12.50")
	ErrFen    = errors.New("money: an amount has at most two decimals")
	ErrRange  = errors.New("money: the amount is too large")
)

// Limit is the largest amount [Parse] accepts, 10 trillion yuan: beyond any amount here, far from overflow when a year is summed up.
const Limit Fen = 1_000_000_000_000_000

// Fen is an amount. The zero value is nothing to pay, a real amount, and stored as 0.
type Fen int64

// Yuan returns n whole yuan.
func Yuan(n int64) Fen { return Fen(n * 100) }

// Parse reads yuan: "12.50", "12.5", "12", "-3.00", also "¥1,234.50" with the commas in their places. It returns [ErrFormat], [ErrFen]
// or [ErrRange].
func Parse(text string) (Fen, error) {
	s := strings.TrimSpace(text)
	s, negative := strings.CutPrefix(s, "-")
	for _, sign := range []string{"¥", "￥"} {
		s = strings.TrimPrefix(s, sign)
	}
	whole, part, point := strings.Cut(s, ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if len(g) > 3 || len(g) == 0 || i > 0 && len(g) != 3 {
				return 0, ErrFormat
			}
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" || point && part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return 0, ErrFormat
	}
	if len(part) > 2 {
		return 0, ErrFen
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 14 {
		return 0, ErrRange
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrFormat
	}
	if Fen(n) > Limit {
		return 0, ErrRange
	}
	if negative {
		n = -n
	}
	return Fen(n), nil
}

// String returns yuan with two decimals: "12.50", "-0.05".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -uint64(f)
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// IsZero tells whether there is nothing to pay.
func (f Fen) IsZero() bool { return f == 0 }

// Add returns the sum, or [ErrRange] if it overflows.
func (f Fen) Add(g Fen) (Fen, error) {
	if g > 0 && f > math.MaxInt64-g || g < 0 && f < math.MinInt64-g {
		return 0, ErrRange
	}
	return f + g, nil
}

// MarshalText writes what String returns, so that JSON carries "12.50" and no floating point number.
func (f Fen) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what [Parse] reads.
func (f *Fen) UnmarshalText(text []byte) error {
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	*f = v
	return nil
}

// Value stores fen as an integer.
func (f Fen) Value() (driver.Value, error) { return int64(f), nil }

// Scan reads an integer of fen; NULL is refused, because "unknown" is not "nothing to pay".
func (f *Fen) Scan(src any) error {
	v, ok := src.(int64)
	if !ok {
		return fmt.Errorf("money: reading an amount from %T", src)
	}
	*f = Fen(v)
	return nil
}
