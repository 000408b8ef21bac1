// Package realname checks a name against an identity number at the police's register (实名核验), and a company against the register of
// companies. The registers are others'; what stands here is the seam and a simulator of both for the demo province.
package realname

import (
	"context"
	"errors"

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

// Unconnected is what stands where no register is connected: nobody can be checked, so nobody registers.
type Unconnected struct{}

var errUnconnected = errors.New("no register is connected")

// Matches implements account.RealName.
func (Unconnected) Matches(context.Context, string, string) (bool, error) {
	return false, errUnconnected
}

// Represents implements account.Companies.
func (Unconnected) Represents(context.Context, string, string, string) (bool, error) {
	return false, errUnconnected
}
