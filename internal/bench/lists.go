package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"xiangyun/internal/platform/db"
)

// The sizes lists and registers are measured at: what is asked a hundred times as often must not take twice as long.
const (
	small = 10_000
	large = 1_000_000
)

// list is one list people open all day.
type list struct {
	name    string
	account string
	method  string
	path    string
	body    string
	row     string // what stands in the answer once for each row
	rows    int    // any other number means that the seeds are wrong
}

var lists = []list{
	{"inbox_p95", "window.nanguan", http.MethodGet, "/api/v1/tasks?limit=25", "", `"opened_at"`, 25},
	{"case_list_p95", "company", http.MethodGet, "/api/v1/cases?limit=20", "", `"submitted_at"`, 20},
	{"case_search_p95", "supervisor.changchun", http.MethodPost, "/desk/search", "state=submitted", `href="/desk/cases/`, 20},
}

// lists measures the lists over HTTP in a store of ten thousand cases and again in the same with a million.
func (b *bench) lists(ctx context.Context, e *engine) error {
	st, err := e.store(ctx, "lists")
	if err != nil {
		return err
	}
	caseID, err := submitOne(ctx, st)
	if err != nil {
		return err
	}
	at := map[int]map[string]float64{}
	from := 0
	for _, size := range []int{small, large} {
		if err := fillStore(ctx, st, caseFillers(caseID), from, size); err != nil {
			return err
		}
		from = size
		if at[size], err = b.listTimes(ctx, st); err != nil {
			return err
		}
	}
	for _, l := range lists {
		err := b.tell(Result{Name: l.name, Engine: e.name, Value: at[large][l.name], Unit: "ms", N: rounds * listRequests,
			LimitName: fmt.Sprintf("with %d instead of %d cases", small, large), Limit: at[small][l.name]})
		if err != nil {
			return err
		}
	}
	return st.remove(ctx)
}

// listRequests is how often each list is asked for in a round.
const listRequests = 300

func (b *bench) listTimes(ctx context.Context, st *store) (map[string]float64, error) {
	s, err := b.serve(ctx, st)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, l := range lists {
		if out[l.name], err = l.measure(ctx, s); err != nil {
			return nil, errors.Join(err, s.stop())
		}
	}
	return out, s.stop()
}

func (l list) measure(ctx context.Context, s *server) (float64, error) {
	c, err := stranger(s.url).as(ctx, l.account)
	if err != nil {
		return 0, err
	}
	page, err := c.ask(ctx, http.StatusOK, l.method, l.path, l.body, "application/x-www-form-urlencoded")
	if err != nil {
		return 0, err
	}
	if n := strings.Count(string(page), l.row); n != l.rows {
		return 0, fmt.Errorf("%s shows %d rows, want %d", l.path, n, l.rows)
	}
	return within(ctx, 95, listRequests, func(ctx context.Context, _ int) error {
		_, err := c.ask(ctx, http.StatusOK, l.method, l.path, l.body, "application/x-www-form-urlencoded")
		return err
	})
}

// submitOne hands in the case the others are copies of.
func submitOne(ctx context.Context, st *store) (id string, err error) {
	a, err := st.open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	edge, err := a.Edge()
	if err != nil {
		return "", err
	}
	h, err := prepareHandled(ctx, inside(edge.Handler))
	if err != nil {
		return "", err
	}
	number, err := submit(ctx, h.applicant, h.body, "")
	if err != nil {
		return "", err
	}
	err = a.DB.View(ctx, func(tx *db.Tx) (err error) {
		id, err = db.One[string](ctx, tx, `SELECT id FROM casefile_case WHERE number = $1`, number)
		return err
	})
	return id, err
}

// fillStore fills a store while no program is on it, and waits until the disk has it all: what is measured next must not pay for that.
func fillStore(ctx context.Context, st *store, fillers []filler, from, until int) error {
	d, err := db.Open(ctx, db.Config{URL: st.config().Database()})
	if err != nil {
		return err
	}
	if err := errors.Join(fill(ctx, d, fillers, from, until), d.Close()); err != nil {
		return err
	}
	if st.url != "" {
		if _, err := st.engine.admin.ExecContext(ctx, "CHECKPOINT"); err != nil {
			return fmt.Errorf("writing the seeds to the disk: %w", err)
		}
	}
	syscall.Sync()
	return nil
}
