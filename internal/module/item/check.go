package item

import (
	"fmt"
	"slices"
	"strings"

	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/fault"
)

// Words that let an office ask for anything later (兜底条款). The State Council's checks of guides look for them.
var catchAll = []string{"其他材料", "其它材料", "有关材料", "相关材料", "等材料", "其他需要", "要求的其他", "要求的其它", "必要的材料"}

// Check refuses a definition that may not be published: fault.Invalid "item.bad_definition" with one error for each thing, named
// by its place in the definition.
func Check(d *Definition) error {
	refusal := fault.New(fault.Invalid, "item.bad_definition", d.Code)
	checkHead(d, refusal)
	checkGuide(&d.Guide, refusal)
	checkMaterials(d.Guide.Materials, refusal)
	if _, err := compile(&d.Guide); err != nil {
		refusal.Field("guide", "item.bad_condition", err.Error())
	}
	return refusal.OrNil()
}

// checkNew refuses the beginning of a new item: what its draft can't do without.
func checkNew(d *Definition) error {
	refusal := fault.New(fault.Invalid, "item.bad_definition", d.Code)
	if base, err := itemcode.ParseBase(d.Code); err != nil {
		refusal.Field("code", "item.bad_code")
	} else if base.Parts().Kind != string(d.Kind) {
		refusal.Field("kind", "item.other_kind_than_code")
	}
	if d.Name == "" {
		refusal.Field("name", "item.nothing_said")
	}
	if len(d.Department) != 2 {
		refusal.Field("department", "item.unknown_value")
	}
	return refusal.OrNil()
}

func checkHead(d *Definition, refusal *fault.Error) {
	base, err := itemcode.ParseBase(d.Code)
	switch {
	case err != nil:
		refusal.Field("code", "item.bad_code")
	case base.Parts().Kind != string(d.Kind):
		refusal.Field("kind", "item.other_kind_than_code")
	}
	if p, err := itemcode.ParseBase(d.Power); d.Power != "" && err != nil {
		refusal.Field("power", "item.bad_code")
	} else if d.Power != "" && p.Parts().Kind != string(d.Kind) {
		refusal.Field("power", "item.other_power", d.Power) // a licence rests on no power to reward
	}
	if d.Name == "" || d.Short == "" {
		refusal.Field("name", "item.nothing_said")
	}
	if !slices.Contains(Kinds(), d.Kind) {
		refusal.Field("kind", "item.unknown_value")
	}
	if len(d.Department) != 2 {
		refusal.Field("department", "item.unknown_value")
	}
	if len(d.Levels) == 0 {
		refusal.Field("levels", "item.nothing_said")
	}
	if len(d.Audience) == 0 || slices.ContainsFunc(d.Audience, func(a Audience) bool { return a != Person && a != Company }) {
		refusal.Field("audience", "item.unknown_value")
	}
	if organNatures[d.OrganNature] == "" {
		refusal.Field("organ_nature", "item.unknown_value")
	}
	checkLimit(d, refusal)
	// Whoever handles an item elsewhere may have its certificates made elsewhere; what runs here issues what the guide names, or nothing.
	if slices.Contains(d.Depth, CertificateDepth) && d.Guide.FlowKey != "" && d.Guide.CertType == "" {
		refusal.Field("depth", "item.depth_without_certificate")
	}
	if d.Visits < 0 || d.Visits > 0 && d.VisitReason == "" {
		refusal.Field("visit_reason", "item.visit_without_reason")
	}
}

func checkLimit(d *Definition, refusal *fault.Error) {
	for _, u := range []Unit{d.LegalUnit, d.PromiseUnit} {
		if u != WorkingDays && u != CalendarDays {
			refusal.Field("legal_unit", "item.unknown_value")
		}
	}
	if d.LegalDays < 0 || d.PromiseDays < 0 || days(d.PromiseDays, d.PromiseUnit) > days(d.LegalDays, d.LegalUnit) {
		refusal.Field("promise_days", "item.promise_over_statute")
	}
	if d.Instant != (d.PromiseDays == 0) {
		refusal.Field("instant", "item.instant_has_no_days")
	}
	if d.LegalNote == "" {
		refusal.Field("legal_note", "item.nothing_said")
	}
	for i, v := range d.Guide.Variants {
		if v.PromiseDays > d.PromiseDays {
			refusal.Field(at("guide.variants", i), "item.promise_over_statute")
		}
	}
}

// days makes the units comparable: five working days are seven calendar days.
func days(n int, u Unit) float64 {
	if u == WorkingDays {
		return float64(n) * 1.4
	}
	return float64(n)
}

// within is the largest whole number of one unit that is no longer than n of another, at least one.
func within(n int, of, unit Unit) int {
	if n == 0 || of == unit {
		return n
	}
	return max(1, int(days(n, of)/days(1, unit)+1e-9))
}

func checkGuide(g *Guide, refusal *fault.Error) {
	if !slices.ContainsFunc(g.Basis, func(b Basis) bool { return b.About == "power" }) {
		refusal.Field("guide.basis", "item.no_basis")
	}
	for i, b := range g.Basis {
		if b.Law == "" || b.Article == "" || b.Text == "" {
			refusal.Field(at("guide.basis", i), "item.nothing_said")
		}
	}
	if g.Summary == "" || len(g.Conditions) == 0 {
		refusal.Field("guide.conditions", "item.nothing_said")
	}
	if len(g.Steps) == 0 || len(g.Results) == 0 {
		refusal.Field("guide.steps", "item.nothing_said")
	}
	if g.FeeNote == "" {
		refusal.Field("guide.fee_note", "item.nothing_said")
	}
	for i, f := range g.Fees {
		if f.Basis == "" || f.Standard == "" {
			refusal.Field(at("guide.fees", i), "item.no_basis")
		}
	}
	suffixes := map[string]bool{}
	for i, v := range g.Variants {
		if len(v.Suffix) != 2 || suffixes[v.Suffix] || v.Key == "" || v.Name == "" {
			refusal.Field(at("guide.variants", i), "item.unknown_value")
		}
		suffixes[v.Suffix] = true
	}
}

func checkMaterials(materials []Material, refusal *fault.Error) {
	codes := map[string]bool{}
	for i, m := range materials {
		place := at("guide.materials", i)
		if m.Code == "" || m.Name == "" || codes[m.Code] {
			refusal.Field(place, "item.nothing_said")
		}
		codes[m.Code] = true
		if slices.ContainsFunc(catchAll, func(w string) bool { return strings.Contains(m.Name, w) }) {
			refusal.Field(place, "item.catch_all_material")
		}
		if len(m.Ways) == 0 {
			refusal.Field(place, "item.no_way_to_give")
		}
		for _, w := range m.Ways {
			if !slices.Contains([]string{WayUpload, WayForm, WayCertificate, WaySharing, WayReuse, WayPledge, WayLater}, w.Kind) ||
				w.Whose != "" && w.Whose != OfAgent {
				refusal.Field(place, "item.unknown_value")
			}
			if w.Kind == WayCertificate && w.Cert == "" {
				refusal.Field(place, "item.no_certificate_named")
			}
		}
		if _, ok := PaperOf(m.Paper); m.Paper != "" && !ok {
			refusal.Field(place, "item.unknown_paper", m.Paper)
		}
		if m.Source == "government" && m.Issuer == "" {
			refusal.Field(place, "item.no_issuer")
		}
	}
}

func at(list string, i int) string { return fmt.Sprintf("%s.%d", list, i) }
