package page_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xiangyun/internal/platform/page"
)

// shelf is a cache before a handler that counts how often it makes a page.
func shelf(status func() int) (http.Handler, *int) {
	made := new(int)
	everybody := func(*http.Request) bool { return true }
	return page.NewCache(time.Hour, 10).Public(everybody, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*made++
		if r.Context().Err() != nil {
			http.Error(w, "the reader has gone", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(status())
		_, _ = w.Write([]byte(r.URL.EscapedPath()))
	})), made
}

func get(ctx context.Context, h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	return rec
}

func TestReaderWhoLeavesKeepsThePageFromNobody(t *testing.T) {
	h, made := shelf(func() int { return http.StatusOK })
	gone, leave := context.WithCancel(t.Context())
	leave()
	get(gone, h, "/items")
	before := *made
	for range 5 {
		if rec := get(t.Context(), h, "/items"); rec.Code != http.StatusOK || rec.Header().Get("ETag") == "" {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	if *made > before+1 {
		t.Errorf("made %d times", *made)
	}
}

func TestFaultIsNotKept(t *testing.T) {
	status := http.StatusInternalServerError
	h, made := shelf(func() int { return status })
	get(t.Context(), h, "/items")
	status = http.StatusOK
	for range 5 {
		get(t.Context(), h, "/items")
	}
	if *made > 3 { // once for the shelf and once for the reader, then once
		t.Errorf("made %d times", *made)
	}
}

func TestAddressesThatDecodeAlikeAreTwoPages(t *testing.T) {
	h, _ := shelf(func() int { return http.StatusOK })
	get(t.Context(), h, "/items/a%3Fb")
	if rec := get(t.Context(), h, "/items/a?b"); rec.Body.String() != "/items/a" {
		t.Errorf("got the page of another address: %s", rec.Body)
	}
}

func TestPartIsKeptUntilItsVersionIsOld(t *testing.T) {
	c := page.NewCache(time.Hour, 10)
	rendered := 0
	said := "old"
	part := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		rendered++
		_, err := io.WriteString(w, said)
		return err
	})
	show := func(version int64) string {
		var b bytes.Buffer
		if err := c.Part(version, "/a", part).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before := c.Version()
	if show(before) != "old" || show(before) != "old" || rendered != 1 {
		t.Errorf("rendered %d times, not once", rendered)
	}
	c.Bump()
	if show(before) != "old" || rendered != 2 { // what it shows was read before the change
		t.Error("an old reading was taken from what is kept")
	}
	said = "new"
	if got := show(c.Version()); got != "new" {
		t.Errorf("after the change it says %q: the old reading was kept", got)
	}
}

func TestPartThatFailsIsNotKept(t *testing.T) {
	c := page.NewCache(time.Hour, 10)
	fails := true
	part := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if fails {
			return io.ErrUnexpectedEOF
		}
		_, err := io.WriteString(w, "whole")
		return err
	})
	var b bytes.Buffer
	if err := c.Part(c.Version(), "/a", part).Render(context.Background(), &b); err == nil || b.Len() > 0 {
		t.Errorf("it failed with %v and wrote %q", err, b.String())
	}
	fails = false
	if err := c.Part(c.Version(), "/a", part).Render(context.Background(), &b); err != nil || b.String() != "whole" {
		t.Errorf("then %q, %v", b.String(), err)
	}
}
