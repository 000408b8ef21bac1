package page

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Cache keeps whole public pages for strangers: what is the same for everybody who is not signed in. It is correct because it is
// keyed by address, language and preferences, is never asked for somebody with a session, and forgets everything when [Cache.Bump]
// says that what pages show has changed. Concurrent misses of one page render it once.
type Cache struct {
	life    time.Duration
	limit   int
	version atomic.Int64
	mu      sync.Mutex
	pages   map[string]*cached
	hits    atomic.Int64
	misses  atomic.Int64
}

type cached struct {
	once    sync.Once
	version int64
	until   time.Time
	ok      bool // it was a 200 and may be served again
	header  http.Header
	plain   []byte
	zipped  []byte
	tag     string
}

// LongestQuery is how long an address's question may be, in bytes, for its page to be kept: nobody shall fill the cache with inventions.
const LongestQuery = 256

// NewCache keeps up to limit pages, each for life at most.
func NewCache(life time.Duration, limit int) *Cache {
	return &Cache{life: life, limit: limit, pages: map[string]*cached{}}
}

// Bump forgets every page: call it when something pages show has changed.
func (c *Cache) Bump() { c.version.Add(1) }

// Hits returns how often pages were served from the cache and rendered since the start, for the metrics.
func (c *Cache) Hits() (hits, misses int64) { return c.hits.Load(), c.misses.Load() }

// Public serves GET requests of strangers from the cache and everything else from next. stranger must be false for anybody signed in.
func (c *Cache) Public(stranger func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || r.Header.Get("HX-Request") != "" || len(r.URL.RawQuery) > LongestQuery || !stranger(r) {
			next.ServeHTTP(w, r)
			return
		}
		key := r.URL.EscapedPath() + "?" + r.URL.RawQuery + "#" + PrefsOf(r.Context()).Key()
		e := c.entry(key)
		fresh := false
		e.once.Do(func() { fresh = true; e.fill(next, r) })
		if !e.ok {
			// A fault, a redirect, a page that sets a cookie: this caller's own matter. The next one may get a page to keep: whoever went away
			// while it was made must not keep it from everybody else.
			if fresh {
				c.misses.Add(1)
				c.forget(key, e)
			}
			next.ServeHTTP(w, r)
			return
		}
		if fresh {
			c.misses.Add(1)
		} else {
			c.hits.Add(1)
		}
		e.serve(w, r)
	})
}

func (c *Cache) entry(key string) *cached {
	version, now := c.version.Load(), time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.pages[key]; ok && e.version == version && now.Before(e.until) {
		return e
	}
	if len(c.pages) >= c.limit {
		clear(c.pages) // simple and rare: the next minute fills it again with what people really ask
	}
	e := &cached{version: version, until: now.Add(c.life)}
	c.pages[key] = e
	return e
}

// forget drops an entry that holds no page.
func (c *Cache) forget(key string, e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages[key] == e {
		delete(c.pages, key)
	}
}

// recorder collects what a handler says.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (e *cached) fill(next http.Handler, r *http.Request) {
	rec := &recorder{header: http.Header{}}
	get := r.Clone(context.WithoutCancel(r.Context())) // others wait for this page too
	get.Method = http.MethodGet
	next.ServeHTTP(rec, get)
	if rec.status != http.StatusOK || rec.header.Get("Set-Cookie") != "" {
		return
	}
	e.header, e.plain, e.ok = rec.header, rec.body.Bytes(), true
	sum := sha256.Sum256(e.plain)
	e.tag = `"` + hex.EncodeToString(sum[:12]) + `"`
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(e.plain); err == nil && w.Close() == nil && z.Len() < len(e.plain) {
		e.zipped = z.Bytes()
	}
}

func (e *cached) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for k, v := range e.header {
		h[k] = v
	}
	// The browser asks again each time: the page of a stranger must not be shown to the same person after signing in.
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	h.Set("ETag", e.tag)
	if r.Header.Get("If-None-Match") == e.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := e.plain
	if e.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = e.zipped
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader may have gone
	}
}
