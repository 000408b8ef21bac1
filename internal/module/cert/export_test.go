package cert

import "xiangyun/internal/gov/civil"

// Crash lets a test end the program at a point of issuing.
func (s *Service) Crash(f func(point string) error) { s.crash = f }

// Mod1110 is the check digit of GB/T 17710.
func Mod1110(text string) string { return string(mod1110(text)) }

// Number numbers by a rule alone, without a database.
func CheckNumber(text, rule string) (string, error) { return closed(text, rule) }

// RedeemTwice prepares one certificate's right to be signed and redeems it twice.
func RedeemTwice() (first, second error) {
	p := &prepared{}
	_, first = p.redeem()
	_, second = p.redeem()
	return first, second
}

// ReadPaper is readPaper without what it hands on.
func ReadPaper(content []byte, t Type, today civil.Date) (rows int) {
	_, _, _ = readPaper(content, t, today, func(paperRow, []PaperFault) error { rows++; return nil })
	return rows
}
