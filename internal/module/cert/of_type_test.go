package cert_test

import (
	"testing"

	"xiangyun/internal/module/cert/certtest"
)

func TestOfType(t *testing.T) {
	w := certtest.Open(t)
	if _, err := w.IssueStock(t.Context(), tester, "stock", stock(5)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	pages := 0
	for after := ""; pages == 0 || after != ""; pages++ {
		list, next, err := w.OfType(t.Context(), certtest.Chief, "food-operation", after, 2)
		if err != nil || pages > 3 {
			t.Fatal(err)
		}
		for _, c := range list {
			seen[c.Identifier] = true
		}
		after = next
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d certificates on %d pages", len(seen), pages)
	}
	for _, typeKey := range []string{"lawyer", "disability"} { // of another office, of a type there is none of
		if list, _, err := w.OfType(t.Context(), certtest.Chief, typeKey, "", 10); err != nil || len(list) != 0 {
			t.Errorf("%s: %d, %v", typeKey, len(list), err)
		}
	}
	if list, _, err := w.OfType(t.Context(), certtest.Holder, "food-operation", "", 10); err != nil || len(list) != 0 {
		t.Errorf("a holder lists the office's: %d, %v", len(list), err)
	}
}
