package account

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActSee    = "account.see"    // find accounts and whether they are locked
	ActManage = "account.manage" // make, lock, unlock, reset
	ActLookup = "account.lookup" // an officer finds the person before the window
	ActGuard  = "account.guard"  // an officer who saw the document writes down who looks after whom
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"admin", "security", "auditor"}},
		{Action: ActManage, Roles: []string{"admin"}},
		{Action: ActLookup, Roles: []string{"window", "clerk"}},
		{Action: ActGuard, Roles: []string{"window", "clerk"}},
	}
}
