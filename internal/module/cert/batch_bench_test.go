package cert_test

import (
	"fmt"
	"testing"

	"xiangyun/internal/module/cert/certtest"
)

// BenchmarkIssueStock issues batches of a thousand, half of them in the open register.
func BenchmarkIssueStock(b *testing.B) {
	w := certtest.Open(b)
	list := stock(500)
	used := processor(b)
	n := 0
	for b.Loop() {
		for i := range list {
			list[i].Number = fmt.Sprintf("%d-%d", n, i)
			if list[i].TypeKey == "lawyer" {
				list[i].Values["number"] = list[i].Number
			}
		}
		if got, err := w.IssueStock(b.Context(), tester, fmt.Sprint("stock/", n), list); err != nil || got != len(list) {
			b.Fatal(got, err)
		}
		n++
	}
	b.ReportMetric(float64(b.N*len(list))/b.Elapsed().Seconds(), "certificates/s")
	used()
}
