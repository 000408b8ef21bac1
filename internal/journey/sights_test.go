package journey

import (
	"os"
	"path/filepath"
	"testing"
)

// sight is one page as one person meets it.
type sight struct {
	name string
	path string
	then func(b *tab) // what leads from the path to the page, for pages that only an action shows
}

// sights are all pages of the program, by who sees them; "" is a stranger.
func (p *province) sights(t testing.TB) map[string][]sight {
	t.Helper()
	desk := func(state string) string { return "/desk/cases/" + p.cases[state] }
	own := func(state string) string { return "/cases/" + p.cases[state] }
	library := "/desk/library/items/" + p.food[19:]
	press := func(words string) func(*tab) { return func(b *tab) { b.press(words) } }
	const hall = "长春市南关区政务服务中心"
	tampered := filepath.Join(t.TempDir(), "changed.pdf")
	if err := os.WriteFile(tampered, p.tampered(t), 0o600); err != nil {
		t.Fatal(err)
	}
	code := p.people["company"].must(t, 200, "GET", "/api/v1"+own("suspended"), nil).text("query_code")
	return map[string][]sight{
		"": {
			{"home", "/", nil}, {"items", "/items", nil}, {"items-search", "/items?q=%E5%BC%80%E9%A5%AD%E5%BA%97", nil}, {"items-none", "/items?q=zzzz", nil}, {"guide", "/items/" + p.food, nil},
			{"guide-pension", "/items/" + p.pension, nil}, {"guide-answered", "/items/" + p.food + "?variant=new&situation.place=canteen&situation.contracted=contractor&situation.agent=agent", nil},
			{"items-narrowed", "/items?region=220102000000&department=31&level=4", nil}, {"items-more-filters", "/items?depth=7&zone=online", nil}, {"zones", "/zones", nil}, {"zone", "/zones/national?for=person", nil},
			{"guide-print", "/items/" + p.food + "/print?variant=new&situation.place=catering", nil}, {"form-blank", "/items/" + p.food + "/forms/blank", nil}, {"form-sample", "/items/" + p.food + "/forms/sample", nil},
			{"feedback", "/items/" + p.food + "/feedback", nil}, {"feedback-refused", "/items/" + p.food + "/feedback", press("提交")},
			{"sign-in", "/sign-in", nil}, {"sign-in-refused", "/sign-in", press("登录")},
			{"register", "/register", nil}, {"register-refused", "/register", press("注册")},
			{"verify", "/verify", nil}, {"verify-valid", "/verify", func(b *tab) { b.fill("电子证照标识", p.certificate); b.press("核验") }},
			{"verify-unknown", "/verify", func(b *tab) {
				b.fill("电子证照标识", "1.2.156.3005.2.11220000MB1A00263H001.nothing")
				b.press("核验")
			}},
			{"verify-tampered", "/verify", func(b *tab) { b.upload("input[type=file]", tampered); b.press("核验文件") }},
			{"token", "/verify?token=unknown", nil}, {"verify-file", "/verify/file", nil}, {"verify-offline", "/verify/offline/", nil}, {"lawyers", "/lawyers", nil},
			{"certificate-types", "/certificate-types?q=%E9%A3%9F%E5%93%81", nil}, {"seal-check", "/seals/check", nil},
			{"progress", "/progress", nil}, {"progress-found", "/progress", func(b *tab) {
				b.fill("办件编号", p.cases["suspended"])
				b.fill("查询码", code)
				b.press("查询")
			}},
			{"progress-wrong", "/progress", func(b *tab) {
				b.fill("办件编号", p.cases["suspended"])
				b.fill("查询码", "000000")
				b.press("查询")
			}},
			{"ratings", "/ratings", nil}, {"consistency", "/consistency", nil}, {"open-data", "/open-data", nil}, {"reduction", "/reduction", nil}, {"log", "/log", nil}, {"leaf", "/log/leaves/1", nil}, {"accessibility", "/accessibility", nil}, {"design", "/design", nil}, {"api-docs", "/api/docs", nil},
			{"powers", "/powers", nil}, {"powers-none", "/powers?q=zzzz", nil}, {"power", "/powers/000131104003", nil}, {"power-compare", "/powers/000131104003/compare", nil},
			{"halls", "/halls", nil}, {"hall", "/halls", press(hall)}, {"kiosk", "/halls", func(b *tab) { b.press(hall); b.press("取号") }},
			{"screen", "/halls", func(b *tab) { b.press(hall); b.press("叫号屏") }}, {"obstacles", "/obstacles", nil},
			{"publicity", "/publicity", nil}, {"publicity-notice", "/publicity", press("食品经营许可")},
			{"publicity-refused", "/publicity", func(b *tab) { b.press("食品经营许可"); b.press("提出异议") }},
			{"papers-verify", "/papers/verify", nil}, {"papers-verify-refused", "/papers/verify", press("核验")},
			{"not-found", "/nothing-here", nil},
		},
		"company": {
			{"situation", p.draft + "/situation", nil}, {"form", p.draft + "/form", nil}, {"materials", p.draft + "/materials", nil}, {"confirm", p.draft + "/confirm", nil},
			{"confirm-refused", p.draft + "/confirm", press("提交申请")}, {"discard", p.draft + "/discard", nil},
			{"cases", "/cases", nil}, {"case-submitted", own("submitted") + "?receipt=1", nil}, {"case-accepted", own("accepted"), nil}, {"case-suspended", own("suspended"), nil},
			{"case-correcting", own("correcting"), nil}, {"case-approved", own("approved"), nil}, {"case-delivered", own("delivered"), nil}, {"case-refused", own("refused"), nil},
			{"case-rejected", own("rejected"), nil}, {"case-withdrawn", own("withdrawn"), nil}, {"case-paper", own("delivered"), press("准予行政许可决定书")},
			{"hearing", own("offered") + "/hearing", nil}, {"hearing-refused", own("offered") + "/hearing", press("申请听证")}, {"case-asked", own("asked"), nil},
			{"correct", own("correcting") + "/correct", nil}, {"withdraw", own("submitted") + "/withdraw", nil}, {"rate", own("delivered") + "/rate", nil}, {"rated", own("rated") + "/rate", nil},
			{"certificates", "/certificates", nil}, {"certificate", "/certificates/" + p.certificate, nil}, {"present", "/certificates/" + p.certificate + "/present", nil},
			{"grant", "/certificates/" + p.certificate + "/grants/new", nil}, {"copy", "/certificates/" + p.certificate + "/copies/new", nil}, {"case-proof", own("delivered") + "/proof", nil},
			{"companies", "/me/companies", nil}, {"company-new", "/me/companies/new", nil}, {"agents", "/me/agents", nil}, {"company-data", "/me/data", nil}, {"company-messages", "/me/messages", nil},
		},
		"citizen": {
			{"home-signed-in", "/", nil}, {"me", "/me", nil}, {"my-data", "/me/data", nil}, {"messages", "/me/messages", nil}, {"no-cases", "/cases", nil}, {"no-certificates", "/certificates", nil},
			{"password", "/me/password", nil}, {"living-place", "/me/home", nil}, {"second-factor", "/me/second-factor", nil}, {"no-companies", "/me/companies", nil}, {"forbidden", "/desk", nil}, {"forbidden-admin", "/admin", nil},
			{"bookings", "/bookings", nil}, {"mandates", "/me/mandates", nil}, {"report", "/obstacles/new", nil}, {"report-refused", "/obstacles/new", press("提交")}, {"reports", "/obstacles/mine", nil},
			{"book", "/halls", func(b *tab) { b.press(hall); b.press("预约办事"); b.press("A 综合业务") }},
			{"pension-situation", "/items/" + p.pension + "/apply", nil},
		},
		"window.nanguan": {
			{"desk", "/desk", nil}, {"desk-case", desk("submitted"), nil}, {"accept", desk("submitted") + "/actions/accept", nil}, {"request-correction", desk("submitted") + "/actions/request_correction", nil},
			{"reject", desk("submitted") + "/actions/reject", nil}, {"reject-refused", desk("submitted") + "/actions/reject", press("不予受理")}, {"deliver", desk("approved") + "/actions/deliver", nil},
			{"desk-correcting", desk("correcting"), nil}, {"desk-delivered", desk("delivered"), nil}, {"desk-paper", desk("delivered"), press("准予行政许可决定书")},
			{"desk-search", "/desk/search", nil}, {"desk-found", "/desk/search", func(b *tab) { b.fill("办件编号或者事项名称", "食品经营许可"); b.press("查询") }},
			{"receive", "/desk/receive", nil}, {"receive-refused", "/desk/receive", press("开始申请")},
			{"receive-items", "/desk/receive", func(b *tab) { b.fill("办理什么事项", "养老"); b.press("查找事项") }},
			{"window", "/desk/window", nil}, {"guardians", "/desk/guardians", nil}, {"desk-messages", "/desk/messages", nil}, {"desk-obstacles", "/desk/obstacles", nil}, {"new-mandate", "/desk/mandates/new", nil},
			{"desk-ratings", "/desk/ratings", nil}, {"moved", desk("accepted") + "/actions/accept", nil},
		},
		"review.nanguan": {
			{"review-desk", "/desk", nil}, {"review-case", desk("accepted"), nil}, {"opine", desk("accepted") + "/actions/opine", nil}, {"suspend", desk("accepted") + "/actions/suspend", nil},
			{"extend", desk("accepted") + "/actions/extend", nil}, {"suspend-preview", desk("accepted") + "/actions/suspend/preview", nil}, {"papers", desk("accepted") + "/papers", nil},
			{"publicize", desk("reviewed") + "/actions/publicize", nil}, {"call-hearing", desk("asked") + "/actions/call_hearing", nil},
			{"call-hearing-refused", desk("asked") + "/actions/call_hearing", press("通知听证")},
			{"deputies", "/desk/deputies", nil}, {"held", "/desk?show=held", nil}, {"copies", "/desk?show=copies", nil}, {"resume", desk("suspended") + "/actions/resume", nil}, {"review-ratings", "/desk/ratings", nil},
		},
		"chief.nanguan": {
			{"chief-desk", "/desk", nil}, {"seals", "/seals", nil}, {"seal-new", "/seals/new", nil}, {"complaints", "/desk/certificates/complaints", nil}, {"chief-case", desk("reviewed"), nil}, {"approve", desk("reviewed") + "/actions/approve", nil}, {"refuse", desk("reviewed") + "/actions/refuse", nil},
			{"chief-extend", desk("reviewed") + "/actions/extend", nil},
			{"revoke", "/desk/certificates/" + p.certificate + "/revoke", nil}, {"certificate-read", "/certificates/" + p.certificate, nil}, {"chief-ratings", "/desk/ratings", nil},
			{"rating", "/desk/ratings", press("不满意")},
			{"own-entries", "/desk/library/entries", nil}, {"own-entry", "/desk/library/entries/" + p.food, nil},
			{"own-entry-refused", "/desk/library/entries/" + p.food, func(b *tab) { b.fill("承诺办结时限", "99"); b.press("提请发布") }},
		},
		"catalogue.province": {
			{"library-todos", "/desk/library", nil}, {"library-items", "/desk/library/items", nil}, {"library-new", "/desk/library/items/new", nil},
			{"library-read", library, nil}, {"library-head", library, press("起草修改")}, {"library-materials", library + "?section=materials", nil},
			{"library-problems", library + "?section=head", func(b *tab) { b.fill("承诺办结时限", "99"); b.press("保存到草稿") }},
			{"library-versions", library + "/versions", nil}, {"library-compare", library + "/compare?from=1&to=1", nil}, {"library-standing", library + "/standing", nil},
			{"library-drafts", "/desk/library/drafts", nil}, {"library-draft", "/desk/library/drafts", press("食品经营许可")},
			{"library-bulk", "/desk/library/bulk?department=31&change=promise_percent&percent=25", nil}, {"library-claims", "/desk/library/claims", nil},
			{"library-proposals", "/desk/library/proposals", nil}, {"processes", "/desk/processes", nil}, {"process", "/desk/processes/food_operation", nil}, {"incidents", "/desk/processes/incidents", nil},
			{"library-feedback", "/desk/library/feedback", nil}, {"library-feedback-answered", "/desk/library/feedback?show=answered", nil},
			{"library-consistency", "/desk/library/consistency", nil}, {"library-quality", "/desk/library/quality", nil}, {"library-rule", "/desk/library/quality/no_sample", nil},
			{"library-elements", "/desk/library/elements", nil}, {"library-reduction", "/desk/library/reduction", nil}, {"library-import", "/desk/library/import", nil},
		},
		"market.province": {
			{"power-desk", "/desk/powers", nil}, {"power-new", "/desk/powers/new", nil}, {"power-new-refused", "/desk/powers/new", press("下一步")},
			{"power-change", "/desk/powers/new?change=amend&code=000131104003", nil}, {"power-change-refused", "/desk/powers/new?change=amend&code=000131104003", press("提交审核")},
			{"power-differences", "/desk/powers/differences", nil}, {"power-differs", "/desk/powers/differences?group=differs", nil},
			{"power-adjustment", p.proposed, nil},
		},
		"establishment.province": {
			{"power-examine", p.proposed, nil}, {"power-examine-refused", p.proposed, press("退回")}, {"power-ended", "/desk/powers?show=ended", nil},
			{"power-library", "/desk/powers/differences?group=no_power", nil},
		},
		"supervisor.changchun": {
			{"board", "/desk/supervision", nil}, {"board-county", "/desk/supervision?at=220102", nil}, {"board-office", "/desk/supervision?at=220102d31", nil},
			{"board-cases", "/desk/supervision/cases?at=220102d31", nil}, {"cards", "/desk/supervision/cards", nil}, {"card-new", "/desk/supervision/cards/new?number=" + p.cases["accepted"], nil},
			{"card-new-refused", "/desk/supervision/cards/new?number=" + p.cases["accepted"], press("发督办单")},
			{"card", "/desk/supervision/cards/new?number=" + p.cases["accepted"], func(b *tab) { b.fill("督办内容", "请说明进展"); b.press("发督办单") }},
			{"month", "/desk/supervision/report", nil}, {"calendars", "/desk/calendars", nil}, {"warnings", "/desk/warnings", nil}, {"warning-new", "/desk/warnings/new", nil},
		},
		"admin": {
			{"admin", "/admin", nil}, {"accounts", "/admin/accounts", nil}, {"account-new", "/admin/accounts/new", nil}, {"account", "/admin/accounts?q=citizen", press("citizen")},
			{"offices", "/admin/offices", nil}, {"office", "/admin/offices/220102d31", nil}, {"calendar", "/admin/calendar", nil}, {"jobs", "/admin/jobs", nil}, {"jobs-done", "/admin/jobs?state=done", nil},
		},
		"security": {{"security-admin", "/admin", nil}, {"security-office", "/admin/offices/220102d31", nil}, {"security-account", "/admin/accounts?q=citizen", press("citizen")}},
		"auditor":  {{"auditor-admin", "/admin", nil}, {"audit", "/admin/audit", nil}, {"audit-found", "/admin/audit?asked=1", nil}, {"leaf-open", "/log/leaves/12", nil}},
	}
}

// tampered is the certificate's PDF with one byte changed.
func (p *province) tampered(t testing.TB) []byte {
	t.Helper()
	a := p.people["company"].must(t, 200, "GET", "/api/v1/certificates/"+p.certificate+"/document?format=pdf", nil)
	a.Raw[len(a.Raw)/3] ^= 1
	return a.Raw
}
