package cert_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
)

// between does something after a code was looked up and before it is used.
type between struct {
	cert.Log
	do func()
}

func (b between) ByObject(ctx context.Context, tx *db.Tx, object, before string, limit int) ([]audit.Leaf, error) {
	b.do()
	return b.Log.ByObject(ctx, tx, object, before, limit)
}

// A code that runs out while it is verified has run out; nobody has copied it. One that somebody else used meanwhile was used.
func TestCodeRunsOutWhileItIsVerified(t *testing.T) {
	for want, query := range map[string]string{
		"token.expired": `UPDATE cert_presentation SET expires_at = $1 WHERE used_at IS NULL`,
		"token.used":    `UPDATE cert_presentation SET used_at = $1`,
		"token.unknown": `DELETE FROM cert_presentation WHERE expires_at > $1`,
	} {
		t.Run(strings.ReplaceAll(want, ".", "-"), func(t *testing.T) {
			w := certtest.Open(t)
			identifier := w.IssueFood(t, "1")
			p, err := w.Present(t.Context(), certtest.Holder, identifier)
			if err != nil {
				t.Fatal(err)
			}
			needs := (&broken{w: w}).needs(t)
			needs.Log = between{w.Log, func() {
				if err := w.DB.Update(t.Context(), func(tx *db.Tx) error { return tx.Later(t.Context(), query, tx.Now.Add(-time.Second)) }); err != nil {
					t.Error(err)
				}
			}}
			v, err := cert.New(w.DB, needs).Verify(t.Context(), actor.Actor{}, cert.Question{Token: p.Token})
			if err != nil || failed(v) != want || v.Valid || v.Certificate != nil {
				t.Errorf("%q: %+v, %v", failed(v), v, err)
			}
			if kinds, _ := leaves(t, w, identifier); slices.Contains(kinds, "cert.replay_refused") != (want == "token.used") {
				t.Errorf("leaves %v", kinds)
			}
		})
	}
}
