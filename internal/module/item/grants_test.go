package item_test

import (
	"context"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
)

// TestGrants checks that only an entry in use of exactly the office counts.
func TestGrants(t *testing.T) {
	l := itemtest.Seeded(t)
	grants := func(certType, office string) (ok bool) {
		t.Helper()
		err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			ok, err = l.Grants(context.Background(), tx, certType, office)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for _, c := range []struct {
		certType, office string
		want             bool
	}{{"food-operation", "220102d31", true}, {"food-operation", "220102d23", false}, {"food-operation", "220102", false}, {"food-operation", "22", false},
		{"lawyer", "220102d31", false}, {"", "220102d31", false}} {
		if got := grants(c.certType, c.office); got != c.want {
			t.Errorf("%q at %s: %t", c.certType, c.office, got)
		}
	}
	page, err := l.List(t.Context(), item.Query{Text: "食品经营许可", Limit: item.Most})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page.Rows {
		if e.OfficePath == "220102d31" && e.Guide.CertType == "food-operation" {
			if err := l.SetState(t.Context(), itemtest.Keeper, e.Code, item.Paused, "系统升级，暂停受理"); err != nil {
				t.Log(err)
				if err := l.SetState(t.Context(), itemtest.Loader, e.Code, item.Paused, "系统升级，暂停受理"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if grants("food-operation", "220102d31") {
		t.Error("a paused entry counts")
	}
}
