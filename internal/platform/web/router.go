package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// Handler answers a request or returns why not.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Access says who may enter a route. What one may do inside is decided by the use case.
type Access string

// The accesses.
const (
	Public   Access = "public"
	SignedIn Access = "signed-in"
	Staff    Access = "staff"
	Admin    Access = "admin"
)

// Route is one entry of the router, for checks and documentation.
type Route struct {
	Pattern string // "GET /cases/{number}"
	Access  Access
	API     bool
}

// FaultView is what the fault page shows.
type FaultView struct {
	Status  int
	Text    string // the plain sentence, in the person's language
	Request string // the number to quote
	Back    string // a path to go on from
	Fields  []string
}

// Options are what the application gives the edge.
type Options struct {
	Log       *slog.Logger
	Catalogue *page.Catalogue
	// Enter decides whether who is in ctx may enter; nil, or a fault of kind Unauthenticated or Forbidden.
	Enter func(ctx context.Context, a Access) error
	// FaultPage draws a fault as a whole page.
	FaultPage func(v FaultView) templ.Component
	// DocsPage draws the list of the API's calls; without it /api/docs leads to the description for programs.
	DocsPage func(calls []Call) templ.Component
	// SignInPath is where a stranger is led who needs an account; next= is added.
	SignInPath string
	// Version is told by the API's description.
	Version string
	// BodyLimit bounds a request's body in bytes where the route does not say otherwise; 0 means 1 MiB.
	BodyLimit int64
}

// Router holds all routes. Make it with [NewRouter]; it is an http.Handler.
type Router struct {
	options Options
	mux     *http.ServeMux
	api     huma.API
	routes  []Route
	limits  map[string]int64        // pattern → body limit
	larger  map[string]*fault.Error // pattern → what is told about a larger body
}

// NewRouter returns an empty router.
func NewRouter(o Options) *Router {
	if o.BodyLimit == 0 {
		o.BodyLimit = 1 << 20
	}
	if o.SignInPath == "" {
		o.SignInPath = "/sign-in"
	}
	r := &Router{options: o, mux: http.NewServeMux(), limits: map[string]int64{}, larger: map[string]*fault.Error{}}
	r.api = newAPI(r)
	r.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		r.fail(w, req, fault.New(fault.NotFound, "web.not_found"))
	})
	return r
}

// Page adds a route for people.
func (r *Router) Page(pattern string, a Access, h Handler) {
	r.routes = append(r.routes, Route{Pattern: pattern, Access: a, API: strings.Contains(pattern, " /api/")})
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
		if err := r.enter(req, a); err != nil {
			r.fail(w, req, err)
			return
		}
		limit := r.options.BodyLimit
		if l, ok := r.limits[pattern]; ok {
			limit = l
		}
		if req.ContentLength > limit {
			refusal := r.larger[pattern]
			if refusal == nil {
				refusal = fault.New(fault.TooLarge, "web.body_too_large")
			}
			r.fail(w, req, refusal)
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, limit)
		err := checkForm(req)
		if err == nil {
			err = h(w, req)
		}
		if err != nil {
			r.fail(w, req, err)
		}
	})
}

// Upload adds a route that takes bodies up to limit bytes and reads them as they come.
func (r *Router) Upload(pattern string, a Access, limit int64, h Handler) {
	r.limits[pattern] = limit
	r.Page(pattern, a, h)
}

// LargeUpload is [Router.Upload] for a route that has something to say about what is too large for it.
func (r *Router) LargeUpload(pattern string, a Access, limit int64, larger *fault.Error, h Handler) {
	r.larger[pattern] = larger
	r.Upload(pattern, a, limit, h)
}

// Raw adds a route that answers for itself: assets, health, metrics.
func (r *Router) Raw(pattern string, h http.Handler) {
	r.routes = append(r.routes, Route{Pattern: pattern, Access: Public})
	r.mux.Handle(pattern, h)
}

// Routes lists every route.
func (r *Router) Routes() []Route { return r.routes }

// Pattern returns the route a request would take, for metrics; never the address itself.
func (r *Router) Pattern(req *http.Request) string {
	_, p := r.mux.Handler(req)
	return p
}

// ServeHTTP implements http.Handler.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }

func (r *Router) enter(req *http.Request, a Access) error {
	if a == Public || r.options.Enter == nil {
		return nil
	}
	return r.options.Enter(req.Context(), a)
}

// Fail writes err as the router would: for middleware that refuses before a route is found.
func (r *Router) Fail(w http.ResponseWriter, req *http.Request, err error) { r.fail(w, req, err) }

func (r *Router) fail(w http.ResponseWriter, req *http.Request, err error) {
	ctx := req.Context()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // the reader has gone
	}
	if isAPI(req) {
		r.problem(ctx, err).write(w)
		return
	}
	f, status := r.explain(ctx, err)
	if status == http.StatusUnauthorized && (req.Method == http.MethodGet || req.Method == http.MethodHead) && req.Header.Get("HX-Request") == "" {
		w.Header().Set("Cache-Control", "no-store")
		Redirect(w, req, r.options.SignInPath+"?next="+queryEscape(req.URL.RequestURI()))
		return
	}
	r.note(ctx, f, status)
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "5")
	}
	v := FaultView{Status: status, Text: page.T(ctx, f.Key, f.Args...), Request: RequestID(ctx), Back: page.LocalPath(req.Referer())}
	for _, field := range f.Fields {
		v.Fields = append(v.Fields, page.T(ctx, field.Key, field.Args...))
	}
	if r.options.FaultPage == nil || page.Render(w, req, status, r.options.FaultPage(v)) != nil {
		http.Error(w, v.Text+" ("+v.Request+")", status)
	}
}

// explain turns any error into what a person is told; what is nobody's fault but ours is logged here, once.
func (r *Router) explain(ctx context.Context, err error) (*fault.Error, int) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "web.body_too_large").Because(tooLarge), http.StatusRequestEntityTooLarge
	}
	if f, ok := fault.Of(err); ok {
		if f.Kind == fault.Busy {
			r.options.Log.WarnContext(ctx, "the system could not answer", "error", err)
		}
		return f, f.Kind.Status()
	}
	r.options.Log.ErrorContext(ctx, "a request failed", "error", err)
	return fault.New(fault.Busy, "web.internal", RequestID(ctx)), http.StatusInternalServerError
}

// note leaves a line of a refusal, so that who quotes its number can be told what it was: the code and nothing that was sent. What is not there is
// asked for all day, and [Router.explain] has told of what is our fault. Without a number nobody was refused: huma asks for refusals to describe them.
func (r *Router) note(ctx context.Context, f *fault.Error, status int) {
	if RequestID(ctx) != "" && status < http.StatusInternalServerError && status != http.StatusNotFound {
		r.options.Log.InfoContext(ctx, "refused", "code", f.Key, "status", status)
	}
}

// Redirect leads on with 303, so that reloading does not send a form twice.
func Redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }
