package item

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// The actions rights are asked for.
const (
	ActPublish = "item.publish" // a new version of a base item; its pause, its end
	ActClaim   = "item.claim"   // an entry of an office
	ActImprove = "item.improve" // what an entry says differently; its pause, its end
	ActDraft   = "item.draft"   // writing drafts, of a department's offices for its items
	ActReview  = "item.review"  // publishing or returning what others wrote
	ActTrace   = "item.trace"   // reading who changed what
	ActImport  = "item.import"  // tables from outside into the library
)

// Access says who may do what, each within the subtree of the duty.
func Access() []actor.Grant {
	return []actor.Grant{
		{Action: ActPublish, Roles: []string{"keeper"}},
		{Action: ActClaim, Roles: []string{"keeper"}},
		{Action: ActImport, Roles: []string{"keeper"}},
		{Action: ActImprove, Roles: []string{"keeper", "chief"}},
		{Action: ActDraft, Roles: []string{"keeper", "chief"}},
		{Action: ActTrace, Roles: []string{"keeper", "chief", "auditor"}},
		{Action: ActReview, Roles: []string{"keeper"}},
	}
}

// KeepsProvince tells whether by keeps the province's library: its base items, elements and rules. For pages that show what may be done; what is
// done is checked again.
func (s *Service) KeepsProvince(by actor.Actor) bool { return s.mayKeep(by, ActPublish, "") == nil }

// KeepsAny tells whether by keeps the library of any office.
func (s *Service) KeepsAny(by actor.Actor) bool { return len(s.needs.Rights.Reach(by, ActImprove)) > 0 }

// limited tells whether one of the duties is for certain items only: its reach says less than a check of each row.
func limited(by actor.Actor) bool {
	return slices.ContainsFunc(by.Duties, func(d actor.Duty) bool { return len(d.Items) > 0 })
}

// mayAll asks for a right over all items of an office. A target without an item passes for any of them, so duties for certain items do not count.
func (s *Service) mayAll(by actor.Actor, action, path string) error {
	by.Duties = slices.DeleteFunc(slices.Clone(by.Duties), func(d actor.Duty) bool { return len(d.Items) > 0 })
	return s.needs.Rights.Check(by, action, actor.Target{OfficePath: path})
}

// itemOf returns the base code of what a to-do or report is about: a base item, an entry or a draft. What is none of them stays as it is, which no
// duty for certain items covers.
func itemOf(ctx context.Context, tx *db.Tx, object string) (string, error) {
	switch len(object) {
	case 12:
		return object, nil
	case 31:
		list, err := statedEntries(ctx, tx, []string{object})
		if err != nil {
			return "", fmt.Errorf("reading the entry: %w", err)
		}
		if len(list) == 1 {
			return list[0].BaseCode, nil
		}
	default:
		d, err := draftByID(ctx, tx, object)
		if err == nil {
			return d.BaseCode, nil
		}
		if !errors.Is(err, db.ErrNotFound) {
			return "", fmt.Errorf("reading the draft: %w", err)
		}
	}
	return object, nil
}

// MayImport refuses who may not read tables from outside into the library. [Service.Import] asks it too: ask before anything is received for it.
func (s *Service) MayImport(by actor.Actor) error { return s.mayAll(by, ActImport, "22") }
