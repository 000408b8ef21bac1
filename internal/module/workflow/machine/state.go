package machine

import (
	"maps"
	"slices"
)

// Wait is what a token that stands waits for.
type Wait string

// The waits. A token without one is on its way and never seen outside a step.
const (
	WaitTask     Wait = "task"
	WaitService  Wait = "service"
	WaitEvent    Wait = "event"    // one of its arms
	WaitChild    Wait = "child"    // an instance of another process
	WaitInner    Wait = "inner"    // the scope it owns
	WaitJoin     Wait = "join"     // other tokens
	WaitIncident Wait = "incident" // a keeper
)

// State is where an instance stands. The zero State has not started. It is kept as JSON, so its names are short.
type State struct {
	Last   int     `json:"n"` // the last number given to a token or scope
	Tokens []Token `json:"t,omitempty"`
	Scopes []Scope `json:"s,omitempty"`
	Arms   []Arm   `json:"a,omitempty"`
	Ended  bool    `json:"e,omitempty"`

	Fired map[string]int `json:"f,omitempty"` // how often each timer fired, by its element
}

// Token stands at an element.
type Token struct {
	ID    int    `json:"i"`
	Scope int    `json:"s"`
	At    string `json:"a"`
	Wait  Wait   `json:"w,omitempty"`
	From  string `json:"f,omitempty"` // the flow it came by, while it waits at a join
	Item  int    `json:"x,omitempty"` // of an instance of a multi-instance activity: which, from 1
}

// Scope is a running sub-process, the instances of a multi-instance activity, or the process itself.
type Scope struct {
	ID     int    `json:"i"`
	Parent int    `json:"p,omitempty"`
	Owner  int    `json:"o,omitempty"` // the token that waits for it
	At     string `json:"a,omitempty"` // the owner's element; "" of the process itself
	Loop   *Turns `json:"l,omitempty"`
}

// Turns counts the instances of a multi-instance activity.
type Turns struct {
	Items   []any `json:"x"`
	Begun   int   `json:"b"`
	Done    int   `json:"d,omitempty"`
	Agreed  int   `json:"g,omitempty"`
	Refused int   `json:"r,omitempty"`
}

// Arm is an event that may happen to a token or scope.
type Arm struct {
	Owner int    `json:"o"` // a token, or the scope of an event sub-process
	Event string `json:"e"` // the element
	Fired int    `json:"f,omitempty"`
}

// rootScope is the number of the process's own scope.
const rootScope = 1

func (s State) clone() State {
	s.Tokens, s.Scopes, s.Arms = slices.Clone(s.Tokens), slices.Clone(s.Scopes), slices.Clone(s.Arms)
	s.Fired = maps.Clone(s.Fired)
	for i, c := range s.Scopes {
		if c.Loop != nil {
			turns := *c.Loop
			s.Scopes[i].Loop = &turns
		}
	}
	return s
}

// Token returns a token by its number, nil when it is gone.
func (s *State) Token(id int) *Token {
	for i := range s.Tokens {
		if s.Tokens[i].ID == id {
			return &s.Tokens[i]
		}
	}
	return nil
}

func (s *State) scope(id int) *Scope {
	for i := range s.Scopes {
		if s.Scopes[i].ID == id {
			return &s.Scopes[i]
		}
	}
	return nil
}

// owned returns the scope a token waits for, nil when it has none.
func (s *State) owned(token int) *Scope {
	for i := range s.Scopes {
		if s.Scopes[i].Owner == token {
			return &s.Scopes[i]
		}
	}
	return nil
}

func (s *State) in(scope int) (ids []int) {
	for _, t := range s.Tokens {
		if t.Scope == scope {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

func (s *State) add(t Token) int {
	s.Last++
	t.ID = s.Last
	s.Tokens = append(s.Tokens, t)
	return t.ID
}

func (s *State) open(c Scope) int {
	s.Last++
	c.ID = s.Last
	s.Scopes = append(s.Scopes, c)
	return c.ID
}

func (s *State) remove(token int) {
	s.Tokens = slices.DeleteFunc(s.Tokens, func(t Token) bool { return t.ID == token })
}

func (s *State) shut(scope int) {
	s.Scopes = slices.DeleteFunc(s.Scopes, func(c Scope) bool { return c.ID == scope })
}

// Armed tells whether an event may happen to a token or scope.
func (s *State) Armed(owner int, event string) bool {
	return slices.ContainsFunc(s.Arms, func(a Arm) bool { return a.Owner == owner && a.Event == event })
}
