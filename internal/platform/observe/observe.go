// Package observe is how the program tells what it does: a log whose lines carry the number of the request, and figures for Prometheus.
package observe

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"xiangyun/internal/platform/web"
)

// Logger returns a logger of a level (debug, info, warn, error) and format (text, json) that adds the request's number to each line.
func Logger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(numbered{slog.NewJSONHandler(w, o)})
	}
	return slog.New(numbered{slog.NewTextHandler(w, o)})
}

// numbered adds the request's number, which a person on the phone can quote.
type numbered struct{ slog.Handler }

// Handle implements slog.Handler.
func (n numbered) Handle(ctx context.Context, r slog.Record) error {
	if id := web.RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return n.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (n numbered) WithAttrs(a []slog.Attr) slog.Handler { return numbered{n.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (n numbered) WithGroup(name string) slog.Handler { return numbered{n.Handler.WithGroup(name)} }

// Figures are what Prometheus reads.
type Figures struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// NewFigures returns figures about the process and its requests.
func NewFigures(version string) *Figures {
	f := &Figures{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "xiangyun_http_request_seconds", Help: "How long requests took, by route.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route", "method", "status"})}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "xiangyun_build_info", Help: "The running build.",
		ConstLabels: prometheus.Labels{"version": version, "go": goVersion()}})
	info.Set(1)
	f.registry.MustRegister(f.requests, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return f
}

func goVersion() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b.GoVersion
	}
	return ""
}

// Request counts one answered request. The route is the pattern, so addresses with numbers of people never become labels.
func (f *Figures) Request(o web.Observed) {
	if o.Pattern == "" {
		o.Pattern = "none"
	}
	f.requests.WithLabelValues(o.Pattern, o.Method, strconv.Itoa(o.Status/100)+"xx").Observe(o.Took.Seconds())
}

// Gauge adds a figure that is asked when Prometheus reads.
func (f *Figures) Gauge(name, help string, ask func(ctx context.Context) (float64, error)) {
	f.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		v, err := ask(ctx)
		if err != nil {
			return -1 // told apart from nothing waiting
		}
		return v
	}))
}

// Handler serves the figures.
func (f *Figures) Handler() http.Handler {
	return promhttp.HandlerFor(f.registry, promhttp.HandlerOpts{Registry: f.registry})
}
