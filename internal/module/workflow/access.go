package workflow

import "xiangyun/internal/gov/actor"

// ActKeep is the right to look after running processes: their incidents, their migration to a new version, the tasks of an office that is dissolved.
const ActKeep = "workflow.keep"

// ActDefine is the right to see, draw and deploy the province's processes: who keeps the library they serve has it.
const ActDefine = "workflow.define"

// Access says who may do what, each within the subtree of the duty.
func Access() []actor.Grant {
	return []actor.Grant{{Action: ActKeep, Roles: []string{"keeper"}}, {Action: ActDefine, Roles: []string{"keeper"}}}
}
