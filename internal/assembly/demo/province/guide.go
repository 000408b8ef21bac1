package province

import (
	"fmt"
	"strings"

	"xiangyun/internal/module/item"
)

// words are what guides of one kind say alike.
type words struct {
	actions string   // the usual variants
	form    string   // how the application is called
	gives   string   // the usual result
	result  string   // certificate, document, other
	decides string   // the step in which it is decided
	when    []string // conditions beside the matter's own
}

var kinds = map[item.Kind]words{
	item.Licence: {"full", "申请书", "准予行政许可决定书", "certificate", "作出准予或者不予许可的决定，不予许可的说明理由并告知救济途径。",
		[]string{"申请事项属于本机关职权范围，申请材料齐全、符合法定形式，申请人对材料的真实性负责。"}},
	item.Payment: {"once", "申请表", "给付决定", "other", "核定给付对象和标准，按规定公示，不符合条件的书面说明理由。",
		[]string{"未因同一事由重复享受同类待遇；申请人授权核对必要的家庭和收入信息。"}},
	item.Confirmation: {"grant", "申请表", "行政确认决定", "document", "审核认定，符合条件的予以确认，不符合的书面说明理由。",
		[]string{"申请确认的事实清楚，材料真实、有效。"}},
	item.Reward: {"once", "申报表", "奖励决定", "document", "评审、公示无异议后决定给予奖励。",
		[]string{"申报的事迹、成果真实，公示期间没有异议。"}},
	item.Ruling: {"once", "申请书", "行政裁决书", "document", "在查清事实、听取双方意见的基础上先行调解，调解不成的依法裁决。",
		[]string{"申请人与争议有直接利害关系，有明确的被申请人、请求和事实理由，争议未进入诉讼或者仲裁程序。"}},
	item.Other: {"file", "申请（备案）表", "备案（审核）结果告知书", "document", "核对材料，符合要求的予以备案或者出具审核意见。",
		[]string{"在规定期限内提出，填报内容与事实一致。"}},
	item.Public: {"once", "申请表", "办理结果告知", "other", "核对信息后办理，结果当场或者按约定方式告知。",
		[]string{"本人提出，或者由受委托的家人、单位经办人提出。"}},
}

// variants by name of the set (业务办理项).
var variants = map[string][]item.Variant{
	"once": nil,
	"full": {{Key: "new", Name: "新办"}, {Key: "change", Name: "变更"}, {Key: "renewal", Name: "延续"}, {Key: "replacement", Name: "补发"},
		{Key: "cancellation", Name: "注销"}},
	"renew": {{Key: "new", Name: "首次申请"}, {Key: "renewal", Name: "延续"}},
	"grant": {{Key: "new", Name: "首次认定"}, {Key: "change", Name: "变更"}, {Key: "cancellation", Name: "注销"}},
	"file":  {{Key: "new", Name: "首次备案"}, {Key: "change", Name: "变更备案"}, {Key: "cancellation", Name: "注销备案"}},
	"works": {{Key: "new", Name: "首次申请"}, {Key: "change", Name: "方案调整"}, {Key: "renewal", Name: "延期"}},
	"body":  {{Key: "new", Name: "设立"}, {Key: "change", Name: "变更"}, {Key: "cancellation", Name: "终止"}},
	"join":  {{Key: "new", Name: "登记"}, {Key: "change", Name: "信息变更"}, {Key: "cancellation", Name: "终止"}},
}

// guide composes what a matter's sub-items share.
func guide(d *department, m *mainItem, number int, papers map[string]paper) (item.Guide, error) {
	k := kinds[item.Kind(m.Kind)]
	materials, err := materials(d, m, number, papers)
	if err != nil {
		return item.Guide{}, err
	}
	g := item.Guide{Summary: m.What, Basis: basis(d, m), Conditions: append([]string{"属于以下情形：" + m.What}, k.when...), Variants: variantsOf(m, k),
		Situations: []item.Question{}, Materials: materials, Steps: steps(d, m, k), Fees: []item.Fee{}, FeeNote: "不收费。",
		Results: []item.Result{{Name: or(m.Gives, k.gives), Kind: k.result, Valid: "以办理结果载明的期限为准"}}, Receivable: []int{}, FAQ: questions(d, m, materials)}
	if m.Fee != "" {
		g.FeeNote = m.Fee
		g.Fees = []item.Fee{{Name: m.Name, Standard: m.Fee, Basis: g.Basis[0].Law}}
	}
	if digits(m.Levels)[0] < 5 && m.Kind == string(item.Public) {
		g.Scope = "province"
	}
	g.Doubt = []item.Doubt{{About: "basis", Text: "依据的名称、条款和时限依照对法律的了解编写，没有逐条与公布的文本核对。"}}
	if m.Doubt != "" {
		g.Doubt = append(g.Doubt, item.Doubt{About: "content", Text: m.Doubt})
	}
	return g, nil
}

func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

func basis(d *department, m *mainItem) []item.Basis {
	var list []item.Basis
	for _, one := range strings.Split(m.Law, " + ") {
		law, article := d.law(one)
		list = append(list, item.Basis{Law: law, Article: article, Text: m.What, About: "power"})
	}
	if m.Kind == string(item.Licence) && m.Days[0] == 20 {
		list = append(list, item.Basis{Law: "《中华人民共和国行政许可法》", Article: "第四十二条",
			Text: "除可以当场作出行政许可决定的外，行政机关应当自受理行政许可申请之日起二十日内作出行政许可决定。", About: "limit"})
	}
	return list
}

