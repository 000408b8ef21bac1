package keeperweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/webtest"
)

var county = actor.Actor{Kind: actor.Officer, Account: "county", OfficePath: "220102", Duties: []actor.Duty{{Role: "keeper", OfficePath: "220102"}}}

// drift has every entry of the food licence say another statutory limit, and the one of 南关 another fee too.
func (h *hall) drift(t testing.TB) (entries int) {
	t.Helper()
	ctx := context.Background()
	list, err := h.List(ctx, item.Query{Base: food, Limit: item.Most})
	if err != nil {
		t.Fatal(err)
	}
	var said []item.Stated
	for _, e := range list.Rows {
		said = append(said, item.Stated{Entry: e.Code, Element: "legal_days", Said: "30个工作日"})
		if e.Region.County6() == "220102" {
			said = append(said, item.Stated{Entry: e.Code, Element: "fee", Said: "每证50元"})
		}
	}
	err = h.DB.Update(ctx, func(tx *db.Tx) error { return h.StateMany(ctx, tx, itemtest.Keeper, "历史数据", said) })
	if err != nil {
		t.Fatal(err)
	}
	return len(list.Rows)
}

func TestDriftIsSeenAndCorrected(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Keeper)
	p.Open("/desk/library/consistency").Wants(200, "要素一致性", "没有不一致的要素", "100.00%", "十六要素 × 五级", "设定依据", "南关区").Lacks("全部采用基本目录", "30个工作日")
	n := h.drift(t)
	p.Open("/desk/library/consistency").Wants(200, "20个工作日", "30个工作日", "历史数据", "食品经营许可", figure(n)+" / ").Lacks("没有不一致的要素")
	if !strings.Contains(p.Body(), `class="tile-square tile-square-bad"`) {
		t.Error("no place on the map stands out")
	}
	// What nobody has confirmed waits for the keepers, and citizens are not shown it.
	p.Open("/desk/library/consistency").Wants(200, "待核实的事项", "删去存疑项")
	p.Open("/desk/library/quality/unverified").Wants(200, "还没有与公布的原文核对", "待核实的内容", "食品经营许可")
	p.Open("/consistency").Wants(200).Lacks("待核实")
	// Filters are addresses.
	p.Open("/desk/library/consistency?element=fee").Wants(200, "每证50元").Lacks("30个工作日")
	p.Open("/desk/library/consistency?region=220200000000&level=4").Wants(200, "30个工作日", "吉林市").Lacks("每证50元", "南关区31")
	p.Open("/desk/library/consistency?region=x&level=x&after=x&base=x").Wants(200, "没有不一致的要素")
	p.Open("/desk/library/consistency?base=%00&entry=%00&after=%00.%00").Wants(200, "没有不一致的要素")
	p.Open("/desk/library/quality/no_phone?base=%00&after=%00").Wants(404)
	for _, back := range []string{"%zz", "", "level=x", "level=0", "region=x", "element=fee&region=x"} {
		p.Post("/desk/library/consistency/adopt-all", map[string][]string{"back": {back}}).Wants(422)
	}
	// The second page.
	p.Open("/desk/library/consistency").Follow("下一页").Wants(200, "30个工作日")
	// One press.
	p.Open("/desk/library/consistency?element=fee").Press("采用基本目录").Wants(200, "已更正 1 处", "没有不一致的要素").Lacks("每证50元")
	// A county's keeper sees and corrects its own.
	p = h.as(t, county)
	p.Open("/desk/library").Wants(200, "与上级不一致")
	p.Open("/desk/library/consistency").Wants(200, "南关区31").Lacks("宽城区31")
	p.Press("全部采用基本目录").Wants(200, "已更正 1 处", "没有不一致的要素")
	p.Open("/desk/library").Wants(200).Lacks("与上级不一致</")
	p = h.as(t, itemtest.Keeper)
	p.Open("/desk/library/consistency").Press("全部采用基本目录").Wants(200, "已更正 "+figure(n-1)+" 处", "100.00%")
	p = h.as(t, actor.Actor{Kind: actor.Officer, Account: "window"})
	for _, address := range []string{"/desk/library/consistency", "/desk/library/elements", "/desk/library/quality", "/desk/library/quality/no_phone"} {
		p.Open(address).Wants(403)
	}
	p.Post("/desk/library/consistency/adopt", map[string][]string{"code": {"1"}, "key": {"fee"}}).Wants(404)
	p.Post("/desk/library/consistency/adopt-all", map[string][]string{"all": {"1"}}).Wants(403)
	p.Post("/desk/library/quality/count", nil).Wants(403)
}

