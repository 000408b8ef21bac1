package keeperweb_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const food = "000131104003"

// hall is the keepers' pages, used by whoever stands in by.
type hall struct {
	*itemtest.Library
	by      actor.Actor
	handler http.Handler
}

func open(t testing.TB) *hall {
	t.Helper()
	h := &hall{Library: itemtest.Seeded(t), by: itemtest.Keeper}
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, itemweb.Locale, keeperweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	keeperweb.Routes(r, keeperweb.Deps{DB: h.DB, Items: h.Service, Directory: region.JilinDirectory, Department: office.DepartmentName, Recount: h.RecountAll, Trail: trail})
	h.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), h.by), design.Viewer{SignedIn: true, Kind: "officer", Keeps: true, Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return h
}

func (h *hall) as(t *testing.T, by actor.Actor) *webtest.Browser {
	t.Helper()
	h.by = by
	return webtest.New(t, h.handler)
}

// From the first word of a draft to its publication, without scripts: the chief writes, is told what is wrong, submits; the keeper sends it back
// once, then publishes it; the versions tell the story.
func TestADraftFromFirstWordToPublication(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Chief)
	p.Open("/desk/library/items?q="+food).Wants(200, "食品经营许可", food, "60")
	p.Follow("食品经营许可（县级权限）").Wants(200, "基本信息", "申请材料").Press("起草修改").Wants(200, "草稿已建好", "承诺办结时限")
	p.Fill("承诺办结时限", "30").Press("保存到草稿").Wants(200, "已保存到草稿", "处待改")
	p.Follow("查看草稿、提交审核").Wants(200, "起草中", "7", "30").Press("提交审核").Wants(422, "承诺")
	p.Open("/desk/library/items/"+food+"?section=head").Fill("承诺办结时限", "x").Press("保存到草稿").Wants(422, "承诺办结时限")
	p.Fill("承诺办结时限", "5").Press("保存到草稿").Wants(200, "已保存到草稿")
	p.Follow("业务办理项").Wants(200, "第 1 条")
	for _, row := range []string{"第 1 条", "第 2 条"} {
		p.FillIn(row, "承诺时限", "0")
	}
	p.Press("保存到草稿").Wants(200, "已保存到草稿")
	// A row is added, filled and kept; another is ticked to be removed.
	p.Follow("常见问题").Press("添加一条").Wants(200)
	rows := strings.Count(p.Body(), `class="field fieldset group"`)
	p.Press("添加一条").Wants(200)
	if n := strings.Count(p.Body(), `class="field fieldset group"`); n != rows+1 {
		t.Errorf("%d rows after %d", n, rows)
	}
	p.FillIn(legend(rows), "问题", "可以周末办吗").FillIn(legend(rows), "回答", "可以网上申请。").Press("保存到草稿").Wants(200, "可以周末办吗")
	p.Follow("查看草稿、提交审核").Wants(200, "可以周末办吗", "新增", "60", "县级").Press("提交审核").Wants(200, "待审核", "已提交审核").Lacks("通过并发布")
	p.Open("/desk/library/items/"+food).Wants(200, "草稿正在审核").Lacks("保存到草稿")

	p = h.as(t, itemtest.Keeper)
	p.Open("/desk/library").Wants(200, "草稿待审核").Follow("食品经营许可（县级权限）").Wants(200, "通过并发布")
	p.Press("退回").Wants(422, "请写明")
	p.Fill("退回理由", "请补充依据").Press("退回").Wants(200, "已退回", "请补充依据")
	p = h.as(t, itemtest.Chief)
	p.Open("/desk/library").Wants(200, "草稿被退回").Follow("食品经营许可（县级权限）").Press("提交审核").Wants(200, "待审核")
	p = h.as(t, itemtest.Keeper)
	p.Open("/desk/library/drafts?state=submitted").Follow("食品经营许可（县级权限）").Fill("审核意见", "同意缩短").Press("通过并发布").Wants(200, "已发布", "同意缩短")
	p.Follow("版本").Wants(200, "第 2 版", "chief", "keeper", "同意缩短").Follow("与第 1 版对照").Wants(200, "承诺办结时限", "7", "5", "修改", "新增")
	// The way back.
	p.Open("/desk/library/items/"+food+"/versions").Press("撤回").Wants(422, "请")
	p.Fill("理由", "依据不足").Press("撤回").Wants(200, "已提请", "依据不足", "等另一位", "承诺办结时限").Lacks("同意并生效")
	h.as(t, itemtest.Reviewer).Open("/desk/library").Wants(200, "提请待复核").Follow("食品经营许可（县级权限）").Wants(200, "依据不足").
		Press("同意并生效").Wants(200, "已通过", "已同意并生效")
	h.as(t, itemtest.Keeper).Open("/desk/library/items/"+food+"/versions").Wants(200, "第 3 版", "依据不足", "reviewer")
}

