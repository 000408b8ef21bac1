// Package officetest gives tests of other modules the office module's rights without its tables.
package officetest

import (
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/fault"
)

// Rights grant what a module's access.go says, each duty within its office's subtree and its items, as the office module does.
type Rights []actor.Grant

// Check refuses with fault.Forbidden who has no duty for the action at the target; the program may do everything.
func (r Rights) Check(by actor.Actor, action string, on actor.Target) error {
	if by.Kind == actor.System {
		return nil
	}
	for _, d := range by.Duties {
		here := on.OfficePath == "" || strings.HasPrefix(on.OfficePath, d.OfficePath)
		if here && r.grants(d, action) && (on.Item == "" || len(d.Items) == 0 || slices.Contains(d.Items, on.Item)) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "office.no_right")
}

// Reach returns the subtrees in which by may take the action.
func (r Rights) Reach(by actor.Actor, action string) (paths []string) {
	for _, d := range by.Duties {
		if r.grants(d, action) {
			paths = append(paths, d.OfficePath)
		}
	}
	return paths
}

func (r Rights) grants(d actor.Duty, action string) bool {
	return slices.ContainsFunc(r, func(g actor.Grant) bool { return g.Action == action && slices.Contains(g.Roles, d.Role) })
}
