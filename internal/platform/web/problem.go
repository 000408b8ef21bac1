package web

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// Problem is an RFC 9457 problem document. It never holds what the caller sent.
type Problem struct {
	Type   string         `json:"type" example:"about:blank"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Code   string         `json:"code" doc:"stable: a program may act on it"`
	Number string         `json:"request,omitempty" doc:"the number to quote"`
	Errors []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one field that was refused.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma answer application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError: what a refusal says beside its document.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", "5")
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

func (p *Problem) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller may have gone
}

// problem turns any error into a problem document in the caller's language.
func (r *Router) problem(ctx context.Context, err error) *Problem {
	if p, ok := err.(*Problem); ok {
		return p
	}
	f, status := r.explain(ctx, err)
	r.note(ctx, f, status)
	p := &Problem{Type: "about:blank", Title: page.T(ctx, "web.title."+titleOf(status)), Status: status,
		Detail: page.T(ctx, f.Key, f.Args...), Code: f.Key, Number: RequestID(ctx)}
	for _, e := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: e.Name, Message: page.T(ctx, e.Key, e.Args...)})
	}
	return p
}

var titles = map[int]string{400: "invalid", 422: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "not_found",
	409: "conflict", 413: "too_large", 415: "unsupported", 429: "too_many", 503: "busy"}

func titleOf(status int) string {
	if t, ok := titles[status]; ok {
		return t
	}
	return "internal"
}

func queryEscape(s string) string { return url.QueryEscape(s) }

// kindOf finds the kind huma's own refusals belong to.
func kindOf(status int) fault.Kind {
	for _, k := range []fault.Kind{fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.Unsupported, fault.TooMany, fault.Busy} {
		if k.Status() == status {
			return k
		}
	}
	return fault.Invalid
}

// fieldName makes "body.answers.name" the caller's own "answers.name".
func fieldName(location string) string {
	location = strings.TrimPrefix(location, "body.")
	for _, p := range []string{"query.", "path.", "header."} {
		location = strings.TrimPrefix(location, p)
	}
	return location
}
