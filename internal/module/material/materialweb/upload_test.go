package materialweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/material/materialweb"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sm/smtest"
	"xiangyun/internal/platform/web"
)

const maxBytes = 200 << 10

// store is a blob store whose disk can be full.
type store struct {
	*blob.Store
	full bool
}

// Put implements material.Store.
func (s *store) Put(ctx context.Context, r io.Reader, name string) (blob.Info, error) {
	if s.full {
		return blob.Info{}, fault.New(fault.Busy, "blob.no_space")
	}
	return s.Store.Put(ctx, r, name)
}

type counter struct {
	by      actor.Actor
	store   *store
	handler http.Handler
}

func open(t *testing.T) *counter { return bounded(t, material.Quota{}) }

func bounded(t *testing.T, quota material.Quota) *counter {
	t.Helper()
	d := dbtest.Open(t, once.Schema, material.Schema)
	keys := smtest.Keyring(t)
	blobs, err := blob.New(t.TempDir(), maxBytes, keys)
	if err != nil {
		t.Fatal(err)
	}
	words, err := page.Load([]fs.FS{page.Words, web.Words, blob.Locale, material.Locale, materialweb.Locale}...)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Catalogue: words})
	c := &counter{by: actor.Actor{Kind: actor.Person, Account: "citizen", Subject: "s1"}, store: &store{Store: blobs}}
	materialweb.Routes(r, materialweb.Deps{DB: d, Materials: material.New(d, material.Needs{Store: c.store, Keys: keys, Quota: quota}), MaxBytes: maxBytes})
	c.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(w, req.WithContext(actor.WithContext(req.Context(), c.by)))
	}))
	return c
}

type answer struct {
	status int
	raw    string
	body   struct {
		ID, SHA256, Code string
		Size             int64
		MediaType        string `json:"media_type"`
	}
}

func (c *counter) send(t *testing.T, req *http.Request) (a answer) {
	t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, req)
	a.status, a.raw = w.Code, w.Body.String()
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("no JSON: %s", a.raw)
	}
	return a
}

// form is a multipart body with some values and a file.
func form(t *testing.T, field, name string, content []byte) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("note", "first"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

func (c *counter) upload(t *testing.T, field, name string, content []byte, key string) answer {
	t.Helper()
	body, kind := form(t, field, name, content)
	req := httptest.NewRequest("POST", "/api/v1/uploads", body)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", key)
	return c.send(t, req)
}

var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func TestUpload(t *testing.T) {
	c := open(t)
	a := c.upload(t, "file", "平面图.pdf", pdf, "k")
	if a.status != 201 || a.body.ID == "" || len(a.body.SHA256) != 64 || a.body.Size != int64(len(pdf)) || a.body.MediaType != "application/pdf" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if again := c.upload(t, "file", "平面图.pdf", pdf, "k"); again.status != 201 || again.raw != a.raw {
		t.Errorf("sent again: %d %s", again.status, again.raw)
	}
	if other := c.upload(t, "file", "另一张.txt", []byte("另一张\n"), "k"); other.status != 409 {
		t.Errorf("another file under the key: %d %s", other.status, other.raw)
	}
	get := httptest.NewRequest("GET", "/api/v1/uploads/"+a.body.ID, nil)
	if mine := c.send(t, get); mine.status != 200 || mine.body.SHA256 != a.body.SHA256 {
		t.Errorf("its owner is told %d %s", mine.status, mine.raw)
	}
	c.by = actor.Actor{Kind: actor.Person, Account: "other", Subject: "s2"}
	if theirs := c.send(t, get); theirs.status != 404 {
		t.Errorf("a stranger is told %d %s", theirs.status, theirs.raw)
	}
}

// Who may have no more waiting is told so, and takes away what he does not need. Nobody takes away another's.
func TestUploadQuota(t *testing.T) {
	c := bounded(t, material.Quota{WaitingFiles: 1})
	first := c.upload(t, "file", "a.pdf", pdf, "")
	if a := c.upload(t, "file", "b.txt", []byte("b\n"), ""); a.status != 429 || a.body.Code != "material.quota_waiting" || !strings.Contains(a.raw, "7") {
		t.Errorf("a second: %d %s", a.status, a.raw)
	}
	discard := func() int {
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, httptest.NewRequest("DELETE", "/api/v1/uploads/"+first.body.ID, nil))
		return w.Code
	}
	owner := c.by
	c.by = actor.Actor{Kind: actor.Person, Account: "other", Subject: "s2"}
	if status := discard(); status != 204 {
		t.Errorf("a stranger is told %d", status)
	}
	c.by = owner
	if a := c.send(t, httptest.NewRequest("GET", "/api/v1/uploads/"+first.body.ID, nil)); a.status != 200 {
		t.Errorf("a stranger took it away: %d", a.status)
	}
	for range 2 {
		if status := discard(); status != 204 {
			t.Errorf("its owner is told %d", status)
		}
	}
	if a := c.upload(t, "file", "b.txt", []byte("b\n"), ""); a.status != 201 {
		t.Errorf("after it was taken away: %d %s", a.status, a.raw)
	}
}

