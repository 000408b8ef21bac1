package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/assembly"
	"xiangyun/internal/platform/db"
)

// handled is a case of the food licence as somebody would apply for it.
type handled struct {
	applicant, window *client
	body              json.RawMessage // written down once: the load's own work is not what is measured
}

func prepareHandled(ctx context.Context, at *client) (h handled, err error) {
	if h.applicant, err = at.as(ctx, "company"); err != nil {
		return h, err
	}
	if h.window, err = at.as(ctx, "window.nanguan"); err != nil {
		return h, err
	}
	code, err := foodItem(ctx, h.applicant)
	if err != nil {
		return h, err
	}
	body, err := application(ctx, h.applicant, code)
	if err != nil {
		return h, err
	}
	h.body, err = json.Marshal(body)
	return h, err
}

// once hands in one application and accepts it.
func (h handled) once(ctx context.Context) error {
	number, err := submit(ctx, h.applicant, h.body, db.NewKey())
	if err != nil {
		return err
	}
	return act(ctx, h.window, number, "accept", "")
}

// handling measures handing in and accepting over HTTP against the same rows written by the engine alone.
func (b *bench) handling(ctx context.Context, e *engine, s *server) error {
	h, err := prepareHandled(ctx, stranger(s.url))
	if err != nil {
		return err
	}
	bare, err := b.bareHandling(ctx, e)
	if err != nil {
		return err
	}
	defer bare.close(ctx)
	for _, clients := range []int{8, 64} {
		got, err := load(ctx, clients, b.warm, b.measured, h.once)
		if err != nil {
			return err
		}
		limit, err := load(ctx, clients, b.warm, b.measured, bare.once)
		if err != nil {
			return fmt.Errorf("replaying: %w", err)
		}
		err = b.tell(Result{Name: fmt.Sprintf("submit_and_accept_%d", clients), Engine: e.name, Value: got.perSecond, Unit: "cases/s", N: got.n,
			LimitName: fmt.Sprintf("the same %d rows in the same two transactions by the engine alone", bare.rows), Limit: limit.perSecond})
		if err != nil {
			return err
		}
	}
	return nil
}

// bareHandling is the bare operation: what the two transactions of one case wrote, replayed on a store of its own with the same schema, the
// same demo province and the same group commit. It leaves out HTTP, rights, forms, sealing and reading.
type bareHandling struct {
	store *store
	app   *assembly.App
	two   []recording // handing in, accepting
	plans [2]plan
	rows  int
}

func (b *bench) bareHandling(ctx context.Context, e *engine) (*bareHandling, error) {
	s, err := e.store(ctx, "bare")
	if err != nil {
		return nil, err
	}
	a, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	bare := &bareHandling{store: s, app: a}
	if err := bare.record(ctx); err != nil {
		bare.close(ctx)
		return nil, fmt.Errorf("recording what a case writes: %w", err)
	}
	return bare, nil
}

// record handles one case while nothing else runs, and keeps what its two transactions wrote.
func (h *bareHandling) record(ctx context.Context) error {
	edge, err := h.app.Edge()
	if err != nil {
		return err
	}
	sample, err := prepareHandled(ctx, inside(edge.Handler))
	if err != nil {
		return err
	}
	if err := sample.once(ctx); err != nil { // the day's counters begin with the first case
		return err
	}
	number := ""
	seen := make([]*recorder, 3)
	for i, do := range []func() error{
		func() error { return nil },
		func() (err error) { number, err = submit(ctx, sample.applicant, sample.body, db.NewKey()); return err },
		func() error { return act(ctx, sample.window, number, "accept", "") },
	} {
		if err := do(); err != nil {
			return err
		}
		if seen[i], err = snapshot(ctx, h.app.DB); err != nil {
			return err
		}
	}
	h.two = []recording{seen[1].since(seen[0]), seen[2].since(seen[1])}
	names := rename(h.two...)
	for i, r := range h.two {
		h.plans[i] = r.plan(names)
		h.rows += r.rows()
	}
	if h.rows < 10 {
		return fmt.Errorf("only %d rows", h.rows)
	}
	return h.once(ctx)
}

// once writes the rows of one case.
func (h *bareHandling) once(ctx context.Context) error {
	replacer := rename(h.two...).replacer()
	for _, p := range h.plans {
		if err := p.replay(ctx, h.app.DB, replacer); err != nil {
			return err
		}
	}
	return nil
}

func (h *bareHandling) close(ctx context.Context) {
	_ = errors.Join(h.app.Close(), h.store.remove(context.WithoutCancel(ctx))) // the run's folder is removed anyway
}

// warmUp and measure are how long each load runs.
const (
	warmUp  = 2 * time.Second
	measure = 8 * time.Second
)
