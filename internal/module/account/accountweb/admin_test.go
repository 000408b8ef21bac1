package accountweb_test

import (
	"regexp"
	"testing"
	"time"

	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/webtest"
)

// admin makes an administrator with a second factor, signs it in and returns its browser; an officer is made beside it.
func admin(b *building) *webtest.Browser {
	b.t.Helper()
	b.account("wang.admin", numberC, account.Administrator, "admin")
	b.account("su.officer", numberB, account.Officer, "window")
	p := b.signIn("wang.admin", password).Wants(200, "请先设置双因素登录")
	return p.Fill("动态口令", appCode(b.t, p, time.Now())).Press("确认启用").Wants(200, "known")
}

func TestAnAdministratorManagesAccounts(t *testing.T) {
	b := open(t, 1000)
	a := b.account("zhang.san", numberA, account.Citizen, "")
	p := admin(b)
	citizen := b.signIn("zhang.san", password).Wants(200, "known")

	p.Open("/admin/accounts").Wants(200, "zhang.san", "su.officer", "wang.admin").Lacks("张晓琳")
	p.Fill("账号开头", "zhang").Press("查找").Wants(200, "zhang.san").Lacks("su.officer")
	p.Follow("zhang.san").Wants(200, "正常", "没有岗位").Lacks(numberA)
	p.Press("锁定账号").Wants(200, "已锁定账号", "已锁定")
	citizen.Open("/").Wants(200, "stranger")
	b.signIn("zhang.san", password).Wants(429)
	p.Press("解锁账号").Wants(200, "已解锁账号", "正常")
	citizen.Open("/").Wants(200, "stranger")
	citizen = b.signIn("zhang.san", password).Wants(200, "known")

	p.Press("重置密码").Wants(200, "新密码只显示这一次")
	fresh := regexp.MustCompile(`[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}`).FindString(p.Text())
	citizen.Open("/").Wants(200, "stranger")
	b.signIn("zhang.san", fresh).Wants(200, "请先设置自己的密码")
	p.Open("/admin/accounts/" + a.ID).Wants(200).Lacks(fresh)

	p.Open("/admin/accounts?q=su").Follow("su.officer").Wants(200, "综合窗口", "吉林省人民政府")
	p.Open("/admin/accounts?q=wang").Follow("wang.admin").Wants(200).Lacks("锁定账号", "重置密码")
	p.Open("/admin/accounts/nothing").Wants(404, "没有这个账号")

	p.Open("/admin/accounts").Follow("新建工作人员账号").Press("建立账号").Wants(422, "4 到 40 个")
	p.Fill("账号", "zhao.new").Fill("姓名", "赵新").Fill("公民身份号码", numberA).Fill("手机号码", "13843000003").Press("建立账号").Wants(200, "新密码只显示这一次", "zhao.new", "工作人员")
	for kind, want := range map[string]int{"account.locked_by": 1, "account.unlocked_by": 1, "account.reset": 1} {
		if b.log.kinds[kind] != want {
			t.Errorf("leaves: %v", b.log.kinds)
		}
	}
	b.signIn("su.officer", password).Open("/admin/accounts").Wants(403)
}

func TestManyAccountsArePaged(t *testing.T) {
	b := open(t, 1000)
	p := admin(b)
	b.many(60)
	p.Open("/admin/accounts?q=many").Wants(200, "many000", "many049").Lacks("many050")
	p.Follow("下一页").Wants(200, "many050", "many059").Lacks("many049")
	p.Follow("回到第一页").Wants(200, "many000")
}
