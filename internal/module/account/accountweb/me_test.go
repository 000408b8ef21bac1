package accountweb_test

import (
	"net/url"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
)

func TestRegister(t *testing.T) {
	b := open(t, 1000)
	p := b.browser().Open("/sign-in?back=%2Fcases").Follow("注册账号").Wants(200, "注册")
	p.Fill("姓名", "李").Fill("公民身份号码", "220102199003072319").Fill("手机号码", "12").Fill("账号", "x").Fill("密码", "short").Press("注册账号")
	p.Wants(422, "请填写证件上的姓名", "请逐位核对", "11 位手机号码", "4 到 40 个", "至少 8 个字符")
	if p.FieldError("公民身份号码") == "" || p.Value("姓名") != "李" || p.Value("密码") != "" {
		t.Error("what was typed is not shown again with its fault")
	}
	p.Fill("姓名", "李小明").Fill("公民身份号码", "220102 19900307 2318").Fill("手机号码", "138 4300 0001").Fill("账号", "li.ming").Fill("密码", password).Press("注册账号")
	if p.Wants(200, "known"); p.Path() != "/cases" {
		t.Errorf("lands at %s", p)
	}
	p.Open("/me").Wants(200, "李小明", "2201**********2318", "138****0001", "二级").Lacks(numberA, "13843000001")
	p.Press("显示完整号码").Wants(200, numberA, "13843000001")
	p.Open("/me").Wants(200).Lacks(numberA)

	again := b.browser().Open("/register").Fill("姓名", "李小明").Fill("公民身份号码", numberA).Fill("手机号码", "13843000001").Fill("账号", "li.two").Fill("密码", password)
	again.Press("注册账号").Wants(409, "已经注册过")
	again.Fill("公民身份号码", numberB).Fill("账号", "li.ming").Fill("密码", password).Press("注册账号").Wants(409, "这个账号已被使用")
}

// TestHome says where somebody lives, list by list as without scripts: the township is needed, and a later list must belong to the one before.
func TestHome(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	p := b.signIn("zhang.san", password)
	p.Open("/me").Wants(200, "常住地", "还没有填写").Follow("常住地").Wants(200, "您住在哪里")
	p.Post("/me/home", url.Values{"region": {"220100000000", "220102000000"}, "region.refine": {"1"}}).Wants(200, "南岭街道")
	p.Post("/me/home", url.Values{"region": {"220100000000", "220102000000"}}).Wants(422, "请选到乡镇")
	p.Post("/me/home", url.Values{"region": {"220100000000", "220102000000", "220102001000"}}).Wants(200, "常住地已保存", "南岭街道")
	if b.log.kinds["account.home_set"] != 1 {
		t.Errorf("leaves: %v", b.log.kinds)
	}
}

func TestActingForACompany(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	b.account("li.agent", numberB, account.Citizen, "")
	p := b.signIn("zhang.san", password)
	p.Open("/me").Follow("代表单位办事").Wants(200, "还没有可以代表的单位").Follow("登记单位")
	p.Fill("单位名称", "祥和").Fill("统一社会信用代码", "91220101MA1A000592").Press("核对并登记").Wants(422, "营业执照上的名称", "统一社会信用代码有误")
	p.Fill("单位名称", "长春市南关区祥和餐饮有限公司").Fill("统一社会信用代码", code).Press("核对并登记").Wants(200, "登记成功", "正在代表", "法定代表人")
	company := companyOf(t, b)
	p.Open("/").Wants(200, `for "`+company+`"`)

	p.Open("/me/companies").Follow("经办人").Wants(200, "张*琳（本人）", "授权经办人")
	p.Fill("姓名", "张晓琳").Fill("公民身份号码", numberC).Press("授权经办人").Wants(422, "没有找到姓名与证件号码都相符的人")
	p.Fill("公民身份号码", numberB).Press("授权经办人").Wants(200, "已授权经办人")

	agent := b.browser().Open("/sign-in").Fill("账号", "li.agent").Fill("密码", password).Press("登录").Wants(200, `for "`+company+`"`)
	agent.Open("/me/agents").Wants(200, "经办人").Lacks("授权经办人")
	agent.Post("/me/agents", url.Values{"name": {"张晓琳"}, "number": {numberA}, "role": {"agent"}}).Wants(403, "只有法定代表人或者管理员")
	agent.Open("/me/companies").Press("换回本人").Wants(200, "已切换身份")
	agent.Open("/").Wants(200, `for ""`)
	agent.Open("/me/companies").Press("代表办事").Wants(200, "正在代表")

	p.Open("/me/agents").Press("撤销").Wants(200, "已撤销经办人")
	agent.Open("/").Wants(200, `known for ""`) // goes on as a person
	agent.Post("/me/companies/act", url.Values{"company": {company}}).Wants(403, "您不是这家单位的经办人")
	if b.log.kinds["agent.added"] != 2 || b.log.kinds["agent.ended"] != 1 || b.log.kinds["company.registered"] != 1 {
		t.Errorf("leaves: %v", b.log.kinds)
	}
	p.Open("/me/companies/new").Fill("单位名称", "长春市南关区祥和餐饮有限公司").Fill("统一社会信用代码", code).Press("核对并登记").Wants(409, "已经有人登记")
}

func companyOf(t *testing.T, b *building) string {
	t.Helper()
	list, err := b.accounts.Agencies(t.Context(), actor.Actor{Kind: actor.Person, Subject: subjectOf(t, b, "zhang.san")})
	if err != nil || len(list) != 1 {
		t.Fatalf("companies: %v, %v", list, err)
	}
	return list[0].CompanyID
}

func subjectOf(t *testing.T, b *building, login string) string {
	t.Helper()
	a, err := b.accounts.Find(t.Context(), actor.Actor{Duties: []actor.Duty{{Role: "admin"}}}, login)
	if err != nil {
		t.Fatal(err)
	}
	return a.SubjectID
}

func TestEveryLanguage(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	admin(b)
	for language, words := range map[string][3]string{"en": {"Sign in", "Account", "Password"}, "ko": {"로그인", "계정", "비밀번호"}} {
		for login, pages := range map[string][]string{"zhang.san": {"/me", "/me/password", "/me/second-factor", "/me/companies", "/me/companies/new", "/me/agents"},
			"su.officer": {"/me"}} {
			p := b.browser()
			p.Language = language
			p.Open("/register").Wants(200)
			p.Open("/sign-in").Wants(200).Fill(words[1], login).Fill(words[2], password).Press(words[0]).Wants(200, "known")
			for _, path := range pages {
				p.Open(path).Wants(200)
			}
		}
	}
}
