package certweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/module/cert/certweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

// building is the pages of certificates, used by whoever stands in by.
type building struct {
	*certtest.World
	by         actor.Actor
	handler    http.Handler
	identifier string
}

func open(t *testing.T) *building {
	t.Helper()
	b := &building{World: certtest.Open(t)}
	b.identifier = b.IssueFood(t, "1")
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, certweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	enter := func(ctx context.Context, a web.Access) error {
		by := actor.FromContext(ctx)
		switch {
		case a == web.Public, a == web.SignedIn && by.SignedIn(), a == web.Staff && by.Kind == actor.Officer:
			return nil
		case !by.SignedIn():
			return fault.New(fault.Unauthenticated, "office.not_signed_in")
		}
		return fault.New(fault.Forbidden, "office.no_right")
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words, Enter: enter})
	certweb.Routes(r, certweb.Deps{Certs: b.Service})
	b.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), b.by), design.Viewer{SignedIn: b.by.SignedIn(), Kind: string(b.by.Kind), Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return b
}

func TestWallet(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	p := webtest.New(t, b.handler)
	p.Open("/certificates").Wants(200, "食品经营许可证", "长春市南关区祥和餐饮有限公司", "有效")
	p.Follow("食品经营许可证").Wants(200, b.identifier, "王𬱖", "热食类食品制售、自制饮品制售", "还没有人核验过")
	if !strings.Contains(p.Body(), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210"`) {
		t.Error("the face is not shown")
	}
	for format, begins := range map[string]string{"PDF": "%PDF-", "OFD": "PK\x03\x04"} {
		q := webtest.New(t, b.handler)
		q.Open("/certificates/" + b.identifier).Follow("食品经营许可证 " + format + " 文件").Wants(200)
		if !strings.HasPrefix(q.Body(), begins) || !strings.Contains(q.Header("Content-Disposition"), b.identifier) {
			t.Errorf("%s: %.20q", format, q.Body())
		}
	}
	p.Open("/certificates/" + b.identifier + "/document?format=docx").Wants(422)
	b.by = certtest.Stranger
	p.Open("/certificates").Wants(200, "还没有证照")
	p.Open("/certificates/" + b.identifier).Wants(404)
	p.Open("/certificates/" + b.identifier + "/document").Wants(404)
	p.Open("/certificates/" + b.identifier + "/present").Wants(404)
}

// presented reads the token out of the page that shows a code, by asking for one as the page does.
func (b *building) presented(t *testing.T) string {
	t.Helper()
	p, err := b.Present(t.Context(), certtest.Holder, b.identifier)
	if err != nil {
		t.Fatal(err)
	}
	return p.Link
}

func TestPresentAndRedeem(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	p := webtest.New(t, b.handler)
	p.Open("/certificates/"+b.identifier).Follow("出示证照").Wants(200, "秒内有效，只能使用一次")
	first := p.Body()
	p.Follow("换一个新码").Wants(200)
	if p.Body() == first || !strings.Contains(p.Body(), `hx-trigger="load delay:`) {
		t.Error("the page shows the same code again, or never refreshes")
	}
	link, err := url.Parse(b.presented(t))
	if err != nil {
		t.Fatal(err)
	}
	b.by = actor.Actor{}
	q := webtest.New(t, b.handler)
	for range 2 { // a preview opens the address too
		q.Open(link.RequestURI()).Wants(200, "这个码只能用一次").Lacks("食品经营许可证")
	}
	q.Press("查看证照").Wants(422, "请选择用途").Lacks("王𬱖")
	q.Choose("用途", "核对身份、资格").Press("查看证照").Wants(200, "证照真实、有效", "王𬱖", "有效")
	q.Open(link.RequestURI()).Choose("用途", "其他").Press("查看证照").Wants(200, "核验未通过", "这个码已经用过").Lacks("王𬱖")
	q.Open("/verify?token="+strings.Repeat("A", 43)).Choose("用途", "其他").Press("查看证照").Wants(200, "没有这个码")
	b.by = certtest.Holder
	p.Open("/certificates/"+b.identifier).Wants(200, "扫描出示的码", "公众", "通过").Lacks("还没有人核验过")
}

