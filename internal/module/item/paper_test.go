package item_test

import (
	"strings"
	"testing"

	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/item"
)

// TestPapers: every text leaves room on the blank, is filled on the sample, and its applicants have right numbers.
func TestPapers(t *testing.T) {
	known := map[string]string{"item": "食品经营许可", "office": "南关区市场监督管理局", "material": "授权委托书"}
	numbers := map[item.Audience]string{item.Person: "220102199303082083", item.Company: "91220102MA1P8Q9R4L"}
	if _, err := personid.Parse(numbers[item.Person]); err != nil {
		t.Error(err)
	}
	if _, err := uscc.Parse(numbers[item.Company]); err != nil {
		t.Error(err)
	}
	if len(item.Papers()) < 10 {
		t.Errorf("%v", item.Papers())
	}
	for _, key := range item.Papers() {
		p, ok := item.PaperOf(key)
		if !ok || len(p.Signs) == 0 || len(p.Lines) == 0 {
			t.Errorf("%s: %+v", key, p)
		}
		blank := strings.Join(p.Blank(known), "\n")
		if !strings.Contains(blank, "＿＿") || strings.ContainsAny(blank, "{}") {
			t.Errorf("%s is no blank: %s", key, blank)
		}
		for who, number := range numbers {
			filled := strings.Join(p.Filled(known, who), "\n")
			if strings.Contains(filled, "＿") || strings.ContainsAny(filled, "{}") || !strings.Contains(filled, "食品") && !strings.Contains(filled, "授权委托书") && !strings.Contains(filled, number) {
				t.Errorf("%s is not filled for a %s: %s", key, who, filled)
			}
			for i, line := range p.Lines {
				for _, gap := range []string{"：。", "（）", "“”"} {
					if strings.Contains(p.Filled(known, who)[i], gap) {
						t.Errorf("%s leaves something open: %s", key, line)
					}
				}
			}
		}
	}
	if _, ok := item.PaperOf("nothing"); ok {
		t.Error("a text nobody wrote")
	}
}
