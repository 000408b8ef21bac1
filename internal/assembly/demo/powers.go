package demo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
)

// powers loads the list the items rest on, before them: nothing outside the list of powers becomes an item.
func (s Services) powers(ctx context.Context) error {
	var all []item.Definition
	for _, name := range []string{"items", "everyday/items"} {
		list, err := definitionsIn(name)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	_, err := s.Powers.Seed(ctx, program, powersOf(all))
	return err
}

// powersOf derives the powers that items rest on from what their definitions say: the legal basis, the levels, the steps. What holds for every
// power of a kind by law (duties, who answers for what) is said with its article; what a definition does not tell (the unit inside the office, the
// discretion standard) is left empty rather than invented. Public services are no powers.
func powersOf(definitions []item.Definition) []power.Definition {
	seen := map[string]bool{}
	var out []power.Definition
	for i := range definitions {
		d := &definitions[i]
		code := d.RestsOn()
		if code == "" || seen[code] {
			continue
		}
		seen[code] = true
		kind := power.Kind(code[2:4])
		p := power.Definition{Code: code, Name: d.Name, Kind: kind, Department: d.Department, Levels: slices.Clone(d.Levels), Division: divisionOf(d),
			Basis: basisOf(d), Steps: stepsOf(d), Liabilities: liabilitiesOf(kind), Risks: risks, Supervision: supervision, Note: origin}
		slices.Sort(p.Levels)
		p.Duties = dutiesOf(d, kind, p.Basis[0])
		out = append(out, p)
	}
	return out
}

const (
	supervision = "拨打12345政务服务便民热线，或者向本级人民政府、上一级主管部门、监察机关反映。"
	origin      = "由事项的设定依据整理。内设机构、裁量基准待主管部门核定。"
)

var levelNames = map[int]string{2: "省级", 3: "市级", 4: "县级", 5: "乡镇（街道）", 6: "村（社区）"}

func divisionOf(d *item.Definition) string {
	var names []string
	for _, l := range d.Levels {
		names = append(names, levelNames[l])
	}
	name := office.DepartmentName(d.Department)
	if len(names) == 1 {
		return "由" + names[0] + "行使（主管系统：" + name + "），上级主管部门负责业务指导和监督。"
	}
	return "由" + strings.Join(names, "、") + "按管辖分工行使（主管系统：" + name + "），上级主管部门负责业务指导和监督。"
}

// basisOf are the sources that set the power; those of time limits, fees and materials are the item's.
func basisOf(d *item.Definition) []power.Basis {
	var out []power.Basis
	for _, b := range d.Guide.Basis {
		if b.About == "power" {
			out = append(out, power.Basis{Law: b.Law, Article: b.Article, Text: b.Text})
		}
	}
	return out
}

func stepsOf(d *item.Definition) []power.Step {
	var out []power.Step
	for _, s := range d.Guide.Steps {
		out = append(out, power.Step{Name: s.Name, Who: cmp.Or(s.Who, office.DepartmentName(d.Department)), Does: s.Does})
	}
	return out
}

// What the Administrative Licensing Law asks at each step of a licence.
var licenceDuties = []power.Duty{
	{Step: "受理", Text: "公示依据、条件、程序、期限和需要提交的全部材料；材料不齐全或者不符合法定形式的，当场或者五日内一次告知需要补正的全部内容；受理或者不予受理都出具加盖专用印章和注明日期的书面凭证。", Basis: "《中华人民共和国行政许可法》第三十条、第三十二条"},
	{Step: "审查", Text: "审查申请材料；需要核实实质内容的，指派两名以上工作人员核查；直接关系他人重大利益的，告知利害关系人并听取意见。", Basis: "《中华人民共和国行政许可法》第三十四条、第三十六条"},
	{Step: "决定", Text: "在法定期限内按照规定程序作出书面决定；不予许可的，说明理由并告知依法申请行政复议或者提起行政诉讼的权利；准予的决定予以公开。", Basis: "《中华人民共和国行政许可法》第三十七条、第三十八条、第四十条"},
	{Step: "送达", Text: "自作出决定之日起十日内向申请人颁发、送达证件，或者加贴标签、加盖检验、检测、检疫印章。", Basis: "《中华人民共和国行政许可法》第四十四条"},
	{Step: "事后监管", Text: "核查反映被许可人从事许可事项活动情况的有关材料，记录监督检查的情况和处理结果并归档；公众有权查阅监督检查记录。", Basis: "《中华人民共和国行政许可法》第六十一条"},
}

// dutiesOf are what the law asks at each step: of a licence what its own law says, of other kinds what the steps of the item do, on the ground of
// the law that sets the power.
func dutiesOf(d *item.Definition, kind power.Kind, ground power.Basis) []power.Duty {
	if kind == power.Licence {
		return licenceDuties
	}
	law := ground.Law + ground.Article
	var out []power.Duty
	for _, s := range d.Guide.Steps {
		if s.Does != "" {
			out = append(out, power.Duty{Step: s.Name, Text: s.Does, Basis: law})
		}
	}
	return append(out, power.Duty{Step: "事后监管", Text: "对办理结果的落实情况进行监督检查，依法公开应当公开的信息，受理投诉举报并答复。", Basis: law})
}

// Who answers for what: of licences by their own law, of other kinds by the rules for civil servants.
var (
	licenceLiabilities = []power.Liability{
		{Text: "对符合法定条件的行政许可申请不予受理的；不在办公场所公示依法应当公示的材料的；未向申请人、利害关系人履行法定告知义务的；申请材料不齐全、不符合法定形式，不一次告知必须补正的全部内容的；未依法说明不受理或者不予行政许可的理由的；依法应当举行听证而不举行听证的", Basis: "《中华人民共和国行政许可法》第七十二条"},
		{Text: "办理行政许可、实施监督检查，索取或者收受他人财物或者谋取其他利益的", Basis: "《中华人民共和国行政许可法》第七十三条"},
		{Text: "对不符合法定条件的申请人准予行政许可或者超越法定职权准予的；对符合法定条件的申请人不予行政许可或者不在法定期限内准予的；应当择优而未择优准予的", Basis: "《中华人民共和国行政许可法》第七十四条"},
		{Text: "擅自收费或者不按照法定项目和标准收费的；截留、挪用、私分或者变相私分收取的费用的", Basis: "《中华人民共和国行政许可法》第七十五条"},
		{Text: "不依法履行监督职责或者监督不力，造成严重后果的", Basis: "《中华人民共和国行政许可法》第七十七条"},
	}
	serviceLiabilities = []power.Liability{
		{Text: "不担当，不作为，玩忽职守，贻误工作的；滥用职权，侵害公民、法人或者其他组织的合法权益的", Basis: "《中华人民共和国公务员法》第五十九条、第六十一条"},
		{Text: "不依法履行职责，造成严重后果的", Basis: "《行政机关公务员处分条例》第二十条"},
		{Text: "索贿、受贿、利用职务之便为自己或者他人谋取私利等违反廉政纪律的", Basis: "《行政机关公务员处分条例》第二十三条"},
		{Text: "泄露因履行职责掌握的商业秘密、个人隐私，造成不良后果的", Basis: "《行政机关公务员处分条例》第二十六条"},
	}
)

func liabilitiesOf(kind power.Kind) []power.Liability {
	if kind == power.Licence {
		return licenceLiabilities
	}
	return serviceLiabilities
}

// risks are the points every power that is exercised on application has.
var risks = []power.Risk{
	{Step: "受理", Text: "对符合条件的申请拖延受理、不一次告知", Control: "受理条件公开，受理时限由系统计时，补正通知留痕"},
	{Step: "审查", Text: "放宽或者抬高审查标准", Control: "审查意见署名留痕，抽查复核"},
	{Step: "决定", Text: "超越权限、超过期限作出决定", Control: "权限由系统校验，超期预警，决定公开"},
}
