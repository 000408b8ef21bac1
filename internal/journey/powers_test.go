package journey

import (
	"strings"
	"testing"

	"xiangyun/internal/platform/webtest"
)

// signedIn is a browser without scripts in which somebody has signed in.
func signedIn(t testing.TB, s *server, account string) *webtest.Browser {
	t.Helper()
	b := webtest.At(t, s.URL)
	b.Open("/sign-in").Fill("账号", account).Fill("密码", demoPassword).Press("登录")
	return b
}

// proposed has the province's department propose a change of the power behind 食品经营许可 and returns the path of the adjustment.
func proposed(department *webtest.Browser) string {
	department.Open("/desk/powers/new?change=amend&code=000131104003").Wants(200, "变更职权")
	department.Fill("调整情形", "law").Fill("依据文件", "《食品经营许可和备案管理办法》").Fill("调整理由", "条文调整").Fill("裁量基准", "按经营面积和项目分档")
	department.Press("提交审核").Wants(200, "待审核", "按经营面积和项目分档")
	path, _, _ := strings.Cut(department.Path(), "?")
	return path
}

// TestPowersAreAdjusted: a department of the province proposes a change of the list of powers, two offices examine it, the government approves, it is
// published, and everybody compares the two versions. Each person has an account of the demo province.
func TestPowersAreAdjusted(t *testing.T) {
	s := start(t)
	path := proposed(signedIn(t, s, "market.province"))
	establishment, legality := signedIn(t, s, "establishment.province"), signedIn(t, s, "legality.province")
	signedIn(t, s, "chief.nanguan").Open(path).Wants(404)
	signedIn(t, s, "window.nanguan").Open("/desk/powers").Wants(403)
	establishment.Open(path).Wants(200, "机构编制审核").Lacks("政府批准")
	legality.Open(path).Press("同意").Wants(200, "已完成：合法性审核", "待审核")
	establishment.Press("同意").Wants(409, "别人刚刚处理过这个调整") // what the page showed has moved on
	establishment.Open(path).Press("同意").Wants(200, "待批准")
	signedIn(t, s, "government.province").Open("/desk/powers").Follow("食品经营许可（县级权限）").Press("同意").Wants(200, "待公布")
	establishment.Open(path).Press("公布").Wants(200, "已公布")
	stranger := webtest.At(t, s.URL)
	stranger.Open("/powers?kind=01").Wants(200, "行政许可")
	stranger.Open("/powers/000131104003").Wants(200, "在用", "按经营面积和项目分档", "第 2 版 · 变更", "食品经营许可").Follow("与第 1 版对比").Wants(200, "新增：", "按经营面积和项目分档")
	signedIn(t, s, "catalogue.province").Open("/desk/powers/differences").Wants(200, "清单与事项差异", "没有差异")
}
