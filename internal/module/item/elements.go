package item

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Element is one of the sixteen elements (十六要素) an entry takes from its base item. What each is called people read under the key
// "item.element.KEY".
type Element struct {
	Key      string
	Position int
	Locked   bool // an entry that says something else deviates
	Keeper   int  // exercising level whose offices answer for it: 2 is the province. An office that may not change it is told whose it is
}

// The elements. An entry says them under these keys in [Service.StateMany].
const (
	ElementName        = "name"         // 事项名称
	ElementCode        = "code"         // 基本编码
	ElementKind        = "kind"         // 事项类型
	ElementBasis       = "basis"        // 设定依据
	ElementLevel       = "level"        // 行使层级
	ElementDivision    = "division"     // 权限划分
	ElementExercise    = "exercise"     // 行使内容
	ElementOrganNature = "organ_nature" // 实施主体性质
	ElementAudience    = "audience"     // 服务对象
	ElementHandling    = "handling"     // 办件类型
	ElementLegalDays   = "legal_days"   // 法定办结时限
	ElementConditions  = "conditions"   // 受理条件
	ElementMaterials   = "materials"    // 申请材料
	ElementProcedure   = "procedure"    // 办理流程、特别程序
	ElementResult      = "result"       // 审批结果
	ElementFee         = "fee"          // 是否收费、依据
)

// ElementKeys lists the elements in their order.
func ElementKeys() []string {
	return []string{ElementName, ElementCode, ElementKind, ElementBasis, ElementLevel, ElementDivision, ElementExercise, ElementOrganNature,
		ElementAudience, ElementHandling, ElementLegalDays, ElementConditions, ElementMaterials, ElementProcedure, ElementResult, ElementFee}
}

// ElementValue returns what a definition says for an element, in the one text statements are compared by. It is written in Chinese with the
// words of the code sets (GB/T 39046-2020), as the national tables and the guides have it. Whoever compares an entry from outside puts what
// it says into a Definition and takes the text from here, so that both are made alike. An unknown key gives "".
func ElementValue(d *Definition, key string) string {
	switch key {
	case ElementName:
		return d.Name
	case ElementCode:
		return d.Code
	case ElementKind:
		return kindNames[d.Kind]
	case ElementBasis:
		return basisText(d.Guide.Basis)
	case ElementLevel:
		return levelsText(d.Levels)
	case ElementDivision:
		if d.Division == "" {
			return "由" + levelsText(d.Levels) + "按管辖范围行使"
		}
		return d.Division
	case ElementExercise:
		return exerciseText(d)
	case ElementOrganNature:
		return organNatures[d.OrganNature]
	case ElementAudience:
		return audienceText(d.Audience)
	case ElementHandling:
		if d.Instant {
			return "即办件"
		}
		return "承诺件"
	case ElementLegalDays:
		return limitText(d.LegalDays, d.LegalUnit)
	case ElementConditions:
		return strings.Join(d.Guide.Conditions, "；")
	case ElementMaterials:
		return materialsText(d.Guide.Materials)
	case ElementProcedure:
		return procedureText(&d.Guide)
	case ElementResult:
		return resultText(d.Guide.Results)
	case ElementFee:
		return feeText(d.Guide.Fees)
	}
	return ""
}

// The names the standard gives its codes: data, not words of a page.
var (
	kindNames = map[Kind]string{Licence: "行政许可", Payment: "行政给付", Confirmation: "行政确认", Reward: "行政奖励", Ruling: "行政裁决",
		Other: "其他行政权力", Public: "公共服务"}
	levelNames   = map[int]string{1: "国家级", 2: "省级", 3: "市级", 4: "县级", 5: "镇（乡、街道）级", 6: "村（社区）级"}
	organNatures = map[string]string{"": "法定机关", "1": "法定机关", "2": "授权组织", "3": "受委托组织", "9": "其他"}
)

func levelsText(levels []int) string {
	names := make([]string, 0, len(levels))
	for _, l := range slices.Sorted(slices.Values(levels)) {
		names = append(names, levelNames[l])
	}
	return strings.Join(names, "、")
}

func basisText(list []Basis) string {
	var parts []string
	for _, b := range list {
		if b.About == "power" {
			parts = append(parts, b.Law+b.Article)
		}
	}
	return strings.Join(parts, "；")
}

func exerciseText(d *Definition) string {
	if d.Exercise != "" || len(d.Guide.Variants) == 0 {
		return cmp.Or(d.Exercise, d.Name)
	}
	names := make([]string, len(d.Guide.Variants))
	for i, v := range d.Guide.Variants {
		names[i] = v.Name
	}
	return d.Name + "：" + strings.Join(names, "、")
}

func audienceText(list []Audience) string {
	var parts []string
	if slices.Contains(list, Person) {
		parts = append(parts, "自然人")
	}
	if slices.Contains(list, Company) {
		parts = append(parts, "法人和其他组织")
	}
	return strings.Join(parts, "、")
}

func limitText(n int, u Unit) string {
	switch {
	case n == 0:
		return "当场办结"
	case u == CalendarDays:
		return strconv.Itoa(n) + "个自然日"
	}
	return strconv.Itoa(n) + "个工作日"
}

func materialsText(list []Material) string {
	parts := make([]string, len(list))
	for i, m := range list {
		parts[i] = m.Name
		if !m.Required {
			parts[i] += "（非必要）"
		}
	}
	return strings.Join(parts, "；")
}

func procedureText(g *Guide) string {
	parts := make([]string, len(g.Steps))
	for i, s := range g.Steps {
		parts[i] = s.Name
	}
	text := strings.Join(parts, "、")
	for _, p := range g.Suspend {
		text += "；特别程序：" + p.Name
	}
	return text
}

func resultText(list []Result) string {
	names := map[string]string{"certificate": "证照", "document": "批文"}
	parts := make([]string, len(list))
	for i, r := range list {
		parts[i] = r.Name + "（" + cmp.Or(names[r.Kind], "其他") + "）"
	}
	return strings.Join(parts, "；")
}

func feeText(list []Fee) string {
	if len(list) == 0 {
		return "不收费"
	}
	parts := make([]string, len(list))
	for i, f := range list {
		parts[i] = f.Name + f.Standard + "（" + f.Basis + "）"
	}
	return "收费：" + strings.Join(parts, "；")
}

// sameText is a text without what makes no difference to what it says: spaces, punctuation, wide letters, capitals.
func sameText(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // the wide forms of ASCII
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

func textDigest(text string) string {
	sum := sha256.Sum256([]byte(sameText(text)))
	return hex.EncodeToString(sum[:16])
}

// agrees tells whether what an entry says for an element is what its base says. An entry names its own exercising level only: one of the
// base's is enough.
func agrees(d *Definition, key, said string) bool {
	same := sameText(said)
	if key == ElementLevel {
		for _, l := range d.Levels {
			if name := sameText(levelNames[l]); same == name || same == strings.TrimSuffix(name, "级") || same == strconv.Itoa(l) {
				return true
			}
		}
	}
	return same == sameText(ElementValue(d, key))
}
