package assembly

import (
	"context"
	"errors"
	"net/http"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/observe"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// health adds what machines ask: does the process live, can it work, what are its figures.
func (a *App) health(r *web.Router, f *observe.Figures) {
	r.Raw("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = web.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": a.Version}) // a map of texts always encodes
	}))
	r.Raw("GET /readyz", web.Ready([]web.Check{{Name: "database", Ask: a.DB.Ping}, {Name: "jobs", Ask: a.askJobs}, {Name: "bus", Ask: a.askBus}}, a.Log))
	r.Raw("GET /metrics", web.Local(a.Config.MetricsPublic, f.Handler()))
}

var errNotWorking = errors.New("the background work does not run")

// askJobs asks whether jobs are worked on here and can be read.
func (a *App) askJobs(ctx context.Context) error {
	if !a.working.Load() {
		return errNotWorking
	}
	return a.DB.View(ctx, func(tx *db.Tx) error {
		_, err := a.Queue.List(ctx, tx, "running", "", 1)
		return err
	})
}

// askBus asks whether an event could be emitted: its jobs are written by the queue in a transaction, which is undone here.
func (a *App) askBus(ctx context.Context) error {
	err := a.DB.Update(ctx, func(tx *db.Tx) error {
		if err := a.Bus.Emit(ctx, tx, asked{}); err != nil {
			return err
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

var errUndo = errors.New("nothing is kept of this")

// asked is an event nobody hears.
type asked struct{}

// EventName implements event.Event.
func (asked) EventName() string { return "assembly.asked" }

// figures adds what is asked of the tables when Prometheus reads.
func (a *App) figures(f *observe.Figures, c *page.Cache, w *page.Catalogue) {
	for state, help := range map[string]string{"available": "Jobs that wait.", "discarded": "Jobs that failed for good and need an administrator."} {
		f.Gauge("xiangyun_jobs_"+state, help, func(ctx context.Context) (float64, error) { return a.jobsIn(ctx, state) })
	}
	f.Gauge("xiangyun_page_cache_hits", "Pages served from the cache since the start.", func(context.Context) (float64, error) {
		hits, _ := c.Hits()
		return float64(hits), nil
	})
	f.Gauge("xiangyun_page_cache_misses", "Pages rendered for the cache since the start.", func(context.Context) (float64, error) {
		_, misses := c.Hits()
		return float64(misses), nil
	})
	f.Gauge("xiangyun_missing_words", "How often a word was asked that no locale has.", func(context.Context) (float64, error) {
		return float64(w.Missing()), nil
	})
}

func (a *App) jobsIn(ctx context.Context, state string) (n float64, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		counts, err := a.Queue.Counts(ctx, tx)
		for _, c := range counts {
			if c.State == state {
				n += float64(c.Jobs)
			}
		}
		return err
	})
	return n, err
}
