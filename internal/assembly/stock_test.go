package assembly

import (
	"context"
	"errors"
	"slices"
	"testing"

	"xiangyun/internal/assembly/demo"
	"xiangyun/internal/platform/db"
)

// stocked is what the register holds of the stock, without its keys, numbers and times.
func stocked(t *testing.T, a *App) (list []string) {
	t.Helper()
	err := a.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		list, err = db.All[string](t.Context(), tx, `SELECT type_key || ' ' || holder || ' ' || issued_on || ' ' || state || ' ' || office_path FROM cert_cert
WHERE case_id LIKE 'registered/%' ORDER BY 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCertificatesResumed stops loading in the middle, goes on to a count within a block, then to a greater one, and compares with a load in one go.
func TestCertificatesResumed(t *testing.T) {
	whole, _ := app(t)
	halved, _ := app(t)
	const count = 6300
	if err := whole.LoadCertificates(t.Context(), count, func(demo.Progress) {}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if err := halved.LoadCertificates(ctx, count, func(demo.Progress) { stop() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("the load was not stopped: %v", err)
	}
	for _, n := range []int{3100, count, count} {
		var last demo.Progress
		if err := halved.LoadCertificates(t.Context(), n, func(p demo.Progress) { last = p }); err != nil {
			t.Fatal(err)
		}
		if last.Done < n {
			t.Errorf("%d of %d are said to be there", last.Done, n)
		}
	}
	want, got := stocked(t, whole), stocked(t, halved)
	if len(want) < count || !slices.Equal(want, got) {
		t.Errorf("%d certificates in one go, %d in three", len(want), len(got))
	}
	for _, a := range []*App{whole, halved} {
		if r, err := a.Audit.Verify(t.Context()); err != nil || !r.OK() || r.Size < count {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if err := whole.LoadCertificates(t.Context(), demo.AllCertificates+1, func(demo.Progress) {}); err == nil {
		t.Error("more than there are")
	}
}
