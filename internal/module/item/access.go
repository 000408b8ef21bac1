package item

import "xiangyun/internal/gov/actor"

// The actions rights are asked for.
const (
	ActPublish = "item.publish" // a new version of a base item; its pause, its end
	ActClaim   = "item.claim"   // an entry of an office
	ActImprove = "item.improve" // what an entry says differently; its pause, its end
	ActDraft   = "item.draft"   // writing drafts, of a department's offices for its items
	ActReview  = "item.review"  // publishing or returning what others wrote
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
		{Action: ActReview, Roles: []string{"keeper"}},
	}
}

// KeepsProvince tells whether by keeps the province's library: its base items, elements and rules. For pages that show what may be done; what is
// done is checked again.
func (s *Service) KeepsProvince(by actor.Actor) bool { return s.mayKeep(by, ActPublish, "") == nil }

// KeepsAny tells whether by keeps the library of any office.
func (s *Service) KeepsAny(by actor.Actor) bool { return len(s.needs.Rights.Reach(by, ActImprove)) > 0 }

// MayImport refuses who may not read tables from outside into the library. [Service.Import] asks it too: ask before anything is received for it.
func (s *Service) MayImport(by actor.Actor) error { return s.mayKeep(by, ActImport, "") }
