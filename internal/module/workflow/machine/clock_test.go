package machine_test

import (
	"testing"
	"time"

	"xiangyun/internal/module/workflow/machine"
)

func TestAfter(t *testing.T) {
	from := time.Date(2026, 1, 31, 17, 0, 0, 0, time.UTC) // the first of February in China
	for text, want := range map[string]string{"PT15M": "2026-01-31T17:15:00Z", "P1M": "2026-02-28T17:00:00Z", "P1Y": "2027-01-31T17:00:00Z", "P1W": "2026-02-07T17:00:00Z",
		"P1DT2H3S": "2026-02-01T19:00:03Z"} {
		got, err := machine.After(from, text)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s after is %v, want %s: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", "P", "PT", "P0D", "1D", "P1H", "P-1D", "P1.5D", "P7WD", "P99999999999Y"} {
		if at, err := machine.After(from, text); err == nil {
			t.Errorf("%q is %v", text, at)
		}
	}
}

func FuzzAfter(f *testing.F) {
	f.Add("P1Y2M3W4DT5H6M7S")
	f.Add("PT999999999S")
	f.Fuzz(func(t *testing.T, text string) {
		from := time.Unix(0, 0)
		if at, err := machine.After(from, text); err == nil && !at.After(from) {
			t.Errorf("%q leads to %v", text, at)
		}
	})
}
