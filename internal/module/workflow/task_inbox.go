package workflow

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// After is where a page of an inbox begins: behind this rank, due date and task. The zero value begins at the beginning.
type After struct {
	DueOn, ID string
	Rank      int
}

// After is where the page behind this task begins.
func (t OpenTask) After() After { return After{DueOn: t.DueOn, ID: t.ID, Rank: t.Rank} }

// Inbox returns the open tasks of by's posts and those he holds, urged ones first, then the most urgent. Each post is one range of one index, so
// the cost does not grow with what others have to do.
func (s *Service) Inbox(ctx context.Context, tx *db.Tx, by actor.Actor, after After, limit int) ([]OpenTask, error) {
	return s.InboxOf(ctx, tx, []actor.Actor{by}, after, limit)
}

// InboxOf is Inbox for an officer and those he stands in for, himself first; side tasks are among the tasks. What several may do is shown once,
// for the first of them.
func (s *Service) InboxOf(ctx context.Context, tx *db.Tx, list []actor.Actor, after After, limit int) ([]OpenTask, error) {
	return gather(ctx, tx, rangesOf(list, true), list, after, limit)
}

// HeldBy is InboxOf without what belongs to a whole post: what they took themselves or were given by name.
func (s *Service) HeldBy(ctx context.Context, tx *db.Tx, list []actor.Actor, after After, limit int) ([]OpenTask, error) {
	return gather(ctx, tx, rangesOf(list, false), list, after, limit)
}

// span is one range of an index.
type span struct {
	actor  int
	side   bool
	holder string // or else a post
	path   string
	role   string
}

// mostSpans bounds how many ranges an inbox has.
const mostSpans = 60

func rangesOf(list []actor.Actor, posts bool) (out []span) {
	seen := map[span]bool{}
	add := func(i int, s span) {
		if seen[s] || len(out) == mostSpans {
			return
		}
		seen[s] = true
		s.actor = i
		out = append(out, s)
	}
	for i, a := range list {
		account := a.Account
		if a.Behalf != "" {
			account = a.Behalf
		}
		for _, side := range []bool{false, true} {
			add(i, span{side: side, holder: account})
		}
		if !posts {
			continue
		}
		for _, d := range a.Duties {
			for _, side := range []bool{false, true} {
				add(i, span{side: side, path: d.OfficePath, role: d.Role})
			}
		}
	}
	return out
}

const (
	taskRange = `SELECT ` + taskColumns + `, ` + standingColumns + `, '' AS kind, %d AS actor FROM workflow_task t WHERE t.state = 'open' AND `
	sideRange = `SELECT t.id, t.subject, '' AS node, '' AS name, '' AS action, t.role, t.office_id, t.office_path, t.office_name, t.title, t.number, t.due_on, t.opened_at, t.task_id AS token_id,
0 AS version, t.account AS holder, t.rank, 0 AS blocks, 0 AS follows, 0 AS sides, 0 AS urged, '' AS barred, t.kind, %d AS actor FROM workflow_side t WHERE t.state = 'open' AND `
)

// gather reads the ranges with one statement, each no further than the page.
func gather(ctx context.Context, tx *db.Tx, spans []span, list []actor.Actor, after After, limit int) ([]OpenTask, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	if after.ID == "" && after.DueOn == "" {
		after.Rank = -2 // before those that were urged
	}
	type row struct {
		OpenTask
		Actor int
	}
	var parts []string
	var args []any
	bind := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	for _, s := range spans {
		text, holder := taskRange, "t.holder"
		if s.side {
			text, holder = sideRange, "t.account"
		}
		text = fmt.Sprintf(text, s.actor)
		if s.path != "" {
			text += holder + ` = '' AND t.office_path = ` + bind(s.path) + ` AND t.role = ` + bind(s.role)
		} else {
			text += holder + ` <> '' AND ` + holder + ` = ` + bind(s.holder)
		}
		text += ` AND (t.rank, t.due_on, t.id) > (` + bind(after.Rank) + `, ` + bind(after.DueOn) + `, ` + bind(after.ID) + `) ORDER BY t.rank, t.due_on, t.id LIMIT ` + bind(limit)
		parts = append(parts, `SELECT * FROM (`+text+`) AS part`)
	}
	rows, err := db.All[row](ctx, tx, strings.Join(parts, "\nUNION ALL\n"), args...)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		switch {
		case a.Rank != b.Rank:
			return a.Rank < b.Rank
		case a.DueOn != b.DueOn:
			return a.DueOn < b.DueOn
		case a.ID != b.ID:
			return a.ID < b.ID
		}
		return a.Actor < b.Actor
	})
	var out []OpenTask
	for i, r := range rows {
		if i > 0 && r.ID == rows[i-1].ID {
			continue
		}
		r.For = list[r.Actor].Behalf
		out = append(out, r.OpenTask)
	}
	return out[:min(len(out), limit)], nil
}

// Suits tells whether a task of an inbox is by's, his items included.
func (t OpenTask) Suits(by actor.Actor, item string) bool {
	if t.Kind != "" && t.Holder != "" {
		return !t.heldFrom(by)
	}
	return MayTake(by, t, item)
}

// Touched tells whether an office a duty of by reaches has or had a task of the subject, or he himself or his office was asked about it or sent a
// copy.
func (s *Service) Touched(ctx context.Context, tx *db.Tx, by actor.Actor, subject string) (bool, error) {
	type row struct{ OfficePath, Account string }
	rows, err := db.All[row](ctx, tx, `SELECT office_path, '' AS account FROM workflow_task WHERE subject = $1
UNION SELECT office_path, account FROM workflow_side WHERE subject = $2 AND state IN ('open', 'done')
UNION SELECT office_path, account FROM workflow_copy WHERE subject = $3`, subject, subject, subject)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.Account != "" {
			if r.Account == by.Account || r.Account == by.Behalf {
				return true, nil
			}
			continue
		}
		for _, d := range by.Duties {
			if strings.HasPrefix(r.OfficePath, d.OfficePath) {
				return true, nil
			}
		}
	}
	return false, nil
}
