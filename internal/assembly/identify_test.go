package assembly

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/config"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/webtest"
)

const testPassword = "long enough words"

// app opens the whole program on an empty store.
func app(t *testing.T) (*App, *Edge) {
	t.Helper()
	return appOf(t, config.Default())
}

// appOf is the building with these settings, on a database and a folder of its own.
func appOf(t *testing.T, c config.Config) (*App, *Edge) {
	t.Helper()
	c.Data = t.TempDir()
	if url := dbtest.URL(t); strings.HasPrefix(url, "postgres") {
		c.DatabaseURL = url
	}
	a, err := Open(t.Context(), Params{Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := a.Edge()
	if err != nil {
		t.Fatal(err)
	}
	return a, e
}

// logTo is a log a test reads.
func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// The frame of a page says who looks at it; a stranger's page comes from the cache and carries no cookie, and neither is ever shown to the
// other.
func TestWhoLooks(t *testing.T) {
	a, e := app(t)
	ctx, program := t.Context(), actor.Program("test")
	made, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: "zhang.san", Password: testPassword, Use: account.Citizen,
		Subject: account.NewSubject{Kind: account.Person, Name: "张晓琳", Number: "220102199003072318", Level: 2}})
	if err != nil {
		t.Fatal(err)
	}
	firm, err := a.Accounts.PutSubject(ctx, program, account.NewSubject{Kind: account.Company, Name: "长春市南关区祥和餐饮有限公司", Number: "91220101MA1A000591", Level: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Accounts.AddAgent(ctx, program, firm, made.SubjectID, account.RoleManager); err != nil {
		t.Fatal(err)
	}
	tell := func(subject string) {
		t.Helper()
		if err := a.DB.Update(ctx, func(tx *db.Tx) error {
			return a.Notices.Send(ctx, tx, notice.Message{Subject: subject, Key: "web.not_found"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	tell(made.SubjectID)

	stranger := webtest.New(t, e.Handler)
	for range 2 {
		if stranger.Open("/").Wants(200, "登录").Lacks("张*琳"); stranger.Header("Set-Cookie") != "" || stranger.Header("ETag") == "" {
			t.Errorf("a stranger's page: cookie %q, tag %q", stranger.Header("Set-Cookie"), stranger.Header("ETag"))
		}
	}
	p := webtest.New(t, e.Handler).Open("/sign-in?back=/").Fill("账号", "zhang.san").Fill("密码", testPassword).Press("登录")
	p.Open("/").Wants(200, "张*琳", "1 条未读", "代表单位办事", "退出登录").Lacks("张晓琳")
	if p.Header("ETag") != "" {
		t.Error("a page of somebody signed in came from the cache")
	}
	tell(made.SubjectID)
	p.Open("/").Wants(200, "2 条未读")
	p.Open("/me/companies").Press("代表办事").Wants(200, "张*琳 正在代表 长春市南关区祥和餐饮有限公司 办事").Lacks("条未读")
	p.Post("/sign-out", nil).Wants(200, "登录").Lacks("张*琳", "祥和")
	stranger.Open("/").Wants(200, "登录").Lacks("张*琳", "祥和")
}

func TestAnOfficerWithoutAPost(t *testing.T) {
	a, e := app(t)
	if _, err := a.Accounts.Create(t.Context(), actor.Program("test"), account.NewAccount{Login: "su.officer", Password: testPassword, Use: account.Officer,
		Subject: account.NewSubject{Kind: account.Person, Name: "苏文", Number: "220102199003072318", Level: 2}}); err != nil {
		t.Fatal(err)
	}
	p := webtest.New(t, e.Handler).Open("/sign-in?back=/").Fill("账号", "su.officer").Fill("密码", testPassword).Press("登录")
	p.Open("/admin").Wants(403, "没有权限")
	p.Open("/me").Wants(200, "苏文")
	for path, want := range map[string]int{"/healthz": 200, "/api/v1/me": 200} {
		p.Open(path).Wants(want)
	}
}
