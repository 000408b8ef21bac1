package audit_test

import (
	"fmt"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// BenchmarkAppend is one leaf in a transaction of its own; BenchmarkBareInsert is the same row without salt, commitment and encoding: the
// limit that Append is measured against.
func BenchmarkAppend(b *testing.B) {
	h := open(b)
	e := entries(1)[0]
	for b.Loop() {
		if err := h.db.Update(b.Context(), func(tx *db.Tx) error { return h.log.Append(b.Context(), tx, e) }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareInsert(b *testing.B) {
	h := open(b)
	e, salt := entries(1)[0], make([]byte, 32)
	for b.Loop() {
		err := h.db.Update(b.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(b.Context(), `INSERT INTO audit_inbox (id, kind, actor, office, subject, object, basis, at, data, salt, commitment)
VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, db.NewKey(), e.Kind, e.Actor, e.Office, e.Subject, e.Object, e.Basis, tx.Now, `{"n":0,"state":"accepted"}`, salt, salt)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSequence integrates full batches, per leaf.
func BenchmarkSequence(b *testing.B) {
	h := open(b)
	for b.Loop() {
		b.StopTimer()
		h.append(entries(audit.Batch)...)
		b.StartTimer()
		h.sequence()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*audit.Batch), "ns/leaf")
}

// BenchmarkProve proves leaves of a tree of some thousand.
func BenchmarkProve(b *testing.B) {
	h := open(b)
	const size = 4 * audit.Batch
	h.append(entries(size)...)
	h.sequence()
	i := int64(0)
	for b.Loop() {
		h.view(func(tx *db.Tx) error {
			if _, err := h.log.Prove(b.Context(), tx, i%size); err != nil {
				return fmt.Errorf("leaf %d: %w", i, err)
			}
			return nil
		})
		i++
	}
}
