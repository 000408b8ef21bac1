package itemweb

import (
	"context"
	"net/url"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// door is a life event or theme with its picture.
type door struct{ key, icon string }

// The life events of the home page, in the order they are shown, by audience.
var events = map[item.Audience][]door{
	item.Person: {
		{"have_baby", "baby"}, {"go_to_school", "graduation-cap"}, {"find_job", "briefcase-business"}, {"marry", "heart"}, {"buy_house", "house"},
		{"move_home", "map-pin"}, {"drive", "car"}, {"see_doctor", "stethoscope"}, {"go_abroad", "plane"}, {"serve_in_army", "medal"},
		{"get_qualified", "award"}, {"farm", "tractor"}, {"open_shop", "store"}, {"open_restaurant", "utensils"}, {"retire", "wallet"},
		{"hard_times", "hand-heart"}, {"bereaved", "flower"},
	},
	item.Company: {
		{"start_company", "building-2"}, {"open_restaurant", "utensils"}, {"open_hotel", "building"}, {"change_company", "briefcase"},
		{"hire_staff", "users"}, {"build_factory", "factory"}, {"get_qualified", "award"}, {"farm", "tractor"}, {"close_business", "door-closed"},
	},
}

// The themes (主题) items are filed under.
var themes = []door{
	{"start_business", "store"}, {"company_change", "briefcase"}, {"investment", "factory"}, {"trade", "ship"}, {"tax", "receipt"},
	{"quality", "badge-check"}, {"birth", "baby"}, {"household", "users"}, {"certificates", "id-card"}, {"marriage", "heart"},
	{"education", "graduation-cap"}, {"employment", "briefcase-business"}, {"professional", "award"}, {"social_security", "shield-check"},
	{"medical", "stethoscope"}, {"food_and_health", "heart-pulse"}, {"social_assistance", "heart-handshake"}, {"disability", "accessibility"},
	{"veterans", "medal"}, {"housing", "house"}, {"land", "map"}, {"utilities", "plug"}, {"transport", "car"}, {"travel", "plane"},
	{"culture_sport", "book-open"}, {"legal", "scale"}, {"agriculture", "tractor"}, {"environment", "leaf"}, {"safety", "hard-hat"},
	{"bereavement", "flower"},
}

// said is a word of a group: "item.kind." and "01".
func said(ctx context.Context, group, name string, args ...any) string {
	return page.T(ctx, group+name, args...)
}

func eventName(ctx context.Context, key string) string { return said(ctx, "item.event.", key) }
func themeName(ctx context.Context, key string) string { return said(ctx, "item.theme.", key) }
func zoneName(ctx context.Context, key string) string  { return said(ctx, "item.zone.", key) }
func kindName(ctx context.Context, k item.Kind) string { return said(ctx, "item.kind.", string(k)) }

func audienceName(ctx context.Context, list []item.Audience) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = said(ctx, "item.audience.", string(a))
	}
	return strings.Join(names, page.T(ctx, "item.and"))
}

// limit says how long something takes.
func limit(ctx context.Context, days int, unit item.Unit) string {
	if days == 0 {
		return page.T(ctx, "item.at_once")
	}
	return said(ctx, "item.limit.", string(unit), days)
}

// facts are the short facts of an item in a list.
func facts(ctx context.Context, e *item.Entry) []string {
	list := []string{page.T(ctx, "item.promised", limit(ctx, e.PromiseDays, e.PromiseUnit))}
	if e.Instant {
		list = []string{page.T(ctx, "item.instant")}
	}
	return append(list, visits(ctx, e.Visits), fee(ctx, e))
}

func visits(ctx context.Context, n int) string {
	if n == 0 {
		return page.T(ctx, "item.no_visit")
	}
	return page.T(ctx, "item.visits", n)
}

func fee(ctx context.Context, e *item.Entry) string {
	if len(e.Guide.Fees) == 0 {
		return page.T(ctx, "item.free")
	}
	return page.T(ctx, "item.costs")
}

// address is a path with a query; empty values are left out.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// place reads a region's code; a text that is none is no place.
func place(text string) region.Code {
	c, err := region.Parse(text)
	if err != nil {
		return region.Code{}
	}
	return c
}

// narrow tells whether a region is a county or smaller: only then the offices that serve it are few.
func narrow(c region.Code) bool { return len(c.Prefix()) >= 6 }
