package accountweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
)

func TestSignIn(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	p := b.browser()
	p.Open("/sign-in").Wants(200, "登录").Press("登录").Wants(422, "请填写账号。", "请填写密码。")
	p.Fill("账号", "zhang.san").Fill("密码", "wrong").Press("登录").Wants(401, "账号或密码不正确")
	wrong := p.Text()
	if p.Value("账号") != "zhang.san" || p.Value("密码") != "" {
		t.Errorf("typed: %q, %q", p.Value("账号"), p.Value("密码"))
	}
	p.Fill("账号", "nobody.here").Fill("密码", "wrong").Press("登录").Wants(401)
	if p.Text() != wrong {
		t.Errorf("an unknown account reads %q, a wrong password %q", p.Text(), wrong)
	}
	p.Fill("账号", " Zhang.San ").Fill("密码", password).Press("登录").Wants(200, `known for ""`)
	if p.Path() != "/" || b.log.kinds["account.signed_in"] != 1 {
		t.Errorf("at %s, leaves %v", p, b.log.kinds)
	}
	p.Open("/sign-in?back=/cases").Wants(200, "known")
	if p.Path() != "/cases" {
		t.Errorf("somebody signed in is asked again: %s", p)
	}
	p.Post("/sign-out", nil).Wants(200, "stranger")
}

func TestAStrangerGetsNoCookie(t *testing.T) {
	b := open(t, 1000)
	p := b.browser()
	for _, path := range []string{"/", "/sign-in", "/register", "/cases"} {
		if p.Open(path).Wants(200); p.Header("Set-Cookie") != "" {
			t.Errorf("%s sets %s", path, p.Header("Set-Cookie"))
		}
	}
	if p.Open("/sign-in").Fill("账号", "nobody.here").Fill("密码", "wrong").Press("登录").Wants(401).Header("Set-Cookie") != "" {
		t.Error("a refused sign-in sets a cookie")
	}
	p.Post("/sign-out", nil).Wants(200, "stranger")
	if p.Open("/me").Wants(200, "登录").Path() != "/sign-in?next=%2Fme" {
		t.Errorf("asked to sign in at %s", p)
	}
}

func TestBackNeverLeadsAway(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	for back, want := range map[string]string{"/cases?x=1": "/cases?x=1", "https://evil.example/": "/", "//evil.example/cases": "/", "/\\evil.example": "/",
		"javascript:alert(1)": "/", "/sign-in": "/", "/sign-out": "/", "": "/"} {
		p := b.browser().Open("/sign-in?back="+url.QueryEscape(back)).Fill("账号", "zhang.san").Fill("密码", password).Press("登录")
		if p.Wants(200, "known"); p.Path() != want {
			t.Errorf("back=%q leads to %s, want %s", back, p.Path(), want)
		}
	}
	p := b.browser().Open("/me").Fill("账号", "zhang.san").Fill("密码", password).Press("登录").Wants(200, "我的账号")
	if p.Path() != "/me" {
		t.Errorf("the page asked for is not returned to: %s", p)
	}
}

func TestLockOut(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	for range 5 {
		b.signIn("zhang.san", "wrong").Wants(401)
	}
	p := b.signIn("zhang.san", password).Wants(429, "账号已锁定 15 分钟")
	if p.Open("/").Wants(200, "stranger").Header("Set-Cookie") != "" {
		t.Error("a locked account is let in")
	}
}

func TestAFloodIsRefused(t *testing.T) {
	b := open(t, 3)
	for range 3 {
		b.signIn("nobody.here", "wrong").Wants(401)
	}
	p := b.signIn("nobody.here", "wrong").Wants(429, "操作太频繁")
	if p.Header("Retry-After") == "" {
		t.Error("a refused attempt is not told when to come back")
	}
	p.Open("/register").Press("注册账号").Wants(429, "操作太频繁")
}

func TestSecondFactor(t *testing.T) {
	b := open(t, 1000)
	b.account("li.chief", numberA, account.Officer, "chief")
	p := b.signIn("li.chief", password).Wants(200)
	if p.Path() != "/desk" {
		t.Errorf("an officer lands at %s", p)
	}
	p.Open("/me/second-factor").Wants(200, "用验证器扫描")
	secret := secretOf(t, p)
	p.Fill("动态口令", "000000").Press("确认启用").Wants(422, "当前显示的 6 位数字")
	if string(secretOf(t, p)) != string(secret) {
		t.Error("a wrong code changes the secret the app has read")
	}
	p.Fill("动态口令", appCode(t, p, time.Now())).Press("确认启用").Wants(200, "双因素登录已启用", "已设置")
	p.Open("/me/second-factor").Wants(200, "已经设置").Lacks("用验证器扫描")

	p = b.signIn("li.chief", password).Wants(200, "五分钟内有效")
	if p.Header("Set-Cookie") != "" || strings.Contains(p.Body(), password) {
		t.Error("the first step already signs in, or shows the password")
	}
	p.Press("登录").Wants(422)
	p.Fill("动态口令", "000000").Press("登录").Wants(401, "6 位数字")
	p.Fill("动态口令", codeOf(secret, time.Now().Add(30*time.Second))).Press("登录").Wants(200, "known")
	if p.Path() != "/desk" {
		t.Errorf("lands at %s", p)
	}
	b.browser().Post("/sign-in/code", url.Values{"step": {"AAAA"}, "code": {"123456"}}).Wants(401, "请重新登录")
}

