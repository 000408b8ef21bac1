// Package realname checks a name against an identity number at the state's register (实名核验). The register itself is the police's; what
// stands here is the seam and a simulator for the demo province.
package realname

import (
	"context"

	"xiangyun/internal/gov/personid"
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