func TestEverybodySeesTheFigures(t *testing.T) {
	h := open(t)
	n := h.drift(t)
	if err := h.KeepDay(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := h.as(t, actor.Actor{})
	p.Open("/consistency").Wants(200, "要素一致性", figure(n), "长春市", "县级").Lacks("30个工作日", "采用基本目录", "没有不一致")
	p.Open("/reduction?region=220102000000").Wants(200, "各机关：", "南关区31")
	p.Open("/reduction").Fill("哪一级政府的机关", "长春市 南关区").Press("查看").Wants(200, "南关区31")
	p.Open("/reduction?region=x").Wants(200, "承诺时限压缩").Lacks("南关区31")
	p.Open("/reduction").Wants(200, "承诺时限压缩", "市场监督管理厅", "长春市", "县级", "平均压缩率").Lacks("质量检查")
	for language, text := range map[string]string{"en": "Consistency of elements", "ko": "요소 일치성"} {
		p.Language = language
		p.Open("/consistency").Wants(200, text)
	}
	for _, by := range []actor.Actor{itemtest.Keeper} {
		for _, language := range []string{"zh", "en", "ko"} {
			p := h.as(t, by)
			p.Language = language
			for _, address := range []string{"/desk/library/consistency", "/desk/library/elements", "/desk/library/reduction", "/desk/library/quality", "/desk/library/quality/no_phone", "/desk/library/quality/catch_all"} {
				p.Open(address).Wants(200).Lacks("[keeper.", "[item.")
			}
		}
	}
}

func TestElementsPage(t *testing.T) {
	h := open(t)
	h.drift(t)
	p := h.as(t, county)
	p.Open("/desk/library/elements").Wants(200, "1 事项名称", "16 是否收费和依据", "已锁定").Lacks("提请放开")
	p.Post("/desk/library/elements/fee", map[string][]string{"locked": {"0"}}).Wants(403)
	p = h.as(t, itemtest.Keeper)
	p.Post("/desk/library/elements/colour", map[string][]string{"locked": {"0"}}).Wants(404)
	p.Post("/desk/library/elements/legal_days", map[string][]string{"locked": {"0"}}).Wants(200, "已提请", "放开要素", "法定办结时限", "已锁定", "等另一人").Lacks("同意并")
	p.Open("/desk/library/consistency").Wants(200, "30个工作日")
	p = h.as(t, itemtest.Reviewer)
	p.Open("/desk/library?kind=proposal").Wants(200, "法定办结时限").Follow("法定办结时限").Press("同意并生效").Wants(200)
	p.Open("/desk/library/elements").Wants(200, "未锁定")
	p.Open("/desk/library/consistency").Wants(200, "未锁定").Lacks("30个工作日")
	p.Open("/desk/library/elements").Fill("要素", "fee").Fill("维护层级", "4").Press("设定").Wants(200, "已调整", "县级")
	p.Open("/desk/library/elements").Press("锁定").Wants(200, "已调整").Lacks("未锁定</")
	p.Open("/desk/library/consistency").Wants(200, "30个工作日")
}

func TestQualityPages(t *testing.T) {
	h := open(t)
	ctx := context.Background()
	list, err := h.List(ctx, item.Query{Base: food, Region: region.MustParse("220102")})
	if err != nil {
		t.Fatal(err)
	}
	contact := list.Rows[0].Contact
	contact.Phone = ""
	if _, err := h.Improve(ctx, itemtest.Keeper, list.Rows[0].Code, item.Override{Contact: contact}); err != nil {
		t.Fatal(err)
	}
	p := h.as(t, itemtest.Keeper)
	p.Open("/desk/library/quality").Wants(200, "材料名称有兜底条款", "没有咨询电话", "还没有统计过", "市场监督管理厅")
	p.Press("重新统计").Wants(200, "正在统计", "实施清单统计于")
	p.Follow("没有咨询电话").Wants(200, food)
	p.Follow("食品经营许可（县级权限）").Wants(200, "食品经营许可", "南关区31").Lacks("宽城区31")
	p.Open("/desk/library/quality/no_phone?department=14").Wants(200, "没有发现问题")
	p.Open("/desk/library/quality/no_questions").Wants(200, "没有发现问题")
	p.Fill("条件或词语", "questions_answered <").Press("提请调整").Wants(422, "读不懂这个条件", "questions_answered <")
	approve := func(proposed *webtest.Browser) *webtest.Browser {
		t.Helper()
		address := proposed.Wants(200, "已提请", "调整质量规则", "没有常见问题").Path()
		h.as(t, itemtest.Reviewer).Open(address).Press("同意并生效").Wants(200)
		return h.as(t, itemtest.Keeper)
	}
	p = approve(p.Fill("条件或词语", "questions_answered < 50").Press("提请调整"))
	p.Open("/desk/library/quality/no_questions?department=31").Wants(200, "食品经营许可")
	p.Open("/desk/library/quality/no_questions?department=99").Wants(200, "没有发现问题")
	p.Open("/desk/library/quality?department=31").Wants(200, "没有常见问题")
	p.Open("/desk/library/quality/nothing").Wants(404)
	p = approve(p.Post("/desk/library/quality/no_questions", map[string][]string{"parameter": {"questions_answered < 50"}}))
	p.Open("/desk/library/quality/no_questions").Wants(200, "没有发现问题")
	p.Open("/desk/library/quality").Wants(200, "已停用")
	p = h.as(t, county)
	p.Open("/desk/library/quality").Wants(200, "没有咨询电话").Lacks("重新统计")
	p.Open("/desk/library/quality/no_questions").Wants(200).Lacks("提请调整")
	p.Post("/desk/library/quality/no_questions", map[string][]string{"enabled": {"1"}, "parameter": {"true"}}).Wants(403)
}

func TestAPI(t *testing.T) {
	h := open(t)
	n := h.drift(t)
	h.by = actor.Actor{}
	call := func(path string, into any) {
		t.Helper()
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, w.Code, err)
		}
	}
	var c struct {
		Total    struct{ Entries, Deviating int }
		Elements []struct {
			Key       string
			Deviating int
			Levels    []struct{ Level, Deviating int }
		}
		Regions []struct {
			Region    string
			Deviating int
			Rate      *float64
		}
	}
	call("/api/v1/library/consistency", &c)
	if c.Total.Deviating != n || len(c.Elements) != 16 || c.Elements[10].Key != "legal_days" || c.Elements[10].Deviating != n || c.Elements[10].Levels[2].Deviating != n {
		t.Errorf("%+v", c)
	}
	found := false
	for _, r := range c.Regions {
		found = found || r.Region == "220102000000" && r.Deviating == 1 && r.Rate != nil
	}
	if !found {
		t.Errorf("%+v", c.Regions)
	}
	var r struct {
		Total struct {
			Entries int
			Rate    float64
			Legal   float64 `json:"legal_days"`
		}
		Levels, Departments, Regions []struct{ Key string }
	}
	call("/api/v1/library/reduction", &r)
	if r.Total.Entries == 0 || r.Total.Rate <= 0 || r.Total.Rate >= 1 || r.Total.Legal <= 0 || len(r.Levels) != 5 || len(r.Departments) == 0 || len(r.Regions) < 60 {
		t.Errorf("%+v", r)
	}
}

func figure(n int) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(text)
}
