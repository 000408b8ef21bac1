package casefile

import "xiangyun/internal/gov/actor"

// The actions rights are asked for. The steps of a process are rights of its tasks, not of this table.
const (
	ActSee     = "case.see"     // a case of the office
	ActSearch  = "case.search"  // the lists of an office
	ActReceive = "case.receive" // apply for somebody who stands there (帮办代办)
	ActClock   = "case.clock"   // stop and restart the clock
	ActExtend  = "case.extend"  // a longer limit, by the head of the office
	ActWarning = "case.warning" // when clocks warn, for an item, a kind of items or a region
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"window", "clerk", "reviewer", "chief", "supervisor"}},
		{Action: ActSearch, Roles: []string{"window", "clerk", "reviewer", "chief", "supervisor"}},
		{Action: ActReceive, Roles: []string{"window", "clerk"}},
		{Action: ActClock, Roles: []string{"reviewer", "chief"}},
		{Action: ActExtend, Roles: []string{"chief"}},
		{Action: ActWarning, Roles: []string{"supervisor"}},
	}
}
