package design_test

import (
	"testing"

	"xiangyun/internal/design"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1307088: "1,307,088", -1234: "-1,234", -123: "-123", 100000: "100,000"} {
		if got := design.Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
