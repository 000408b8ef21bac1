package workflow

import (
	"context"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// holds tells whether one of by's duties is the role at this office or above it, for this item.
func holds(by actor.Actor, role, officePath, item string) bool {
	return slices.ContainsFunc(by.Duties, func(d actor.Duty) bool {
		return d.Role == role && strings.HasPrefix(officePath, d.OfficePath) && (item == "" || len(d.Items) == 0 || slices.Contains(d.Items, item))
	})
}

// asHolder makes by whoever he acts as with the task: himself, or else somebody he stands in for.
func (c *command) asHolder(ctx context.Context, tx *db.Tx) error {
	if c.task.State != "open" {
		return errGone
	}
	if MayTake(c.by, c.task.OpenTask, c.matter.Item) {
		return nil
	}
	return c.asAny(ctx, tx, func(a actor.Actor) bool { return MayTake(a, c.task.OpenTask, c.matter.Item) }, func() error {
		if holds(c.by, c.task.Role, c.task.OfficePath, c.matter.Item) {
			return errHeld
		}
		return errNotYours
	})
}

// asAny makes by the first of those he stands in for that fits.
func (c *command) asAny(ctx context.Context, tx *db.Tx, fits func(actor.Actor) bool, otherwise func() error) error {
	list, err := c.t.flows.StandIns(ctx, tx, c.by)
	if err != nil {
		return err
	}
	for _, a := range list {
		if fits(a) {
			c.by = a
			return nil
		}
	}
	return otherwise()
}

// askedOf tells whether a side task is a's.
func (s Side) askedOf(a actor.Actor, item string) bool {
	if s.Account != "" {
		return s.Account == a.Account && a.Behalf == "" || s.Account == a.Behalf
	}
	return slices.ContainsFunc(a.Duties, func(d actor.Duty) bool {
		return d.Role == s.Role && d.OfficePath == s.OfficePath && (len(d.Items) == 0 || slices.Contains(d.Items, item))
	})
}

// may asks for a right over an office.
func (c *command) may(action, officePath string) error {
	return c.t.needs.Rights.Check(c.by, action, actor.Target{OfficePath: officePath, Item: c.matter.Item})
}

// to is an addressee that was found.
type to struct {
	Office
	Role    string
	Account string
	tell    []Officer // who is behind it
}

func (a to) words() string {
	if a.Account != "" && len(a.tell) == 1 {
		return a.Name + " " + a.tell[0].Name
	}
	return a.Name
}

// handling are the roles that handle cases, in the order in which an office that is asked something answers.
var handling = []string{"reviewer", "clerk", "window", "chief"}

// find looks up an addressee. An office nobody works at is refused: what is given there would lie for ever.
func (c *command) find(ctx context.Context, tx *db.Tx, a Addressee) (to, error) {
	if a.Account != "" {
		o, err := c.t.needs.People.Officer(ctx, tx, a.Account)
		if err != nil {
			return to{}, err
		}
		return to{Office: o.Office, Account: o.Account, Role: roleOf(o, o.Office.Path), tell: []Officer{o}}, nil
	}
	o, err := c.t.needs.Offices.At(ctx, tx, a.Office)
	if err != nil {
		return to{}, err
	}
	there, err := c.t.needs.People.At(ctx, tx, o.Path)
	if err != nil {
		return to{}, err
	}
	out := to{Office: o, Role: a.Role}
	for _, role := range handling {
		if out.Role == "" && slices.ContainsFunc(there, func(p Officer) bool { return has(p, role, o.Path) }) {
			out.Role = role
		}
	}
	for _, p := range there {
		if has(p, out.Role, o.Path) {
			out.tell = append(out.tell, p)
		}
	}
	if out.Role == "" || len(out.tell) == 0 {
		return to{}, fault.New(fault.Invalid, "workflow.task_bad_order").Field("to", "workflow.task_nobody_there", o.Name)
	}
	return out, nil
}

func has(o Officer, role, path string) bool {
	return slices.ContainsFunc(o.Duties, func(d actor.Duty) bool { return d.Role == role && d.OfficePath == path })
}

func roleOf(o Officer, path string) string {
	for _, d := range o.Duties {
		if d.OfficePath == path {
			return d.Role
		}
	}
	return ""
}

// findAll looks up every addressee, each once; at least one is needed.
func (c *command) findAll(ctx context.Context, tx *db.Tx) (list []to, err error) {
	wrong := fault.New(fault.Invalid, "workflow.task_bad_order")
	if len(c.in.To) == 0 {
		return nil, wrong.Field("to", "workflow.task_to_missing")
	}
	var names []string
	for _, a := range c.in.To {
		found, err := c.find(ctx, tx, a)
		if f, ok := fault.Of(err); ok && f.Kind == fault.NotFound {
			return nil, wrong.Field("to", f.Key)
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(t to) bool { return t.Account == found.Account && t.Path == found.Path && t.Role == found.Role }) {
			continue
		}
		list, names = append(list, found), append(names, found.words())
	}
	c.target = strings.Join(names, "、")
	return list, nil
}

// one looks up the only addressee.
func (c *command) one(ctx context.Context, tx *db.Tx) (to, error) {
	list, err := c.findAll(ctx, tx)
	if err != nil {
		return to{}, err
	}
	if len(list) > 1 {
		return to{}, fault.New(fault.Invalid, "workflow.task_bad_order").Field("to", "workflow.task_one_only")
	}
	return list[0], nil
}

// tell sends a message to everybody behind the addressees but the one who acts.
func (c *command) tell(ctx context.Context, tx *db.Tx, key string, list []to) error {
	told := map[string]bool{c.by.Account: true}
	for _, a := range list {
		for _, o := range a.tell {
			if told[o.Account] {
				continue
			}
			told[o.Account] = true
			if err := c.t.needs.Notices.Tell(ctx, tx, o.Subject, key, "/desk/cases/"+c.matter.Number, c.matter.Name, c.matter.Number, c.task.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellAccount sends a message to one officer, who may have left meanwhile.
func (c *command) tellAccount(ctx context.Context, tx *db.Tx, key, account string) error {
	o, err := c.t.needs.People.Officer(ctx, tx, account)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.tell(ctx, tx, key, []to{{tell: []Officer{o}}})
}
