package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"sort"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

func newAPI(r *Router) huma.API {
	config := huma.DefaultConfig("Xiangyun 祥云", r.options.Version)
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = "" // huma's own page loads from a CDN
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema links in answers
	config.Formats = map[string]huma.Format{"application/json": {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}, "json": {Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", namer())
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	api := humago.New(r.mux, config)
	r.mux.HandleFunc("GET /api/docs", r.docs)
	// huma asks these package variables for its own refusals; ours hold no submitted values.
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return r.refusal(ctx.Context(), status, errs)
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return r.refusal(context.Background(), status, errs)
	}
	return api
}

// namer names the types of bodies as huma does, and tells apart those of two packages that have the same name: the second gets a number.
func namer() func(t reflect.Type, hint string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		base := huma.DefaultSchemaNamer(t, hint)
		for name, n := base, 2; ; n++ {
			if known, ok := taken[name]; !ok || known == t {
				taken[name] = t
				return name
			}
			name = base + strconv.Itoa(n)
		}
	}
}

// refusal is huma's validation in our words.
func (r *Router) refusal(ctx context.Context, status int, errs []error) huma.StatusError {
	if status == http.StatusBadRequest {
		status = http.StatusUnprocessableEntity
	}
	if status >= 500 {
		var cause error
		if len(errs) > 0 {
			cause = errs[0]
		}
		return r.problem(ctx, cause)
	}
	if status == http.StatusRequestEntityTooLarge {
		return r.problem(ctx, fault.New(fault.TooLarge, "web.body_too_large"))
	}
	f := fault.New(kindOf(status), "web.request_invalid")
	for _, e := range errs {
		name, key := "body", "web.field_invalid"
		if d, ok := e.(huma.ErrorDetailer); ok {
			if d.ErrorDetail().Location != "" {
				name = fieldName(d.ErrorDetail().Location)
			}
			if d.ErrorDetail().Message == errUnreadable.Error() {
				key = "web.unreadable_text"
			}
		}
		f.Field(name, key)
	}
	return r.problem(ctx, f)
}

// API returns the huma API, for schemas; routes are added by [Register].
func (r *Router) API() huma.API { return r.api }

// Register adds an operation to the JSON API. The path is whole: "/api/v1/cases". What f refuses becomes a problem document.
func Register[I, O any](r *Router, a Access, op huma.Operation, f func(ctx context.Context, in *I) (*O, error)) {
	r.routes = append(r.routes, Route{Pattern: op.Method + " " + op.Path, Access: a, API: true})
	if a != Public {
		op.Security = []map[string][]string{{"token": {}}}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = r.options.BodyLimit
	}
	// Who may not enter is told so before a byte of what he sends is read.
	op.Middlewares = append(huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if a != Public && r.options.Enter != nil {
			if err := r.options.Enter(ctx.Context(), a); err != nil {
				_, w := humago.Unwrap(ctx)
				r.problem(ctx.Context(), err).write(w)
				return
			}
		}
		if a != Public {
			ctx.SetHeader("Cache-Control", "private, no-store") // what one person may read stays in no store on the way
		}
		next(ctx)
	}}, op.Middlewares...)
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, r.problem(ctx, err)
		}
		return out, nil
	})
}

// Document adds a route of [Router.Page] or [Router.Upload] to the API's description: uploads and downloads, which huma would read
// into memory.
func (r *Router) Document(op huma.Operation) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK"}}
	}
	r.api.OpenAPI().AddOperation(&op)
}

// Call is one call of the API, for the page that lists them.
type Call struct{ Method, Path, Summary string }

// docs lists the API, served without anybody else's server; where nobody draws the page, its description is the answer.
func (r *Router) docs(w http.ResponseWriter, req *http.Request) {
	if r.options.DocsPage == nil {
		http.Redirect(w, req, "/api/openapi.json", http.StatusSeeOther)
		return
	}
	var lines []Call
	for path, item := range r.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			if op != nil {
				lines = append(lines, Call{method, path, op.Summary})
			}
		}
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i].Path+lines[i].Method < lines[j].Path+lines[j].Method })
	if err := page.Render(w, req, http.StatusOK, r.options.DocsPage(lines)); err != nil {
		r.fail(w, req, err)
	}
}

// WriteJSON answers with JSON, for routes that are not huma's.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the caller may have gone
	return nil
}
