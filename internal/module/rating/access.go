package rating

import "xiangyun/internal/gov/actor"

// The actions rights are asked for. To rate is no right of a role: the case says whose it is.
const (
	ActSee    = "rating.see"    // the bad ratings of an office, without who gave them
	ActAnswer = "rating.answer" // claim and answer them
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"chief", "supervisor"}},
		{Action: ActAnswer, Roles: []string{"chief"}},
	}
}
