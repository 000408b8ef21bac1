package operationsweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// gallery is GET /design.
func (s *site) gallery(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, galleryPage())
}

// accessibility is GET /accessibility.
func (s *site) accessibility(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, accessibilityPage())
}

func callColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "operations.api.what")}, {Text: page.T(ctx, "operations.api.method")}, {Text: page.T(ctx, "operations.api.path")}}
}

func callRows(calls []web.Call) []design.Row {
	out := make([]design.Row, len(calls))
	for i, c := range calls {
		out[i] = design.Row{Cells: []design.Cell{{Text: c.Summary}, {Text: c.Method}, {View: address(c.Path)}}}
	}
	return out
}
