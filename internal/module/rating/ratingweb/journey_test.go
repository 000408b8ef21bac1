package ratingweb_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/rating"
	"xiangyun/internal/module/rating/ratingtest"
	"xiangyun/internal/module/rating/ratingweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const number = "220102031261124000001"

// hall is the rating's pages, used by whoever stands in by.
type hall struct {
	*ratingtest.Hall
	by      actor.Actor
	words   *page.Catalogue
	handler http.Handler
}

func open(t *testing.T) *hall {
	t.Helper()
	h := &hall{Hall: ratingtest.Open(t)}
	h.Over(ratingtest.Case(number))
	var err error
	if h.words, err = page.Load(page.Words, web.Words, design.Locale, office.Locale, rating.Locale, ratingweb.Locale); err != nil {
		t.Fatal(err)
	}
	regions := func(_ context.Context, parent string) []design.Option {
		var list []design.Option
		for _, r := range region.JilinDirectory().Children(region.MustParse(parent)) {
			list = append(list, design.Option{Value: r.Code.String(), Text: r.Name})
		}
		return list
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: h.words})
	ratingweb.Routes(r, ratingweb.Deps{Ratings: h.Service, Directory: region.JilinDirectory, Regions: regions})
	h.handler = h.words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
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

func TestABadRatingIsAnswered(t *testing.T) {
	h := open(t)
	p := h.as(t, ratingtest.Applicant)
	p.Open("/cases/"+number+"/rate").Wants(200, "评价这次办事", "食品经营许可", "未在承诺时间内办结", "自愿评价")
	if strings.Contains(p.Body(), " checked") {
		t.Error("something is chosen beforehand")
	}
	p.Press("提交评价").Wants(422, "请选择一个评价等级")
	// Ticked for another grade first, then changed: those are not shown any more and not sent on.
	p.Choose("您对这次办事满意吗", "满意").Choose("“满意”的原因", "服务态度较好").Choose("您对这次办事满意吗", "不满意")
	p.Choose("“不满意”的原因", "未在承诺时间内办结").Fill("还想说什么", "等了两个星期").Press("提交评价")
	p.Wants(200, "您的评价", "谢谢您的评价", "不满意", "未在承诺时间内办结", "等了两个星期", "已转办理单位").Lacks("服务态度较好")
	p.Open("/cases/"+number+"/rate").Wants(200, "您的评价").Lacks("谢谢您的评价", "提交评价")
	p.Post("/cases/"+number+"/rate", map[string][]string{"satisfaction": {"5"}}).Wants(409, "已经评价过")

	p = h.as(t, ratingtest.Chief)
	p.Open("/desk/ratings").Wants(200, "不满意", "未在承诺时间内办结", "待签收").Lacks(number, "等了两个星期")
	p.Follow("不满意").Wants(200, "等了两个星期", "签收期限", "核实期限", "答复期限").Lacks(number, "食品经营许可", "提交答复")
	p.Press("签收").Wants(200, "已签收")
	p.Press("提交答复").Wants(422, "请写明整改情况")
	p.Fill("答复评价人", "已增加一个窗口，向您致歉。").Press("提交答复").Wants(200, "已答复评价人", "已增加一个窗口").Lacks("提交答复")
	p.Open("/desk/ratings").Wants(200, "没有需要处理的差评")
	p.Follow("已答复").Wants(200, "不满意")

	p = h.as(t, ratingtest.Applicant)
	p.Open("/cases/"+number+"/rate").Wants(200, "办理单位的答复", "已增加一个窗口，向您致歉。")
	p = h.as(t, actor.Actor{})
	p.Open("/ratings").Wants(200, "好评率", "0.0%", "长春市南关区市场监督管理局", "1 / 1", "没有默认好评")
	p.Open("/ratings?region=220102000000").Wants(200, "南关区", "长春市南关区市场监督管理局")
	p.Open("/ratings?region=220200000000").Wants(200, "还没有评价").Lacks("长春市南关区市场监督管理局")
	p.Open("/ratings?region=x").Wants(200, "长春市南关区市场监督管理局")
}

