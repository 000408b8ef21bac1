package job

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the queue's tables.
var Schema = db.Schema{Name: "job", FS: schemaFS}

// Args is what a job is about, kept as JSON. It never holds personal data: it holds keys.
type Args interface{ JobKind() string }

// Option changes how a job is inserted.
type Option func(*Pending)

// Unique keeps a second job of the kind with this key from being inserted while the first waits or runs.
func Unique(key string) Option { return func(p *Pending) { p.unique = key } }

// At makes the job wait until t.
func At(t time.Time) Option { return func(p *Pending) { p.at = t } }

// Attempts changes how often a job is tried; the default is 25, over about three weeks.
func Attempts(n int) Option { return func(p *Pending) { p.attempts = n } }

// Pending is a job about to be inserted.
type Pending struct {
	Kind     string
	Args     json.RawMessage
	unique   string
	at       time.Time
	attempts int
}

// NewPending prepares a job for [Queue.InsertAll].
func NewPending(kind string, args any, options ...Option) (Pending, error) {
	body, err := json.Marshal(args)
	if err != nil {
		return Pending{}, fmt.Errorf("encoding job %s: %w", kind, err)
	}
	p := Pending{Kind: kind, Args: body, attempts: 25}
	for _, o := range options {
		o(&p)
	}
	return p, nil
}

// Queue takes jobs and works on them. Make it with [New], give it handlers, then [Queue.Run] it.
type Queue struct {
	db       *db.DB
	log      *slog.Logger
	node     string
	lease    time.Duration
	workers  int
	hint     chan struct{}
	ended    chan ended
	next     int          // how many jobs the next claim takes, owned by Run
	mu       sync.RWMutex // guards handlers and periods
	handlers map[string]handler
	periods  []*period
}

// handler runs jobs of a kind, several at once when many is set, and returns an outcome for each.
type handler struct {
	many bool
	run  func(ctx context.Context, args []json.RawMessage) []error
}

// New returns a queue on d. Nothing runs before [Queue.Run].
func New(d *db.DB, log *slog.Logger) *Queue {
	return &Queue{db: d, log: log, node: nodeName(), lease: 2 * time.Minute, workers: 8,
		hint: make(chan struct{}, 1), ended: make(chan ended, 64), handlers: map[string]handler{}}
}

// Insert adds a job in the caller's transaction.
func (q *Queue) Insert(ctx context.Context, tx *db.Tx, a Args, options ...Option) error {
	p, err := NewPending(a.JobKind(), a, options...)
	if err != nil {
		return err
	}
	return q.InsertAll(ctx, tx, []Pending{p})
}

// InsertAll adds jobs in the caller's transaction with one statement.
func (q *Queue) InsertAll(ctx context.Context, tx *db.Tx, jobs []Pending) error {
	if len(jobs) == 0 {
		return nil
	}
	const columns = 9
	args := make([]any, 0, len(jobs)*columns)
	for _, p := range jobs {
		due := tx.Now
		if p.at.After(due) {
			due = p.at
		}
		var unique any
		if p.unique != "" {
			unique = p.unique
		}
		args = append(args, db.NewKey(), p.Kind, unique, string(p.Args), "available", 0, p.attempts, due, tx.Now)
	}
	err := tx.Later(ctx, `INSERT INTO job_job (id, kind, unique_key, args, state, attempt, max_attempts, due_at, created_at) VALUES `+
		db.Values(len(jobs), columns, 1)+` ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('available', 'running') DO NOTHING`, args...)
	if err != nil {
		return fmt.Errorf("inserting jobs: %w", err)
	}
	q.nudge()
	return nil
}

// nudge wakes this node's workers; the jobs become visible at the caller's commit, a moment later.
func (q *Queue) nudge() {
	select {
	case q.hint <- struct{}{}:
	default:
	}
}

// Handle says what runs for jobs of A's kind. Two handlers of one kind are a mistake of the program.
func Handle[A Args](q *Queue, f func(ctx context.Context, a A) error) {
	var zero A
	q.HandleRaw(zero.JobKind(), func(ctx context.Context, body json.RawMessage) error {
		var a A
		if err := json.Unmarshal(body, &a); err != nil {
			return Cancel(fmt.Errorf("decoding job %s: %w", zero.JobKind(), err))
		}
		return f(ctx, a)
	})
}

// HandleMany says what runs for all jobs of A's kind that were claimed together, for work that is little by itself. f returns an outcome for
// each, in their order; they are retried each by itself.
func HandleMany[A Args](q *Queue, f func(ctx context.Context, list []A) []error) {
	var zero A
	q.handle(zero.JobKind(), handler{many: true, run: func(ctx context.Context, bodies []json.RawMessage) []error {
		outcomes := make([]error, len(bodies))
		var list []A
		var at []int
		for i, body := range bodies {
			var a A
			if err := json.Unmarshal(body, &a); err != nil {
				outcomes[i] = Cancel(fmt.Errorf("decoding job %s: %w", zero.JobKind(), err))
				continue
			}
			list, at = append(list, a), append(at, i)
		}
		if len(list) > 0 {
			for n, err := range f(ctx, list) {
				outcomes[at[n]] = err
			}
		}
		return outcomes
	}})
}

// HandleRaw says what runs for jobs of this kind, with the arguments undecoded.
func (q *Queue) HandleRaw(kind string, f func(ctx context.Context, args json.RawMessage) error) {
	q.handle(kind, handler{run: func(ctx context.Context, args []json.RawMessage) []error { return []error{f(ctx, args[0])} }})
}

func (q *Queue) handle(kind string, h handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, taken := q.handlers[kind]; taken {
		panic("job: two handlers for " + kind)
	}
	q.handlers[kind] = h
}

type snooze struct{ wait time.Duration }

func (s snooze) Error() string { return "snoozed for " + s.wait.String() }

// Snooze, returned by a handler, makes the job wait without counting the attempt.
func Snooze(d time.Duration) error { return snooze{d} }

type cancel struct{ cause error }

func (c cancel) Error() string { return "cancelled: " + c.cause.Error() }
func (c cancel) Unwrap() error { return c.cause }

// Cancel, returned by a handler, ends the job: trying again can't help.
func Cancel(cause error) error { return cancel{cause} }

func asSnooze(err error) (time.Duration, bool) {
	s, ok := errors.AsType[snooze](err)
	return s.wait, ok
}

func asCancel(err error) bool {
	_, ok := errors.AsType[cancel](err)
	return ok
}
