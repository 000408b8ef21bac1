package itemweb_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/rdf/rdftest"
)

func (h hall) ask(t *testing.T, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func TestOpenData(t *testing.T) {
	h := open(t)
	page := h.ask(t, "GET", "/open-data").Body.String()
	for _, words := range []string{"开放数据", "/open-data/items.csv", "/open-data/catalogue.ttl", "/open-data/catalogue.jsonld", "注明来源", "promise_days", "承诺办结时限", "600"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if i := strings.Index(page, "[open."); i >= 0 {
		t.Error("a word is missing:", page[i:i+60])
	}

	w := h.ask(t, "GET", "/open-data/items.csv")
	body := w.Body.Bytes()
	if w.Code != 200 || !bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")) || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatal(w.Code, w.Header())
	}
	rows, err := csv.NewReader(bytes.NewReader(body[3:])).ReadAll()
	if err != nil || len(rows) != 601 || len(rows[0]) != len(item.OpenColumns()) || !strings.HasPrefix(rows[1][len(rows[1])-1], "https://example.gov.cn/items/1122") {
		t.Fatal(len(rows), err)
	}
	for path, media := range map[string]string{"catalogue.ttl": "text/turtle; charset=utf-8", "catalogue.jsonld": "application/ld+json"} {
		w := h.ask(t, "GET", "/open-data/"+path)
		if w.Code != 200 || w.Header().Get("Content-Type") != media || strings.Contains(w.Body.String(), "[open.") {
			t.Error(path, w.Code, w.Header())
		}
		g, err := rdftest.Graph(nil), error(nil)
		if path == "catalogue.ttl" {
			g, err = rdftest.ReadTurtle(w.Body.String())
		} else {
			g, err = rdftest.ReadJSONLD(w.Body.Bytes())
		}
		if err != nil || len(g) < 1000 {
			t.Error(path, len(g), err)
		}
	}
}

func TestOpenDataIsAskedForAgainOnlyWhenItChanged(t *testing.T) {
	h := open(t)
	head := h.ask(t, http.MethodHead, "/open-data/items.csv")
	tag := head.Header().Get("ETag")
	if head.Code != 200 || head.Body.Len() != 0 || tag == "" || !strings.Contains(head.Header().Get("Cache-Control"), "no-cache") {
		t.Fatal(head.Code, head.Header())
	}
	if w := h.ask(t, "GET", "/open-data/items.csv", "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Error("asked again:", w.Code)
	}
	if w := h.ask(t, "GET", "/open-data/catalogue.ttl", "If-None-Match", tag); w.Code != 200 {
		t.Error("another file with this tag:", w.Code)
	}
	list, err := h.List(context.Background(), item.Query{Base: food, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.End(context.Background(), itemtest.Keeper, list.Rows[0].Code, "撤销"); err != nil {
		t.Fatal(err)
	}
	w := h.ask(t, "GET", "/open-data/items.csv", "If-None-Match", tag)
	if w.Code != 200 || w.Header().Get("ETag") == tag || strings.Contains(w.Body.String(), list.Rows[0].Code) {
		t.Error("after a change:", w.Code, w.Header().Get("ETag"))
	}
}

// slow is a reader that asks for a second file while it takes the first.
type slow struct {
	*httptest.ResponseRecorder
	once      sync.Once
	meanwhile func()
	deadlines int
}

func (s *slow) Write(b []byte) (int, error) {
	s.once.Do(s.meanwhile)
	return s.ResponseRecorder.Write(b)
}

func (s *slow) SetWriteDeadline(time.Time) error {
	s.deadlines++
	return nil
}

func TestOneAddressTakesOneFileAtATime(t *testing.T) {
	h := open(t)
	ask := func(w http.ResponseWriter, address string) {
		r := httptest.NewRequest("GET", "/open-data/items.csv", nil)
		r.RemoteAddr = address + ":40000"
		h.handler.ServeHTTP(w, r)
	}
	second, other, after := httptest.NewRecorder(), httptest.NewRecorder(), httptest.NewRecorder()
	first := &slow{ResponseRecorder: httptest.NewRecorder(), meanwhile: func() {
		ask(second, "192.0.2.1")
		ask(other, "192.0.2.2")
	}}
	ask(first, "192.0.2.1")
	ask(after, "192.0.2.1")
	if first.Code != 200 || second.Code != http.StatusServiceUnavailable || second.Header().Get("ETag") != "" || other.Code != 200 || after.Code != 200 {
		t.Error(first.Code, second.Code, other.Code, after.Code)
	}
	if first.deadlines < 2 || first.Body.Len() != after.Body.Len() {
		t.Errorf("%d deadlines for %d bytes of %d", first.deadlines, first.Body.Len(), after.Body.Len())
	}
}
