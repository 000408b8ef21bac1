package sheet

import (
	"strings"
	"unicode/utf8"
)

// Mark is what a CSV file begins with so that office programs read it as UTF-8.
const Mark = "\uFEFF"

// AppendCSV appends one cell, quoted where it must be.
func AppendCSV(b []byte, cell string) []byte {
	if cell == "" || !strings.ContainsAny(cell, ",\"\r\n") && cell[0] != ' ' && cell[len(cell)-1] != ' ' {
		return append(b, cell...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		b = append(append(b, cell[:i+1]...), '"')
		cell = cell[i+1:]
	}
	return append(append(b, cell...), '"')
}

// Harmless keeps an office program from taking a text for a formula: one that begins like a formula gets an apostrophe before it. It is for files
// that people open; what programs read back is written as it is.
func Harmless(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}

const hexDigits = "0123456789abcdef"

// AppendJSON appends a text as a JSON string. Bytes that are no UTF-8 become the replacement character.
func AppendJSON(b []byte, text string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, text[start:i]...), "\uFFFD"...)
				start = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, text[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, text[start:]...), '"')
}
