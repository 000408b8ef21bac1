// Package realname checks a name against an identity number at the police's register (实名核验), and a company against the register of
// companies. The registers are others'; what stands here is the seam and a simulator of both for the demo province.
package realname

import (
	"context"

	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
)

// Simulator answers as the register would for invented people: whoever has a right number and a plausible name exists, except those the
// register is told to deny. It must never serve real people.
type Simulator struct {
	// Deny lists numbers the register does not know, for trying out the refusal.
	Deny map[string]bool
}

// Matches implements account.RealName.
func (s Simulator) Matches(_ context.Context, name, number string) (bool, error) {
	id, err := personid.Parse(number)
	if err != nil {
		return false, nil
	}
	n := len([]rune(name))
	return n >= 2 && n <= 40 && !s.Deny[id.Reveal()], nil
}

// Represents implements account.Companies: a right code of a business, and nobody denied.
func (s Simulator) Represents(_ context.Context, company, code, representative string) (bool, error) {
	c, err := uscc.Parse(code)
	if err != nil {
		return false, nil
	}
	return len([]rune(company)) >= 4 && len([]rune(representative)) >= 2 && !s.Deny[c.String()], nil
}
