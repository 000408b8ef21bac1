package supervision

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActSee    = "supervision.see"    // the board and the reports of an office and all below it
	ActIssue  = "supervision.issue"  // give cards, and close what was answered
	ActAnswer = "supervision.answer" // answer the cards of an office
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"chief", "supervisor"}},
		{Action: ActIssue, Roles: []string{"supervisor"}},
		{Action: ActAnswer, Roles: []string{"chief"}},
	}
}