func TestWhoMayNot(t *testing.T) {
	h := open(t)
	h.as(t, ratingtest.Stranger).Open("/cases/" + number + "/rate").Wants(404)
	h.as(t, ratingtest.Chief).Open("/cases/" + number + "/rate").Wants(404)
	h.as(t, ratingtest.Window).Open("/desk/ratings").Wants(403)
	h.as(t, ratingtest.Chief).Open("/desk/ratings/nothing").Wants(404)
	link := ratingweb.Link(h.Service)
	if href, ok := link(t.Context(), ratingtest.Applicant, number); !ok || href != "/cases/"+number+"/rate" {
		t.Errorf("the applicant is led to %q, %v", href, ok)
	}
	if _, ok := link(t.Context(), ratingtest.Stranger, number); ok {
		t.Error("a stranger is led to the rating")
	}
}

func TestEveryLanguage(t *testing.T) {
	h := open(t)
	for language, words := range map[string]string{"zh": "提交评价", "en": "Send the rating", "ko": "평가 제출"} {
		p := h.as(t, ratingtest.Applicant)
		p.Language = language
		p.Open("/cases/"+number+"/rate").Wants(200, words)
		p.Open("/ratings").Wants(200)
		p = h.as(t, ratingtest.Chief)
		p.Language = language
		p.Open("/desk/ratings").Wants(200)
	}
	// The official wording is data with a source; the Chinese page says just that.
	for _, l := range rating.Labels() {
		if got := h.words.Say("zh", "rating.label."+l.Code); got != l.Text {
			t.Errorf("%s says %q, the national list %q", l.Code, got, l.Text)
		}
	}
}

// call asks the API.
func (h *hall) call(t *testing.T, method, path, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return w.Code, out
}

func TestAPI(t *testing.T) {
	h := open(t)
	h.by = ratingtest.Applicant
	at := "/api/v1/cases/" + number + "/rating"
	if status, _ := h.call(t, "GET", at, ""); status != 404 {
		t.Errorf("before the rating: %d", status)
	}
	for body, want := range map[string]int{`{"satisfaction":6,"labels":[]}`: 422, `{"labels":[]}`: 422, `{"satisfaction":2,"labels":["512"]}`: 422,
		`{"satisfaction":2,"labels":[],"text":"` + strings.Repeat("好", 501) + `"}`: 422} {
		if status, out := h.call(t, "POST", at, body); status != want || strings.Contains(out["detail"].(string), "好好") {
			t.Errorf("%.60s: %d %v", body, status, out)
		}
	}
	body := `{"satisfaction":2,"labels":["209","214"],"text":"慢"}`
	phone := []string{"Idempotency-Key", "once-1", "User-Agent", "Mozilla/5.0 (Linux; Android 15) Mobile"}
	status, out := h.call(t, "POST", at, body, phone...)
	if status != 201 || out["satisfaction"] != 2.0 || out["channel"] != "mobile" || len(out["labels"].([]any)) != 2 {
		t.Fatalf("%d %v", status, out)
	}
	if status, _ = h.call(t, "POST", at, body, phone...); status != 201 {
		t.Errorf("sent again with its key: %d", status)
	}
	if status, out = h.call(t, "POST", at, `{"satisfaction":5,"labels":[]}`, phone...); status != 409 {
		t.Errorf("the key with another body: %d %v", status, out)
	}
	if status, out = h.call(t, "POST", at, body); status != 409 || out["code"] != "rating.already" {
		t.Errorf("a second rating: %d %v", status, out)
	}
	status, out = h.call(t, "GET", at, "")
	answer, _ := out["answer"].(map[string]any)
	if status != 200 || out["text"] != "慢" || answer["state"] != "opened" || answer["due"] == "" {
		t.Errorf("%d %v", status, out)
	}
	if status, out = h.call(t, "GET", "/api/v1/ratings/labels", ""); status != 200 || len(out["data"].([]any)) != 40 {
		t.Errorf("%d labels", len(out["data"].([]any)))
	}
	h.by = ratingtest.Stranger
	if status, _ = h.call(t, "GET", at, ""); status != 404 {
		t.Errorf("a stranger reads: %d", status)
	}
}
