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

// BenchmarkIssueTable issues a table of five thousand lawyers, checked before.
func BenchmarkIssueTable(b *testing.B) {
	const rows = 5000
	content := lawyers(b, rows)
	used, issued := processor(b), 0
	for b.Loop() {
		b.StopTimer()
		w := certtest.Open(b)
		id, err := w.CheckIssue(b.Context(), certtest.Chief, "lawyer", content)
		if err == nil {
			err = w.OrderIssue(b.Context(), certtest.Chief, id)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := w.IssueTable(b.Context(), tester, id); err != nil {
			b.Fatal(err)
		}
		issued += rows
	}
	b.ReportMetric(float64(issued)/b.Elapsed().Seconds(), "certificates/s")
	used()
}
