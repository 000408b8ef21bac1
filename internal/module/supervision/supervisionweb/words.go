package supervisionweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
)

func crumbs(ctx context.Context, last ...string) []design.Crumb {
	list := []design.Crumb{{Text: page.T(ctx, "supervision.desk"), Href: "/desk"}, {Text: page.T(ctx, "supervision.title"), Href: "/desk/supervision"}}
	for _, text := range last {
		list = append(list, design.Crumb{Text: text})
	}
	return list
}

// tabs are the views of a level.
func tabs(ctx context.Context, path, current string) []design.Link {
	list := []design.Link{}
	for _, t := range []struct{ name, href string }{{"board", at("", "at", path)}, {"cards", at("/cards", "at", path)}, {"report", at("/report", "at", path)}} {
		list = append(list, design.Link{Text: said(ctx, "tab", t.name), Href: t.href, Current: t.name == current})
	}
	return list
}
