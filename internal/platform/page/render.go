package page

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render writes a component as a whole page. It is rendered before the first byte goes out, so that what fails becomes a proper
// fault page and never half a page with status 200. Pages are private unless the [Cache] says otherwise.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := c.Render(r.Context(), b); err != nil {
		return fmt.Errorf("rendering %s: %w", r.Pattern, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", Locale(r.Context()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	if err != nil {
		return nil // the reader has gone: nobody is left to be told
	}
	return nil
}

// shanghai is where every reader of our clocks lives.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

var dateLayouts = map[string]string{"zh": "2006年1月2日", "en": "2 January 2006", "ko": "2006년 1월 2일"}

// Date says an instant's day in China, in the reader's language; nothing for a zero instant.
func Date(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(shanghai).Format(dateLayouts[Locale(ctx)])
}

// DateTime says an instant to the minute in China.
func DateTime(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(shanghai).Format(dateLayouts[Locale(ctx)] + " 15:04")
}

// Civil says a civil date written YYYY-MM-DD; a text of another form is returned as it is.
func Civil(ctx context.Context, iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return iso
	}
	return t.Format(dateLayouts[Locale(ctx)])
}
