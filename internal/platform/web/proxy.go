package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Networks are addresses of proxies that may say for whom they ask.
type Networks []netip.Prefix

// ParseNetworks reads addresses and networks with commas between: "10.0.0.0/8, 127.0.0.1". An empty text is none.
func ParseNetworks(text string) (Networks, error) {
	var all Networks
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			a, err := netip.ParseAddr(word)
			if err != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network", word)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func (n Networks) has(a netip.Addr) bool {
	for _, p := range n {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// Behind puts the caller's own address into the request where a trusted proxy asked for them. Of X-Forwarded-For it is the last address no
// trusted proxy has: what stands before it the caller may have written himself. Without trusted proxies the header is not looked at. The header stays,
// so that [Local] still knows that the request was handed on.
func Behind(trusted Networks, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if caller, ok := trusted.caller(r); ok {
			handed := *r
			handed.RemoteAddr = net.JoinHostPort(caller.String(), "0")
			r = &handed
		}
		next.ServeHTTP(w, r)
	})
}

func (n Networks) caller(r *http.Request) (last netip.Addr, ok bool) {
	peer, err := netip.ParseAddr(Address(r))
	if err != nil || !n.has(peer) {
		return last, false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // nonsense was written by the caller: what a proxy saw stands behind it
		}
		last, ok = a.Unmap(), true
		if !n.has(last) {
			break
		}
	}
	return last, ok
}
