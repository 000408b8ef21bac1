package sealweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealtest"
	"xiangyun/internal/module/seal/sealweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

// hall is the pages of seals, used by whoever stands in by.
type hall struct {
	*sealtest.World
	by      actor.Actor
	handler http.Handler
}

func open(t *testing.T) *hall {
	t.Helper()
	h := &hall{World: sealtest.Open(t)}
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, seal.Locale, sealweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	sealweb.Routes(r, sealweb.Deps{Seals: h.Service, Offices: func(_ context.Context, by actor.Actor) ([]sealweb.Office, error) {
		if by.Has("chief") {
			return []sealweb.Office{{Path: by.OfficePath, Name: "长春市南关区市场监督管理局"}}, nil
		}
		return nil, nil
	}})
	h.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), h.by), design.Viewer{SignedIn: true, Kind: string(h.by.Kind), Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return h
}

func (h *hall) as(t *testing.T, by actor.Actor) *webtest.Browser {
	t.Helper()
	h.by = by
	return webtest.New(t, h.handler)
}

func TestAnOfficeGetsASeal(t *testing.T) {
	h := open(t)
	p := h.as(t, sealtest.Chief)
	p.Open("/seals").Wants(200, "没有印章").Follow("申请电子印章").Wants(200, "审批专用章").Lacks("发票专用章")
	p.Press("提交申请").Wants(422, "请选择印章种类", "请写明理由")
	p.Choose("印章种类", "审批专用章").Fill("理由", "启用电子印章").Press("提交申请").Wants(200, "申请已提交", "待审核", "38 × 38 毫米").Lacks("提交审核结果", "挂失")
	at := strings.Split(p.Path(), "?")[0]
	if !strings.Contains(p.Body(), `aria-label="“长春市南关区市场监督管理局审批专用章”的印模"`) {
		t.Error("the picture has no name")
	}

	p = h.as(t, sealtest.Province)
	p.Open("/desk/seals").Wants(200, "待审核").Follow("长春市南关区市场监督管理局审批专用章")
	p.Press("提交审核结果").Wants(422, "请选择通过或者退回")
	p.Choose("审核结果", "退回").Press("提交审核结果").Wants(422, "请写明理由")
	p.Choose("审核结果", "通过").Press("提交审核结果").Wants(200, "印章已制作完成", "2201020000001-01", "启用")
	p.Open("/desk/seals").Wants(200, "没有印章")

	p = h.as(t, sealtest.Chief)
	p.Open("/seals").Wants(200, "2201020000001-01").Follow("长春市南关区市场监督管理局审批专用章").Wants(200, "周丽华", "管理员", "制作完成，启用")
	p.Fill("本单位人员", "孙志强").Press("指定").Wants(200, "已指定", "孙志强", "操作员")
	p.Press("挂失").Wants(200, "印章已挂失", "已停用")
	p.Press("恢复启用").Wants(200, "印章已恢复启用")
	p.Follow("用印记录").Wants(200, "还没有用印")
	p.Open(at).Follow("申请换发").Wants(200, "审批专用章").Lacks("法定名称章").Fill("理由", "到期").Press("提交申请").Wants(200, "申请已提交")
	h.as(t, sealtest.Clerk).Open("/seals").Wants(200, "2201020000001-01")
	h.as(t, sealtest.Other).Open(at).Wants(404)
	h.as(t, sealtest.Stranger).Open("/seals/new").Wants(403)
	h.as(t, sealtest.Clerk).Open("/seals/new").Wants(403)
	h.as(t, sealtest.Chief).Open("/desk/seals").Wants(403)
}

