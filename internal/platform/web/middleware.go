package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"xiangyun/internal/platform/fault"
)

// alphabet leaves out the letters and digits people mix up on the phone: 0 O 1 I L 2 Z 5 S 8 B.
const alphabet = "34679ACDEFGHJKMNPQRTUVWXY"

func newRequestID() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b[:])
}

type requestKey struct{}

// RequestID returns the number of the request, short enough to say on the phone.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// WithRequestID returns a context whose request has this number.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// status remembers what was answered.
type status struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	n, err := s.ResponseWriter.Write(b)
	s.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Observed is one request that was answered.
type Observed struct {
	Method  string
	Pattern string // the route, never the address
	Status  int
	Took    time.Duration
}

// Outermost numbers the request, recovers from panics and tells what was answered: the access log holds no address parameters and no
// personal data.
func (r *Router) Outermost(tell func(Observed), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		begin := time.Now()
		req = req.WithContext(WithRequestID(req.Context(), newRequestID()))
		s := &status{ResponseWriter: w}
		s.Header().Set("X-Request-Id", RequestID(req.Context()))
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				r.options.Log.ErrorContext(req.Context(), "a handler panicked", "panic", p, "stack", string(debug.Stack()))
				if s.code == 0 {
					r.fail(s, req, fmt.Errorf("panic: %v", p))
				}
			}
			pattern := r.Pattern(req)
			took := time.Since(begin)
			r.options.Log.LogAttrs(req.Context(), slog.LevelDebug, "request", slog.String("method", req.Method), slog.String("route", pattern),
				slog.Int("status", s.code), slog.Int64("bytes", s.bytes), slog.Duration("took", took))
			tell(Observed{req.Method, pattern, s.code, took})
		}()
		next.ServeHTTP(s, req)
	})
}

// policy allows what our own server serves and nothing else; no inline script or style anywhere. Blob images are camera frames and
// previews of files not sent yet.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"media-src 'self' blob:; manifest-src 'self'; frame-src 'self'; object-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"

// Headers sets what keeps browsers safe on every answer.
func Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions("()"))
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

func permissions(camera string) string {
	return "camera=" + camera + ", geolocation=(), microphone=(), payment=(), usb=()"
}

// AllowCamera lets this answer's page use the camera: those with a scanner call it, no other page may.
func AllowCamera(w http.ResponseWriter) { w.Header().Set("Permissions-Policy", permissions("(self)")) }

// SameOrigin refuses requests that another site makes a person's browser send. A bearer token is no cookie: no browser sends it by
// itself, so those pass.
func (r *Router) SameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.fail(w, req, fault.New(fault.Forbidden, "web.cross_origin"))
	}))
	guarded := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if Bearer(req) != "" {
			next.ServeHTTP(w, req)
			return
		}
		guarded.ServeHTTP(w, req)
	})
}

// Bearer returns the request's token, "" when it has none.
func Bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Address returns the caller's network address without its port.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
