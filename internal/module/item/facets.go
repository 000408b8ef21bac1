package item

import (
	"context"
	"slices"
)

// Facets says how many items each value of a filter would leave, all other filters of the query staying as they are.
type Facets struct {
	Audience   map[string]int
	Kind       map[string]int
	Theme      map[string]int
	LifeEvent  map[string]int
	Department map[string]int
	Level      map[int]int
	Depth      map[int]int
	Zone       map[string]int
}

// Facets counts base items for the filters of a query; Region, After and Limit are not looked at. It reads the catalogue in memory once.
func (s *Service) Facets(ctx context.Context, q Query) (Facets, error) {
	f := Facets{Audience: map[string]int{}, Kind: map[string]int{}, Theme: map[string]int{}, LifeEvent: map[string]int{}, Department: map[string]int{},
		Level: map[int]int{}, Depth: map[int]int{}, Zone: map[string]int{}}
	c, err := s.current(ctx)
	if err != nil {
		return f, err
	}
	// Without its filters the query says which items there are to choose from.
	for _, b := range c.match(Query{Text: q.Text, Base: q.Base}) {
		f.count(b, q)
	}
	return f, nil
}

func (f *Facets) count(b *Base, q Query) {
	without := func(drop func(*Query)) bool {
		rest := q
		drop(&rest)
		return rest.wants(b)
	}
	if without(func(q *Query) { q.Audience = "" }) {
		for _, a := range b.Audience {
			f.Audience[string(a)]++
		}
	}
	if without(func(q *Query) { q.Kind = "" }) {
		f.Kind[string(b.Kind)]++
	}
	if without(func(q *Query) { q.Theme = "" }) {
		tally(f.Theme, b.Themes)
	}
	if without(func(q *Query) { q.LifeEvent = "" }) {
		tally(f.LifeEvent, b.LifeEvents)
	}
	if without(func(q *Query) { q.Department = "" }) {
		f.Department[b.Department]++
	}
	if without(func(q *Query) { q.Level = 0 }) {
		tally(f.Level, b.Levels)
	}
	if without(func(q *Query) { q.Depth = 0 }) {
		tally(f.Depth, b.Depth)
	}
	if without(func(q *Query) { q.Zone = "" }) {
		tally(f.Zone, b.Zones)
	}
}

// tally counts each value once.
func tally[K comparable](counts map[K]int, values []K) {
	for i, v := range values {
		if !slices.Contains(values[:i], v) {
			counts[v]++
		}
	}
}
