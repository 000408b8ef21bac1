package officeweb_test

import (
	"context"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/webtest"
)

// nothingLeft is the estate of offices that were handling three cases until they were moved.
type nothingLeft struct {
	cases int
	wrong error
}

func (n *nothingLeft) Count(context.Context, *db.Tx, office.Office) ([]office.Hanging, error) {
	return []office.Hanging{{Kind: "cases", N: n.cases, Moves: true}, {Kind: "seals", N: 1}}, nil
}

func (n *nothingLeft) Move(context.Context, actor.Actor, office.Merger) error {
	if n.wrong == nil {
		n.cases = 0
	}
	return n.wrong
}

type noQueue struct{}

func (noQueue) Insert(context.Context, *db.Tx, job.Args, ...job.Option) error { return nil }

func TestTwoAdministratorsDissolveAnOffice(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleAdmin, "22")
	p := webtest.New(t, b.handler)
	p.Open("/admin/offices/220102d31").Wants(200, "机构撤并").Follow("查看撤并情况").Wants(200, "名下有什么", "在办件", "在用印章", "自动移交", "承接机构接管")
	p.Press("提请撤并").Wants(422, "请选择承接机构")
	p.Fill("承接机构", "长春市南关区卫生健康局").Fill("撤并文件文号", "口头").Press("提请撤并").Wants(422, "请填写撤并文件文号")
	p.Fill("承接机构", "长春市南关区卫生健康局").Fill("撤并文件文号", "长编〔2026〕12号").Press("提请撤并").Wants(200, "已提请", "待核准", "长编〔2026〕12号").Lacks("核准撤并")
	b.by.Account = "another admin"
	p.Open("/admin").Wants(200, "长春市南关区市场监督管理局撤并到长春市南关区卫生健康局，待核准").Follow("机构撤并").Wants(200, "核准撤并")
	p.Press("核准撤并").Wants(200, "已核准，正在移交", "正在移交")
	list, err := b.offices.Mergers(t.Context(), b.by, "220102d31")
	if err != nil {
		t.Fatal(err)
	}
	b.estate.wrong = &office.Unmoved{N: 2, First: "220102031261128000017", Err: fault.New(fault.Conflict, "office.merger_busy")}
	if done, err := b.offices.MoveEstate(t.Context(), actor.Program("test"), list[0].ID); done || !fault.HasKey(err, "office.merger_busy") {
		t.Errorf("two could not be moved: %v %v", done, err)
	}
	p.Open("/admin/offices/220102d31/merger").Wants(200, "正在移交", "有 2 件没能移交，例如 220102031261128000017：其中一个机构还有撤并没有办完").Lacks("{&#34;")
	b.estate.wrong = nil
	for range 2 {
		if _, err := b.offices.MoveEstate(t.Context(), actor.Program("test"), list[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	p.Open("/admin/offices/220102d31/merger").Wants(200, "已撤并", "移交完成").Lacks("提请撤并").Lacks("没能移交")
	p.Open("/admin/offices/220102d31").Wants(200, "这个机构已撤并，由长春市南关区卫生健康局承接").Lacks("更正名称")
	p.Open("/admin/offices?q=南关区市场监督管理局").Wants(200, "已撤并")
	p.Open("/admin/offices/220102d23/merger").Wants(200, "撤并记录", "长春市南关区市场监督管理局")
	p.Post("/admin/offices/220102d31/merger", map[string][]string{"into": {"220102d23"}, "document": {"长编〔2026〕12号"}, "posts": {"end"}}).Wants(409, "已经撤并")
	b.by = administrator(office.RoleSecurity, "22")
	p.Open("/admin/offices/220102d23/merger").Wants(200).Lacks("提请撤并")
	p.Post("/admin/offices/220102d23/merger", map[string][]string{"into": {"220102d11"}, "document": {"长编〔2026〕12号"}, "posts": {"end"}}).Wants(403)
	for language, words := range map[string]string{"en": "Merger of offices", "ko": "기관 통폐합"} {
		q := webtest.New(t, b.handler)
		q.Language = language
		q.Open("/admin/offices/220102d31/merger").Wants(200, words)
	}
	if b.log["office.dissolved"] != 1 || b.log["office.merger_done"] != 1 {
		t.Errorf("leaves: %v", b.log)
	}
}

func TestTwoAdministratorsSetARegionalDay(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleAdmin, "22")
	p := webtest.New(t, b.handler)
	p.Open("/admin/calendar").Wants(200, "地方放假和调班", "延边朝鲜族自治州成立纪念日", "每年 9 月 3 日", "待核实，不作数")
	day := map[string][]string{"region": {"220000000000", "222400000000"}, "on": {"2026-09-04"}, "meaning": {"off"}, "name": {"州庆补休"}, "source": {"延边州人民政府办公室通知"}}
	p.Post("/admin/calendar/days", map[string][]string{"region": {"222400000000"}}).Wants(422, "请填写存在的日期", "请写明依据文件")
	p.Post("/admin/calendar/days", day).Wants(200, "已提请")
	p.Post("/admin/calendar/days", day).Wants(409, "已有一份提请待核准")
	p.Open("/admin/calendar?done=local_proposed").Wants(200, "已提请", "州庆补休", "待核准", "撤回提请")
	if strings.Contains(p.Body(), "/approve") {
		t.Error("whoever proposed it is offered to approve it")
	}
	b.by.Account = "another admin"
	p.Open("/admin").Wants(200, "有 1 项地方放假安排待核准").Follow("地方放假和调班").Press("核准").Wants(200, "已核准。在办件的期限正在重新计算", "有效")
	lifted := map[string][]string{"region": {"222400000000"}, "on": {"2037-09-03"}, "yearly": {"1"}, "meaning": {"plain"}, "name": {"取消州庆放假"}, "source": {"延边朝鲜族自治州自治条例修正案"}}
	p.Post("/admin/calendar/days", lifted).Wants(200, "已提请")
	b.by = administrator(office.RoleAdmin, "22")
	p.Open("/admin/calendar").Lacks("2037 年起按新安排").Press("核准").Wants(200, "取消州庆放假", "延边朝鲜族自治州成立纪念日", "2037 年起按新安排")
	b.by = administrator(office.RoleAuditor, "22")
	p.Open("/admin/calendar").Wants(200, "州庆补休").Lacks("提请地方安排")
	p.Post("/admin/calendar/days", day).Wants(403)
	if b.log["calendar.local_set"] != 2 {
		t.Errorf("leaves: %v", b.log)
	}
}
