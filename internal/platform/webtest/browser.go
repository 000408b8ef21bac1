// Package webtest is a small browser for tests: a person without scripts, who reads pages, follows links, fills forms by the words of
// their labels and presses buttons.
//
//	b := webtest.New(t, handler)
//	b.Open("/sign-in").Fill("账号", "citizen").Fill("密码", "…").Press("登录").Wants(200, "我的办件")
//
// It keeps cookies and follows redirects as browsers do. Every page it reads is checked as well: one title, one first heading, labels
// for all inputs, no id twice, no word that a locale lacks, no inline script or style. It knows nothing of what pages mean.
package webtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const origin = "http://xiangyun.test"

// Browser is one person's browser. Its methods fail the test when something is not there; they return the browser so that steps chain.
type Browser struct {
	t      testing.TB
	client *http.Client
	base   string
	at     *url.URL
	status int
	header http.Header
	body   []byte
	page   *html.Node
	files  map[*html.Node]file

	// Language is sent as Accept-Language, "zh" at first.
	Language string
	// Lenient leaves out the checks of every page, for pages of others.
	Lenient bool
}

type file struct {
	name    string
	content []byte
}

// New returns a fresh browser in front of a handler.
func New(t testing.TB, h http.Handler) *Browser {
	return open(t, origin, roundTripper{h})
}

// At returns a fresh browser in front of a running server.
func At(t testing.TB, base string) *Browser {
	return open(t, strings.TrimSuffix(base, "/"), http.DefaultTransport)
}

func open(t testing.TB, base string, transport http.RoundTripper) *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, base: base, at: at, Language: "zh", files: map[*html.Node]file{}}
	b.client = &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return b
}

// roundTripper asks a handler without a network.
type roundTripper struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	in.RequestURI, in.RemoteAddr, in.Host = req.URL.RequestURI(), "127.0.0.1:40000", req.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, in)
	res := w.Result()
	res.Request = req
	return res, nil
}

// Open goes to a path, as if typed into the address line.
func (b *Browser) Open(path string) *Browser {
	b.t.Helper()
	return b.send(http.MethodGet, b.resolve(path), nil, "")
}

func (b *Browser) resolve(address string) *url.URL {
	b.t.Helper()
	u, err := b.at.Parse(address)
	if err != nil {
		b.t.Fatalf("%s is no address: %v", address, err)
	}
	return u
}

// send asks, follows redirects and reads the page.
func (b *Browser) send(method string, u *url.URL, body []byte, contentType string) *Browser {
	b.t.Helper()
	for hop := 0; ; hop++ {
		if hop > 10 {
			b.t.Fatalf("%s leads in a circle", u)
		}
		res := b.ask(method, u, body, contentType)
		to := res.Header.Get("Location")
		if res.StatusCode < 300 || res.StatusCode > 399 || to == "" {
			b.read(u, res)
			return b
		}
		_ = res.Body.Close() // a redirect's body says nothing
		b.at = u
		u = b.resolve(to)
		if res.StatusCode != http.StatusTemporaryRedirect && res.StatusCode != http.StatusPermanentRedirect {
			method, body, contentType = http.MethodGet, nil, ""
		}
	}
}

func (b *Browser) ask(method string, u *url.URL, body []byte, contentType string) *http.Response {
	b.t.Helper()
	req, err := http.NewRequest(method, u.String(), bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	req.Header.Set("Accept-Language", b.Language)
	if b.at.Path != "" && b.page != nil {
		req.Header.Set("Referer", b.at.String())
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Origin", b.base)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, u.Path, err)
	}
	return res
}

func (b *Browser) read(u *url.URL, res *http.Response) {
	b.t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.at, b.status, b.header, b.body, b.page = u, res.StatusCode, res.Header, text, nil
	clear(b.files)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return
	}
	if b.page, err = html.Parse(bytes.NewReader(text)); err != nil {
		b.t.Fatalf("%s is no HTML: %v", u.Path, err)
	}
	if !b.Lenient {
		for _, fault := range Check(b.page) {
			b.t.Errorf("%s: %s", u.RequestURI(), fault)
		}
	}
}

