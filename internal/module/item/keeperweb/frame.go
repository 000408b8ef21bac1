package keeperweb

import (
	"context"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
)

// frame is what every page of the library has around its content.
type frame struct {
	Title   string
	Caption string
	Lead    string
	Badge   *design.BadgeParams
	Actions templ.Component
	Tab     string        // address of the library's tab it belongs to
	Tabs    []design.Link // its own tabs instead
	Code    string        // of the base item it is about; "" for none
	Done    string        // what was just done
	Refresh int           // seconds after which a browser without scripts loads the page anew; 0 for never
	Errors  design.Errors
}

func (f frame) crumbs(ctx context.Context) []design.Crumb {
	crumbs := []design.Crumb{{Text: page.T(ctx, "keeper.title"), Href: "/desk/library"}}
	if f.Code != "" {
		crumbs = append(crumbs, design.Crumb{Text: page.T(ctx, "keeper.tab.items"), Href: "/desk/library/items"})
	}
	return append(crumbs, design.Crumb{Text: f.Title})
}

// itemTabs lead between the pages about one base item.
func itemTabs(ctx context.Context, code, current string) []design.Link {
	var links []design.Link
	for _, t := range []struct{ key, href string }{{"definition", itemAt(code)}, {"files", filesAt(code)}, {"versions", itemAt(code) + "/versions"}, {"changes", changesAt(code)}, {"standing", itemAt(code) + "/standing"}} {
		links = append(links, design.Link{Text: page.T(ctx, "keeper.item."+t.key), Href: t.href, Current: t.key == current})
	}
	return append(links, design.Link{Text: page.T(ctx, "keeper.item.guide"), Href: "/items/" + code})
}
