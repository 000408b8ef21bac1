package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestBehind(t *testing.T) {
	trusted, err := ParseNetworks("10.0.0.0/8, 127.0.0.1, fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"127.0.0.1:9", []string{"203.0.113.7"}, "203.0.113.7"},
		{"127.0.0.1:9", []string{"203.0.113.7, 10.1.1.1"}, "203.0.113.7"},
		{"127.0.0.1:9", []string{"1.2.3.4", "203.0.113.7, 10.1.1.1"}, "203.0.113.7"}, // 1.2.3.4 the caller invented
		{"127.0.0.1:9", []string{"nonsense, 203.0.113.7"}, "203.0.113.7"},
		{"127.0.0.1:9", []string{"nonsense"}, "127.0.0.1"},
		{"127.0.0.1:9", nil, "127.0.0.1"},
		{"127.0.0.1:9", []string{"10.2.2.2"}, "10.2.2.2"}, // a machine inside asks for itself
		{"203.0.113.9:9", []string{"1.2.3.4"}, "203.0.113.9"},
		{"[fd00::1]:9", []string{"2001:db8::5"}, "2001:db8::5"},
		{"[::ffff:10.0.0.1]:9", []string{"203.0.113.7"}, "203.0.113.7"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		got := ""
		Behind(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = Address(r) })).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s handing on %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if _, err := ParseNetworks("10.0.0.0/8, everybody"); err == nil {
		t.Error("a word was taken for a network")
	}
}
