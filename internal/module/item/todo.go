package item

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// TodoKind is why something waits for a keeper.
type TodoKind string

// The kinds.
const (
	PowerAdjusted  TodoKind = "power"     // a power of the item was adopted, changed, suspended or abolished: the item must follow
	GuideDisputed  TodoKind = "feedback"  // a reader says that a guide is wrong
	EntryDeviates  TodoKind = "deviation" // an imported entry says something else than its base
	DraftSubmitted TodoKind = "draft"     // a draft waits for its review
	DraftBack      TodoKind = "returned"  // a draft came back to who wrote it
	ProposalMade   TodoKind = "proposal"  // somebody proposed what another must approve; said is what it is about
	EntryFallen    TodoKind = "fallen"    // a new version of the base item does not name the entry any more: it ended; said is the item's name
	EntryBack      TodoKind = "back"      // a new version names it again: it stands as before
	StepsRefused   TodoKind = "refused"   // some items of a proposal could not be published; said is what it is about
	PlanVoid       TodoKind = "plan"      // a planned change of state could not be made on its day; said is the key of the refusal
)

// Todo is one thing that waits for a keeper, until somebody closes it with an answer.
type Todo struct {
	ID         string
	OfficePath string // whose keepers see it; "22" is the province's
	Kind       TodoKind
	Object     string // code of the base item (12 digits) or entry (31 characters), or id of the draft
	Cause      string // what brought it up: the same cause asks once as long as it is open
	Said       string // a few words: what the reader wrote; for [PowerAdjusted] see [Todo.Adjustment]
	OpenedAt   time.Time
	OpenedBy   string // actor's name; "" for a stranger
}

// OpenTodo has a keeper asked, within the caller's transaction. What is open already for the same kind, object and cause stays as it is.
func (s *Service) OpenTodo(ctx context.Context, tx *db.Tx, t Todo) error {
	if err := insertTodo(ctx, tx, t, db.NewKey()); err != nil {
		return fmt.Errorf("opening a to-do: %w", err)
	}
	return nil
}

// Todos lists what waits within by's reach, oldest first, at most limit (≤ [Most]) after the id of the last row seen. fault.Forbidden for who
// keeps nothing.
func (s *Service) Todos(ctx context.Context, by actor.Actor, kind TodoKind, after string, limit int) ([]Todo, error) {
	reach := s.needs.Rights.Reach(by, ActImprove)
	if len(reach) == 0 {
		return nil, fault.New(fault.Forbidden, "item.keepers_only")
	}
	var list []Todo
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		list, err = waitingTodos(ctx, tx, reach, kind, after, min(limit, Most))
		return err
	})
	return list, err
}

// CloseTodo answers what waits. fault.NotFound "item.todo_gone" when it is closed already or beyond by's reach; fault.Invalid when nothing is
// answered, or more than [LongestFeedback].
func (s *Service) CloseTodo(ctx context.Context, by actor.Actor, id, answer string) error {
	refusal := fault.New(fault.Invalid, "item.answer_todo")
	switch n := utf8.RuneCountInString(answer); {
	case n == 0:
		refusal.Field("answer", "item.nothing_said")
	case n > LongestFeedback:
		refusal.Field("answer", "item.feedback.too_long", LongestFeedback)
	}
	if err := refusal.OrNil(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := waitingTodo(ctx, tx, id)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "item.todo_gone")
		}
		if err != nil {
			return fmt.Errorf("reading a to-do: %w", err)
		}
		code, err := itemOf(ctx, tx, t.Object)
		if err != nil {
			return err
		}
		if s.needs.Rights.Check(by, ActImprove, actor.Target{OfficePath: t.OfficePath, Item: code}) != nil {
			return fault.New(fault.NotFound, "item.todo_gone")
		}
		if t.Kind == GuideDisputed {
			// The reader waits for the same answer.
			f, err := feedbackByID(ctx, tx, t.Cause)
			if err == nil && f.ClosedAt.IsZero() {
				err = s.closeFeedback(ctx, tx, by, f, answer)
			}
			if err != nil && !errors.Is(err, db.ErrNotFound) {
				return err
			}
		}
		return s.closeTodos(ctx, tx, by, t, answer)
	})
}

// closeTodos closes one to-do with its leaf.
func (s *Service) closeTodos(ctx context.Context, tx *db.Tx, by actor.Actor, t Todo, answer string) error {
	n, err := closeTodo(ctx, tx, t.ID, by.Name(), answer)
	if err != nil {
		return fmt.Errorf("closing a to-do: %w", err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "item.todo_gone")
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.todo_closed", Actor: by.Name(), Office: by.OfficePath, Object: "item:" + t.Object,
		Data: map[string]any{"kind": t.Kind}})
}