// The second keeper sees a queue with the preview; the first can only withdraw; cases under way are told of and decided about.
func TestTheSecondKeeper(t *testing.T) {
	h := open(t)
	h.Cases = map[string]int{food: 12}
	p := h.as(t, itemtest.Keeper)
	at := "/desk/library/items/" + food + "/standing"
	p.Open(at).Wants(200, "在办的件", "12").Choose("变更为", "取消").Fill("理由", "法律废止").Press("变更").Wants(409, "请选择在办的件")
	p.Choose("", "在办的 12 件按受理时的版本办完").Press("变更").Wants(200, "已提请", "法律废止", "按受理时的版本办完").Lacks("同意并生效")
	own, _, _ := strings.Cut(p.Path(), "?")
	p.Post(own+"/approve", url.Values{}).Wants(403)
	p.Open("/desk/library/proposals").Wants(200, "变更状态", "食品经营许可（县级权限）")
	q := h.as(t, itemtest.Reviewer)
	q.Open("/desk/library/proposals").Follow("食品经营许可（县级权限）").Wants(200, "在办的件", "12", "取消", "60").Press("退回").Wants(422, "这一项要填写")
	q.Fill("退回理由", "等办结后再取消").Press("退回").Wants(200, "已退回", "等办结后再取消").Lacks("同意并生效")
	q.Post(own+"/approve", url.Values{}).Wants(409, "没有这样待处理的提请")
	h.as(t, itemtest.Chief).Open(own).Wants(403)
	p = h.as(t, itemtest.Keeper)
	p.Open(at).Choose("变更为", "取消").Fill("理由", "法律废止").Choose("", "在办的 12 件按受理时的版本办完").Press("变更").Wants(200, "已提请").Press("撤回提请").Wants(200, "提请已撤回")
	p.Open("/desk/library/proposals").Wants(200, "没有这样的提请")
	p.Open("/desk/library/proposals?state=withdrawn").Wants(200, "食品经营许可（县级权限）")
	p.Open("/desk/library/proposals/none").Wants(404)
}

func legend(row int) string { return "第 " + string(rune('0'+row)) + " 条" }

// Two write one draft: who saves second is shown the difference, and what he typed is still there.
func TestASecondWriterLosesNothing(t *testing.T) {
	h := open(t)
	first := h.as(t, itemtest.Keeper)
	first.Open("/desk/library/items/" + food).Press("起草修改").Wants(200)
	second := webtest.New(t, h.handler)
	second.Open("/desk/library/items/" + food).Wants(200)
	first.Fill("一句话说明", "第一人的说明").Press("保存到草稿").Wants(200)
	second.Fill("一句话说明", "第二人的说明").Press("保存到草稿").Wants(409, "别人刚刚保存过", "第一人的说明", "第二人的说明")
	if got := second.Value("一句话说明"); got != "第二人的说明" {
		t.Errorf("the form says %q", got)
	}
	second.Press("保存到草稿").Wants(200, "已保存到草稿", "第二人的说明")
}

func TestAnotherVersionIsShownThreeWays(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Chief)
	p.Open("/desk/library/items/"+food).Press("起草修改").Fill("一句话说明", "草稿的说明").Press("保存到草稿").Wants(200)
	for _, d := range itemtest.Definitions(t) {
		if d.Code == food {
			d.Guide.Summary, d.Synonyms = "现行的说明", append(d.Synonyms, "开面馆")
			if _, err := h.Publish(t.Context(), itemtest.Loader, d); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.Follow("查看草稿、提交审核").Wants(200, "起草期间发布了新版本", "双方都改了", "草稿的说明", "现行的说明", "开面馆").Press("提交审核").Wants(409, "合并后再提交")
	p.Press("合并到现行版本").Wants(200, "已合并", "草稿的说明")
	p.Follow("查看草稿、提交审核").Lacks("起草期间发布了新版本").Press("提交审核").Wants(200, "待审核")
}

func TestStandingAndPlans(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Keeper)
	at := "/desk/library/items/" + food + "/standing"
	p.Open(at).Wants(200, "在用").Press("变更").Wants(422)
	p.Choose("变更为", "暂停").Fill("理由", "系统升级").Fill("生效日期", "昨天").Press("变更").Wants(422, "日期写法不对")
	p.Fill("生效日期", civil.MustParse("2099-01-05").String()).Press("变更").Wants(200, "已计划", "系统升级", "2099年1月5日")
	p.Press("取消计划").Wants(200, "计划已取消").Lacks("2099年1月5日")
	p.Choose("变更为", "暂停").Fill("理由", "系统升级").Press("变更").Wants(200, "状态已变更", "暂停")
	h.as(t, itemtest.Chief).Post(at, url.Values{"to": {"in_use"}}).Wants(403)
}

