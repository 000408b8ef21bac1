// Package memo keeps what was read and may be read again: a map with a bound, for values that do not change, or whose change its owner hears of and
// then forgets all. Whatever must be forgotten by itself carries its own end.
package memo

import "sync"

// Memo remembers values by their keys. The zero Memo remembers nothing; make one with [New]. Safe for concurrent use.
type Memo[K comparable, V any] struct {
	most   int
	mu     sync.RWMutex
	values map[K]V
	age    int // how often all was forgotten
}

// New returns a memo of at most this many values. When it is full it forgets all: simple and rare, and what people really ask is soon there again.
func New[K comparable, V any](most int) *Memo[K, V] {
	return &Memo[K, V]{most: most, values: map[K]V{}}
}

// Get returns what is remembered, and the age of the memo, to be handed to [Memo.Put] by whoever reads the value now.
func (m *Memo[K, V]) Get(k K) (v V, ok bool, age int) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok = m.values[k]
	return v, ok, m.age
}

// Put remembers a value, unless all was forgotten since the age it was read at: it may be what was to be forgotten.
func (m *Memo[K, V]) Put(k K, v V, age int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if age != m.age {
		return
	}
	if len(m.values) >= m.most {
		clear(m.values)
	}
	m.values[k] = v
}

// Forget forgets all, and what is being read now.
func (m *Memo[K, V]) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.values)
	m.age++
}