func TestUploadRefused(t *testing.T) {
	c := open(t)
	for name, x := range map[string]struct {
		field, file string
		content     []byte
		status      int
		code        string
	}{
		"too-large":   {"file", "a.txt", bytes.Repeat([]byte("a"), maxBytes+1), 413, "blob.too_large"},
		"far-larger":  {"file", "a.txt", bytes.Repeat([]byte("a"), 2*maxBytes), 413, "web.body_too_large"},
		"mislabelled": {"file", "a.png", pdf, 415, "blob.mislabelled"},
		"unsupported": {"file", "a.exe", []byte("MZ\x90\x00\x03"), 415, "blob.unsupported"},
		"empty":       {"file", "a.txt", nil, 422, "blob.empty"},
		"no-part":     {"picture", "a.pdf", pdf, 422, "material.no_file_part"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := c.upload(t, x.field, x.file, x.content, ""); a.status != x.status || a.body.Code != x.code || strings.Contains(a.raw, x.file) {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
	c.store.full = true
	if a := c.upload(t, "file", "a.pdf", pdf, ""); a.status != 503 || a.body.Code != "blob.no_space" {
		t.Errorf("a full disk: %d %s", a.status, a.raw)
	}
	req := httptest.NewRequest("POST", "/api/v1/uploads", strings.NewReader(`{"file":"x"}`))
	req.Header.Set("Content-Type", "application/json")
	if a := c.send(t, req); a.status != 422 || a.body.Code != "material.no_file_part" {
		t.Errorf("JSON: %d %s", a.status, a.raw)
	}
}

// A connection that breaks is nobody's file, at whatever byte it does.
func TestUploadCutOff(t *testing.T) {
	c := open(t)
	body, kind := form(t, "file", "a.pdf", pdf)
	whole := body.Bytes()
	for _, n := range []int{len(whole) - 3, len(whole) - len(pdf)/2, 30} {
		req := httptest.NewRequest("POST", "/api/v1/uploads", bytes.NewReader(whole[:n]))
		req.Header.Set("Content-Type", kind)
		if a := c.send(t, req); a.status != 422 || a.body.Code != "material.upload_broken" {
			t.Errorf("cut off at %d of %d: %d %s", n, len(whole), a.status, a.raw)
		}
	}
}

// A body that says nothing of its length is cut off at the limit, and so is nothing held in memory.
func TestUploadWithoutLength(t *testing.T) {
	c := open(t)
	head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
	endless := io.MultiReader(strings.NewReader(head), zeros{})
	req := httptest.NewRequest("POST", "/api/v1/uploads", io.NopCloser(endless))
	req.ContentLength = -1
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if a := c.send(t, req); a.status != 413 {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}
