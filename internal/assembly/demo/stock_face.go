package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/cert"
)

// certificate invents the certificate of a type a holder has, the n-th of all.
func (m *mill) certificate(r *rand.Rand, h holder, t cert.Type, n int) cert.Stock {
	kind := "person"
	if h.subject.Kind == account.Company {
		kind = "company"
	}
	issued := m.issuedOn(r, h, t)
	c := cert.Stock{Registered: cert.Registered{TypeKey: t.Key, OfficePath: m.office(t, h.county), HolderKind: kind, Holder: h.subject.Name, HolderCode: h.subject.Number,
		Number: number(t, h, issued, n), IssuedOn: issued}}
	var last civil.Date
	if t.Years == 0 && !strings.HasPrefix(t.Term, "长期") { // each certificate says it
		last = issued.AddYears(1 + r.IntN(12)).Add(-1)
		c.ValidUntil = last
	} else if t.Years > 0 {
		last = issued.AddYears(t.Years).Add(-1)
	}
	c.Values = m.values(r, h, t, c)
	c.Ended = ending(r, kind, !last.IsZero() && last.Before(stockUntil))
	return c
}

// issuedOn is a day on which the type could be issued to the holder: more of late than long ago.
func (m *mill) issuedOn(r *rand.Rand, h holder, t cert.Type) civil.Date {
	since := civil.MustParse(fmt.Sprintf("%d-01-01", stockSince))
	grown := h.born
	if h.subject.Kind == account.Person && t.Key != "health-012" {
		grown = h.born.AddYears(18)
	}
	if grown.After(since) {
		since = grown
	}
	days := since.Days(stockUntil)
	if days < 1 {
		return stockUntil
	}
	a, b := r.IntN(days), r.IntN(days)
	return since.Add(max(a, b))
}

// office is who issues a type where: its department at the lowest level that may, or that place's government.
func (m *mill) office(t cert.Type, where county) string {
	code := departmentOf[t.Department]
	if code == "" {
		code = departmentOf[t.Key]
	}
	levels := t.Levels
	if len(levels) == 0 {
		levels = []string{"county"}
		if t.Key == "lawyer" {
			levels = []string{"province"}
		}
	}
	place := map[string]string{"county": where.region, "city": where.region[:4] + "00", "province": where.region[:2] + "0000"}[levels[len(levels)-1]]
	if path := m.offices[code+"/"+place]; path != "" && code != "" {
		return path
	}
	return m.offices["/"+place]
}

// number is the certificate's own, where it follows no rule of ours, and tells it from all others of its type.
func number(t cert.Type, h holder, issued civil.Date, n int) string {
	switch t.Key {
	case "police-001", "police-006", "hr-001", "disability":
		return h.subject.Number // these are numbered by their holder
	}
	return fmt.Sprintf("%s%d%08d", h.county.region, issued.Year(), n)
}

// ending is how one in thirty certificates came to its end, and one in two hundred is held up.
func ending(r *rand.Rand, holder string, expired bool) cert.Reason {
	at := r.IntN(1000)
	switch {
	case expired: // nothing was left to be ended
		return cert.Reason{}
	case at < 18:
		return cert.Reason{Kind: cert.Cancelled, Text: "持证人申请注销"}
	case at < 24:
		return cert.Reason{Kind: cert.Withdrawn, Text: "所依据的客观情况发生重大变化"}
	case at < 28:
		return cert.Reason{Kind: cert.RevokedFor, Text: "以欺骗手段取得"}
	case at < 33 && holder == "company":
		return cert.Reason{Kind: cert.Penalty, Text: "违法情节严重，依法吊销"}
	case at < 38:
		return cert.Reason{Kind: cert.Suspending, Text: "违法行为调查期间暂扣"}
	}
	return cert.Reason{}
}

