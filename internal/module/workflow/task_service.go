package workflow

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// Tasks lets officers do with tasks what an office does with its work besides completing it. Tokens move only when everybody who must sign has
// signed. Safe for concurrent use.
type Tasks struct {
	db    *db.DB
	flows *Service
	needs TaskNeeds
}

// NewTasks returns the service and lets s know of it.
func NewTasks(d *db.DB, s *Service, n TaskNeeds) *Tasks {
	s.tasks = &Tasks{db: d, flows: s, needs: n}
	return s.tasks
}

// what a verb is done with.
type what int

const (
	onTask what = iota
	onSide
	onCopy
	onGathering
)

// rule is how a verb is done.
type rule struct {
	on   what
	said bool // words are needed
	do   func(c *command, ctx context.Context, tx *db.Tx) error
	leaf string
}

// rules lists every verb. docs/audit-events.md describes the leaves.
var rules map[Verb]rule

func init() {
	rules = map[Verb]rule{
		Claim: {onTask, false, (*command).claim, "task.claimed"}, Release: {onTask, false, (*command).release, "task.released"},
		Transfer: {onTask, false, (*command).transfer, "task.transferred"}, Forward: {onTask, true, (*command).forward, "task.forwarded"},
		Delegate: {onTask, false, (*command).delegate, "task.delegated"}, Cosign: {onTask, false, (*command).cosign, "task.cosigners_added"},
		Remove: {onSide, false, (*command).remove, "task.cosigner_removed"}, Answer: {onSide, false, (*command).answer, "task.answered"},
		CopyTo: {onTask, false, (*command).copyTo, "task.copied"}, ReadCopy: {onCopy, false, (*command).readCopy, "task.copy_read"},
		Withdraw: {onTask, false, (*command).withdraw, "task.withdrawn"}, SendBack: {onTask, true, (*command).sendBack, "task.sent_back"},
		Urge: {onTask, false, (*command).urge, "task.urged"}, Ask: {onTask, true, (*command).ask, "task.opinion_asked"},
		Invite: {onTask, true, (*command).invite, "task.invited"}, Record: {onGathering, true, (*command).record, "task.recorded"},
	}
}

// command is a verb under way inside its transaction.
type command struct {
	t      *Tasks
	by     actor.Actor // who acts; a deputy as whom he stands in for
	verb   Verb
	in     Order
	task   taskRow
	side   Side
	copy   Copy
	gather Gathering
	matter Concern

	made     []string
	target   string // to whom, in words, for the history
	document string // text of a letter or record
	letter   LetterKind
	ref      string // id of the request or gathering the letter is about
	data     map[string]any
	nothing  bool // it was so already
}

// taskRow is a task as the table has it.
type taskRow struct {
	OpenTask
	InstanceID   string
	DefinitionID string
	State        string
	DoneAt       time.Time
	DoneBy       string
	DoneFor      string
	Outcome      string
	Given        string // values for the variables of the process, while others sign after it; JSON
}

// Most of what one order may name, and how long its words may be.
const (
	mostAddressees = 20
	mostWords      = 2000
	mostDays       = 60
	usualDays      = 5
)

// Do does a verb with the task, side task, copy or gathering id. fault.NotFound for who may not know of it, fault.Forbidden for who may not do it,
// fault.Conflict when somebody was faster or it was done before, fault.Invalid by field for what is missing. With a key the same is done once.
func (t *Tasks) Do(ctx context.Context, by actor.Actor, verb Verb, id string, in Order, key once.Params) (Result, error) {
	r, ok := rules[verb]
	if !ok {
		return Result{}, fault.New(fault.NotFound, "workflow.task_no_command")
	}
	if !by.SignedIn() {
		return Result{}, fault.New(fault.Unauthenticated, "workflow.task_sign_in")
	}
	if by.Kind != actor.Officer && verb != Urge {
		return Result{}, fault.New(fault.Forbidden, "workflow.task_officers_only")
	}
	in.Words = strings.TrimSpace(in.Words)
	result, _, err := once.Do(ctx, t.db, key, func(tx *db.Tx) (Result, error) {
		c := &command{t: t, by: by, verb: verb, in: in, data: map[string]any{}}
		return c.run(ctx, tx, r, id)
	})
	return result, err
}

// SendBack sends a task's process back to an earlier step, or with [ToApplicant] to who applied. The reason is needed.
func (t *Tasks) SendBack(ctx context.Context, by actor.Actor, task, toNode, reason string) error {
	_, err := t.Do(ctx, by, SendBack, task, Order{Node: toNode, Words: reason}, once.Params{})
	return err
}

func (c *command) run(ctx context.Context, tx *db.Tx, r rule, id string) (Result, error) {
	if err := c.load(ctx, tx, r.on, id); err != nil {
		return Result{}, err
	}
	wrong := fault.New(fault.Invalid, "workflow.task_bad_order")
	if n := utf8.RuneCountInString(c.in.Words); r.said && n == 0 {
		wrong.Field("words", "workflow.task_words_missing")
	} else if n > mostWords {
		wrong.Field("words", "workflow.task_words_long", mostWords)
	}
	if len(c.in.To) > mostAddressees {
		wrong.Field("to", "workflow.task_too_many", mostAddressees)
	}
	if err := wrong.OrNil(); err != nil {
		return Result{}, err
	}
	if c.in.Version != 0 && c.in.Version != c.task.Version {
		return Result{}, errGone
	}
	if err := r.do(c, ctx, tx); err != nil {
		return Result{}, err
	}
	out := Result{Task: c.task.ID, Number: c.matter.Number, Made: c.made}
	if c.nothing {
		return out, nil
	}
	return out, c.write(ctx, tx, r.leaf)
}

// write writes what every verb writes: a line of history and a leaf; a letter is told to others.
func (c *command) write(ctx context.Context, tx *db.Tx, leaf string) error {
	id := db.NewKey()
	words, err := c.t.seal(id, c.in.Words)
	if err != nil {
		return err
	}
	document, err := c.t.seal(id, c.document)
	if err != nil {
		return err
	}
	err = tx.Later(ctx, `INSERT INTO workflow_task_event (id, task_id, subject, verb, node, target, words, document, actor, actor_for, post, office_path, at)
VALUES (`+db.In(13, 1)+`)`, id, c.task.ID, c.task.Subject, string(c.verb), c.task.Name, c.target, words, document, c.by.Name(), c.by.Behalf, c.by.Post, c.by.OfficePath, tx.Now)
	if err != nil {
		return err
	}
	if c.letter != "" {
		if err := c.t.needs.Events.Emit(ctx, tx, LetterMade{Event: id, Subject: c.task.Subject, Kind: c.letter, Ref: c.ref}); err != nil {
			return err
		}
	}
	return c.t.leaf(ctx, tx, c.by, c.matter, leaf, c.task.Node, c.data)
}

// leaf writes a leaf about the matter of a task.
func (t *Tasks) leaf(ctx context.Context, tx *db.Tx, by actor.Actor, m Concern, kind, node string, data map[string]any) error {
	data["node"] = node
	if by.Behalf != "" {
		data["for"] = by.Behalf
	}
	return t.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Subject: m.Owner, Object: "case:" + m.Number, Basis: m.Name, Data: data})
}

// internal tells whether completing the task binds nobody outside.
func (t *Tasks) internal(action string) bool { return slices.Contains(t.needs.Internal, action) }
