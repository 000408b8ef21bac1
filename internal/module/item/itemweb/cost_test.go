package itemweb

import (
	"context"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
)

// A sum is told only where it is sure.
func TestCost(t *testing.T) {
	words, err := page.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	ctx := page.With(context.Background(), words, page.Prefs{})
	fixed, home, other, open := item.Fee{Fen: 4050}, item.Fee{Fen: 8000, When: "a"}, item.Fee{Fen: 55000, When: "b"}, item.Fee{Standard: "按件计收"}
	for name, c := range map[string]struct {
		view guideView
		want string
	}{
		"nothing":                  {guideView{}, "不收费"},
		"one fixed charge":         {guideView{Fees: []item.Fee{fixed}}, "40.5 元"},
		"alternatives":             {guideView{Fees: []item.Fee{fixed, fixed}, Settled: true}, "收费"},
		"conditions, not settled":  {guideView{Fees: []item.Fee{home, other}}, "收费"},
		"a condition that holds":   {guideView{Fees: []item.Fee{home}, Settled: true}, "80 元"},
		"two conditions that hold": {guideView{Fees: []item.Fee{home, other}, Settled: true}, "630 元"},
		"no fixed amount":          {guideView{Fees: []item.Fee{open}, Settled: true}, "收费"},
	} {
		if got := cost(ctx, c.view); got != c.want {
			t.Errorf("%s: %s instead of %s", name, got, c.want)
		}
	}
}