// values are the answers the face of a type asks for.
func (m *mill) values(r *rand.Rand, h holder, t cert.Type, c cert.Stock) map[string]any {
	v := map[string]any{}
	for _, f := range t.Fields {
		for _, source := range f.From {
			if key, ok := strings.CutPrefix(source, "answers."); ok && !strings.Contains(key, ".") {
				v[key] = say(r, h, f, key)
			}
		}
	}
	v["number"] = c.Number
	if !c.ValidUntil.IsZero() {
		v["valid_until"] = c.ValidUntil.String()
	}
	street := fmt.Sprintf("人民大街%d号", 1+r.IntN(3000))
	switch t.Key {
	case "food-operation":
		for key, value := range map[string]any{"operator_name": h.subject.Name, "credit_code": h.subject.Number, "residence": h.county.place + street,
			"representative": map[string]any{"name": h.subject.Representative}, "premises_region": h.subject.Region, "premises_address": street,
			"business_form": []string{"sales", "catering", "canteen"}[r.IntN(3)], "business_items": []any{"hot", "drink"}} {
			v[key] = value
		}
	case "public-hygiene":
		for key, value := range map[string]any{"unit_name": h.subject.Name, "credit_code": h.subject.Number, "representative": map[string]any{"name": h.subject.Representative},
			"premises_region": h.subject.Region, "premises_address": street, "category": "hotel"} {
			v[key] = value
		}
	case "individual-business-licence":
		for key, value := range map[string]any{"name": h.county.place + h.subject.Name + "便利店", "composition": "one", "operator": map[string]any{"name": h.subject.Name},
			"scope": "食品、日用品零售", "premises_region": h.subject.Region, "premises_address": street} {
			v[key] = value
		}
	case "low-income":
		v["applicant"] = map[string]any{"name": h.subject.Name, "number": h.subject.Number}
		v["scope"], v["members"], v["address"] = "single", []any{map[string]any{"name": h.subject.Name}}, h.county.place+street
	case "disability":
		v["name"], v["ethnicity"], v["address"], v["number"], v["kinds"] = h.subject.Name, "汉族", h.county.place+street, h.subject.Number, []any{"body"}
	case "construction-permit":
		for key, value := range map[string]any{"builder_name": h.subject.Name, "builder_code": h.subject.Number, "project_name": h.subject.Name + "厂房", "project_kind": "building",
			"project_code": "2111-" + h.county.region + "-04-01-342068", "project_region": h.subject.Region, "project_address": street, "area": "12000", "contract_price": "2600",
			"units": []any{map[string]any{"role": "build", "name": "吉林省第一建筑工程公司", "leader": name(r)}}, "start_on": c.IssuedOn.String(),
			"finish_on": c.IssuedOn.AddYears(2).String()} {
			v[key] = value
		}
	case "lawyer":
		v["name"], v["firm"], v["kind"], v["qualification"], v["person_number"] = h.subject.Name, "吉林长白律师事务所", "专职律师", "A"+c.Number, h.subject.Number
	}
	return v
}

// say is an answer by the word of the vocabulary.
func say(r *rand.Rand, h holder, f cert.Field, key string) string {
	switch key {
	case "representative", "manager", "partner", "investor":
		if h.subject.Representative != "" {
			return h.subject.Representative
		}
		return name(r)
	case "sex":
		if h.male {
			return "男"
		}
		return "女"
	case "born", "founded":
		return h.born.String()
	case "address", "premises", "site":
		return fmt.Sprintf("%s人民大街%d号", h.county.place, 1+r.IntN(3000))
	case "amount", "capital":
		return fmt.Sprintf("%d万元", 1+r.IntN(900))
	case "area":
		return fmt.Sprintf("%d平方米", 20+r.IntN(900))
	case "scope", "scope_of_use", "product", "category", "specialty", "grade", "level", "model":
		return "按批准文件"
	}
	if f.As == "date" {
		return stockUntil.Add(-r.IntN(5000)).String()
	}
	if f.As == "count" {
		return fmt.Sprint(1 + r.IntN(9))
	}
	if strings.HasSuffix(f.Label, "姓名") {
		return name(r)
	}
	return "见批准文件"
}
