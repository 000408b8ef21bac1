package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

type stoppingKey struct{}

// Stopping is closed when the server that answers a request takes no more: whoever streams to a browser ends then, so that the server need not wait for
// him. It is nil, which never tells, where no [Serve] runs.
func Stopping(ctx context.Context) <-chan struct{} {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return stopping
}

// Serve answers on l until ctx ends; then it takes no more, lets running requests finish for as long as grace, and returns.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, grace time.Duration) error {
	s := &http.Server{
		Handler: h,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stoppingKey{}, ctx.Done())
		},
		ReadHeaderTimeout: 10 * time.Second, // a client that dribbles its header does not hold a connection
		ReadTimeout:       10 * time.Minute, // a big upload over a village line
		WriteTimeout:      10 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.Shutdown(stop); err != nil {
		return errors.Join(fmt.Errorf("stopping: %w", err), s.Close())
	}
	return nil
}

// Check is one thing /readyz asks.
type Check struct {
	Name string
	Ask  func(ctx context.Context) error
}

// Ready answers 200 when every check passes, otherwise 503 with the names of those that do not. It says nothing of why: the log does.
func Ready(checks []Check, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		state, code := map[string]string{}, http.StatusOK
		for _, c := range checks {
			state[c.Name] = "ok"
			if err := c.Ask(ctx); err != nil {
				state[c.Name], code = "failing", http.StatusServiceUnavailable
				log.WarnContext(r.Context(), "not ready", "check", c.Name, "error", err)
			}
		}
		_ = WriteJSON(w, code, state) // a map of texts always encodes
	})
}

// Local lets only callers of this machine through, unless open is set: for metrics. What a proxy of this machine hands on comes from elsewhere.
func Local(open bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handedOn := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("Via") != ""
		if ip := net.ParseIP(Address(r)); !open && (handedOn || ip == nil || !ip.IsLoopback()) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
