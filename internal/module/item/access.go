package item

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActPublish = "item.publish" // a new version of a base item; its pause, its end
	ActClaim   = "item.claim"   // an entry of an office
	ActImprove = "item.improve" // what an entry says differently; its pause, its end
	ActImport  = "item.import"  // tables from outside into the library
)

// Access says who may do what, each within the subtree of the duty.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActPublish, Roles: []string{"keeper"}},
		{Action: ActClaim, Roles: []string{"keeper"}},
		{Action: ActImport, Roles: []string{"keeper"}},
		{Action: ActImprove, Roles: []string{"keeper", "chief"}},
	}
}