func TestBulk(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Keeper)
	p.Open("/desk/library/bulk").Wants(200).Fill("部门代码", "31").Fill("修改内容", "加入专区").Press("预览").Wants(422)
	p.Fill("主题、专区的键或俗称", "trial").Press("预览").Wants(200, "改前改后", "trial", "将改变", "现在还没有改动")
	p.Press("写成草稿，走审核").Wants(200, "已写成 3 份草稿")
	p.Fill("部门代码", "31").Fill("修改内容", "加入专区").Fill("主题、专区的键或俗称", "trial").Press("预览").Wants(200, "不能改", "已有一份").Lacks("写成草稿，走审核")
	p.Open("/desk/library/drafts").Wants(200, "食品经营许可")
	p.Open("/desk/library/bulk").Fill("名称、俗称或编码", "000778001000").Fill("修改内容", "承诺时限改为法定时限的百分之几").Fill("百分比", "20").Press("预览").Wants(200, "将改变")
	p.Press("提请发布").Wants(200, "已提请", "承诺办结时限", "20%").Lacks("同意并生效")
	h.as(t, itemtest.Reviewer).Open(p.Path()).Press("同意并生效").Wants(200, "已同意并生效")
	p = h.as(t, itemtest.Keeper)
	p.Open("/desk/library/bulk").Fill("名称、俗称或编码", "000778001000").Fill("修改内容", "承诺时限改为法定时限的百分之几").Fill("百分比", "20").Press("预览").Wants(200, "已经如此")
}

func TestEntriesAndClaims(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Chief)
	p.Open("/desk/library/entries").Wants(200, "食品经营许可").Lacks("认领")
	p.Follow("食品经营许可（县级权限）").Fill("承诺办结时限", "9").Press("提请发布").Wants(422)
	at := p.Path()
	p.Fill("承诺办结时限", "3").Fill("咨询电话", "0431-11112222").Press("提请发布").Wants(200, "已提请", "0431-11112222", "咨询电话")
	proposed := p.Path()
	h.as(t, itemtest.Reviewer).Open(proposed).Press("同意并生效").Wants(200, "已同意并生效")
	p = h.as(t, itemtest.Chief)
	p.Open(at).Wants(200)
	if got := p.Value("咨询电话"); got != "0431-11112222" {
		t.Errorf("the phone is %q", got)
	}
	p.Fill("办理地点", "").Post("/desk/library/entries/x/contact", url.Values{}).Wants(404)
	p.Open("/desk/library/claims").Wants(403)
	p = h.as(t, itemtest.Keeper)
	p.Open("/desk/library/claims").Wants(200, "没有可认领")
	for _, d := range itemtest.Definitions(t) {
		if d.Code == food {
			d.Code = "000131104999"
			if _, err := h.Publish(t.Context(), itemtest.Loader, d); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.Open("/desk/library/claims").Wants(200, "000131104999").Press("认领").Wants(200, "已提请认领")
	q := h.as(t, itemtest.Reviewer)
	q.Open("/desk/library/proposals").Follow("食品经营许可").Wants(200, "认领").Press("同意并生效").Wants(200, "已同意并生效")
	list, err := h.List(t.Context(), item.Query{Base: "000131104999"})
	if err != nil || len(list.Rows) != 1 {
		t.Errorf("%d entries, %v", len(list.Rows), err)
	}
}

func TestANewItem(t *testing.T) {
	h := open(t)
	p := h.as(t, itemtest.Keeper)
	p.Open("/desk/library/items/new").Fill("基本编码", "12").Fill("事项名称", "试点事项").Fill("部门代码", "31").Press("开始起草").Wants(422, "编码")
	p.Fill("基本编码", "000131104998").Press("开始起草").Wants(200, "试点事项", "处待改")
	p.Open("/desk/library/items/new").Fill("基本编码", food).Fill("事项名称", "x").Fill("部门代码", "31").Press("开始起草").Wants(409, "已经存在")
}

func TestStrangersAndLanguages(t *testing.T) {
	h := open(t)
	paths := []string{"/desk/library", "/desk/library/items", "/desk/library/items/new", "/desk/library/items/" + food, "/desk/library/items/" + food + "/versions",
		"/desk/library/items/" + food + "/compare?from=1&to=1", "/desk/library/items/" + food + "/standing", "/desk/library/items/" + food + "/changes", "/desk/library/drafts", "/desk/library/bulk", "/desk/library/proposals", "/desk/library/proposals?state=approved",
		"/desk/library/entries", "/desk/library/claims"}
	for _, s := range []string{"head", "find", "basis", "conditions", "variants", "situations", "materials", "steps", "suspend", "fees", "results", "reach", "opinions", "faq", "doubt"} {
		paths = append(paths, "/desk/library/items/"+food+"?section="+s)
	}
	window := actor.Actor{Kind: actor.Officer, Account: "window", OfficePath: "220102", Duties: []actor.Duty{{Role: "window", OfficePath: "220102"}}}
	for _, path := range paths {
		h.as(t, window).Open(path).Wants(403)
	}
	if _, err := h.BeginDraft(t.Context(), itemtest.Keeper, food); err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"zh", "en", "ko"} {
		for _, path := range paths {
			p := h.as(t, itemtest.Keeper)
			p.Language = language
			p.Open(path).Wants(200)
		}
	}
	h.as(t, itemtest.Keeper).Open("/desk/library/items/000000000000").Wants(404)
	h.as(t, itemtest.Keeper).Open("/desk/library/drafts/nothing").Wants(404)
	h.as(t, itemtest.Keeper).Open("/desk/library/items/" + food + "/compare?from=1&to=7").Wants(404)
}
