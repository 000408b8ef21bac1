package cert_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// BenchmarkIssue is the whole use case; BenchmarkBareIssue what no issuing can do without: two sealed documents and a signed record.
func BenchmarkIssue(b *testing.B) {
	w := certtest.Open(b)
	n := 0
	for b.Loop() {
		n++
		w.IssueFood(b, fmt.Sprint(n))
	}
}

func BenchmarkBareIssue(b *testing.B) {
	kind, err := cert.ParseType(certtest.Types(b)["food_operation"])
	if err != nil {
		b.Fatal(err)
	}
	bare, err := certtest.NewBare(certtest.Paper(b), kind)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := bare.Issue(); err != nil {
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

// tokens puts n codes of a certificate into the register and returns them: presenting is not what is measured.
func tokens(b *testing.B, w *certtest.World, identifier string, n int) []string {
	b.Helper()
	out := make([]string, n)
	rows := make([][]any, n)
	err := w.DB.Update(b.Context(), func(tx *db.Tx) error {
		id, err := db.One[string](b.Context(), tx, `SELECT id FROM cert_cert WHERE identifier = $1`, identifier)
		if err != nil {
			return err
		}
		for i := range out {
			out[i] = fmt.Sprintf("%043d", i)
			sum := sm.Sum([]byte(out[i]))
			rows[i] = []any{sum[:], id, tx.Now, tx.Now.Add(time.Hour)}
		}
		return tx.Bulk(b.Context(), "cert_presentation", []string{"token_hash", "cert_id", "made_at", "expires_at"}, rows)
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkVerifyToken redeems codes, many at once as verifiers come: one look, one write with its leaf, no signature computed once the certificate
// was found good. BenchmarkBareToken is the bare look-up of the same codes.
func BenchmarkVerifyToken(b *testing.B) {
	w := certtest.Open(b)
	identifier := w.IssueFood(b, "1")
	if _, err := w.Log.Sequence(b.Context()); err != nil {
		b.Fatal(err)
	}
	all := tokens(b, w, identifier, b.N)
	var next atomic.Int64
	b.SetParallelism(32)
	used := processor(b)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			v, err := w.Verify(context.Background(), actor.Actor{}, cert.Question{Token: all[next.Add(1)-1], Purpose: "identity"})
			if err != nil || !v.Valid {
				b.Errorf("%+v, %v", v, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verified/s")
	used()
}

func BenchmarkBareToken(b *testing.B) {
	w := certtest.Open(b)
	all := tokens(b, w, w.IssueFood(b, "1"), b.N)
	var next atomic.Int64
	b.SetParallelism(32)
	used := processor(b)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			sum := sm.Sum([]byte(all[next.Add(1)-1]))
			err := w.DB.Glance(context.Background(), func(tx *db.Tx) error {
				_, err := db.One[string](context.Background(), tx, `SELECT c.identifier FROM cert_presentation p JOIN cert_cert c ON c.id = p.cert_id
WHERE p.token_hash = $1 AND p.used_at IS NULL`, sum[:])
				return err
			})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "found/s")
	used()
}

// processor reports the processor's time an operation took, whatever else the machine does: two processors do at most 2,000,000 divided by it a second.
func processor(b *testing.B) (report func()) {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := spent()
	return func() { b.ReportMetric(float64((spent()-before).Microseconds())/float64(b.N), "cpu-µs/op") }
}

// BenchmarkSign signs what an offline code carries with either of the signers it could have.
func BenchmarkSign(b *testing.B) {
	keys, err := sm.NewKeyring()
	if err != nil {
		b.Fatal(err)
	}
	for name, signer := range map[string]string{"Ed25519": sm.OfflineSigner, "SM2": sm.CertificateSigner} {
		b.Run(name, func(b *testing.B) {
			s, err := keys.Signer(signer)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := sm.Sign(s, make([]byte, 400)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
