package cert

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActHold   = "cert.hold"   // see, take away and present one's own
	ActRead   = "cert.read"   // an officer of the issuing office looks, with a reason
	ActRevoke = "cert.revoke" // the chief of the issuing office ends, suspends or restores
	ActHear   = "cert.hear"   // the chief of the issuing office reads what holders complain of
	ActKeep   = "cert.keep"   // a keeper of the province proposes changes of types, another decides
	ActImport = "cert.import" // the chief of an office takes over what was issued on paper
	ActIssue  = "cert.issue"  // the chief of an office has a table of decided certificates issued
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActHold, Roles: []string{actor.Owner}},
		{Action: ActRead, Roles: []string{"window", "reviewer", "chief"}},
		{Action: ActRevoke, Roles: []string{"chief"}},
		{Action: ActHear, Roles: []string{"chief"}},
		{Action: ActKeep, Roles: []string{"keeper"}},
		{Action: ActImport, Roles: []string{"chief"}},
		{Action: ActIssue, Roles: []string{"chief"}},
	}
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}
