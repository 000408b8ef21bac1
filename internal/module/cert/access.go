package cert

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActHold   = "cert.hold"   // see, take away and present one's own
	ActRead   = "cert.read"   // an officer of the issuing office looks, with a reason
	ActRevoke = "cert.revoke" // the chief of the issuing office ends, suspends or restores
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActHold, Roles: []string{actor.Owner}},
		{Action: ActRead, Roles: []string{"window", "reviewer", "chief"}},
		{Action: ActRevoke, Roles: []string{"chief"}},
	}
}
