package workflow

import "fmt"

// Office is where a task can be done.
type Office struct {
	ID   string `json:"id"`
	Path string `json:"path"`
	Name string `json:"name"`
}

// Places are the offices of an instance by the names definitions use: "office", "centre", "township", "opinions".
type Places map[string][]Office

// Token stands at a node. Tokens of one split share a group and say how many there are; the join waits for all.
type Token struct {
	Node   string
	Office Office // of a task
	Group  string
	Of     int
}

// State is a running instance: where its tokens stand. It ended when it has none.
type State struct{ Tokens []Token }

// Effect is what a step asks the store to do.
type Effect struct {
	Open  *Token // a task to offer
	Ended bool
}

// Begin puts the first token on its way.
func (d *Definition) Begin(places Places) (State, []Effect, error) {
	return d.enter(State{}, d.start().Next[0], places, Token{})
}

// Complete takes the token at index i of the state past its task.
func (d *Definition) Complete(s State, i int, places Places) (State, []Effect, error) {
	if i < 0 || i >= len(s.Tokens) || d.nodes[s.Tokens[i].Node] == nil || d.nodes[s.Tokens[i].Node].Kind != Task {
		return s, nil, fmt.Errorf("completing: no token stands at a task there")
	}
	t := s.Tokens[i]
	next := State{Tokens: append(append([]Token{}, s.Tokens[:i]...), s.Tokens[i+1:]...)}
	return d.enter(next, d.nodes[t.Node].Next[0], places, t)
}

// enter moves a token into node id and on until it waits.
func (d *Definition) enter(s State, id string, places Places, from Token) (State, []Effect, error) {
	n := d.nodes[id]
	switch n.Kind {
	case Task:
		return d.offer(s, []*Node{n}, places, n.ID)
	case Split:
		nodes := make([]*Node, len(n.Next))
		for i, next := range n.Next {
			nodes[i] = d.nodes[next]
		}
		return d.offer(s, nodes, places, n.ID)
	case Join:
		arrived := Token{Node: n.ID, Group: from.Group, Of: from.Of}
		s.Tokens = append(s.Tokens, arrived)
		var rest []Token
		here := 0
		for _, t := range s.Tokens {
			if t.Node == n.ID && t.Group == from.Group {
				here++
			} else {
				rest = append(rest, t)
			}
		}
		if here < max(1, from.Of) {
			return s, nil, nil
		}
		s.Tokens = rest
		return d.enter(s, n.Next[0], places, Token{})
	case End:
		if len(s.Tokens) > 0 {
			return s, nil, fmt.Errorf("process %s reached its end while %d tokens wait", d.Key, len(s.Tokens))
		}
		return s, []Effect{{Ended: true}}, nil
	}
	return s, nil, fmt.Errorf("process %s: a token can't enter %s %s", d.Key, n.Kind, id)
}

// offer puts one token at each office of each task node. Several are one group, which the join behind them gathers; a lone task whose place
// has several offices must be followed by a join as well.
func (d *Definition) offer(s State, nodes []*Node, places Places, group string) (State, []Effect, error) {
	var tokens []Token
	for _, n := range nodes {
		offices := places[n.Place]
		if len(offices) == 0 {
			return s, nil, fmt.Errorf("process %s: nobody is at the place %q of task %s", d.Key, n.Place, n.ID)
		}
		for _, o := range offices {
			tokens = append(tokens, Token{Node: n.ID, Office: o})
		}
	}
	joined := d.nodes[nodes[0].Next[0]].Kind == Join
	if len(tokens) > 1 && !joined {
		tokens = tokens[:1] // a task without a join is done once, by the first office of its place
	}
	var effects []Effect
	for i := range tokens {
		if joined {
			tokens[i].Group, tokens[i].Of = group, len(tokens)
		}
		t := tokens[i]
		effects = append(effects, Effect{Open: &t})
	}
	s.Tokens = append(append([]Token{}, s.Tokens...), tokens...)
	return s, effects, nil
}