func variantsOf(m *mainItem, k words) []item.Variant {
	set := variants[or(m.Actions, k.actions)]
	list := make([]item.Variant, len(set))
	for i, v := range set {
		v.Suffix = fmt.Sprintf("%02d", i+1)
		list[i] = v
	}
	return list
}

// materials are the application, what the matter needs, and who asks. Once something was decided, what was seen then is not asked for again but when it
// changes; what an office issues is looked up first.
func materials(d *department, m *mainItem, number int, papers map[string]paper) ([]item.Material, error) {
	k := kinds[item.Kind(m.Kind)]
	law, _ := d.law(strings.Split(m.Law, " + ")[0])
	branches := len(variantsOf(m, k)) > 0
	list := []item.Material{{Code: fmt.Sprintf("M%s6%03d", d.Code, number+1), Name: m.Name + k.form, Required: true, Original: "original", Source: "applicant",
		Ways: []item.Way{{Kind: item.WayUpload}}, Standard: "填写完整，签字或者盖章。", Blank: "可在受理窗口领取。", Sample: "示例按常见情形填写。", Basis: law}}
	for _, key := range strings.Fields(m.Needs) {
		p, ok := papers[key]
		if !ok {
			return nil, fmt.Errorf("no paper is called %q", key)
		}
		one := item.Material{Code: p.code, Name: p.name, Required: true, Original: "copy", Source: p.source, Issuer: p.issuer, Basis: law,
			Ways: []item.Way{{Kind: item.WayUpload}}, Standard: "内容真实、清晰，与申请事项一致。"}
		switch {
		case p.source == "government":
			one.Ways = []item.Way{{Kind: item.WaySharing, From: p.issuer + "共享信息"}, {Kind: item.WayUpload}}
			one.Standard = "在有效期内；能够在线核验的不用提交。"
		case branches && key != "mandate":
			one.When = `variant == "" || variant == "new" || variant == "change"`
		}
		list = append(list, one)
	}
	if branches && len(list) > 1 && hasVariant(m, k, "cancellation") {
		p := papers["previous"]
		list = append(list, item.Material{Code: p.code, Name: p.name, Required: true, Original: "original", Source: p.source, Issuer: p.issuer, Basis: law,
			When: `variant != "" && variant != "new" && variant != "replacement"`, Standard: "补发的不用提交。",
			Ways: []item.Way{{Kind: item.WaySharing, From: p.issuer + "共享信息"}, {Kind: item.WayUpload}}})
	}
	return list, nil
}

func hasVariant(m *mainItem, k words, key string) bool {
	for _, v := range variantsOf(m, k) {
		if v.Key == key {
			return true
		}
	}
	return false
}

// steps share the promised days out: a day to receive, a day to decide, the rest to examine.
func steps(d *department, m *mainItem, k words) []item.Step {
	gives := or(m.Gives, k.gives)
	if digits(m.Levels)[0] > 4 {
		return villageSteps(d, m, gives)
	}
	if m.Days[1] == 0 {
		return []item.Step{
			{Name: "申请", Who: "综合窗口", Does: "窗口核对身份和材料，材料不全的一次性告知。"},
			{Name: "办理", Who: d.Office, Does: k.decides, Result: gives},
		}
	}
	list := []item.Step{{Name: "受理", Who: "综合窗口", Does: "核对材料，出具受理或者不予受理凭证，材料不全的一次性告知需要补正的全部内容。", Result: "受理通知书"}}
	if rest := m.Days[1] - 1; rest > 0 {
		list = append(list, item.Step{Name: "审查", Who: d.Office, Days: rest, Does: "审查材料；需要现场核查、检验检测、专家评审的，按规定组织。"})
	}
	return append(list,
		item.Step{Name: "决定", Who: d.Office, Days: 1, Does: k.decides},
		item.Step{Name: "送达", Who: "综合窗口", Does: "通知申请人领取，或者按约定邮寄送达。", Result: gives})
}

func villageSteps(d *department, m *mainItem, gives string) []item.Step {
	list := []item.Step{{Name: "申请", Who: "村（社区）、乡镇（街道）便民服务窗口", Does: "核对身份，帮助填写，材料不全的一次性告知。"}}
	if m.Days[1] > 0 {
		list = append(list, item.Step{Name: "核对", Who: "村（社区）、乡镇（街道）经办人", Days: m.Days[1], Does: "入户或者在线核对情况，提出初审意见，需要的在村（居）务公开栏公示。"})
	}
	return append(list, item.Step{Name: "反馈", Who: d.Office, Does: "按职责办理或者审批，结果由受理窗口告知本人。", Result: gives})
}

// questions are those people ask at every counter, answered for this matter.
func questions(d *department, m *mainItem, materials []item.Material) []item.FAQ {
	long := "当场办理。"
	if m.Days[1] > 0 {
		long = fmt.Sprintf("法定时限%d个工作日，承诺%d个工作日内办结，补正材料和特别程序的时间不计算在内。", m.Days[0], m.Days[1])
	}
	where := "到实施本事项的" + d.Office + "或者当地政务服务中心窗口提出。"
	if digits(m.Levels)[0] > 4 {
		where = "到所在村（社区）或者乡镇（街道）便民服务窗口提出。"
	}
	list := []item.FAQ{{Question: m.Name + "多长时间能办完？", Answer: long}, {Question: m.Name + "到哪里办？", Answer: where}}
	for _, one := range materials {
		if one.Source == "government" && one.Code != "M000014" {
			return append(list, item.FAQ{Question: one.Name + "一定要带吗？", Answer: "能够通过数据共享核验的不用带，核验不到时再补交。"})
		}
	}
	return list
}
