package design_test

import (
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/platform/page"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1307088: "1,307,088", -1234: "-1,234", -123: "-123", 100000: "100,000"} {
		if got := design.Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestRoughly(t *testing.T) {
	for language, want := range map[string][2]string{"zh": {"99,999", "130.7 万"}, "en": {"99,999", "1,307,088"}, "ko": {"99,999", "130.7만"}} {
		ctx := inLanguage(t, page.Prefs{Locale: language})
		for i, n := range []int{99_999, 1_307_088} {
			if got := design.Roughly(ctx, n); got != want[i] {
				t.Errorf("%s: %d is %q, want %q", language, n, got, want[i])
			}
		}
	}
	if got := design.Roughly(inLanguage(t, page.Prefs{Locale: "zh"}), 2_000_000); got != "200 万" {
		t.Error(got)
	}
}
