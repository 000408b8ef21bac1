package design

import (
	"context"
	"strconv"

	"xiangyun/internal/platform/page"
)

// Number writes a count in groups of three digits, 1,307,088: what stands in tables, cards and sums. Codes, years and the numbers of things are no
// counts and stay as they are.
func Number[T ~int | ~int32 | ~int64](n T) string { return page.Grouped(int64(n)) }

// fewEnough is up to where a sentence says a count to the last digit.
const fewEnough = 100_000

// Roughly writes a count as a sentence says it: Chinese and Korean in tens of thousands (130.7 万), English in groups, and whatever is small to the last
// digit. It is for words people read through; a figure that is compared or checked is a [Number].
func Roughly[T ~int | ~int32 | ~int64](ctx context.Context, n T) string {
	if n < fewEnough || page.Locale(ctx) == "en" {
		return Number(n)
	}
	tenths := (int64(n) + 500) / 1000
	text := Number(tenths / 10)
	if tenths%10 > 0 {
		text += "." + strconv.FormatInt(tenths%10, 10)
	}
	return page.T(ctx, "design.number.ten_thousands", text)
}
