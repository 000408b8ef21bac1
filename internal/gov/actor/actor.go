// Package actor says who acts (操作主体): every use case of Xiangyun takes one.
//
// An [Actor] is a person, an officer or the system itself, with the duties an officer holds at this moment. It is built at the
// edge from a session or a token and handed down by value; a domain asks for rights through its Rights need and never trusts a
// name. [Grant] is how a module says which roles may do what: the table in its access.go. [Target] is what is acted upon.
package actor

import (
	"context"
	"log/slog"

	"xiangyun/internal/gov/region"
)

// Kind says what sort of actor acts.
type Kind string

// The kinds. Nobody is the zero value: a stranger who has not signed in.
const (
	Nobody  Kind = ""
	Person  Kind = "person"  // a natural person, for himself or for a company he is an agent of
	Officer Kind = "officer" // someone at work in an office, the three administrators included
	System  Kind = "system"  // the program itself: a timer, a subscriber, an import
)

// Actor is who acts. Its fields are identifiers, never personal numbers.
type Actor struct {
	Kind       Kind
	Account    string      // account id; "" for the system
	Subject    string      // id of the natural person behind the account; "" for the system
	Company    string      // subject id of the company a person acts for; "" when for himself
	Office     string      // office id of the officer's main post
	OfficePath string      // its path: a prefix is a subtree
	Region     region.Code // of the office, or where the person lives
	Post       string      // what others may read of an officer: office and role, no name
	Level      int         // real-name level (实名等级) 0 to 4
	Duties     []Duty      // what an officer may do, now
	Session    string      // what the act is logged under; not secret
	Behalf     string      // account of the absent officer a deputy stands in for (代理); "" when he acts for himself
}

// Duty is one role in one office subtree (岗位职责).
type Duty struct {
	Role       string
	Office     string
	OfficePath string
	Items      []string // base codes the duty is limited to; empty means all
}

// Target is what is acted upon, as far as rights depend on it. The zero Target is "no particular thing".
type Target struct {
	OfficePath string // of the office that owns the thing
	Item       string // base code of the item, when there is one
	Subject    string // whose thing it is: a person or company
}

// Grant is one line of a module's access.go: these roles may do this action, each within its duty's subtree.
type Grant struct {
	Action string   // "case.accept"
	Roles  []string // "window", "chief"; [Anyone] is a signed-in person, [Owner] the subject of the target
}

// Roles that are not posts.
const (
	Owner  = "owner"  // the person or company the target belongs to
	Anyone = "anyone" // any signed-in person
)

// Program is the actor of timers, subscribers and imports; name says which.
func Program(name string) Actor { return Actor{Kind: System, Session: name, Post: name} }

// For returns who the act is for: the company, or else the person. It is "" for officers and the system.
func (a Actor) For() string {
	if a.Kind != Person {
		return ""
	}
	if a.Company != "" {
		return a.Company
	}
	return a.Subject
}

// SignedIn tells whether somebody is behind the actor.
func (a Actor) SignedIn() bool { return a.Kind == Person || a.Kind == Officer }

// Has tells whether one of the officer's duties is this role.
func (a Actor) Has(role string) bool {
	for _, d := range a.Duties {
		if d.Role == role {
			return true
		}
	}
	return false
}

// Name is what logs and history rows store: the account id, or the program's name.
func (a Actor) Name() string {
	if a.Kind == System {
		return "system:" + a.Session
	}
	return a.Account
}

// LogValue keeps a logged actor short and free of personal data.
func (a Actor) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(a.Kind)), slog.String("name", a.Name()))
}

type contextKey struct{}

// WithContext returns a context that carries a, for the edge only: use cases take the actor as a parameter.
func WithContext(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// FromContext returns the actor the edge put there; the zero Actor when there is none.
func FromContext(ctx context.Context) Actor {
	a, _ := ctx.Value(contextKey{}).(Actor)
	return a
}
