package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"xiangyun/internal/assembly"
	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// The catalogue is measured in two stores with every base item of the province: in one only what serves a single village has been taken up, about a
// thousand entries, in the other more than a million: what differs is the number of entries. Whoever asks is signed in, so that no page comes from
// the cache of strangers.

// oneTown is where the small store's offices are.
const oneTown = "220102001"

// searchLimit is what ninety-five of a hundred searches must stay within, in milliseconds.
const searchLimit = 15

// catalogue measures the public pages of the item library over HTTP, and what a publication costs the next search.
func (b *bench) catalogue(ctx context.Context, e *engine) error {
	entries := [2]int{}
	var stores []*store
	for i, within := range []string{oneTown, ""} {
		st, err := e.store(ctx, "catalogue"+within)
		if err != nil {
			return err
		}
		if entries[i], err = b.fillCatalogue(ctx, e, st, within); err != nil {
			return err
		}
		stores = append(stores, st)
	}
	at, about, err := b.viewTimes(ctx, stores)
	if err != nil {
		return err
	}
	if err := stores[0].remove(ctx); err != nil {
		return err
	}
	st := stores[1]
	for _, v := range views {
		r := Result{Name: v.name, Engine: e.name, Value: at[v.name].p95[1], Unit: "ms", N: rounds * v.requests(v.paths(*about)),
			LimitName: fmt.Sprintf("with %d instead of %d entries", entries[0], entries[1]), Limit: at[v.name].p95[0]}
		if v.name == "catalogue_search_p95" || v.name == "catalogue_first_search_p95" {
			r.LimitName, r.Limit = fmt.Sprintf("what is promised, with %d entries", entries[1]), searchLimit
		}
		if err := b.tell(r); err != nil {
			return err
		}
		if p := at[v.name].processor; p[0] > 0 && p[1] > 0 {
			r.Name, r.Value, r.Limit = strings.TrimSuffix(v.name, "_p95")+"_processor", p[1], p[0]
			r.LimitName = fmt.Sprintf("with %d instead of %d entries", entries[0], entries[1])
			if err := b.tell(r); err != nil {
				return err
			}
		}
	}
	if err := b.republishing(ctx, e, st); err != nil {
		return err
	}
	return st.remove(ctx)
}

// fillCatalogue has the generator fill a store, says how fast it was, and returns how many entries there are.
func (b *bench) fillCatalogue(ctx context.Context, e *engine, st *store, within string) (entries int, err error) {
	a, err := st.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var last demo.Progress
	if err := a.LoadProvince(ctx, demo.Slice{Regions: within}, func(p demo.Progress) { last = p }); err != nil {
		return 0, err
	}
	fmt.Fprintf(b.Progress, "%s: %d entries made in %.0f s, %.0f a second\n", e.name, last.New, last.Elapsed.Seconds(), last.Rate())
	if within != "" {
		if err := trim(ctx, a.DB); err != nil {
			return 0, err
		}
		if _, err := a.Items.Recount(ctx, actor.Program("bench")); err != nil {
			return 0, err
		}
	}
	if st.url != "" {
		for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} { // as autovacuum does within minutes, and not while pages are timed
			if err := e.run(ctx, st, statement); err != nil {
				return 0, err
			}
		}
	}
	n, err := a.Items.Census(ctx)
	syscall.Sync()
	return n.Entries, err
}

// trim takes away what does not serve the last of the near places: the demo province has items of everyday life in every county.
func trim(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		args := make([]any, len(near)-1)
		for i, p := range near[1:] {
			args[i] = p
		}
		others := ` (SELECT code FROM item_entry WHERE region NOT IN (` + db.In(len(args), 1) + `))`
		for _, statement := range []string{`DELETE FROM item_entry_version WHERE entry_code IN` + others, `DELETE FROM item_entry WHERE code IN` + others} {
			if _, err := tx.Exec(ctx, statement, args...); err != nil {
				return fmt.Errorf("taking entries away: %w", err)
			}
		}
		_, err := tx.Exec(ctx, `UPDATE item_revision SET number = number + 1`)
		return err
	})
}

// republishing measures the first search after an item was published anew, which must find it, beside a search when nothing has changed.
func (b *bench) republishing(ctx context.Context, e *engine, st *store) (err error) {
	a, err := st.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Items.Warm(ctx); err != nil {
		return err
	}
	list, err := a.Items.Bases(ctx, item.Query{Theme: "culture_sport", Kind: item.Licence})
	if err != nil || len(list) < 40 {
		return errors.Join(err, fmt.Errorf("%d items to publish anew", len(list)))
	}
	const turns = 40
	var after, quiet []time.Duration
	for i := range turns {
		d := list[i].Definition
		d.Synonyms = append(slices.Clone(d.Synonyms), fmt.Sprintf("改版%d号", i))
		if _, err := a.Items.Publish(ctx, actor.Program("bench"), d); err != nil {
			return err
		}
		for _, times := range []*[]time.Duration{&after, &quiet} {
			took, err := search(ctx, a, fmt.Sprintf("改版%d号", i), d.Code)
			if err != nil {
				return err
			}
			*times = append(*times, took)
		}
	}
	return b.tell(Result{Name: "index_rebuild_p95", Engine: e.name, Value: percentile(after, 95), Unit: "ms", N: turns,
		LimitName: "a search when nothing was published", Limit: percentile(quiet, 95)})
}

func search(ctx context.Context, a *assembly.App, text, code string) (time.Duration, error) {
	begin := time.Now()
	list, err := a.Items.Bases(ctx, item.Query{Text: text})
	took := time.Since(begin)
	if err == nil && !slices.ContainsFunc(list, func(b *item.Base) bool { return b.Code() == code }) {
		err = fmt.Errorf("%q does not find %s", text, code)
	}
	return took, err
}
