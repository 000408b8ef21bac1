package casefile

import (
	"slices"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
)

// Sent is what a form says of the materials of a draft.
type Sent struct {
	Ways   map[string][]string // "way.CODE" to the way chosen; a material whose way is not said keeps the one it had
	Files  map[string][]string // code to the files that are new
	Remove string              // "CODE/FILE" of a file to take away; ""
}

// Merge puts what a form says to what a draft held: new files come to the old ones, another way takes them back. What is no longer asked for is left out, and
// so are files that are not there any more.
func Merge(offers []Offer, before []Given, there map[string]material.File, in Sent) []Given {
	held := map[string]Given{}
	for _, g := range before {
		held[g.Code] = g
	}
	var out []Given
	for _, offer := range offers {
		code := offer.Rule.Code
		g := Given{Code: code, Way: held[code].Way}
		if way, said := in.Ways["way."+code]; said && len(way) > 0 {
			g.Way = way[0]
		}
		for _, id := range held[code].Files {
			if _, kept := there[id]; kept && in.Remove != code+"/"+id {
				g.Files = append(g.Files, id)
			}
		}
		switch fresh := in.Files[code]; {
		case len(fresh) > 0:
			g.Way, g.Files = item.WayUpload, append(g.Files, fresh...)
		case g.Way != "" && g.Way != item.WayUpload:
			g.Files = nil
		}
		if g.Way != "" || len(g.Files) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// FilesOf lists the files of materials.
func FilesOf(list []Given) (ids []string) {
	for _, g := range list {
		ids = append(ids, g.Files...)
	}
	return ids
}

// Dropped lists the files a draft held and holds no more, in the order it held them.
func Dropped(before, after []Given) (ids []string) {
	held := FilesOf(after)
	for _, id := range FilesOf(before) {
		if !slices.Contains(held, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
