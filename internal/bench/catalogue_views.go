package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// asked are what people type, each kind of question there is: a name, everyday words, whole sentences, sounds, slips.
var asked = []string{"食品经营许可", "开饭店", "外省来打工孩子上学要什么证", "shebaoka", "采集野生植物", "取水许可证延期", "老人八十岁有补贴吗", "spjyxk", "宅基地翻盖老房",
	"道路危险货物运输", "失业了能领多少钱", "身分证丢了", "残疾人补贴", "公司注销", "放射性", "农村危房改造怎么申请", "特种设备", "去香港", "量子计算", "证"}

// places are where they ask from: nowhere, the province, a city, a county, a town, a village.
var places = []string{"", "220000000000", "220100000000", "220102000000", "220102001000", "220102001001", "222401000000", "220802000000"}

// near are those of them whose lists are as long in the small store as in the large.
var near = places[:6]

// uncounted is how many questions come before those that count.
const uncounted = 100

// shelf is what the views are asked about: entries of the small store's district, which both stores have, and the names of their items.
type shelf struct{ codes, names []string }

// view is one page or answer of the catalogue, asked for in many ways.
type view struct {
	name  string
	first bool // no question comes twice: none is answered from memory
	paths func(s shelf) []string
}

var views = []view{
	{"catalogue_guide_p95", true, func(s shelf) []string {
		var list []string
		for _, c := range s.codes {
			list = append(list, "/items/"+c)
		}
		return list
	}},
	{"catalogue_list_p95", false, func(shelf) []string {
		var list []string
		for _, p := range near {
			for _, filter := range []string{"", "&kind=01", "&theme=environment", "&for=company", "&theme=social_assistance&for=person", "&zone=online"} {
				list = append(list, "/items?region="+p+filter)
			}
		}
		return list
	}},
	{"catalogue_search_p95", false, func(shelf) []string {
		var list []string
		for i, text := range asked {
			list = append(list, searching(i, text), "/items?q="+url.QueryEscape(text)+"&region="+places[(i+3)%len(places)])
		}
		return list
	}},
	{"catalogue_first_search_p95", true, func(s shelf) []string {
		var list []string
		for i, text := range pieces(s.names, uncounted+rounds*listRequests) {
			list = append(list, searching(i, text))
		}
		return list
	}},
}

func searching(i int, text string) string {
	return "/api/v1/items?limit=20&q=" + url.QueryEscape(text) + "&region=" + places[i%len(places)]
}

// pieces are up to n different words out of the middle of names, as people type what they remember.
func pieces(names []string, n int) []string {
	seen := map[string]bool{}
	var list []string
	for _, length := range []int{4, 6, 3, 5} {
		for _, name := range names {
			runes := []rune(name)
			for at := 0; at+length <= len(runes) && len(list) < n; at += 2 {
				if text := string(runes[at : at+length]); !seen[text] {
					seen[text] = true
					list = append(list, text)
				}
			}
		}
	}
	return list
}

// viewRequests is how often a view that may be asked again is asked for in a round: with fewer a ratio of two such figures moves by a tenth.
const viewRequests = 1000

// viewFigures are what a view takes in each store.
type viewFigures struct {
	p95       []float64 // by the clock, in milliseconds
	processor []float64 // of the program, mean of a request, in milliseconds: what the machine does besides changes it little. None where /proc does not tell
}

// viewTimes measures every view in both stores, the small one first, whose entries are asked about.
func (b *bench) viewTimes(ctx context.Context, stores []*store) (times map[string]viewFigures, about *shelf, err error) {
	var clients []*client
	var servers []*server
	for _, st := range stores {
		s, err := b.serve(ctx, st)
		if err != nil {
			return nil, nil, err
		}
		defer s.stop() //nolint:errcheck // what it answered counts, and a failure to answer came before
		nobody := stranger(s.url)
		if about == nil {
			if about, err = shelfOf(ctx, nobody); err != nil {
				return nil, nil, err
			}
		}
		c, err := nobody.session(ctx, "company")
		if err != nil {
			return nil, nil, err
		}
		clients, servers = append(clients, c), append(servers, s)
	}
	times = map[string]viewFigures{}
	for _, v := range views {
		f := viewFigures{}
		before := processorTimes(servers)
		if f.p95, err = v.times(ctx, clients, *about); err != nil {
			return nil, nil, err
		}
		asked := float64(uncounted + rounds*v.requests(v.paths(*about)))
		for i, after := range processorTimes(servers) {
			f.processor = append(f.processor, milliseconds(after-before[i])/asked)
		}
		times[v.name] = f
	}
	return times, about, nil
}

// processorTimes is how much of a processor each program has used since its start.
func processorTimes(servers []*server) []time.Duration {
	list := make([]time.Duration, len(servers))
	for i, s := range servers {
		list[i] = s.processor()
	}
	return list
}

// requests is how often a view is asked for in a round.
func (v view) requests(paths []string) int {
	if !v.first {
		return viewRequests
	}
	return min(listRequests, (len(paths)-uncounted)/rounds)
}

func (v view) times(ctx context.Context, clients []*client, s shelf) ([]float64, error) {
	paths := v.paths(s)
	n := v.requests(paths)
	if n < 50 {
		return nil, fmt.Errorf("%s has only %d questions", v.name, len(paths))
	}
	ops := make([]func(context.Context, int) error, len(clients))
	for i, c := range clients {
		next := 0
		ops[i] = func(ctx context.Context, _ int) error {
			path := paths[next%len(paths)]
			next++
			_, err := c.ask(ctx, http.StatusOK, http.MethodGet, path, "", "")
			return err
		}
	}
	return byTurns(ctx, 95, n, ops...)
}

// shelfOf returns the entries of the small store's district.
func shelfOf(ctx context.Context, c *client) (*shelf, error) {
	s := &shelf{}
	for after := ""; len(s.codes) < uncounted+rounds*listRequests; {
		page, err := c.json(ctx, http.StatusOK, http.MethodGet, "/api/v1/items?limit=100&region=220102001001&after="+url.QueryEscape(after), nil, "")
		if err != nil {
			return nil, err
		}
		rows, _ := page["data"].([]any)
		for _, r := range rows {
			row, _ := r.(map[string]any)
			code, _ := row["code"].(string)
			name, _ := row["name"].(string)
			s.codes = append(s.codes, code)
			if !slices.Contains(s.names, name) {
				s.names = append(s.names, name)
			}
		}
		if after, _ = page["next"].(string); after == "" {
			break
		}
	}
	return s, nil
}
