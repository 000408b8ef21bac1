package cert_test

import (
	"fmt"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/sm"
)

// BenchmarkIssue is the whole use case; BenchmarkBareIssue what no issuing can do without: two documents and one SM2 signature.
func BenchmarkIssue(b *testing.B) {
	w := certtest.Open(b)
	n := 0
	for b.Loop() {
		n++
		w.IssueFood(b, fmt.Sprint(n))
	}
}

func BenchmarkBareIssue(b *testing.B) {
	paper := certtest.Paper(b)
	signer, err := sm.GenerateSM2()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := certtest.BareIssue(paper, signer); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify verifies by identifier among few and among many certificates.
func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := certtest.Open(b)
			if err := certtest.Seed(b.Context(), w.DB, w.Log, n); err != nil {
				b.Fatal(err)
			}
			identifier := w.IssueFood(b, "1")
			if _, err := w.Log.Sequence(b.Context()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				v, err := w.Verify(b.Context(), actor.Actor{}, cert.Question{Identifier: identifier})
				if err != nil || !v.Valid {
					b.Fatalf("%+v, %v", v, err)
				}
			}
		})
	}
}
