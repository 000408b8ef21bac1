package item

import (
	"strconv"
	"strings"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// scope narrows entries to regions: the exact ones, and those under a prefix. The zero scope is everywhere.
type scope struct {
	exact  []string
	prefix string
	level  itemcode.Level // 0 is any
}

// serving returns where the offices sit that serve a place: its own governments up to the province, and for a province or city
// also every government inside it.
func serving(place region.Code) scope {
	if place.IsZero() {
		return scope{}
	}
	var s scope
	for c := place; !c.IsZero(); c = c.Parent() {
		s.exact = append(s.exact, c.String())
	}
	if len(s.exact) <= 2 {
		s.prefix = place.Prefix()
	}
	return s
}

// at narrows to offices of one exercising level; 0 is any.
func (s scope) at(level int) scope {
	s.level = itemcode.Level(level)
	return s
}

// everywhere tells whether no region is asked for.
func (s scope) everywhere() bool { return len(s.exact) == 0 && s.prefix == "" }

// few tells whether the scope holds so few offices of one item that they need no paging.
func (s scope) few() bool { return len(s.exact) > 0 && s.prefix == "" }

// apart returns the scope in parts of which each is one range of an index, in the order of regions: the governments above a place sort before
// those inside it.
func (s scope) apart() []scope {
	if len(s.exact) == 0 || s.prefix == "" {
		return []scope{s}
	}
	var above []string
	for _, c := range s.exact {
		if !strings.HasPrefix(c, s.prefix) {
			above = append(above, c)
		}
	}
	if len(above) == 0 {
		return []scope{{prefix: s.prefix, level: s.level}}
	}
	return []scope{{exact: above, level: s.level}, {prefix: s.prefix, level: s.level}}
}

// predicate returns the SQL condition and appends what it binds.
func (s scope) predicate(args *[]any) string {
	text := s.regions(args)
	switch s.level {
	case itemcode.Provincial:
		text += " AND substr(e.region, 3) = '0000000000'"
	case itemcode.Prefecture:
		text += " AND substr(e.region, 5) = '00000000' AND substr(e.region, 3, 2) <> '00'"
	case itemcode.County:
		text += " AND substr(e.region, 7) = '000000' AND substr(e.region, 5, 2) <> '00'"
	case itemcode.Township:
		text += " AND substr(e.region, 10) = '000' AND substr(e.region, 7, 3) <> '000'"
	case itemcode.Village:
		text += " AND substr(e.region, 10) <> '000'"
	}
	return text
}

func (s scope) regions(args *[]any) string {
	if s.everywhere() {
		return "1 = 1"
	}
	if len(s.exact) == 0 {
		return db.PrefixAny("e.region", []string{s.prefix}, args)
	}
	from := len(*args) + 1
	for _, c := range s.exact {
		*args = append(*args, c)
	}
	text := "e.region IN (" + db.In(len(s.exact), from) + ")"
	if s.prefix != "" {
		text = "(" + text + " OR " + db.PrefixAny("e.region", []string{s.prefix}, args) + ")"
	}
	return text
}

// exercisingLevel is the level of government of a region in the code set of the item standard (行使层级).
func exercisingLevel(c region.Code) itemcode.Level {
	switch n := len(strings.TrimSpace(c.Prefix())); {
	case n <= 2:
		return itemcode.Provincial
	case n <= 4:
		return itemcode.Prefecture
	case n <= 6:
		return itemcode.County
	case n <= 9:
		return itemcode.Township
	default:
		return itemcode.Village
	}
}

func placeholder(n int) string { return "$" + strconv.Itoa(n) }

// levelOf is the level in an implementation code that was parsed before.
func levelOf(code string) itemcode.Level { return itemcode.Level(code[18] - '0') }
