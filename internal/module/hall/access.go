package hall

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActServe    = "hall.serve"    // sit at a window, call, act for people
	ActOpen     = "hall.open"     // open or close the hall for a day
	ActArrange  = "hall.arrange"  // change rules, hours and windows
	ActObstacle = "hall.obstacle" // read and answer what could not be done
)

// Access says who may do what.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActServe, Roles: []string{"window", "clerk"}},
		{Action: ActOpen, Roles: []string{"window", "chief"}},
		{Action: ActArrange, Roles: []string{"chief"}},
		{Action: ActObstacle, Roles: []string{"window", "chief", "supervisor"}},
	}
}
