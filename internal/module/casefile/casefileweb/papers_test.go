package casefileweb_test

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/paper"
)

// TestPreviewThenDecide has the chief look at the refusal, go back to its words, look again and decide: what was typed is carried along, and nothing is
// issued before.
func TestPreviewThenDecide(t *testing.T) {
	b := open(t)
	number := casefiletest.Reviewed(t, b.Hall)
	p := b.as(t, casefiletest.Chief)
	at := "/desk/cases/" + number + "/actions/refuse"
	p.Open(at).Press("预览文书").Wants(422, "请写明不予许可的理由")
	p.Fill("不予批准的理由", "场所不符合要求").Press("预览文书").Wants(200, "预览：不予行政许可决定书", "没有写入任何记录")
	if body := p.Body(); !strings.Contains(body, "<svg") || !strings.Contains(body, ">预览</text>") || strings.Contains(p.Path(), "%E5%9C%BA") {
		t.Error("the preview shows no pages, or its words stand in the address")
	}
	p.Press("返回修改").Wants(200)
	if got := p.Value("不予批准的理由"); got != "场所不符合要求" {
		t.Errorf("what was typed is %q", got)
	}
	if v, err := b.Cases.View(t.Context(), casefiletest.Chief, number); err != nil || v.Case.State != casefile.Accepted || len(v.Papers) != 1 {
		t.Fatalf("looking changed the case: %+v, %v", v, err)
	}
	p.Press("预览文书").Wants(200).Press("不予批准").Wants(200, "已完成：")
	p.Open(at + "/preview").Wants(409)
	other := casefiletest.Reviewed(t, b.Hall)
	p.Open("/desk/cases/"+other+"/actions/refuse/preview").Wants(200, "填写内容").Lacks("返回修改")
	p.Open("/desk/cases/" + other + "/actions/opine/preview").Wants(404)
	p.Open("/desk/cases/" + other + "/actions/nonsense/preview").Wants(404)
	p = b.as(t, casefiletest.Foreign)
	p.Open("/desk/cases/" + other + "/actions/refuse/preview").Wants(404)
	p = b.as(t, casefiletest.Company)
	p.Open("/desk/cases/" + other + "/actions/refuse/preview").Wants(403)
}

