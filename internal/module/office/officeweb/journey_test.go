package officeweb_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"xiangyun/internal/adapter/realname"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sm/smtest"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

type leaves map[string]int

func (l leaves) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	l[e.Kind]++
	return nil
}

type holding struct{ offices *office.Service }

func (h holding) Holding(ctx context.Context, tx *db.Tx, accountID string) (out account.Holding, ok bool, err error) {
	duties, main, ok, err := h.offices.Duties(ctx, tx, accountID)
	return account.Holding{Duties: duties, Office: main.ID, OfficePath: main.Path, OfficeName: main.Name, Region: main.Region}, ok, err
}

// building is the administration, used by whoever stands in by.
type building struct {
	estate  *nothingLeft
	by      actor.Actor
	offices *office.Service
	log     leaves
	handler http.Handler
}

func open(t *testing.T) *building {
	t.Helper()
	b := &building{log: leaves{}, estate: &nothingLeft{cases: 3}}
	d := dbtest.Open(t, office.Schema, account.Schema)
	var err error
	b.offices, err = office.New(d, office.Needs{Log: b.log, Grants: append(office.Access(), account.Access()...), Queue: noQueue{}, Estate: b.estate})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.offices.LoadReference(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.offices.SeedProvince(t.Context()); err != nil {
		t.Fatal(err)
	}
	accounts := account.New(d, account.Needs{Rights: b.offices, Posts: holding{b.offices}, Log: b.log, Keys: smtest.Keyring(t), RealName: realname.Simulator{}})
	for login, use := range map[string]account.Use{"li.chief": account.Officer, "wang.admin": account.Administrator, "citizen": account.Citizen} {
		number := map[string]string{"li.chief": "220102199003072318", "wang.admin": "22020319851112402X", "citizen": "222401197901011122"}[login]
		_, err := accounts.Create(t.Context(), actor.Program("test"), account.NewAccount{Login: login, Password: "long enough words", Use: use,
			Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: number}})
		if err != nil {
			t.Fatal(err)
		}
	}
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, account.Locale, officeweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	officeweb.Routes(r, officeweb.Deps{Offices: b.offices, Accounts: accounts})
	b.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), b.by), design.Viewer{SignedIn: true, Kind: "admin", Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return b
}

func administrator(role, path string) actor.Actor {
	return actor.Actor{Kind: actor.Officer, Account: "the " + role, Duties: []actor.Duty{{Role: role, OfficePath: path}}}
}

func TestSecurityGrantsAndEndsAPost(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleSecurity, "22")
	p := webtest.New(t, b.handler)
	p.Open("/admin").Wants(200, "安全管理员", "13,014").Lacks("后台任务")
	p.Follow("机构").Wants(200, "吉林省人民政府")
	p.Fill("机构名称", "南关区市场监督管理局").Press("查找").Wants(200, "长春市南关区市场监督管理局")
	p.Follow("长春市南关区市场监督管理局").Wants(200, "220102d31", "这里还没有人任职").Lacks("更正名称")
	p.Press("授予岗位").Wants(422)
	if p.FieldError("账号") != "没有这个账号。" && p.FieldError("账号") == "" {
		t.Error("an empty account is not refused")
	}
	p.Fill("账号", "citizen").Fill("角色", "首席代表").Fill("限定事项", "12").Press("授予岗位").Wants(422, "这是群众账号", "请填写 12 位基本编码")
	p.Fill("账号", "wang.admin").Fill("限定事项", "").Press("授予岗位").Wants(422, "三类管理员岗位")
	p.Fill("账号", "li.chief").Fill("角色", "首席代表").Fill("限定事项", "000131104003").Press("授予岗位").Wants(200, "已授予岗位", "li.chief", "000131104003")
	p.Press("撤销岗位").Wants(200, "已撤销岗位", "这里还没有人任职")
	if b.log["post.granted"] != 1 || b.log["post.removed"] != 1 {
		t.Errorf("leaves: %v", b.log)
	}
}

func TestAdminRenamesAndImports(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleAdmin, "22")
	p := webtest.New(t, b.handler)
	p.Open("/admin/offices/220102d31").Wants(200, "更正名称", "吉林省人民政府").Lacks("授予岗位")
	p.Fill("名称", "").Press("保存名称").Wants(422, "2 到 80")
	p.Fill("名称", "长春市南关区市场监管局").Press("保存名称").Wants(200, "已更正名称", "长春市南关区市场监管局")
	p.Post("/admin/offices/220102d31/posts", map[string][]string{"login": {"li.chief"}, "role": {"chief"}}).Wants(403)
	p.Open("/admin/calendar").Wants(200, "2026")
	p.Press("导入放假安排").Wants(422, "请选择放假安排文件")
	p.Attach("放假安排文件", "a.json", []byte("{")).Press("导入放假安排").Wants(422, "没有读懂")
	p.Attach("放假安排文件", "2027.json", []byte(`{"year":2027,"papers":["http://www.gov.cn/test"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}`))
	p.Press("导入放假安排").Wants(200, "已导入", "2027", "http://www.gov.cn/test")
}

func TestACountyAdministratorSeesTheCounty(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleAdmin, "220102")
	p := webtest.New(t, b.handler)
	p.Open("/admin/offices").Wants(200, "长春市南关区人民政府", "长春市南关区教育局")
	p.Open("/admin/offices?q=教育局").Wants(200, "长春市南关区教育局").Lacks("宽城区")
	p.Open("/admin/offices/2202").Wants(403)
	p.Open("/admin/offices/220102d77").Wants(404)
	p.Open("/admin/offices?region=220200000000").Wants(403)
	if p.Open("/admin/offices/220102").Wants(200); p.Link("吉林省人民政府") != "" {
		t.Error("the superior beyond reach is linked")
	}
}

func TestEveryLanguage(t *testing.T) {
	b := open(t)
	b.by = administrator(office.RoleAdmin, "22")
	for language, words := range map[string]string{"en": "Administration", "ko": "시스템 관리"} {
		p := webtest.New(t, b.handler)
		p.Language = language
		p.Open("/admin").Wants(200, words)
		p.Open("/admin/offices").Wants(200)
		p.Open("/admin/offices/220102").Wants(200)
		p.Open("/admin/calendar").Wants(200)
	}
}

func TestRegions(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	counts := map[string]int{"": 1, "220000000000": 9, "220100000000": 13, "220102": 0, "220102000000": 0}
	for parent, want := range counts {
		p.Open("/api/v1/regions?parent=" + parent).Wants(200)
		var out struct {
			Data []struct {
				Code, Name, Parent string
				Level, Children    int
			}
		}
		if err := json.Unmarshal([]byte(p.Body()), &out); err != nil {
			t.Fatal(err)
		}
		if want > 0 && len(out.Data) < want || len(out.Data) == 0 {
			t.Errorf("below %q: %d regions", parent, len(out.Data))
		}
		for _, r := range out.Data {
			if len(r.Code) != 12 || r.Name == "" || r.Level == 0 {
				t.Errorf("below %q: %+v", parent, r)
			}
		}
	}
	p.Open("/api/v1/regions?parent=22010").Wants(422, "parent")
	p.Open("/api/v1/regions?parent=990000000000").Wants(404)
	p.Lenient = true
	p.Open("/regions/picker?picker=region&region=220100000000").Wants(200, "南关区")
}
