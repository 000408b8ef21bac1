package office

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/fault"
)

// rights decides by Cedar policies, one an action, made from the modules' tables when the program starts.
type rights struct {
	policies map[string]*cedar.PolicySet // by action: one decision looks at one policy
	roles    map[string][]string         // by action, for Reach
}

// officePolicy lets a duty act within its subtree and items; a target that belongs to no office needs the role alone.
const officePolicy = `permit (principal in Role::"%s", action == Action::"%s", resource)
when { (resource.anywhere || resource in principal.office) && (principal.everything || resource.item == "" || principal.items.contains(resource.item)) };
`

// personPolicy lets any signed-in person act; ownerPolicy the one the target belongs to.
const (
	personPolicy = `permit (principal is Person, action == Action::"%s", resource);
`
	ownerPolicy = `permit (principal is Person, action == Action::"%s", resource) when { resource.subject == principal.subject };
`
)

func newRights(grants []actor.Grant) (*rights, error) {
	r := &rights{policies: map[string]*cedar.PolicySet{}, roles: map[string][]string{}}
	texts := map[string]string{}
	for _, g := range grants {
		for _, role := range g.Roles {
			switch role {
			case actor.Anyone:
				texts[g.Action] += fmt.Sprintf(personPolicy, g.Action)
			case actor.Owner:
				texts[g.Action] += fmt.Sprintf(ownerPolicy, g.Action)
			default:
				if !slices.Contains(Roles, role) {
					return nil, fmt.Errorf("building rights: %s is granted to the unknown role %s", g.Action, role)
				}
				texts[g.Action] += fmt.Sprintf(officePolicy, role, g.Action)
				r.roles[g.Action] = append(r.roles[g.Action], role)
			}
		}
	}
	for action, text := range texts {
		set, err := cedar.NewPolicySetFromBytes(action, []byte(text))
		if err != nil {
			return nil, fmt.Errorf("building rights: %s: %w", action, err)
		}
		r.policies[action] = set
	}
	return r, nil
}

var errNoRight = fault.New(fault.Forbidden, "office.no_right")

func (r *rights) check(by actor.Actor, action string, on actor.Target) error {
	set, ok := r.policies[action]
	if !ok {
		return fmt.Errorf("checking rights: no module grants %s", action)
	}
	target := targetEntity(on)
	uid := cedar.NewEntityUID("Action", cedar.String(action))
	switch by.Kind {
	case actor.System:
		return nil // the program acts for itself: its use cases are not open to anybody
	case actor.Person:
		if decide(set, personEntity(by), uid, target) {
			return nil
		}
	case actor.Officer:
		for _, d := range by.Duties {
			if slices.Contains(r.roles[action], d.Role) && decide(set, dutyEntity(d), uid, target) {
				return nil
			}
		}
	default:
		return fault.New(fault.Unauthenticated, "office.not_signed_in")
	}
	return errNoRight
}

func (r *rights) reach(by actor.Actor, action string) []string {
	if by.Kind == actor.System {
		return []string{""}
	}
	var out []string
	for _, d := range by.Duties {
		if slices.Contains(r.roles[action], d.Role) && !slices.Contains(out, d.OfficePath) {
			out = append(out, d.OfficePath)
		}
	}
	return out
}

// pair is the two entities of one decision: no store of entities is needed, since a path carries its superiors.
type pair struct{ principal, resource cedar.Entity }

// Get implements cedar.EntityGetter.
func (p pair) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid {
	case p.principal.UID:
		return p.principal, true
	case p.resource.UID:
		return p.resource, true
	}
	return cedar.Entity{}, false
}

func decide(set *cedar.PolicySet, principal cedar.Entity, action cedar.EntityUID, resource cedar.Entity) bool {
	decision, _ := cedar.Authorize(set, pair{principal, resource}, cedar.Request{Principal: principal.UID, Action: action, Resource: resource.UID})
	return decision == cedar.Allow
}

func officeUID(path string) cedar.EntityUID { return cedar.NewEntityUID("Office", cedar.String(path)) }

func dutyEntity(d actor.Duty) cedar.Entity {
	items := make([]cedar.Value, len(d.Items))
	for i, code := range d.Items {
		items[i] = cedar.String(code)
	}
	return cedar.Entity{
		UID:     cedar.NewEntityUID("Duty", cedar.String(d.Role+"@"+d.OfficePath)),
		Parents: cedar.NewEntityUIDSet(cedar.NewEntityUID("Role", cedar.String(d.Role))),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"office": officeUID(d.OfficePath), "everything": cedar.Boolean(len(d.Items) == 0), "items": cedar.NewSet(items...),
		}),
	}
}

func personEntity(by actor.Actor) cedar.Entity {
	return cedar.Entity{UID: cedar.NewEntityUID("Person", cedar.String(by.Subject)),
		Attributes: cedar.NewRecord(cedar.RecordMap{"subject": cedar.String(by.For())})}
}

// targetEntity hangs the target below every superior of its office.
func targetEntity(on actor.Target) cedar.Entity {
	superiors := Superiors(on.OfficePath)
	parents := make([]cedar.EntityUID, len(superiors))
	for i, p := range superiors {
		parents[i] = officeUID(p)
	}
	return cedar.Entity{UID: cedar.NewEntityUID("Target", cedar.String(on.OfficePath)), Parents: cedar.NewEntityUIDSet(parents...),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"anywhere": cedar.Boolean(on.OfficePath == ""), "item": cedar.String(on.Item), "subject": cedar.String(on.Subject),
		})}
}

// Superiors returns the paths of an office and everything above it: "220102d31" gives 22, 2201, 220102, 220102d31. The empty path is
// above the province and holds everything.
func Superiors(path string) []string {
	if path == "" {
		return nil
	}
	out := []string{""}
	government, department, isDepartment := strings.Cut(path, "d")
	for _, n := range []int{2, 4, 6, 9, 12} {
		if len(government) >= n {
			out = append(out, government[:n])
		}
	}
	if isDepartment {
		for n := 2; n <= len(department); n += 2 {
			out = append(out, government+"d"+department[:n])
		}
	}
	return out
}