// TestDocumentReachesApplicant follows a decision to the applicant's phone and back to the officer, who sees when it was opened.
func TestDocumentReachesApplicant(t *testing.T) {
	b := open(t)
	number := casefiletest.Approved(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Follow("文书目录").Wants(200, "准予行政许可决定书", "材料接收凭证", "尚未查阅", "收"+number)
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Follow("准予行政许可决定书").Wants(200, "决定准予行政许可", "核验本文书", "下载文书", "第0001号", "未加盖电子印章")
	at := p.Path()
	p.Open(at + ".pdf").Wants(200)
	if p.Header("Content-Type") != "application/pdf" || !strings.HasPrefix(p.Body(), "%PDF-1.7") || p.Header("Cache-Control") != "private, no-store" {
		t.Errorf("%q, %q", p.Header("Content-Type"), p.Header("Cache-Control"))
	}
	p.Open(at + ".ofd").Wants(200)
	if r, err := paper.ReadOFD([]byte(p.Body())); err != nil || !strings.HasPrefix(p.Header("Content-Disposition"), "attachment") || r.Title != "准予行政许可决定书" {
		t.Errorf("%q, %+v, %v", p.Header("Content-Disposition"), r, err)
	}
	p.Open(at + ".exe").Wants(404)
	p.Open("/cases/"+number+"/papers/receipt").Wants(200, "申请材料", "已收到")
	p = b.as(t, casefiletest.Other)
	p.Open(at).Wants(404)
	p.Open(at + ".pdf").Wants(404)
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/" + number + "/papers").Wants(200)
	if n := strings.Count(p.Text(), "尚未查阅"); n != 1 { // the notice of acceptance alone
		t.Errorf("%d documents are not opened: %s", n, p.Text())
	}
	p.Open(at).Wants(200, "申请人查阅时间")
	answer := b.call(t, "GET", "/api/v1/cases/"+number, nil, "").wants(t, 200)
	if !strings.Contains(answer.raw, `"read_at":"20`) {
		t.Error(answer.raw)
	}
}

// TestVerifyDocument has a stranger verify what he holds: the code on it leads to the page, the query code confirms it, and no content is shown.
func TestVerifyDocument(t *testing.T) {
	b := open(t)
	r := casefiletest.Submitted(t, b.Hall)
	b.Act(t, casefiletest.Window, casefile.Step{Number: r.Number, Action: casefile.Accept})
	v, err := b.Cases.View(t.Context(), casefiletest.Company, r.Number)
	if err != nil {
		t.Fatal(err)
	}
	doc := v.Papers[0]
	scanned, err := url.Parse(doc.Letter.Code)
	if err != nil {
		t.Fatal(err)
	}
	p := b.as(t, casefiletest.Citizen)
	b.by.Kind = ""
	p.Open("/progress").Follow("核验文书").Wants(200, "不用登录").Press("核验").Wants(422, "请填写文书编号", "请输入查询码")
	p.Fill("文书编号", doc.Number).Fill("查询码", r.QueryCode).Press("核验").Wants(200, "这份文书是真实的", doc.Number, doc.Office, "受理通知书").Lacks("祥和餐饮", "食品经营许可")
	if strings.Contains(p.Path(), r.QueryCode) {
		t.Error("the code stands in the address")
	}
	p.Open(scanned.RequestURI()).Wants(200, "已读取文书上的二维码").Fill("查询码", r.QueryCode).Press("核验").Wants(200, "这份文书是真实的")
	wrong := "000000"
	if r.QueryCode == wrong {
		wrong = "111111"
	}
	p.Open("/papers/verify").Fill("文书编号", doc.Number).Fill("查询码", wrong).Press("核验").Wants(404, "没有核验到这份文书")
	for range 60 {
		p.Post("/papers/verify", url.Values{"number": {doc.Number}, "code": {wrong}})
		if p.Status() == 429 {
			return
		}
	}
	t.Error("guessing is never slowed down")
}

// TestHearingIsOffered takes the notice of hearing from the case to the applicant.
func TestHearingIsOffered(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Follow("告知听证权利").Wants(200, "第四十七条").Press("告知听证权利").Wants(422, "请写明听证所涉事项")
	p.Fill("听证所涉事项", "拟不予许可").Press("告知听证权利").Wants(200, "已完成：告知听证权利")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Follow("听证告知书").Wants(200, "享有要求听证的权利", "拟不予许可", "五日内")
}

// TestReceiptAtWindow prints the receipt of somebody who stands there.
func TestReceiptAtWindow(t *testing.T) {
	b := open(t)
	a := b.FoodWithGap(t, casefiletest.Window)
	a.Applicant = casefiletest.CompanyID
	number := b.Submit(t, casefiletest.Window, a).Number
	p := b.as(t, casefiletest.Window)
	p.Open("/cases/" + number + "/papers/receipt.pdf").Wants(200)
	if !bytes.HasPrefix([]byte(p.Body()), []byte("%PDF")) {
		t.Error("the receipt is no PDF")
	}
	p.Open("/cases/"+number+"/papers/gaps").Wants(200, "容缺受理承诺书", "补交")
	p.Open("/cases/" + number + "/papers/pledge").Wants(404)
}

// TestGuessesCountTogether guesses the code of one case by all its documents, in every spelling, and with junk beside: it is one count.
func TestGuessesCountTogether(t *testing.T) {
	b := open(t)
	r := casefiletest.Submitted(t, b.Hall)
	b.Act(t, casefiletest.Window, casefile.Step{Number: r.Number, Action: casefile.Accept})
	v, err := b.Cases.View(t.Context(), casefiletest.Company, r.Number)
	if err != nil {
		t.Fatal(err)
	}
	doc, wrong := v.Papers[0], "000000"
	if r.QueryCode == wrong {
		wrong = "111111"
	}
	p := b.as(t, casefiletest.Citizen)
	b.by.Kind = ""
	p.Post("/papers/verify", url.Values{"number": {strings.Repeat("1", 65)}, "code": {wrong}}).Wants(422, "编号没有这么长")
	p.Post("/papers/verify", url.Values{"paper": {strings.Repeat("x", 65)}, "code": {wrong}}).Wants(422, "编号没有这么长")
	p.Post("/progress", url.Values{"number": {strings.Repeat("1", 65)}, "code": {wrong}}).Wants(422, "编号没有这么长")
	guesses := []struct {
		path string
		form url.Values
	}{
		{"/papers/verify", url.Values{"paper": {doc.ID}, "number": {"junk"}}}, {"/papers/verify", url.Values{"number": {"收" + r.Number}}},
		{"/papers/verify", url.Values{"number": {"收 " + r.Number}}}, {"/papers/verify", url.Values{"number": {"收" + r.Number + "-9"}}},
		{"/papers/verify", url.Values{"number": {doc.Number}}}, {"/progress", url.Values{"number": {r.Number}}},
	}
	for i := range 20 {
		g := guesses[i%len(guesses)]
		g.form.Set("code", wrong)
		if g.form.Has("paper") {
			g.form.Set("number", "junk"+strings.Repeat("k", i))
		}
		b.address = "192.0.2." + string(rune('1'+i%9))
		p.Post(g.path, g.form).Wants(404)
	}
	for i, g := range guesses {
		g.form.Set("code", r.QueryCode)
		b.address = "198.51.100." + string(rune('1'+i))
		p.Post(g.path, g.form).Wants(429)
	}
}

// TestFetchedAheadIsNotOpened has a browser fetch a document ahead, and ask for its header alone: it reaches the applicant when he opens it.
func TestFetchedAheadIsNotOpened(t *testing.T) {
	b := open(t)
	number := casefiletest.Approved(t, b.Hall)
	b.by = casefiletest.Company
	decision := func() casefile.Paper {
		v, err := b.Cases.View(t.Context(), casefiletest.Reviewer, number)
		if err != nil {
			t.Fatal(err)
		}
		return v.Papers[len(v.Papers)-1]
	}
	at := "/cases/" + number + "/papers/" + decision().ID
	for name, c := range map[string]struct{ method, header, value string }{"header-alone": {"HEAD", "", ""}, "prefetch": {"GET", "Sec-Purpose", "prefetch"},
		"prerender": {"GET", "Sec-Purpose", "prefetch;prerender"}, "older": {"GET", "Purpose", "prefetch"}} {
		for _, end := range []string{"", ".pdf"} {
			req := httptest.NewRequest(c.method, at+end, nil)
			if c.header != "" {
				req.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			b.handler.ServeHTTP(w, req)
			if w.Code != 200 || !decision().ReadAt.IsZero() {
				t.Errorf("%s%s: %d, read at %v", name, end, w.Code, decision().ReadAt)
			}
		}
	}
	b.as(t, casefiletest.Company).Open(at).Wants(200)
	if decision().ReadAt.IsZero() {
		t.Error("what was opened is not noted")
	}
}
