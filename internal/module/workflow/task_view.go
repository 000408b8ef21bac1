package workflow

import (
	"context"
	"errors"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// BackTo is an earlier step that can be done again.
type BackTo struct{ ID, Name string }

// TaskView is a task with what its reader may do with it.
type TaskView struct {
	OpenTask
	Verbs      []Verb
	Back       []BackTo
	Colleagues []Officer // of the task's office
	HolderName string
}

// SideView is a side task in clear, with what its reader may do with it.
type SideView struct {
	Side
	Asked, Answered     string // what was asked and answered
	Who                 string // its office, and its officer when it is somebody's
	MayAnswer, MayTake  bool
	AskedName, DoneName string
}

// GatheringView is a gathering with what its reader may do.
type GatheringView struct {
	Gathering
	MayRecord bool
}

// CopyView is a copy in clear.
type CopyView struct {
	Copy
	Note, Who string
	MayRead   bool
}

// EventView is a line of history in clear.
type EventView struct {
	TaskEvent
	Said, Text, Name, ForName string
}

// Around is everything that was done around the tasks of a subject, for officers.
type Around struct {
	Tasks      []TaskView
	Done       []TaskView // which the reader may take back
	Sides      []SideView
	Gatherings []GatheringView
	Copies     []CopyView
	Events     []EventView
	Near       []Office // whom one may want to ask
}

// Around reads it. Only officers who may know of the matter may; they see it when they read the case, which is where that is logged.
func (t *Tasks) Around(ctx context.Context, by actor.Actor, subject string) (out Around, err error) {
	if by.Kind != actor.Officer {
		return out, fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	err = t.db.View(ctx, func(tx *db.Tx) error {
		out = Around{}
		m, err := t.needs.Concerns.Concern(ctx, tx, by, subject)
		if err != nil {
			return err
		}
		list, err := t.flows.StandIns(ctx, tx, by)
		if err != nil {
			return err
		}
		l := looking{t: t, tx: tx, matter: m, actors: append([]actor.Actor{by}, list...), out: &out, names: t.names(ctx, tx)}
		for _, read := range []func(context.Context, string) error{l.tasks, l.sides, l.gatherings, l.copies, l.events} {
			if err := read(ctx, subject); err != nil {
				return err
			}
		}
		return l.names.err
	})
	return out, err
}

// looking is one reading of what is around a subject.
type looking struct {
	t      *Tasks
	tx     *db.Tx
	matter Concern
	actors []actor.Actor // the reader and those he stands in for
	out    *Around
	names  *names
}

func (l looking) by() actor.Actor { return l.actors[0] }

func (l looking) any(f func(actor.Actor) bool) bool { return slices.ContainsFunc(l.actors, f) }

func (l looking) tasks(ctx context.Context, subject string) error {
	rows, err := db.All[taskRow](ctx, l.tx, selectTaskRow+`WHERE t.subject = $1 AND t.state IN ('open', 'done') ORDER BY t.id LIMIT 200`, subject)
	if err != nil {
		return err
	}
	for _, r := range rows {
		v := TaskView{OpenTask: r.OpenTask}
		if r.State == "done" {
			if l.mayWithdraw(r) {
				v.Verbs = []Verb{Withdraw}
				l.out.Done = append(l.out.Done, v)
			}
			continue
		}
		if v.Verbs = l.verbs(r); slices.Contains(v.Verbs, Delegate) || slices.Contains(v.Verbs, Transfer) {
			if v.Colleagues, err = l.t.needs.People.At(ctx, l.tx, r.OfficePath); err != nil {
				return err
			}
			if l.out.Near == nil {
				if l.out.Near, err = l.t.needs.Offices.Near(ctx, l.tx, r.OfficePath); err != nil {
					return err
				}
			}
		}
		if slices.Contains(v.Verbs, SendBack) {
			if v.Back, err = l.back(ctx, r); err != nil {
				return err
			}
		}
		v.HolderName = l.names.of(r.Holder)
		l.out.Tasks = append(l.out.Tasks, v)
	}
	return nil
}

func (l looking) mayWithdraw(r taskRow) bool {
	by := l.by()
	return (r.DoneBy == by.Account || r.DoneFor == by.Account) && l.t.internal(r.Action) && slices.Contains(l.matter.Takes, r.Action)
}

// verbs are what the reader may do with an open task.
func (l looking) verbs(r taskRow) (list []Verb) {
	move := l.t.needs.Rights.Check(l.by(), ActMove, actor.Target{OfficePath: r.OfficePath, Item: l.matter.Item}) == nil
	if l.any(func(a actor.Actor) bool { return MayTake(a, r.OpenTask, l.matter.Item) }) {
		if r.Holder == "" {
			list = append(list, Claim)
		} else {
			list = append(list, Release)
		}
		list = append(list, Transfer, Delegate, Cosign, CopyTo, Ask, Invite)
		if r.Blocks == 0 {
			list = append(list, SendBack)
		}
	} else if move {
		if r.Holder != "" {
			list = append(list, Release)
		}
		list = append(list, Transfer)
	}
	if move && l.t.internal(r.Action) {
		list = append(list, Forward)
	}
	if l.t.needs.Rights.Check(l.by(), ActUrge, actor.Target{OfficePath: r.OfficePath, Item: l.matter.Item}) == nil {
		list = append(list, Urge)
	}
	return list
}

// back are the steps the matter would let be done again.
func (l looking) back(ctx context.Context, r taskRow) (list []BackTo, err error) {
	passed, err := l.t.flows.earlier(ctx, l.tx, &r)
	for _, p := range passed {
		if p.fits(l.matter.Takes) {
			list = append(list, p.BackTo)
		}
	}
	return list, err
}

func (l looking) sides(ctx context.Context, subject string) error {
	rows, err := db.All[Side](ctx, l.tx, selectSide+`WHERE subject = $1 AND state <> 'removed' ORDER BY id LIMIT 200`, subject)
	if err != nil {
		return err
	}
	for _, s := range rows {
		v := SideView{Side: s, Who: s.OfficeName, AskedName: l.names.of(s.AskedBy), DoneName: l.names.of(s.DoneBy)}
		words, err := l.t.unseal(s.ID, s.Words)
		if err != nil {
			return err
		}
		answer, err := l.t.unseal(s.ID+"/answer", s.Answer)
		if err != nil {
			return err
		}
		v.Asked, v.Answered = string(words), string(answer)
		if s.Account != "" {
			v.Who += " " + l.names.of(s.Account)
		}
		v.MayAnswer = s.State == "open" && l.any(func(a actor.Actor) bool { return s.askedOf(a, l.matter.Item) })
		v.MayTake = s.State != "done" && (s.AskedBy == l.by().Account || s.AskedFor == l.by().Account)
		l.out.Sides = append(l.out.Sides, v)
	}
	return nil
}

func (l looking) gatherings(ctx context.Context, subject string) error {
	rows, err := db.All[Gathering](ctx, l.tx, selectGathering+`WHERE subject = $1 AND state <> 'removed' ORDER BY id LIMIT 200`, subject)
	path := map[string]string{}
	for _, t := range l.out.Tasks {
		path[t.ID] = t.OfficePath
	}
	for _, g := range rows {
		head := path[g.TaskID] != "" && l.t.needs.Rights.Check(l.by(), ActMove, actor.Target{OfficePath: path[g.TaskID], Item: l.matter.Item}) == nil
		l.out.Gatherings = append(l.out.Gatherings, GatheringView{g, g.State == "open" && (head || g.HostBy == l.by().Account || g.HostFor == l.by().Account)})
	}
	return err
}

func (l looking) copies(ctx context.Context, subject string) error {
	rows, err := db.All[Copy](ctx, l.tx, selectCopy+`WHERE subject = $1 ORDER BY id LIMIT 200`, subject)
	if err != nil {
		return err
	}
	for _, c := range rows {
		v, err := l.t.copyView(c, l.by(), l.names)
		if err != nil {
			return err
		}
		l.out.Copies = append(l.out.Copies, v)
	}
	return nil
}

func (t *Tasks) copyView(c Copy, by actor.Actor, n *names) (CopyView, error) {
	words, err := t.unseal(c.ID, c.Words)
	v := CopyView{Copy: c, Note: string(words), Who: c.OfficeName, MayRead: c.ReadBy == "" && c.sentTo(by)}
	if c.Account != "" {
		v.Who += " " + n.of(c.Account)
	}
	return v, err
}

func (l looking) events(ctx context.Context, subject string) error {
	rows, err := db.All[TaskEvent](ctx, l.tx, `SELECT id, task_id, verb, node, target, words, document, actor, actor_for, post, office_path, at FROM workflow_task_event
WHERE subject = $1 ORDER BY id LIMIT 200`, subject)
	if err != nil {
		return err
	}
	for _, e := range rows {
		words, err := l.t.unseal(e.ID, e.Words)
		if err != nil {
			return err
		}
		text, err := l.t.unseal(e.ID, e.Document)
		if err != nil {
			return err
		}
		l.out.Events = append(l.out.Events, EventView{e, string(words), string(text), l.names.of(e.Actor), l.names.of(e.ActorFor)})
	}
	return nil
}

// Document returns the text of a letter or record by the line of history it belongs to, in the caller's transaction; fault.NotFound without one.
func (t *Tasks) Document(ctx context.Context, tx *db.Tx, event string) (string, error) {
	sealed, err := db.One[[]byte](ctx, tx, `SELECT document FROM workflow_task_event WHERE id = $1 AND document IS NOT NULL`, event)
	if errors.Is(err, db.ErrNotFound) {
		return "", errNoTask
	}
	if err != nil {
		return "", err
	}
	text, err := t.unseal(event, sealed)
	return string(text), err
}

// names looks up how officers are called, each once.
type names struct {
	ctx   context.Context
	tx    *db.Tx
	t     *Tasks
	known map[string]string
	err   error
}

func (t *Tasks) names(ctx context.Context, tx *db.Tx) *names {
	return &names{ctx: ctx, tx: tx, t: t, known: map[string]string{"": ""}}
}

// of returns a name, "" for who is no officer any more.
func (n *names) of(account string) string {
	if name, ok := n.known[account]; ok || n.err != nil {
		return name
	}
	o, err := n.t.needs.People.Officer(n.ctx, n.tx, account)
	if err != nil && !fault.Is(err, fault.NotFound) {
		n.err = err
	}
	n.known[account] = o.Name
	return o.Name
}
