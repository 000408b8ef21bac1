package workflow

import "xiangyun/internal/gov/actor"

// The rights tasks are asked for. What a post may do with its own tasks is said by its duty.
const (
	ActMove     = "task.move"     // give a task to another office, take one from who holds it
	ActUrge     = "task.urge"     // urge who is late
	ActDeputise = "task.deputise" // name a deputy for somebody else
)

// TaskAccess says who may do what.
func TaskAccess() []actor.Grant {
	return []actor.Grant{
		{Action: ActMove, Roles: []string{"chief"}},
		{Action: ActUrge, Roles: []string{"chief", "supervisor"}},
		{Action: ActDeputise, Roles: []string{"chief"}},
	}
}
