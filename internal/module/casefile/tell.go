package casefile

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Word is what somebody tells the process of a case, which waits for it.
type Word struct {
	Number string
	Event  string // one of [View.Awaited]
	Text   string // what happened; an officer must say it
}

// Tell lets the process of a case go on that waits for word: that an applicant put right what was found on the spot, that somebody objected to what was
// made public. fault.Conflict "casefile.word_not_awaited" when nothing waits for it from by, as when it was told before.
func (s *Service) Tell(ctx context.Context, by actor.Actor, in Word) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := byNumber(ctx, tx, in.Number)
		if err != nil {
			return err
		}
		if err := s.visible(ctx, tx, by, c); err != nil {
			return err
		}
		list, err := s.awaited(ctx, tx, by, c)
		if err != nil {
			return err
		}
		gone := fault.New(fault.Conflict, "casefile.word_not_awaited")
		i := slices.IndexFunc(list, func(a workflow.Awaited) bool { return a.Event == in.Event })
		if i < 0 {
			return gone
		}
		if err := saidOf(by, in.Text); err != nil {
			return err
		}
		found, err := s.needs.Flows.Correlate(ctx, tx, workflow.Message{Name: list[i].Name, Key: c.ID})
		if err != nil {
			return err
		}
		if !found {
			return gone
		}
		seen := c.Version
		c.Version++
		if err := move(ctx, tx, c, seen); err != nil {
			return err
		}
		text := list[i].Title
		if in.Text != "" {
			text += "：" + in.Text
		}
		return s.record(ctx, tx, by, c, Event{Action: Tell, State: c.State, Comment: text}, "case.told", map[string]any{"event": in.Event})
	})
}

func saidOf(by actor.Actor, text string) error {
	n := len([]rune(text))
	if n > longestComment || n == 0 && by.Kind == actor.Officer {
		return fault.New(fault.Invalid, "casefile.bad_step").Field("comment", "casefile.tell_text", longestComment)
	}
	return nil
}

// awaited are the messages the process of a case waits for that by may tell.
func (s *Service) awaited(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case) ([]workflow.Awaited, error) {
	if !c.ClosedAt.IsZero() {
		return nil, nil
	}
	list, err := s.needs.Flows.Awaited(ctx, tx, c.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	offices, err := s.needs.Flows.TaskOffices(ctx, tx, c.ID)
	offices = append(offices, c.OfficePath)
	return slices.DeleteFunc(list, func(a workflow.Awaited) bool {
		if a.From == "applicant" {
			return !owns(by, c) && !s.receivedBy(by, c)
		}
		return by.Kind != actor.Officer || !slices.ContainsFunc(offices, func(path string) bool {
			return workflow.MayTake(by, workflow.OpenTask{Role: a.From, OfficePath: path}, c.BaseCode)
		})
	}), err
}
