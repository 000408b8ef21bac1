package certweb_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/webtest"
)

// tomorrow is a date as its three fields are filled in.
func tomorrow(name string) url.Values {
	d := strings.Split(civil.Of(time.Now()).Add(1).String(), "-")
	return url.Values{name + ".year": {d[0]}, name + ".month": {d[1]}, name + ".day": {d[2]}}
}

func with(v url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestGrantPages(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	at := "/certificates/" + b.identifier
	p := webtest.New(t, b.handler)
	p.Open(at).Follow("授权他人使用").Wants(200, "统一社会信用代码", "用途").Press("确认授权").Wants(422, "请选择授权给谁", "请选择用途")
	p.Post(at+"/grants", with(tomorrow("until"), "kind", "unit", "code", "91220101MA84KDQT26", "purpose", "contract")).Wants(200, "已授权", "吉林省松花江银行", "签订合同、交易", "收回授权")
	b.by = certtest.OtherCompany
	q := webtest.New(t, b.handler)
	q.Open("/granted").Wants(200, "食品经营许可证", "签订合同、交易").Press("使用").Wants(200, "证照真实、有效", "王𬱖", "持证人能看到")
	b.by = certtest.Holder
	p.Open(at).Wants(200, "按授权使用", "吉林省松花江银行").Press("收回授权").Wants(200, "授权已收回", "已收回")
	b.by = certtest.OtherCompany
	q.Open("/granted").Wants(200, "没有授权给您的证照")
}

// Who is granted must be found, so granting tells who is known: it is slowed down by account.
func TestGrantsAreSlowedDown(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	p := webtest.New(t, b.handler)
	v := with(tomorrow("until"), "kind", "person", "name", "王小明", "number", "220102199001011234", "purpose", "contract")
	for range 10 {
		p.Post("/certificates/"+b.identifier+"/grants", v).Wants(422)
	}
	p.Lenient = true
	p.Post("/certificates/"+b.identifier+"/grants", v).Wants(429)
}

func TestCopyPages(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	at := "/certificates/" + b.identifier
	p := webtest.New(t, b.handler)
	p.Open(at).Follow("制作加注件").Wants(200, "使用事项").Press("制作").Wants(422, "2 到 50")
	p.Post(at+"/copies", with(tomorrow("until"), "matter", "开立对公账户", "recipient", "吉林省松花江银行")).Wants(200, "加注件已制作", "开立对公账户")
	v, err := b.Get(t.Context(), certtest.Holder, b.identifier)
	if err != nil || len(v.Copies) != 1 {
		t.Fatalf("%+v, %v", v.Copies, err)
	}
	number := v.Copies[0].Number
	file := webtest.New(t, b.handler).Open(at + "/copies/" + number).Wants(200).Body()
	if !strings.HasPrefix(file, "%PDF-") {
		t.Fatalf("%.20q", file)
	}
	b.by = actor.Actor{}
	q := webtest.New(t, b.handler)
	q.Open("/verify?copy="+number).Press("核验").Wants(200, "证照真实、有效", "吉林省松花江银行", "开立对公账户").Lacks("王𬱖")
	q.Open("/verify").Attach("证照文件", "a.pdf", []byte(file)).Press("核验文件").Wants(200, "证照真实、有效", "开立对公账户")
	b.by = certtest.Holder
	p.Open(at).Press("收回").Wants(200, "加注件已收回")
	b.by = actor.Actor{}
	q.Open("/verify?copy="+number).Press("核验").Wants(200, "核验未通过", "持证人已收回这份加注件")
}

func TestLivingCode(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	at := "/certificates/" + b.identifier
	p := webtest.New(t, b.handler)
	p.Open(at + "/present")
	for _, part := range []string{`<noscript><meta http-equiv="refresh"`, "qr-stripe", "data-clock", "present/seen"} {
		if !strings.Contains(p.Body(), part) {
			t.Errorf("the page with the code lacks %s", part)
		}
	}
	code, err := b.Present(t.Context(), certtest.Holder, b.identifier)
	if err != nil {
		t.Fatal(err)
	}
	b.by = certtest.Chief
	for range 2 {
		webtest.New(t, b.handler).Post("/verify", url.Values{"token": {code.Token}, "purpose": {"inspection"}}).Wants(200)
	}
	b.by = certtest.Holder
	part := webtest.New(t, b.handler)
	part.Lenient = true // it is a part of a page
	part.Open(at+"/present/seen").Wants(200, "首席代表", "行政检查、执法", "有人再次使用您出示过的码")
	p.Open(at).Follow("投诉这次核验").Press("提交投诉").Wants(422, "2 到 500").Fill("投诉内容", "没有出示证件").Press("提交投诉").Wants(200, "投诉已提交", "已投诉")
	b.by = certtest.Chief
	webtest.New(t, b.handler).Open("/desk/certificates/complaints").Wants(200, "没有出示证件", "食品经营许可证")
	b.by = certtest.Reviewer
	webtest.New(t, b.handler).Open("/desk/certificates/complaints").Wants(403)
}

func TestPartAndLawyers(t *testing.T) {
	b := open(t)
	identifier, err := b.IssueRegistered(t.Context(), actor.Program("test"), certtest.Lawyer())
	if err != nil {
		t.Fatal(err)
	}
	b.by = certtest.Citizen
	p := webtest.New(t, b.handler)
	p.Open("/certificates/"+identifier).Follow("只出示部分内容").Wants(200, "已满18周岁").Choose("出示哪些内容", "已满18周岁").Press("出示证照").Wants(200, "只出示 1 项")
	code, err := b.Present(t.Context(), certtest.Citizen, identifier, "over_18")
	if err != nil {
		t.Fatal(err)
	}
	b.by = actor.Actor{}
	q := webtest.New(t, b.handler)
	q.Post("/verify", url.Values{"token": {code.Token}, "purpose": {"lodging"}}).Wants(200, "证照真实、有效", "已满18周岁", "持证人只出示了以上内容", "证明").Lacks("张晓琳", identifier)
	q.Open("/lawyers").Press("查询").Wants(422, "2 到 50").Fill("律师姓名", "张晓琳").Press("查询").Wants(200, "吉林长白律师事务所", "12201201811000017", "有效").Lacks("220102199303082083")
	q.Open("/lawyers").Fill("律师姓名", "张晓林").Press("查询").Wants(200, "没有这名律师在吉林省司法厅登记")
	q.Lenient = true
	for range 30 {
		q.Post("/lawyers", url.Values{"q": {"张晓林"}})
	}
	q.Wants(429)
}

func TestOfflinePages(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	at := "/certificates/" + b.identifier
	p := webtest.New(t, b.handler)
	p.Open(at).Follow("离线出示").Wants(200, "对方没有网络也能核验").Press("生成离线码").Wants(200, "离线码的文字", "XY1.")
	p.Post(at+"/offline", url.Values{"days": {"9"}}).Wants(422, "1 到 7 天")
	p.Post(at+"/recall", nil).Wants(200, "没有用过的码已经全部作废")
	b.by = actor.Actor{}
	q := webtest.New(t, b.handler)
	q.Open("/verify/offline/").Wants(200, "离线核验", "这一页要用浏览器的脚本")
	var list cert.OfflineList
	key, err := b.OfflineKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(q.Open("/verify/offline/list.json").Wants(200).Body()), &list); err != nil || !list.Verify(key) || len(list.Serials) != 11 {
		t.Errorf("the list is %+v, %v", list, err)
	}
	if body := q.Open("/verify/offline/manifest.webmanifest").Wants(200).Body(); !strings.Contains(body, `"scope":"/verify/offline/"`) {
		t.Error(body)
	}
	if body := q.Open("/verify/offline/worker.js").Wants(200).Body(); !strings.HasPrefix(body, "self.keep={") {
		t.Errorf("%.80s", body)
	}
}

func TestNewPagesInEveryLanguage(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	at := "/certificates/" + b.identifier
	for _, language := range []string{"en", "ko"} {
		p := webtest.New(t, b.handler)
		p.Language = language
		for _, path := range []string{at, at + "/part", at + "/offline", at + "/grants/new", at + "/copies/new", "/granted", "/lawyers", "/verify/offline/"} {
			if body := p.Open(path).Wants(200).Body(); strings.Contains(body, "[cert.") {
				t.Errorf("%s in %s lacks words", path, language)
			}
		}
	}
}
