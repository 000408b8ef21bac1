package db

import (
	"strconv"
	"strings"
)

// In returns n placeholders from $from on: In(3, 2) is "$2,$3,$4". Of none it is NULL, which nothing equals: PostgreSQL takes no empty list.
func In(n, from int) string {
	if n == 0 {
		return "NULL"
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// Values returns rows × columns placeholders from $from on, for a multi-row INSERT: Values(2, 2, 1) is "($1,$2),($3,$4)".
func Values(rows, columns, from int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		b.WriteString(In(columns, from+i*columns))
		b.WriteByte(')')
	}
	return b.String()
}

// PrefixAny returns the predicate "column begins with one of prefixes", appending what it binds to args. Without prefixes it is
// "1 = 0". It is two comparisons instead of LIKE so that an index serves it on both engines; it is right for texts of [0-9a-y]
// only, which sort alike in every collation ('z' ends the range).
func PrefixAny(column string, prefixes []string, args *[]any) string {
	if len(prefixes) == 0 {
		return "1 = 0"
	}
	terms := make([]string, len(prefixes))
	for i, p := range prefixes {
		n := len(*args)
		*args = append(*args, p, p+"z")
		terms[i] = "(" + column + " >= $" + strconv.Itoa(n+1) + " AND " + column + " < $" + strconv.Itoa(n+2) + ")"
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}
