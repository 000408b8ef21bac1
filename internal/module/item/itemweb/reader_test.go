package itemweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/webtest"
)

var reader = actor.Actor{Kind: actor.Person, Account: "reader", Subject: "s-reader"}

// as is a browser of somebody signed in.
func (h hall) as(t *testing.T, by actor.Actor) *webtest.Browser {
	t.Helper()
	return webtest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := design.WithViewer(actor.WithContext(r.Context(), by), design.Viewer{SignedIn: true, Kind: string(by.Kind), Path: r.URL.RequestURI()})
		h.handler.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// office is the guide of one office.
func (h hall) office(t *testing.T) string {
	t.Helper()
	_, to := h.get(t, "/items/"+food+"?region=220102000000")
	return to
}

func TestReaderReportsAMistake(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	_, before := h.get(t, guide)
	b := webtest.New(t, h.handler)
	b.Open(guide).Follow("指南有误，我来反映").Wants(200, "指南有误", "食品经营许可", "不用留联系方式")
	b.Press("提交").Wants(422, "请选择哪里不对", "请写明情况")
	b.Choose("哪里不对", "窗口要的材料和指南不一样").Press("提交").Wants(422, "请写明情况").Lacks("请选择哪里不对")
	b.Fill("请写明情况", "窗口还要<b>身份证</b>复印件").Press("提交").Wants(200, "已收到，谢谢您").Lacks("<b>")
	b.Open(guide+"/feedback").Wants(200, "哪里不对").Lacks("已收到", "身份证")
	list, err := h.Feedback(context.Background(), itemtest.Keeper, item.FeedbackQuery{Limit: 10})
	if err != nil || len(list) != 1 || list[0].Said != "窗口还要<b>身份证</b>复印件" {
		t.Fatalf("%+v, %v", list, err)
	}
	// What one said changes nothing that strangers read, kept or not.
	if _, after := h.get(t, guide); after != before || strings.Contains(after, "待处理的指南问题") {
		t.Error("a stranger sees that somebody complained")
	}
	h.as(t, reader).Open(guide).Wants(200).Lacks("待处理的指南问题")
	b.Open("/items/" + strings.Repeat("9", 31) + "/feedback").Wants(404)
	b.Post("/items/"+strings.Repeat("9", 31)+"/feedback", url.Values{"category": {"phone"}, "said": {"不对"}}).Wants(404)
}

func TestSignedInReaderHearsTheAnswer(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	b := h.as(t, reader)
	b.Open(guide+"/feedback").Wants(200, "我的消息").Choose("哪里不对", "电话打不通或不对").Fill("请写明情况", "打不通").Press("提交").Wants(200, "已收到")
	list, err := h.Feedback(context.Background(), itemtest.Keeper, item.FeedbackQuery{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	own := guide + "/feedback/" + list[0].ID
	b.Open(own).Wants(200, "打不通", "正在等待办理单位核实")
	if err := h.AnswerFeedback(context.Background(), itemtest.Keeper, list[0].ID, "已换成新号码"); err != nil {
		t.Fatal(err)
	}
	b.Open(own).Wants(200, "已换成新号码")
	b.Open("/items/" + food + "/feedback/" + list[0].ID).Wants(404)
	h.as(t, actor.Actor{Kind: actor.Person, Account: "other", Subject: "s-other"}).Open(own).Wants(404)
	if len(h.Told) != 1 || h.Told[0].Link != own {
		t.Errorf("%+v", h.Told)
	}
}

// One address may report so often only.
func TestReportsAreLimited(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	b := webtest.New(t, h.handler)
	for range 10 {
		b.Post(guide+"/feedback", url.Values{"category": {"phone"}, "said": {"打不通"}}).Wants(200)
	}
	b.Post(guide+"/feedback", url.Values{"category": {"phone"}, "said": {"还是打不通"}}).Wants(429)
	list, err := h.Feedback(context.Background(), itemtest.Keeper, item.FeedbackQuery{Limit: 50})
	if err != nil || len(list) != 1 {
		t.Errorf("the same words are kept %d times, %v", len(list), err)
	}
}

func TestKeeperSeesHowManyComplain(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	if err := h.SendFeedback(context.Background(), reader, item.Report{Object: strings.TrimPrefix(guide, "/items/"), Category: item.WrongOther, Said: "不对"}); err != nil {
		t.Fatal(err)
	}
	// Everybody is a stranger to the cache of these tests, so the keeper asks for an address nobody asked for before.
	h.as(t, itemtest.Keeper).Open(guide+"?keeper=1").Wants(200, "待处理的指南问题：1 条")
}

const answers = "?variant=new&situation.place=sales&situation.network=yes&situation.machine=no&situation.agent=self"

func TestGuideSaysTimeFeeAndResultOfOnesCase(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	b := webtest.New(t, h.handler)
	b.Open(guide).Wants(200, "两个时限是什么意思", "打印一次性告知单", "免提交：您名下有电子证照的").Lacks("按您的情况 承诺时限")
	b.Open(guide+answers).Wants(200, "按您的情况", "不收费", "食品经营许可证（5年）", "7 个工作日", "空白表格", "示例样表")
	if href := b.Link("打印一次性告知单"); !strings.Contains(href, "situation.place=sales") {
		t.Errorf("printing forgets the answers: %s", href)
	}
	b.Open(guide+"?variant=cancellation&situation.agent=self").Wants(200, "3 个工作日", "准予注销决定书").Lacks("食品经营许可证（5年） 带走")
}

func TestPrintedNotice(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	b := webtest.New(t, h.handler)
	b.Open(guide+"/print"+answers).Wants(200, "食品经营许可（县级权限） 一次性告知单", "编号：GZ", "南关区", "食品销售", "您需要准备的材料（5 种）", "网络经营情况说明", "7 个工作日", "不得另行要求").Lacks("食堂承包经营合同")
	number := regexp.MustCompile(`GZ\d{8}-\d{12}-[0-9a-f]{8}`)
	first := number.FindString(b.Body())
	if again := number.FindString(b.Open(guide + "/print" + answers).Body()); first == "" || again != first {
		t.Errorf("the same notice is numbered %q and %q", first, again)
	}
	if other := number.FindString(b.Open(guide + "/print?variant=cancellation").Body()); other == first {
		t.Error("another notice bears the same number")
	}
	if !strings.Contains(b.Body(), `class="sheet-qr"`) {
		t.Error("no code leads back")
	}
	b.Open("/items/"+food+"/print").Wants(200, "扫码回答几个问题", "视情形还可能需要的材料")
	b.Open("/items/1/print").Wants(404)
}

// The paper form is the online form: every field, and in the sample every example.
func TestPaperForm(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	var d *form.Definition
	err := h.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		d, err = h.Forms.Latest(context.Background(), tx, "food_operation")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	blank := webtest.New(t, h.handler).Open(guide+"/forms/blank").Wants(200, d.Title, "申请人（签字或者盖章）").Lacks("示例")
	sample := webtest.New(t, h.handler).Open(guide+"/forms/sample").Wants(200, d.Title, "示例")
	for _, line := range form.Summary(d, form.Example(d)) {
		if line.Value != "" && !strings.Contains(sample.Text(), line.Value) && len([]rune(line.Value)) > 2 && !strings.Contains(line.Value, "、") {
			t.Errorf("the sample does not say %s: %s", line.Title, line.Value)
		}
	}
	for _, f := range d.Fields {
		if !strings.Contains(blank.Text(), f.Title) {
			t.Errorf("the blank form does not ask %s", f.Title)
		}
		if v, ok := f.Example.(string); ok && f.Kind == form.Text && strings.Contains(blank.Text(), v) {
			t.Errorf("the blank form is filled with %s", v)
		}
	}
}

func TestZones(t *testing.T) {
	h := open(t)
	b := webtest.New(t, h.handler)
	b.Open("/zones").Wants(200, "全程网办", "跨省通办", "共 9 项").Follow("全程网办").Wants(200, "参加的地方", "吉林省", "可以办的事项（9 项）", "食品经营许可")
	b.Follow("企业和其他组织").Wants(200, "食品经营许可").Lacks("城乡居民养老保险")
	b.Open("/zones/national").Wants(200, "国办发〔2020〕35号", "异地代收代办", "多地联办", "由办理地机构决定")
	b.Open("/zones/moon").Wants(404)
	b.Open("/").Wants(200).Follow("全部专区").Wants(200, "跨省通办")
}

func TestSearchEnginesFindTheWay(t *testing.T) {
	h := open(t)
	status, body := h.get(t, "/sitemap.xml")
	var site struct {
		URL []struct {
			Loc     string `xml:"loc"`
			Lastmod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(body), &site); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	found := false
	for _, u := range site.URL {
		found = found || strings.HasSuffix(u.Loc, "/items/"+food) && u.Lastmod != "" && strings.HasPrefix(u.Loc, "http")
	}
	if !found || len(site.URL) != 10+2+9 {
		t.Errorf("%d addresses, the item among them: %v", len(site.URL), found)
	}
	if status, body := h.get(t, "/robots.txt"); status != http.StatusOK || !strings.Contains(body, "Disallow: /desk") || !strings.Contains(body, "/sitemap.xml") {
		t.Errorf("%d %s", status, body)
	}
	_, body = h.get(t, h.office(t))
	m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the guide is not described")
	}
	var service struct {
		Type     string `json:"@type"`
		Name     string
		Provider struct{ Name string }
	}
	if err := json.Unmarshal([]byte(m[1]), &service); err != nil || service.Type != "GovernmentService" || service.Name == "" || service.Provider.Name == "" {
		t.Errorf("%+v, %v", service, err)
	}
	contains(t, body, `<meta name="description" content="`)
}

// A text that would end the block of data early is escaped in it.
func TestDataCannotLeaveItsBlock(t *testing.T) {
	var b bytes.Buffer
	if err := design.Layout(design.Page{Title: "x", About: `"><script>`, Data: map[string]any{"name": "</script><script>alert(1)</script>"}}).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "alert(1)</script>") {
		t.Error("the data breaks out")
	}
}

func TestNewPagesInEveryLanguage(t *testing.T) {
	h := open(t)
	guide := h.office(t)
	for _, language := range []string{"zh", "en", "ko"} {
		b := webtest.New(t, h.handler)
		b.Language = language
		for _, path := range []string{"/zones", "/zones/national", "/zones/harbin_changchun", guide + "/feedback", guide + "/feedback?sent=1", guide + "/print" + answers, guide + "/forms/blank", guide + "/forms/sample", "/items?q=zzzz"} {
			b.Open(path).Wants(200)
		}
	}
}
