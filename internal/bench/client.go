package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"xiangyun/internal/assembly/demo"
)

// client is somebody who uses the program over HTTP.
type client struct {
	base  string
	token string
	http  *http.Client
}

// stranger is nobody yet, at a running server.
func stranger(base string) *client {
	return &client{base: base, http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
}

// inside asks a handler without a network.
func inside(h http.Handler) *client {
	return &client{base: "http://127.0.0.1", http: &http.Client{Transport: handler{h}}}
}

type handler struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (h handler) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	in.RequestURI, in.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:40000"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	return w.Result(), nil
}

// as is the same caller signed in with a demo account, by a token of the API.
func (c *client) as(ctx context.Context, account string) (*client, error) {
	body, err := c.json(ctx, http.StatusCreated, http.MethodPost, "/api/v1/sessions", map[string]any{"account": account, "password": demo.Password}, "")
	if err != nil {
		return nil, err
	}
	token, _ := body["token"].(string)
	return &client{base: c.base, token: token, http: c.http}, nil
}

// session is a browser signed in with a demo account, by the page and its cookie.
func (c *client) session(ctx context.Context, account string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &client{base: c.base, http: &http.Client{Timeout: time.Minute, Transport: c.http.Transport, Jar: jar}}
	if _, err := b.ask(ctx, http.StatusOK, http.MethodPost, "/sign-in", url.Values{"login": {account}, "password": {demo.Password}}.Encode(),
		"application/x-www-form-urlencoded"); err != nil {
		return nil, err
	}
	at, err := url.Parse(c.base)
	if err != nil {
		return nil, err
	}
	for _, cookie := range jar.Cookies(at) {
		if strings.HasSuffix(cookie.Name, "_session") {
			return b, nil
		}
	}
	return nil, fmt.Errorf("signing %s in on the page gave no session", account)
}

// ask sends a request and fails unless the answer has the wanted status.
func (c *client) ask(ctx context.Context, want int, method, path, body, contentType string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return c.send(req, want)
}

func (c *client) send(req *http.Request, want int) ([]byte, error) {
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != want {
		return nil, fmt.Errorf("%s %s answered %d, want %d: %.300s", req.Method, req.URL.Path, res.StatusCode, want, text)
	}
	return text, nil
}

// json sends and reads JSON; key is the Idempotency-Key, empty for none.
func (c *client) json(ctx context.Context, want int, method, path string, body any, key string) (map[string]any, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if text, err = c.send(req, want); err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(text, &out)
}

// upload hands a small true PDF in and returns its id.
func (c *client) upload(ctx context.Context, name string) (string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name+".pdf")
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(part, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% "+name+"\ntrailer<</Root 1 0 R>>\n%%EOF\n"); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	text, err := c.ask(ctx, http.StatusCreated, http.MethodPost, "/api/v1/uploads", b.String(), w.FormDataContentType())
	if err != nil {
		return "", err
	}
	var out struct{ ID string }
	return out.ID, json.Unmarshal(text, &out)
}
