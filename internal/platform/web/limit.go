package web

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"xiangyun/internal/platform/fault"
)

// Limiter bounds how often something may be done under one key: an address, an account. It keeps a bounded number of keys, each of one size whatever its
// text, and forgets those that nobody used for as long as it takes to allow everything again.
type Limiter struct {
	every rate.Limit
	burst int
	idle  time.Duration // after which a key allows as much as one never seen
	now   func() time.Time
	mu    sync.Mutex
	keys  map[limitKey]*rate.Limiter
	swept time.Time
}

// limitKey is the digest of a key: what is typed may be long, and may be somebody's number.
type limitKey [sha256.Size]byte

// maxKeys bounds the memory a flood of addresses can take; beyond it the idle ones are forgotten, then those used once, and then all.
const maxKeys = 50_000

// NewLimiter allows n in each period, and burst at once.
func NewLimiter(n int, period time.Duration, burst int) *Limiter {
	each := period / time.Duration(n)
	return &Limiter{every: rate.Every(each), burst: burst, idle: each * time.Duration(burst), now: time.Now, keys: map[limitKey]*rate.Limiter{}}
}

// Allow counts one under key; fault.TooMany when it is too often. An address of IPv6 counts as its network of 64 bits: whoever has one has all of them.
func (l *Limiter) Allow(key string) error {
	if l.allow(sha256.Sum256([]byte(Network(key)))) {
		return nil
	}
	return fault.New(fault.TooMany, "web.too_often")
}

// Spent tells what [Limiter.Allow] would, and counts nothing: for what is counted only when it fails.
func (l *Limiter) Spent(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k, ok := l.keys[sha256.Sum256([]byte(Network(key)))]; ok && k.TokensAt(l.now()) < 1 {
		return fault.New(fault.TooMany, "web.too_often")
	}
	return nil
}

// Network is what an address counts as: itself, of IPv6 its network of 64 bits. What is no address stays as it is.
func Network(address string) string {
	if a, err := netip.ParseAddr(address); err == nil && a.Is6() && !a.Is4In6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return address
}

func (l *Limiter) allow(key limitKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if now.Sub(l.swept) >= l.idle {
		l.forget(now, float64(l.burst))
		l.swept = now
	}
	k, ok := l.keys[key]
	if !ok {
		if len(l.keys) >= maxKeys {
			l.makeRoom(now)
		}
		k = rate.NewLimiter(l.every, l.burst)
		l.keys[key] = k
	}
	return k.AllowN(now, 1)
}

// forget drops the keys that may still be used so often now. One that may be used as often as a new one tells nothing.
func (l *Limiter) forget(now time.Time, left float64) {
	for key, k := range l.keys {
		if k.TokensAt(now) >= left {
			delete(l.keys, key)
		}
	}
}

func (l *Limiter) makeRoom(now time.Time) {
	for _, used := range []int{0, 1} {
		if l.forget(now, float64(l.burst-used)); len(l.keys) < maxKeys {
			return
		}
	}
	clear(l.keys)
}