func TestVerifyByIdentifier(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	p.Open("/verify").Wants(200, "任何人都可以核验")
	p.Fill("电子证照标识", b.identifier).Press("核验").Wants(200, "证照真实、有效", "校验位", "存证日志", "只凭标识核验不显示照面信息").Lacks("王𬱖", "91220102")
	p.Open("/verify").Fill("电子证照标识", b.identifier[:len(b.identifier)-1]+"?").Press("核验").Wants(200, "核验未通过")
	p.Open("/verify").Fill("电子证照标识", b.presented(t)).Press("核验").Wants(200, "这个码只能用一次").Lacks("王𬱖") // as the camera fills it in
	p.Choose("用途", "核对身份、资格").Press("查看证照").Wants(200, "王𬱖")
	p.Open("/verify").Press("核验").Wants(422, "请输入证照标识")
	p.Open("/verify?identifier=" + b.identifier).Wants(200)
	if p.Value("电子证照标识") != b.identifier {
		t.Error("a document's code does not fill in the identifier")
	}
}

func TestVerifyFile(t *testing.T) {
	b := open(t)
	for _, f := range []paper.Format{paper.PDF, paper.OFD} {
		content, err := b.Document(t.Context(), certtest.Holder, b.identifier, f, "")
		if err != nil {
			t.Fatal(err)
		}
		p := webtest.New(t, b.handler)
		p.Open("/verify").Attach("证照文件", "a."+string(f), content).Press("核验文件").Wants(200, "证照真实、有效", "与签发时逐字节一致", "王𬱖")
		changed := bytes.Clone(content)
		changed[len(changed)/3] ^= 1
		p.Open("/verify").Attach("证照文件", "a."+string(f), changed).Press("核验文件").Wants(200, "核验未通过", "文件在签发之后被改动过")
	}
	p := webtest.New(t, b.handler)
	p.Open("/verify").Attach("证照文件", "a.pdf", []byte("%PDF-1.4 nothing")).Press("核验文件").Wants(200, "文件没有电子签章")
	p.Open("/verify").Press("核验文件").Wants(422)
}

func TestRevokeAtTheDesk(t *testing.T) {
	b := open(t)
	b.by = certtest.Reviewer
	p := webtest.New(t, b.handler)
	p.Open("/certificates/"+b.identifier).Wants(200, "查看会记入存证日志").Lacks("王𬱖", "撤销、注销或暂扣证照")
	p.Press("PDF 文件").Wants(422, "2 到 100")
	p.Fill("查看事由", "日常监督检查").Press("PDF 文件").Wants(200)
	if !strings.HasPrefix(p.Body(), "%PDF-") {
		t.Error("no document came")
	}
	p.Post("/desk/certificates/"+b.identifier+"/revoke", url.Values{"kind": {"revoked"}, "reason": {"我也想撤销"}}).Wants(403)
	b.by = certtest.Elsewhere
	p.Open("/desk/certificates/" + b.identifier + "/revoke").Wants(404)
	b.by = certtest.Chief
	p.Open("/certificates/"+b.identifier).Follow("撤销、注销或暂扣证照").Wants(200, "行政许可法第六十九条")
	p.Press("确认处理").Wants(422, "请选择处理方式")
	p.Choose("处理方式", "暂扣").Fill("理由", "停业整顿，南市监罚字〔2026〕1号").Press("确认处理").Wants(200, "已处理：暂扣")
	p.Follow("撤销、注销或暂扣证照").Choose("处理方式", "撤销").Fill("理由", "以欺骗手段取得，南市监撤字〔2026〕1号").Press("确认处理").Wants(200, "已处理：撤销", "已失去效力")
	b.by = certtest.Holder
	p.Open("/certificates/"+b.identifier).Wants(200, "撤销", "以欺骗手段取得").Lacks("出示证照")
	p.Open("/certificates/" + b.identifier + "/present").Wants(409)
	b.by = actor.Actor{}
	p.Open("/verify").Fill("电子证照标识", b.identifier).Press("核验").Wants(200, "核验未通过", "证照已被撤回、撤销、注销或吊销")
	if n := b.Notices[len(b.Notices)-1]; n.Key != "cert.notice.revoked" {
		t.Errorf("the holder was told %+v", n)
	}
}

func TestStrangersSignIn(t *testing.T) {
	b := open(t)
	p := webtest.New(t, b.handler)
	p.Lenient = true
	for _, path := range []string{"/certificates", "/certificates/" + b.identifier} {
		p.Open(path)
		if !strings.HasPrefix(p.Path(), "/sign-in") {
			t.Errorf("%s led a stranger to %s", path, p.Path())
		}
	}
}