// Status returns the status of the page.
func (b *Browser) Status() int { return b.status }

// Header returns a header of the answer.
func (b *Browser) Header(name string) string { return b.header.Get(name) }

// Body returns the answer as it came.
func (b *Browser) Body() string { return string(b.body) }

// Path returns the path and query the browser is at.
func (b *Browser) Path() string { return b.at.RequestURI() }

// Title returns the window's title.
func (b *Browser) Title() string {
	return text(first(b.page, func(n *html.Node) bool { return n.Data == "title" }))
}

// Heading returns the page's first heading.
func (b *Browser) Heading() string {
	return text(first(b.page, func(n *html.Node) bool { return n.Data == "h1" }))
}

// Text returns what the page's main part says, or the whole page where it has none.
func (b *Browser) Text() string { return text(b.main()) }

// Errors returns what the page says must be put right: the text of its alerts.
func (b *Browser) Errors() []string {
	var out []string
	for _, n := range all(b.page, func(n *html.Node) bool { return attr(n, "role") == "alert" }) {
		lines := all(n, func(n *html.Node) bool { return n.Data == "li" })
		if len(lines) == 0 {
			lines = []*html.Node{n}
		}
		for _, l := range lines {
			out = append(out, text(l))
		}
	}
	return out
}

// Has tells whether the page says the words.
func (b *Browser) Has(words string) bool {
	return strings.Contains(text(b.page), words) || b.page == nil && strings.Contains(string(b.body), words)
}

// Wants fails the test unless the page has this status and says all the words.
func (b *Browser) Wants(status int, words ...string) *Browser {
	b.t.Helper()
	if b.status != status {
		b.t.Fatalf("%s answers %d, want %d: %.600s", b.Path(), b.status, status, b.said())
	}
	for _, w := range words {
		if !b.Has(w) {
			b.t.Errorf("%s does not say %q; it says: %.1200s", b.Path(), w, b.said())
		}
	}
	return b
}

// Lacks fails the test if the page says one of the words.
func (b *Browser) Lacks(words ...string) *Browser {
	b.t.Helper()
	for _, w := range words {
		if b.Has(w) {
			b.t.Errorf("%s says %q", b.Path(), w)
		}
	}
	return b
}

func (b *Browser) said() string {
	if b.page == nil {
		return string(b.body)
	}
	return b.Text()
}

// main is the page's main part.
func (b *Browser) main() *html.Node {
	if m := first(b.page, func(n *html.Node) bool { return n.Data == "main" }); m != nil {
		return m
	}
	return b.page
}

// Follow follows the link with these words, in the main part first.
func (b *Browser) Follow(words string) *Browser {
	b.t.Helper()
	isLink := func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") != "" }
	n := named(b.main(), b.page, words, isLink, nameOf)
	if n == nil {
		b.t.Fatalf("%s has no link %q: %.600s", b.Path(), words, b.said())
	}
	return b.send(http.MethodGet, b.resolve(attr(n, "href")), nil, "")
}

// Link returns the address of the link with these words, empty when there is none.
func (b *Browser) Link(words string) string {
	n := named(b.main(), b.page, words, func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") != "" }, nameOf)
	if n == nil {
		return ""
	}
	return attr(n, "href")
}

// Post sends values to a path without a form on the page, as somebody who makes up requests would.
func (b *Browser) Post(path string, values url.Values) *Browser {
	b.t.Helper()
	return b.send(http.MethodPost, b.resolve(path), []byte(values.Encode()), "application/x-www-form-urlencoded")
}

// String says where the browser is, for messages.
func (b *Browser) String() string { return fmt.Sprintf("%s (%d %s)", b.Path(), b.status, b.Title()) }
