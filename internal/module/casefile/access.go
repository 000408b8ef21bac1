package casefile

import "xiangyun/internal/gov/actor"

// The actions rights are asked for. The steps of a process are rights of its tasks, not of this table.
const (
	ActSee        = "case.see"          // a case of the office
	ActSearch     = "case.search"       // the lists of an office
	ActReceive    = "case.receive"      // apply for somebody who stands there (帮办代办)
	ActClock      = "case.clock"        // stop and restart the clock
	ActClockAgain = "case.clock_again"  // for a kind of special procedure the case has had, by the head of the office
	ActExtend     = "case.extend"       // a longer limit, by the head of the office
	ActJoint      = "case.extend_joint" // a longer limit of what several handle together, by the head of the people's government
	ActPublish    = "case.publish"      // make public what is about to be decided, and answer who objects
	ActGap        = "case.gap"          // ask for what was promised to follow
	ActSettle     = "case.settle"       // accept, decide and hand over on the spot
	ActEnd        = "case.end"          // annul or cancel what was granted
	ActReport     = "case.report"       // the fields a case is reported with to the national platform
	ActContact    = "case.contact"      // and who applied, in clear
	ActDisclose   = "case.disclose"     // numbers and phones of a case in clear
	ActWarning    = "case.warning"      // when clocks warn, for an item, a kind of items or a region
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"window", "clerk", "reviewer", "chief", "supervisor", "government"}},
		{Action: ActSearch, Roles: []string{"window", "clerk", "reviewer", "chief", "supervisor"}},
		{Action: ActReceive, Roles: []string{"window", "clerk"}},
		{Action: ActClock, Roles: []string{"reviewer", "chief"}},
		{Action: ActClockAgain, Roles: []string{"chief"}},
		{Action: ActExtend, Roles: []string{"chief"}},
		{Action: ActJoint, Roles: []string{"government"}},
		{Action: ActPublish, Roles: []string{"reviewer", "chief"}},
		{Action: ActGap, Roles: []string{"window", "reviewer", "chief"}},
		{Action: ActSettle, Roles: []string{"window", "chief"}},
		{Action: ActEnd, Roles: []string{"chief"}},
		{Action: ActReport, Roles: []string{"supervisor", "chief"}},
		{Action: ActContact, Roles: []string{"chief"}},
		{Action: ActDisclose, Roles: []string{"window", "clerk", "reviewer", "chief"}},
		{Action: ActWarning, Roles: []string{"supervisor"}},
	}
}
