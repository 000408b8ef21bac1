package casefile_test

import (
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/item"
)

// An agent is spared his own identity card: the one of who acts, not of whom he acts for; a holder of any of several licences is spared the licence, also
// where the way is chosen.
func TestAgentsOwnCard(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	a := h.FoodApplication(t, casefiletest.Company)
	a.Situation["agent"] = "agent"
	a.Materials = append(a.Materials, casefile.Given{Code: "M000011", Way: item.WayForm}, casefile.Given{Code: "M000012", Way: item.WayCertificate},
		casefile.Given{Code: "M000002", Way: item.WayCertificate})
	ready := func(code string) string {
		t.Helper()
		p, err := h.Cases.Prepare(ctx, casefiletest.Company, a)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range p.Offers {
			for _, w := range o.Ways {
				if o.Rule.Code == code && w.Way.Kind == item.WayCertificate {
					return w.Evidence
				}
			}
		}
		t.Fatalf("%s has no way by certificate", code)
		return ""
	}
	h.Held[casefiletest.CompanyID+"/police-001"] = "not his"
	if got := ready("M000012") + ready("M000002"); got != "" {
		t.Errorf("spared by %q", got)
	}
	h.Held[casefiletest.CitizenID+"/police-001"] = "1.2.156.3005.2.7"
	h.Held[casefiletest.CompanyID+"/market-004"] = "1.2.156.3005.2.8"
	if ready("M000012") != "1.2.156.3005.2.7" || ready("M000002") != "1.2.156.3005.2.8" {
		t.Errorf("spared by %q and %q", ready("M000012"), ready("M000002"))
	}
	v, err := h.Cases.View(ctx, casefiletest.Company, h.Submit(t, casefiletest.Company, a).Number)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range v.Materials {
		got[m.Code] = m.Way + " " + m.Evidence
	}
	if got["M000012"] != "certificate 1.2.156.3005.2.7" || got["M000002"] != "certificate 1.2.156.3005.2.8" {
		t.Errorf("%v", got)
	}
}
