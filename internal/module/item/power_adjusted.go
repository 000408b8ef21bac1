package item

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/db"
)

// begunCause ends the cause of a to-do that is opened when the first day of an adjustment has come.
const begunCause = ":begun"

// FollowPower asks the province's keepers to follow an adjustment of the list of powers: a to-do for every base item that rests on the power, or
// one to make an item of a power that has none. It is told when a version is published and, if that lies ahead, again on its first day; each is
// asked once, however often it is told.
func (s *Service) FollowPower(ctx context.Context, by actor.Actor, e power.Adjusted) error {
	objects, err := s.concerned(ctx, e)
	if err != nil || len(objects) == 0 {
		return err
	}
	cause := e.VersionID
	if e.Begun {
		cause += begunCause
	}
	return s.update(ctx, func(tx *db.Tx) error {
		before, err := asked(ctx, tx, PowerAdjusted, cause)
		if err != nil || before {
			return err
		}
		// Whether items are offered follows from the list: pages that were kept say what was so before.
		if err := bumpRevision(ctx, tx); err != nil {
			return fmt.Errorf("counting the revision: %w", err)
		}
		for _, code := range objects {
			err := s.OpenTodo(ctx, tx, Todo{OfficePath: "22", Kind: PowerAdjusted, Object: code, Cause: cause, Said: saidOf(e), OpenedBy: by.Name()})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// concerned are the codes of the base items that must follow: those there are, or the one to be made.
func (s *Service) concerned(ctx context.Context, e power.Adjusted) ([]string, error) {
	bases, err := s.RestingOn(ctx, e.Code)
	if err != nil {
		return nil, fmt.Errorf("looking for items of power %s: %w", e.Code, err)
	}
	codes := make([]string, len(bases))
	for i, b := range bases {
		codes[i] = b.Code()
	}
	if len(codes) == 0 && e.Kind.OnApplication() && (e.Change == power.Adopt || e.Change == power.Resume) {
		codes = append(codes, e.Code)
	}
	return codes, nil
}

// saidOf keeps an adjustment as data, so that pages say it in their reader's language.
func saidOf(e power.Adjusted) string {
	return string(e.Change) + " " + e.From.String() + " " + e.Name
}

// Adjustment is what a to-do of the kind [PowerAdjusted] is about: what was done to which power from when. ok is false for one that says it
// otherwise.
func (t Todo) Adjustment() (change power.Change, from civil.Date, name string, ok bool) {
	parts := strings.SplitN(t.Said, " ", 3)
	if t.Kind != PowerAdjusted || len(parts) < 3 {
		return "", civil.Date{}, "", false
	}
	from, err := civil.Parse(parts[1])
	return power.Change(parts[0]), from, parts[2], err == nil
}
