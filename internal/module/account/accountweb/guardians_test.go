package accountweb_test

import (
	"testing"

	"xiangyun/internal/module/account"
	"xiangyun/internal/platform/webtest"
)

// TestGuardianOfAnAdult takes two officers, and the ward ends it; who guesses names is stopped, before he guesses right.
func TestGuardianOfAnAdult(t *testing.T) {
	const wardNumber, guardianNumber = numberA, numberB
	b := open(t, 100)
	b.account("ward", wardNumber, account.Citizen, "")
	b.account("guardian", guardianNumber, account.Citizen, "")
	b.account("window.a", numberC, account.Officer, "window")
	b.account("window.b", "220102198506120014", account.Officer, "window")
	first, second := b.signIn("window.a", password), b.signIn("window.b", password)
	fill := func(p *webtest.Browser, name string) *webtest.Browser {
		return p.Open("/desk/guardians").Fill("被监护人姓名", name).Fill("被监护人公民身份号码", wardNumber).Fill("监护人姓名", "张晓琳").Fill("监护人公民身份号码", guardianNumber).
			Choose("监护关系", "成年人的监护人").Fill("依据材料", "指定监护人的判决书").Press("登记")
	}
	fill(first, "张晓琳").Wants(200, "监护关系已登记", "待另一名工作人员确认")
	first.Press("确认").Wants(403, "请由另一名工作人员确认")
	guardian := b.signIn("guardian", password)
	guardian.Open("/me/companies").Wants(200).Lacks("我监护的人")
	second.Open("/desk/guardians").Press("确认").Wants(200, "已确认生效").Lacks("待另一名工作人员确认")
	guardian.Open("/me/companies").Wants(200, "我监护的人")
	b.signIn("ward", password).Open("/me/companies").Wants(200, "我的监护人").Press("终止").Wants(200, "监护关系已终止").Lacks("我的监护人")
	guardian.Open("/me/companies").Wants(200).Lacks("我监护的人")
	for range 10 {
		fill(first, "张大琳").Wants(422)
	}
	fill(first, "张晓琳").Wants(429)
	fill(second, "张晓琳").Wants(200, "监护关系已登记")
	if b.log.kinds["guardian.not_found"] != 10 {
		t.Errorf("%d leaves of guesses", b.log.kinds["guardian.not_found"])
	}
}
