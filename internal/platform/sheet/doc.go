// Package sheet reads and writes tables as programs exchange them: CSV, JSON lines and JSON arrays (read only), of any length in the memory of one row.
//
// Files come from outside. [Examine] reads one whole and tells its digest and its encoding: UTF-8, with or without a byte order mark, or
// GB18030, which GBK is a part of. A [Reader] hands out one row after the other; what is wrong with a row comes as a [Problem] with its row
// and its place in the file, and reading goes on after it. Rows end in LF or CRLF and may hold line breaks in quotes.
//
// It knows no columns and no meaning: who reads says what a cell is.
package sheet