func TestAnIdleSessionEnds(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	b.account("li.chief", numberB, account.Officer, "chief")
	shift := time.Duration(0)
	b.sessions.SetClockForTest(func() time.Time { return time.Now().Add(shift) })
	citizen, officer := b.signIn("zhang.san", password), b.signIn("li.chief", password)
	for _, at := range []time.Duration{20 * time.Minute, 40 * time.Minute} {
		shift = at
		officer.Open("/desk").Wants(200, "known")
	}
	shift = 75 * time.Minute
	if officer.Open("/desk").Wants(200, "stranger"); !strings.Contains(officer.Header("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie of an ended session stays: %s", officer.Header("Set-Cookie"))
	}
	if officer.Open("/desk").Header("Set-Cookie") != "" {
		t.Error("a stranger's browser is told again")
	}
	citizen.Open("/").Wants(200, "known")
	shift += 121 * time.Minute
	citizen.Open("/").Wants(200, "stranger")
}

func TestPasswordChangedElsewhere(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	here, there := b.signIn("zhang.san", password), b.signIn("zhang.san", password)
	here.Open("/me/password").Wants(200, "修改密码")
	here.Fill("原密码", "wrong").Fill("新密码", "another long one").Fill("再输一次新密码", "another long one").Press("保存新密码").Wants(422, "原密码不正确")
	here.Fill("原密码", password).Fill("新密码", "another long one").Fill("再输一次新密码", "another").Press("保存新密码").Wants(422, "不一样")
	here.Fill("原密码", password).Fill("新密码", "another long one").Fill("再输一次新密码", "another long one").Press("保存新密码").Wants(200, "密码已修改")
	here.Open("/").Wants(200, "known")
	there.Open("/").Wants(200, "stranger")
	there = b.signIn("zhang.san", "another long one").Wants(200, "known")
	here.Open("/me").Press("退出其他所有登录").Wants(200, "其他登录已全部退出")
	here.Open("/").Wants(200, "known")
	there.Open("/").Wants(200, "stranger")
}

func TestWhatAnAdministratorMustDoFirst(t *testing.T) {
	b := open(t, 1000)
	made, first, err := b.accounts.CreateOfficer(t.Context(), actor.Actor{Kind: actor.Officer, Account: "x", Duties: []actor.Duty{{Role: "admin"}}},
		account.NewOfficer{Login: "wang.admin", Name: "王管理", Number: numberA, Phone: "13843000001", Administrator: true})
	if err != nil {
		t.Fatal(err)
	}
	b.posts.roles[made.ID] = "admin"
	p := b.signIn("wang.admin", first).Wants(200, "请先设置自己的密码")
	for _, path := range []string{"/admin", "/desk", "/me"} {
		if p.Open(path).Path() != "/me/password" {
			t.Errorf("%s shows %s", path, p)
		}
	}
	p.Fill("原密码", first).Fill("新密码", password).Fill("再输一次新密码", password).Press("保存新密码").Wants(200, "请先设置双因素登录")
	if p.Open("/admin").Path() != "/me/second-factor" {
		t.Errorf("without a second factor /admin shows %s", p)
	}
	p.Fill("动态口令", appCode(t, p, time.Now())).Press("确认启用").Wants(200, "known")
	if p.Path() != "/admin" {
		t.Errorf("lands at %s", p)
	}
	p.Open("/admin/accounts").Wants(200, "wang.admin", "新建工作人员账号")
}

// A cookie somebody else planted must not become a session, and signing in again must not leave the old token good.
func TestATokenIsRenewed(t *testing.T) {
	b := open(t, 1000)
	b.account("zhang.san", numberA, account.Citizen, "")
	post := func(cookie string) string {
		req := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"login": {"zhang.san"}, "password": {password}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, req)
		c := w.Result().Cookies()
		if w.Code != http.StatusSeeOther || len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
			t.Fatalf("signing in: %d %v", w.Code, c)
		}
		return c[0].Name + "=" + c[0].Value
	}
	says := func(cookie string) string {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, req)
		return w.Body.String()
	}
	planted := "xiangyun_session=planted"
	first := post(planted)
	if first == planted || !strings.HasPrefix(says(first), "known") || strings.HasPrefix(says(planted), "known") {
		t.Error("a planted cookie became a session")
	}
	if second := post(first); second == first || strings.HasPrefix(says(first), "known") || !strings.HasPrefix(says(second), "known") {
		t.Error("the old token is still good")
	}
}
