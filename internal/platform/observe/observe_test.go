package observe_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/platform/observe"
	"xiangyun/internal/platform/web"
)

// Every line that is written while a request is answered carries its number, with what was added to the logger as well; others carry none.
func TestLinesCarryTheNumberOfTheRequest(t *testing.T) {
	ctx := web.WithRequestID(context.Background(), "ACD34679E")
	var text, lines strings.Builder
	l := observe.Logger(&text, "info", "text")
	l.InfoContext(ctx, "one")
	l.With("module", "cert").InfoContext(ctx, "two")
	l.Info("three")
	l.DebugContext(ctx, "four")
	got := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(got) != 3 || !strings.HasSuffix(got[0], "msg=one request=ACD34679E") || !strings.HasSuffix(got[1], "msg=two module=cert request=ACD34679E") ||
		strings.Contains(got[2], "request=") {
		t.Errorf("wrote %q", got)
	}
	observe.Logger(&lines, "warn", "json").ErrorContext(ctx, "five", "error", errors.New("boom"))
	observe.Logger(&lines, "warn", "json").InfoContext(ctx, "six")
	var line map[string]any
	if err := json.Unmarshal([]byte(lines.String()), &line); err != nil || line["request"] != "ACD34679E" || line["error"] != "boom" || line["level"] != "ERROR" {
		t.Errorf("wrote %q: %v", lines.String(), err)
	}
}

// Figures count by route and class of status; what can't be asked shows as -1, which is told apart from nothing waiting.
func TestFigures(t *testing.T) {
	f := observe.NewFigures("v1")
	f.Request(web.Observed{Method: "GET", Pattern: "GET /cases/{number}", Status: 404, Took: time.Millisecond})
	f.Request(web.Observed{Method: "GET", Status: 200})
	f.Gauge("waiting", "", func(context.Context) (float64, error) { return 3, nil })
	f.Gauge("unknown", "", func(context.Context) (float64, error) { return 3, errors.New("gone") })
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`xiangyun_http_request_seconds_count{method="GET",route="GET /cases/{number}",status="4xx"} 1`, `route="none",status="2xx"`,
		"\nwaiting 3\n", "\nunknown -1\n", `version="v1"`} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
}
