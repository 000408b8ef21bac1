package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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

// asked are what people type, each kind of question there is: a name, everyday words, whole sentences, sounds, slips.
var asked = []string{"食品经营许可", "开饭店", "外省来打工孩子上学要什么证", "shebaoka", "采集野生植物", "取水许可证延期", "老人八十岁有补贴吗", "spjyxk", "宅基地翻盖老房",
	"道路危险货物运输", "失业了能领多少钱", "身分证丢了", "残疾人补贴", "公司注销", "放射性", "农村危房改造怎么申请", "特种设备", "去香港", "量子计算", "证"}

// places are where they ask from: nowhere, the province, a city, a county, a town, a village.
var places = []string{"", "220000000000", "220100000000", "220102000000", "220102001000", "220102001001", "222401000000", "220802000000"}

// near are those of them whose lists are as long in the small store as in the large.
var near = places[:6]

// view is one page or answer of the catalogue, asked for in many ways.
type view struct {
	name  string
	paths func(codes []string) []string
}

var views = []view{
	{"catalogue_guide_p95", func(codes []string) []string {
		var list []string
		for _, c := range codes {
			list = append(list, "/items/"+c)
		}
		return list
	}},
	{"catalogue_list_p95", func([]string) []string {
		var list []string
		for _, p := range near {
			for _, filter := range []string{"", "&kind=01", "&theme=environment", "&for=company", "&theme=social_assistance&for=person", "&zone=online"} {
				list = append(list, "/items?region="+p+filter)
			}
		}
		return list
	}},
	{"catalogue_search_p95", func([]string) []string {
		var list []string
		for i, text := range asked {
			list = append(list, "/api/v1/items?limit=20&q="+url.QueryEscape(text)+"&region="+places[i%len(places)], "/items?q="+url.QueryEscape(text)+"&region="+places[(i+3)%len(places)])
		}
		return list
	}},
}

// catalogue measures the public pages of the item library over HTTP, and what a publication costs the next search.
func (b *bench) catalogue(ctx context.Context, e *engine) error {
	at, entries := [2]map[string]float64{}, [2]int{}
	var codes []string
	var st *store
	for i, within := range []string{oneTown, ""} {
		var err error
		if st, err = e.store(ctx, "catalogue"+within); err != nil {
			return err
		}
		if entries[i], err = b.fillCatalogue(ctx, e, st, within); err != nil {
			return err
		}
		if at[i], codes, err = b.viewTimes(ctx, st, codes); err != nil {
			return err
		}
		if within != "" {
			if err := st.remove(ctx); err != nil {
				return err
			}
		}
	}
	for _, v := range views {
		r := Result{Name: v.name, Engine: e.name, Value: at[1][v.name], Unit: "ms", N: rounds * listRequests,
			LimitName: fmt.Sprintf("with %d instead of %d entries", entries[0], entries[1]), Limit: at[0][v.name]}
		if v.name == "catalogue_search_p95" {
			r.LimitName, r.Limit = fmt.Sprintf("what is promised, with %d entries", entries[1]), searchLimit
		}
		if err := b.tell(r); err != nil {
			return err
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
	}
	if st.url != "" {
		for _, statement := range []string{"ANALYZE", "CHECKPOINT"} { // as autovacuum does within minutes
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

// viewTimes measures every view. The guides asked for are the same in both stores: given, or else found.
func (b *bench) viewTimes(ctx context.Context, st *store, codes []string) (times map[string]float64, found []string, err error) {
	s, err := b.serve(ctx, st)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	nobody := stranger(s.url)
	if codes == nil {
		if codes, err = entriesOf(ctx, nobody); err != nil {
			return nil, nil, err
		}
	}
	c, err := nobody.session(ctx, "company")
	if err != nil {
		return nil, nil, err
	}
	times = map[string]float64{}
	for _, v := range views {
		paths := v.paths(codes)
		times[v.name], err = within(ctx, 95, listRequests, func(ctx context.Context, i int) error {
			_, err := c.ask(ctx, http.StatusOK, http.MethodGet, paths[i%len(paths)], "", "")
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return times, codes, nil
}

// entriesOf returns a few hundred entries of the small store's district.
func entriesOf(ctx context.Context, c *client) ([]string, error) {
	var codes []string
	for after := ""; len(codes) < listRequests; {
		page, err := c.json(ctx, http.StatusOK, http.MethodGet, "/api/v1/items?limit=100&region=220102001001&after="+after, nil, "")
		if err != nil {
			return nil, err
		}
		rows, _ := page["data"].([]any)
		for _, r := range rows {
			row, _ := r.(map[string]any)
			code, _ := row["code"].(string)
			codes = append(codes, code)
		}
		if after, _ = page["next"].(string); after == "" {
			break
		}
	}
	if len(codes) < 100 {
		return nil, fmt.Errorf("the district offers only %d items", len(codes))
	}
	return codes, nil
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
