// Package event tells other modules that something is done, without waiting for them.
//
// [Bus.Emit] writes one job per subscriber in the emitter's own transaction, so an event exists exactly when what it tells of does.
// Each subscriber then runs later in a transaction of its own, at least once, and must be idempotent; a failing subscriber is
// retried by itself and holds up no other. Events of one thing may reach a subscriber out of order: carry what is needed, or read
// the thing again.
//
// Events hold keys, not personal data: they rest in the job table.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// Event is a fact in the past tense: casefile.Approved. Its name is stable, since jobs under way carry it: "casefile.approved".
type Event interface{ EventName() string }

// Bus knows who subscribes to what. All subscriptions are made at start-up, in assembly.
type Bus struct {
	queue       *job.Queue
	mu          sync.RWMutex
	subscribers map[string][]string // event name → job kinds
}

// New returns a bus that runs its subscribers on q.
func New(q *job.Queue) *Bus {
	return &Bus{queue: q, subscribers: map[string][]string{}}
}

// Emit records e for every subscriber, in the caller's transaction. Without subscribers it does nothing.
func (b *Bus) Emit(ctx context.Context, tx *db.Tx, e Event) error {
	b.mu.RLock()
	kinds := b.subscribers[e.EventName()]
	b.mu.RUnlock()
	if len(kinds) == 0 {
		return nil
	}
	jobs := make([]job.Pending, len(kinds))
	for i, kind := range kinds {
		p, err := job.NewPending(kind, e)
		if err != nil {
			return fmt.Errorf("emitting %s: %w", e.EventName(), err)
		}
		jobs[i] = p
	}
	return b.queue.InsertAll(ctx, tx, jobs)
}

// On subscribes f to events of type E under a stable name, "cert.issue".
func On[E Event](b *Bus, subscriber string, f func(ctx context.Context, e E) error) {
	var zero E
	kind := "event:" + zero.EventName() + ":" + subscriber
	b.queue.HandleRaw(kind, func(ctx context.Context, body json.RawMessage) error {
		var e E
		if err := json.Unmarshal(body, &e); err != nil {
			return job.Cancel(fmt.Errorf("decoding %s: %w", zero.EventName(), err))
		}
		return f(ctx, e)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers[zero.EventName()] = append(b.subscribers[zero.EventName()], kind)
}
