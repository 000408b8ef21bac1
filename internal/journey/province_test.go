package journey

import (
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/platform/webtest"
)

// province is a running demo province in the middle of its work: a case in every state a page can show.
type province struct {
	*server
	food, pension string            // codes of 食品经营许可 and 城乡居民养老保险参保登记
	cases         map[string]string // state → number
	certificate   string            // its identifier
	draft         string            // path of an application that only waits to be handed in
	proposed      string            // path of an adjustment of the list of powers that waits to be examined
	people        map[string]*caller
}

// busy brings a fresh province to work.
func busy(t testing.TB, s *server) *province {
	t.Helper()
	p := &province{server: s, cases: map[string]string{}, people: map[string]*caller{}}
	for _, account := range []string{"company", "window.nanguan", "review.nanguan", "chief.nanguan"} {
		p.people[account] = signIn(t, s.URL, account)
	}
	company := p.people["company"]
	p.food, p.pension = foodItem(t, company), itemNamed(t, company, "养老钱", "居民养老保险")
	body := application(t, company, p.food)
	for _, state := range []string{"approved", "delivered", "rated", "refused", "rejected", "withdrawn", "suspended", "correcting", "accepted", "reviewed", "offered", "asked", "public", "submitted"} {
		p.cases[state] = company.must(t, 201, "POST", "/api/v1/cases", body).text("number")
		p.bring(t, state, body)
	}
	p.certificate = issued(t, company, p.cases["approved"])
	p.draft = filled(t, webtest.At(t, p.URL), p.food)
	p.proposed = proposed(signedIn(t, s, "market.province"))
	return p
}

// bring brings the case of this name into its state.
func (p *province) bring(t testing.TB, state string, body map[string]any) {
	t.Helper()
	step := func(account, action string, more ...any) {
		t.Helper()
		in := map[string]any{"action": action}
		for i := 0; i < len(more); i += 2 {
			in[more[i].(string)] = more[i+1]
		}
		p.people[account].must(t, 200, "POST", "/api/v1/cases/"+p.cases[state]+"/actions", in)
	}
	switch state {
	case "submitted":
		return
	case "rejected":
		step("window.nanguan", "reject", "comment", "经营场所不在本区，请向经营场所所在地的市场监督管理局申请。")
		return
	case "withdrawn":
		step("company", "withdraw", "comment", "店面还没有定下来。")
		return
	case "correcting":
		code := body["materials"].([]any)[0].(map[string]any)["code"]
		step("window.nanguan", "request_correction", "comment", "请一次补齐。", "asked", []any{map[string]any{"code": code, "text": "平面图没有标明面积和流向，请补充后重新上传。"}})
		return
	}
	step("window.nanguan", "accept")
	switch state {
	case "accepted":
		return
	case "suspended":
		step("review.nanguan", "suspend", "procedure", "inspection", "days", 5, "comment", "到经营场所现场核查。")
		return
	}
	step("review.nanguan", "opine", "comment", "申请材料符合要求。")
	step("review.nanguan", "opine", "comment", "经营场所符合要求。")
	switch state {
	case "offered", "asked":
		step("review.nanguan", "offer_hearing", "comment", "拟不予许可：经营场所与污染源的距离不符合规定。")
		if state == "asked" {
			step("company", "ask_hearing", "comment", "距离的测量方法有误，请当面核对。")
		}
		return
	case "public":
		step("review.nanguan", "publicize", "comment", "拟准予许可：经营场所面积 120 平方米，经营项目为热食类食品制售。")
		return
	case "reviewed":
	case "refused":
		step("chief.nanguan", "refuse", "comment", "经营场所与污染源的距离不符合规定。")
	default:
		step("chief.nanguan", "approve", "comment", "符合《食品安全法》规定的条件。")
	}
	if state == "delivered" || state == "rated" {
		step("window.nanguan", "deliver", "way", "online")
	}
	if state == "rated" {
		p.people["company"].must(t, 201, "POST", "/api/v1/cases/"+p.cases[state]+"/rating", map[string]any{"satisfaction": 2, "labels": []string{}, "text": "现场核查的时间改了两次，没有提前通知。"})
	}
}

// issued waits for the certificate of an approved case: a job issues it after the decision's commit.
func issued(t testing.TB, c *caller, number string) string {
	t.Helper()
	for range 600 {
		a := c.must(t, 200, "GET", "/api/v1/cases/"+number, nil)
		if list := a.list("certificates"); len(list) > 0 {
			return dig(list[0], "identifier").(string)
		}
	}
	t.Fatalf("no certificate is issued for %s", number)
	return ""
}

// itemNamed finds an item of the province by everyday words.
func itemNamed(t testing.TB, c *caller, words, name string) string {
	t.Helper()
	a := c.must(t, 200, "GET", "/api/v1/items?region=220102000000&q="+url.QueryEscape(words), nil)
	for _, row := range a.list("data") {
		if strings.Contains(dig(row, "name").(string), name) {
			return dig(row, "code").(string)
		}
	}
	t.Fatalf("%s finds no %s: %s", words, name, a.Raw)
	return ""
}

// filled fills the application of a restaurant through the pages, drafts have no API, and returns where it stands.
func filled(t testing.TB, b *webtest.Browser, food string) string {
	t.Helper()
	b.Open("/sign-in").Fill("账号", "company").Fill("密码", demoPassword).Press("登录")
	b.Open("/items/" + food + "/apply?variant=new&situation.place=catering&situation.network=no&situation.machine=no&situation.agent=self")
	b.Wants(200, "选择情形").Press("保存并继续").Wants(200, "填写申请表")
	answerFood(b)
	b.Press("保存并继续").Wants(200, "提供材料")
	b.Attach("选择文件 与食品经营", "平面布局图.pdf", paper("layout")).Press("上传 与食品经营相适应").Wants(200, "平面布局图.pdf")
	b.Attach("选择文件 保证食品安全", "制度目录.pdf", paper("rules")).Press("上传 保证食品安全的规章制度目录清单").Wants(200, "制度目录.pdf")
	b.Press("保存并继续").Wants(200, "核对并提交")
	return strings.TrimSuffix(b.Path(), "/confirm")
}

// answerFood fills in the form of the food licence, which stands open.
func answerFood(b *webtest.Browser) {
	b.FillIn("法定代表人", "公民身份号码", "220102198506120014").FillIn("法定代表人", "联系电话", "13804310000")
	b.Fill("市", "长春市").Press("下一级").Fill("县", "南关区")
	b.Fill("经营场所详细地址", "人民大街1号1层101室").Fill("经营场所面积（平方米）", "126.5")
	b.Choose("主体业态", "餐饮服务经营者").Choose("经营项目", "热食类食品制售").Choose("经营项目", "自制饮品制售").Choose("是否通过网络经营", "否")
	b.Fill("从业人员数", "12").FillIn("食品安全管理人员 1", "姓名", "李静").FillIn("食品安全管理人员 1", "公民身份号码", "220102199308260045")
	b.Choose("职务", "食品安全员").Choose("许可证领取方式", "只要电子许可证")
}
