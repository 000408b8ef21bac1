package item

import (
	"slices"
	"strconv"
)

// partFields are the fields of materials, fees and questions.
var partFields = map[string]*nationalField{
	"part_guid":      {own: true, say: func(v *line) string { return guidOf(v.entry.Code + "/" + strconv.Itoa(v.part)) }},
	"order":          {say: func(v *line) string { return strconv.Itoa(v.part + 1) }, take: func(t *taken, s string) string { return number(&t.order)(s) }},
	"material_name":  material(func(m *Material) *string { return &m.Name }),
	"original":       material(func(m *Material) *string { return &m.Original }),
	"origin":         material(func(m *Material) *string { return &m.Source }),
	"issuer":         material(func(m *Material) *string { return &m.Issuer }),
	"standard":       material(func(m *Material) *string { return &m.Standard }),
	"material_basis": material(func(m *Material) *string { return &m.Basis }),
	"blank":          material(func(m *Material) *string { return &m.Blank }),
	"sample":         material(func(m *Material) *string { return &m.Sample }),
	"form":           {say: func(v *line) string { return formOf(v.material()) }},
	"copies": {say: func(v *line) string { return strconv.Itoa(v.material().Copies) }, take: func(t *taken, s string) string {
		if s == "" {
			return ""
		}
		return number(&t.material.Copies)(s)
	}},
	"necessity":    {say: func(v *line) string { return necessity(v.material()) }, take: takeNecessity},
	"fee_name":     fee(func(f *Fee) *string { return &f.Name }),
	"fee_standard": fee(func(f *Fee) *string { return &f.Standard }),
	"fee_law":      fee(func(f *Fee) *string { return &f.Basis }),
	"relief":       fee(func(f *Fee) *string { return &f.Relief }),
	"relieved":     {say: func(v *line) string { return yes(v.base.Guide.Fees[v.part].Relief != "") }},
	"question":     question(func(q *FAQ) *string { return &q.Question }),
	"answer":       question(func(q *FAQ) *string { return &q.Answer }),
}

func (v *line) material() *Material { return &v.base.Guide.Materials[v.part] }

func material(of func(m *Material) *string) *nationalField {
	return &nationalField{say: func(v *line) string { return *of(v.material()) }, take: func(t *taken, s string) string { *of(t.material) = s; return "" }}
}

func fee(of func(f *Fee) *string) *nationalField {
	return &nationalField{say: func(v *line) string { return *of(&v.base.Guide.Fees[v.part]) }, take: func(t *taken, s string) string { *of(t.fee) = s; return "" }}
}

func question(of func(q *FAQ) *string) *nationalField {
	return &nationalField{say: func(v *line) string { return *of(&v.base.Guide.FAQ[v.part]) }, take: func(t *taken, s string) string { *of(t.question) = s; return "" }}
}

// formOf tells on what a material is handed in (材料形式): electronic when no paper is asked.
func formOf(m *Material) string {
	if m.Copies == 0 {
		return "electronic"
	}
	return "both"
}

// necessity tells whether a material is asked always, not necessarily, or may follow (容缺后补).
func necessity(m *Material) string {
	switch {
	case !m.Required:
		return "optional"
	case slices.ContainsFunc(m.Ways, func(w Way) bool { return w.Kind == WayLater }):
		return "later"
	}
	return "required"
}

// laterDays is how long a material may follow where the table does not say it.
const laterDays = 10

func takeNecessity(t *taken, s string) string {
	t.material.Required = s != "optional"
	if s == "later" && necessity(t.material) != "later" {
		t.material.Ways = append(t.material.Ways, Way{Kind: WayLater, Days: laterDays})
	}
	return ""
}

// parts is how many rows of a table an entry of this base has.
func (t *nationalTable) parts(d *Definition) int {
	switch t.Of {
	case "material":
		return len(d.Guide.Materials)
	case "fee":
		return len(d.Guide.Fees)
	case "question":
		return len(d.Guide.FAQ)
	}
	return 1
}