func TestACompanySealsADocument(t *testing.T) {
	h := open(t)
	id := h.Made(t, sealtest.Agent, seal.Contract)
	p := h.as(t, sealtest.Helper)
	p.Open("/seals/"+id).Wants(200, "合同专用章").Lacks("挂失", "用印记录").Follow("申请用印")
	p.Press("提交用印申请").Wants(422, "请选择要盖章的文件", "请填写文件名称")
	p.Fill("文件名称", "租赁合同").Attach("要盖章的文件", "contract.pdf", []byte("合同")).Press("提交用印申请").Wants(200, "用印申请已提交", "待审批").Lacks("盖章并下载")
	at := strings.Split(p.Path(), "?")[0]
	p.Post(at+"/decide", map[string][]string{"decision": {"approve"}}).Wants(403)

	p = h.as(t, sealtest.Agent)
	p.Open("/seals/"+id).Wants(200, "待审批的用印申请").Follow("租赁合同").Wants(200, "批准").Press("批准").Wants(200, "已审批", "已批准")

	p = h.as(t, sealtest.Helper)
	p.Open("/seal-requests").Wants(200, "租赁合同", "已批准").Follow("租赁合同").Press("盖章并下载签章")
	signature := []byte(p.Body())
	if p.Status() != 200 || p.Header("Content-Type") != "application/octet-stream" {
		t.Fatalf("%d %s", p.Status(), p.Header("Content-Type"))
	}
	p.Open(at).Wants(200, "再次下载签章")
	h.as(t, sealtest.Agent).Open("/seals/"+id+"/uses").Wants(200, "已盖章", "用印申请", "电脑")

	p = h.as(t, actor.Actor{})
	p.Open("/seals/check").Press("核验").Wants(422, "请选择文件", "请选择签章文件")
	check := func(document, signature []byte) *webtest.Browser {
		return p.Open("/seals/check").Attach("文件", "a", document).Attach("签章文件", "a.ses", signature).Press("核验")
	}
	check([]byte("合同"), signature).Wants(200, "签章有效", "长春市南关区祥和餐饮有限公司合同专用章（测试）", "时间戳")
	check([]byte("改过"), signature).Wants(200, "没有通过核验", "文件被改动过")
	check([]byte("合同"), []byte("noise")).Wants(200, "没有通过核验", "不是电子签章数据")
	h.as(t, sealtest.Stranger).Open(at).Wants(404)
}

func TestEveryLanguage(t *testing.T) {
	h := open(t)
	id := h.Made(t, sealtest.Chief, seal.Official)
	for language, words := range map[string]string{"zh": "法定名称章", "en": "Official seal", "ko": "법정명칭인장"} {
		p := h.as(t, sealtest.Chief)
		p.Language = language
		for _, at := range []string{"/seals", "/seals/new", "/seals/" + id} {
			p.Open(at).Wants(200, words)
		}
		for _, at := range []string{"/seals/" + id + "/uses", "/seals/" + id + "/ask", "/seal-requests", "/seals/check"} {
			p.Open(at).Wants(200)
		}
	}
}

func TestAuthorityOverHTTP(t *testing.T) {
	h := open(t)
	p := h.as(t, actor.Actor{}).Open("/seals/revoked.crl")
	if p.Status() != 200 || p.Header("Content-Type") != "application/pkix-crl" {
		t.Errorf("%d %s", p.Status(), p.Header("Content-Type"))
	}
	r := httptest.NewRequest(http.MethodPost, "/tsa", strings.NewReader("noise"))
	r.Header.Set("Content-Type", "application/timestamp-query")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/timestamp-reply" || w.Body.Len() != 7 {
		t.Errorf("%d %v %x", w.Code, w.Header(), w.Body.Bytes())
	}
}

// TestAnybodyAsks counts what one address asks for, and hands out one list for a while.
func TestAnybodyAsks(t *testing.T) {
	h := open(t)
	p := h.as(t, actor.Actor{})
	first := p.Open("/seals/revoked.crl").Wants(200).Body()
	if again := p.Open("/seals/revoked.crl").Body(); again != first {
		t.Error("the list was signed anew") // the number in it is the instant, and SM2 signatures differ
	}
	for i := 0; p.Open("/seals/revoked.crl").Status() == 200; i++ {
		if i > 200 {
			t.Fatal("nobody counts")
		}
	}
	p.Open("/seals/revoked.crl").Wants(429)
	p.Post("/tsa", nil).Wants(429)
	p.Post("/seals/check", nil).Wants(429)
}
