package account

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActManage = "account.manage" // find, lock, unlock, reset
	ActLookup = "account.lookup" // an officer finds the person before the window
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActManage, Roles: []string{"admin"}},
		{Action: ActLookup, Roles: []string{"window", "clerk"}},
	}
}