func TestEveryLanguage(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	for language, words := range map[string]string{"en": "My certificates", "ko": "내 증명서"} {
		p := webtest.New(t, b.handler)
		p.Language = language
		p.Open("/certificates").Wants(200, words)
		p.Open("/certificates/" + b.identifier).Wants(200)
		p.Open("/certificates/" + b.identifier + "/present").Wants(200)
		p.Open("/verify").Wants(200)
		p.Post("/verify", url.Values{"identifier": {b.identifier}}).Wants(200)
	}
}

// call asks the API and decodes the answer.
func (b *building) call(t *testing.T, method, path, contentType string, body io.Reader, out any) int {
	t.Helper()
	req := httptest.NewRequest(method, path, body)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, req)
	if out != nil && w.Code < 400 {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w.Code
}

type verdict struct {
	Valid  bool
	Checks []struct {
		Name, Detail string
		OK           bool
	}
	Certificate *struct {
		Identifier, Holder, Number string
		Fields                     []cert.Line
	}
}

func TestAPI(t *testing.T) {
	b := open(t)
	b.by = certtest.Holder
	var list struct {
		Data []struct{ Identifier, Number, State, Valid_until string }
		Next string
	}
	if code := b.call(t, "GET", "/api/v1/certificates", "", nil, &list); code != 200 || len(list.Data) != 1 || list.Data[0].Identifier != b.identifier || list.Data[0].Number == "" {
		t.Fatalf("%d %+v", code, list)
	}
	var one struct {
		Identifier string
		Fields     []cert.Line
	}
	if code := b.call(t, "GET", "/api/v1/certificates/"+b.identifier, "", nil, &one); code != 200 || len(one.Fields) < 10 {
		t.Fatalf("%d %+v", code, one)
	}
	if code := b.call(t, "GET", "/api/v1/certificates/"+b.identifier+"/document?format=ofd", "", nil, nil); code != 200 {
		t.Error(code)
	}
	var presented struct {
		Token, QR, Link string
		Expires_at      string
	}
	if code := b.call(t, "POST", "/api/v1/certificates/"+b.identifier+"/presentations", "", nil, &presented); code != 201 || len(presented.Token) != 43 || !strings.HasPrefix(presented.QR, "<svg") {
		t.Fatalf("%d %+v", code, presented)
	}
	b.by = actor.Actor{}
	for code, path := range map[string]int{"/api/v1/certificates": 401, "/api/v1/certificates/" + b.identifier: 401} {
		if got := b.call(t, "GET", code, "", nil, nil); got != path {
			t.Errorf("%s answers a stranger %d", code, got)
		}
	}
	verify := func(body string) (v verdict) {
		t.Helper()
		if code := b.call(t, "POST", "/api/v1/verifications", "application/json", strings.NewReader(body), &v); code != 200 {
			t.Fatalf("%s: %d", body, code)
		}
		return v
	}
	if v := verify(`{"token":"` + presented.Token + `"}`); !v.Valid || v.Certificate == nil || len(v.Certificate.Fields) < 10 {
		t.Errorf("by token: %+v", v)
	}
	if v := verify(`{"token":"` + presented.Token + `"}`); v.Valid || v.Certificate != nil || v.Checks[0].Name != "token" {
		t.Errorf("by the same token: %+v", v)
	}
	if v := verify(`{"identifier":"` + b.identifier + `"}`); !v.Valid || v.Certificate.Number != "" || len(v.Certificate.Fields) != 0 {
		t.Errorf("by identifier: %+v", v)
	}
	content, err := b.Document(t.Context(), certtest.Holder, b.identifier, paper.OFD, "")
	if err != nil {
		t.Fatal(err)
	}
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", "a.ofd")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	var v verdict
	if code := b.call(t, "POST", "/api/v1/verifications", m.FormDataContentType(), &form, &v); code != 200 || !v.Valid || len(v.Checks) < 9 {
		t.Errorf("by file: %d %+v", code, v)
	}
	for body, want := range map[string]int{`{}`: 422, `nonsense`: 422} {
		if code := b.call(t, "POST", "/api/v1/verifications", "application/json", strings.NewReader(body), nil); code != want {
			t.Errorf("%s: %d", body, code)
		}
	}
	if code := b.call(t, "POST", "/api/v1/verifications", "text/plain", strings.NewReader("x"), nil); code != 415 {
		t.Errorf("plain text: %d", code)
	}
	last := 0
	for range 200 {
		if last = b.call(t, "POST", "/api/v1/verifications", "application/json", strings.NewReader(`{"identifier":"x"}`), nil); last == 429 {
			break
		}
	}
	if last != 429 {
		t.Errorf("200 verifications in a moment end with %d", last)
	}
}
