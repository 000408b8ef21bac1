package operationsweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
)

// said says a word whose end is computed.
func said(ctx context.Context, beginning, end string) string { return page.T(ctx, beginning+end) }

// reason names what went wrong in one word of the locales.
func reason(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusUnauthorized:
		return "unauthenticated"
	case http.StatusConflict:
		return "conflict"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInternalServerError:
		return "busy"
	}
	return "invalid"
}

// pager leads to older jobs, when there may be some.
func pager(v jobsView) *design.PagerParams {
	if v.Next == "" {
		return nil
	}
	return &design.PagerParams{First: "/admin/jobs?state=" + v.State, Next: v.Next}
}
