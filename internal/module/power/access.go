package power

import "xiangyun/internal/gov/actor"

// The actions rights are asked for. The list itself is public; these are about adjusting it.
const (
	ActSee       = "power.see"       // adjustments under way and done; the report of differences
	ActPropose   = "power.propose"   // for the powers of one's department
	ActEstablish = "power.establish" // the opinion of the establishment office
	ActLegality  = "power.legality"  // the opinion of the legality office
	ActApprove   = "power.approve"   // for the government
	ActPublish   = "power.publish"

	ActInspections = "power.inspections" // replacing the list of inspection items
)

// Access says who may do what. The list is the province's: its own departments propose, county offices tell theirs.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActSee, Roles: []string{"chief", "keeper", "establishment", "legality", "government"}},
		{Action: ActPropose, Roles: []string{"chief", "keeper"}},
		{Action: ActEstablish, Roles: []string{"establishment"}},
		{Action: ActLegality, Roles: []string{"legality"}},
		{Action: ActApprove, Roles: []string{"government"}},
		{Action: ActPublish, Roles: []string{"establishment"}},
		{Action: ActInspections, Roles: []string{"keeper", "establishment"}},
	}
}
