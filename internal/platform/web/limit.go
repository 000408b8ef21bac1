package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"xiangyun/internal/platform/fault"
)

// Limiter bounds how often something may be done under one key: an address, an account. It keeps a bounded number of keys.
type Limiter struct {
	every rate.Limit
	burst int
	mu    sync.Mutex
	keys  map[string]*rate.Limiter
}

// maxKeys bounds the memory a flood of addresses can take; beyond it the idle ones are forgotten, and then all.
const maxKeys = 50_000

// NewLimiter allows n in each period, and burst at once.
func NewLimiter(n int, period time.Duration, burst int) *Limiter {
	return &Limiter{every: rate.Every(period / time.Duration(n)), burst: burst, keys: map[string]*rate.Limiter{}}
}

// Allow counts one under key; fault.TooMany when it is too often. An address of IPv6 counts as its network of 64 bits: whoever has one has all of them.
func (l *Limiter) Allow(key string) error {
	if l.limiter(Network(key)).Allow() {
		return nil
	}
	return fault.New(fault.TooMany, "web.too_often")
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

func (l *Limiter) limiter(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, ok := l.keys[key]
	if !ok {
		if len(l.keys) >= maxKeys {
			l.forget()
		}
		k = rate.NewLimiter(l.every, l.burst)
		l.keys[key] = k
	}
	return k
}

func (l *Limiter) forget() {
	for key, k := range l.keys {
		if k.Tokens() >= float64(l.burst) {
			delete(l.keys, key)
		}
	}
	if len(l.keys) >= maxKeys {
		clear(l.keys)
	}
}
