package powerweb_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/module/power/powertest"
	"xiangyun/internal/module/power/powerweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

const code = "000131104003"

// hall is the pages of the list, used by whoever stands in by, on a library of items.
type hall struct {
	*powertest.List
	items   *itemtest.Library
	by      actor.Actor
	today   civil.Date
	handler http.Handler
}

func open(t *testing.T) *hall {
	t.Helper()
	h := &hall{items: itemtest.Open(t, power.Schema)}
	h.List = powertest.On(h.items.DB)
	h.today = h.Today(t)
	words, err := page.Load(page.Words, web.Words, design.Locale, office.Locale, powerweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	powerweb.Routes(r, powerweb.Deps{Powers: h.List.Service, Items: h.items.Service})
	h.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), h.by), design.Viewer{SignedIn: true, Kind: "officer", Adjusts: true, Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return h
}

func (h *hall) as(t *testing.T, by actor.Actor) *webtest.Browser {
	t.Helper()
	h.by = by
	return webtest.New(t, h.handler)
}

func (h *hall) seed(t *testing.T, list ...power.Definition) {
	t.Helper()
	if _, err := h.Seed(t.Context(), actor.Program("test"), list); err != nil {
		t.Fatal(err)
	}
}

// A power is proposed, returned, put right, examined by two, approved, published, and everybody reads it.
func TestAPowerIsAdopted(t *testing.T) {
	h := open(t)
	p := h.as(t, powertest.Department)
	p.Open("/desk/powers").Wants(200, "清单调整", "没有调整").Follow("申请调整").Wants(200, "先选择调整方式")
	p.Fill("职权编码", code).Press("下一步").Wants(422, "请选择调整方式")
	p.Choose("调整方式", "变更").Press("下一步").Wants(422, "清单中没有这项职权")
	p.Choose("调整方式", "新增").Fill("职权编码", "12").Press("下一步").Wants(422, "职权编码是12位数字")
	p.Fill("职权编码", code).Press("下一步").Wants(200, "新增职权", code)
	p.Fill("职权名称", "食品经营许可").Press("提交审核").Wants(422, "请选择一项", "请填写")
	p.Fill("调整情形", "law").Fill("依据文件", "《食品安全法》（2026年修正）").Fill("调整理由", "法律修改").Fill("行使主体", "31")
	p.Choose("行使层级", "市级").Choose("行使层级", "县级").Fill("权限划分", "市县两级按管辖实施。")
	p.Fill("设定依据", "《食品安全法》｜第三十五条｜国家对食品生产经营实行许可制度。\n《食品经营许可和备案管理办法》 | 第六条")
	p.Fill("责任事项", "受理 | 一次告知 | 《行政许可法》第三十二条").Fill("运行流程", "受理 | 综合窗口 | 核对材料").Fill("追责情形", "不予受理的 | 《行政许可法》第七十二条").Fill("监督方式", "12345")
	p.Press("提交审核").Wants(422, "第 2 行不完整").Lacks("第 1 行不完整")
	if got := p.Value("职权名称"); got != "食品经营许可" {
		t.Errorf("what was typed is lost: %q", got)
	}
	p.Fill("设定依据", "《食品安全法》｜第三十五条｜国家对食品生产经营实行许可制度。").Press("提交审核").Wants(200, "已完成：部门申请", "待审核", "第三十五条", "不予受理的")
	at, _, _ := strings.Cut(p.Path(), "?")
	p.Lacks("同意", "公布")

	p = h.as(t, powertest.Legality)
	p.Open("/desk/powers").Follow("食品经营许可").Wants(200, "合法性审核", "同意").Press("退回").Wants(422, "请写明退回的理由")
	p.Fill("意见", "请补充备案管理办法").Press("退回").Wants(200, "已退回", "请补充备案管理办法").Lacks("同意")
	p = h.as(t, powertest.Department)
	p.Open(at).Follow("修改后重新提交").Wants(200, "退回意见", "请补充备案管理办法", "新增职权")
	p.Fill("备注", "已补充").Press("提交审核").Wants(200, "已完成：修改后重新申请", "待审核")

	p = h.as(t, powertest.Both)
	p.Open(at).Wants(200, "合法性审核", "机构编制审核")
	p = h.as(t, powertest.Establishment)
	p.Open(at).Press("同意").Wants(200, "已完成：机构编制审核", "待审核")
	p = h.as(t, powertest.Legality)
	p.Open(at).Press("同意").Wants(200, "已完成：合法性审核", "待批准")
	p = h.as(t, powertest.Government)
	p.Open(at).Wants(200, "政府批准").Press("同意").Wants(200, "待公布").Lacks("生效日期 今天")
	p = h.as(t, powertest.Establishment)
	p.Open(at).Fill("生效日期", h.today.Add(-1).String()).Press("公布").Wants(422, "请填写今天或者以后的日期")
	p.Fill("生效日期", h.today.String()).Press("公布").Wants(200, "已公布", "已完成：公布").Lacks("撤回申请")
	p.Open("/desk/powers").Wants(200, "没有调整").Follow("已结束").Wants(200, "食品经营许可", "已公布")
	p.Post(at+"/publish", map[string][]string{"from": {h.today.String()}, "seen": {"9"}}).Wants(409, "别人刚刚处理过")

	p = h.as(t, actor.Actor{})
	p.Open("/powers").Wants(200, "食品经营许可", "行政许可", "市场监督管理厅", "市级、县级", "在用").Follow("食品经营许可")
	p.Wants(200, "国家对食品生产经营实行许可制度。", "一次告知", "不予受理的", "综合窗口", "12345", "还没有对应的办事事项", "第 1 版 · 新增", "已补充")
}

func TestChangeAndCompare(t *testing.T) {
	h := open(t)
	h.seed(t, powertest.Definition(code))
	p := h.as(t, powertest.Department)
	p.Open("/desk/powers/new?change=amend&code="+code).Wants(200, "变更职权")
	if got := p.Value("设定依据"); got != "《中华人民共和国食品安全法》 | 第三十五条 | 国家对食品生产经营实行许可制度。" {
		t.Errorf("the form holds %q", got)
	}
	p.Fill("调整情形", "law").Fill("依据文件", "新办法").Fill("调整理由", "修改").Fill("裁量基准", "按面积分档")
	p.Press("提交审核").Wants(200, "裁量基准", "新增：", "按面积分档", "没有变化的要素").Press("撤回申请").Wants(200, "已撤回")
	amended := powertest.Proposal(power.Amend, code, h.today)
	amended.Definition.Discretion, amended.Definition.Levels = "按面积分档", []int{4}
	h.Adjust(t, amended)
	h.Adjust(t, powertest.Proposal(power.Suspend, code, h.today.Add(7)))

	p = h.as(t, actor.Actor{})
	p.Open("/powers/"+code).Wants(200, "在用", "按面积分档", "第 2 版 · 变更", "第 3 版 · 暂停").Follow("第 1 版 · 新增").Wants(200, "您看的是第 1 版").Lacks("按面积分档")
	p.Open("/powers/"+code).Follow("与第 1 版对比").Wants(200, "第 1 版", "第 2 版", "删去：", "市级", "新增：", "按面积分档")
	p.Fill("新版本", "3").Press("对比").Wants(200, "第 3 版")
	for path, status := range map[string]int{"/powers/" + code + "/compare?from=1&to=9": 404, "/powers/" + code + "/compare?from=x": 404, "/powers/" + code + "?version=0": 404,
		"/powers/000131104009": 404, "/powers/" + code + "/compare": 200, "/powers?kind=99&department=xx&level=x&state=y": 200, "/powers?q=%25": 200} {
		p.Open(path).Wants(status)
	}
	p = h.as(t, powertest.Department)
	p.Open("/desk/powers/new?change=abolish&code="+code).Wants(200, "取消职权", "按面积分档").Fill("依据文件", "决定").Fill("调整理由", "取消").Fill("调整情形", "state_council")
	p.Press("提交审核").Wants(422, "不能早于上一版本的生效日期").Fill("生效日期", h.today.Add(8).String()).Press("提交审核").Wants(200, "要调整的职权", "待审核")
}

func TestListNarrows(t *testing.T) {
	h := open(t)
	var list []power.Definition
	for i := 1; i <= 120; i++ {
		list = append(list, powertest.Definition(fmt.Sprintf("000131%03d000", i)))
	}
	list = append(list, powertest.Definition("000631001000"))
	h.seed(t, list...)
	p := h.as(t, actor.Actor{})
	p.Open("/powers").Wants(200, "000131001000", "000131050000").Lacks("000131051000").Follow("下一页").Wants(200, "000131051000", "000131100000").Lacks("000131050000")
	p.Follow("下一页").Wants(200, "000631001000").Lacks("下一页")
	p.Open("/powers?kind=06").Wants(200, "000631001000").Lacks("000131001000")
	p.Open("/powers").Fill("名称或者编码", "00013112").Press("应用").Wants(200, "000131120000").Lacks("000131119000")
	p.Open("/powers?department=23").Wants(200, "没有找到职权")
}

func TestWhoMayNot(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/desk/powers", "/desk/powers/new", "/desk/powers/differences", "/desk/powers/differences.csv", "/desk/powers/inspections"} {
		h.as(t, powertest.Window).Open(path).Wants(403)
	}
	p := h.as(t, powertest.County)
	p.Open("/desk/powers").Wants(200, "没有调整")
	p.Open("/desk/powers/nothing").Wants(404, "没有这个调整")
	p.Post("/desk/powers", map[string][]string{"change": {"adopt"}, "code": {code}, "department": {"31"}}).Wants(403)
	p.Post("/desk/powers", map[string][]string{"change": {"forget"}, "code": {code}, "department": {"31"}, "from": {"x"}, "levels": {"x"}}).Wants(403)
	p = h.as(t, powertest.Department)
	p.Post("/desk/powers", map[string][]string{"change": {"forget"}, "code": {code}, "department": {"31"}, "from": {"x"}, "levels": {"x"}}).Wants(422)
	p.Post("/desk/powers/nothing/opinion", map[string][]string{"act": {"publish"}, "agrees": {"1"}}).Wants(404)
}

func TestDifferences(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	var licence, other item.Definition
	for _, d := range itemtest.Definitions(t) {
		switch {
		case d.Kind == item.Licence && licence.Code == "":
			licence = d
		case d.Kind != item.Public && other.Code == "":
			other = d
		}
	}
	for _, d := range []item.Definition{licence, other} {
		if _, err := h.items.Publish(ctx, itemtest.Loader, d); err != nil {
			t.Fatal(err)
		}
	}
	of := powertest.Definition(licence.Code) // another name and another basis than the item's
	without, inspection := powertest.Definition("000131777000"), powertest.Definition("000631777000")
	without.Name = "=HYPERLINK(\"x\")"
	h.seed(t, of, without, inspection)

	p := h.as(t, powertest.Keeper)
	p.Open("/desk/powers/differences").Wants(200, "000131777000").Lacks("000631777000")
	p.Follow("有事项无在用职权").Wants(200, other.Code, other.Name).Lacks(licence.Code)
	p.Follow("内容不一致").Wants(200, licence.Code, of.Name, licence.Name, "职权名称、", "设定依据")
	p.Follow("检查职权无检查事项").Wants(200, "000631777000", "最近一次导入的检查事项")
	p.Open("/powers/"+licence.Code).Wants(200, licence.Name)

	r := httptest.NewRequest("GET", "/desk/powers/differences.csv", nil)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	text, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	if !ok || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("no mark or type: %q %v", w.Body.String()[:20], w.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%v: %d lines", err, len(rows))
	}
	seen := map[string]string{}
	for _, row := range rows[1:] {
		seen[row[0]] = row[1] + " " + row[2]
	}
	want := map[string]string{"有职权无事项": "000131777000 '=HYPERLINK(\"x\")", "有事项无在用职权": other.Code + " " + other.Name, "内容不一致": licence.Code + " " + licence.Name,
		"检查职权无检查事项": "000631777000 " + inspection.Name}
	for group, line := range want {
		if seen[group] != line {
			t.Errorf("%s: %q, want %q", group, seen[group], line)
		}
	}
}

// Inspection items come as a table and are compared with the powers to inspect, on the page and in the file.
func TestInspectionItems(t *testing.T) {
	h := open(t)
	first, second := powertest.Definition("000631777000"), powertest.Definition("000631778000")
	h.seed(t, first, second, powertest.Definition(code))
	p := h.as(t, powertest.Establishment)
	p.Open("/desk/powers/inspections").Wants(200, "还没有导入检查事项")
	p.Press("导入并替换").Wants(422, "请选择文件")
	load := func(table string) *webtest.Browser {
		return p.Open("/desk/powers/inspections").Attach("检查事项表（CSV）", "inspections.csv", []byte(table)).Press("导入并替换")
	}
	load("code,name\n").Wants(422, "缺少列：power_code")
	load("code,name,power_code,office\nJ1,甲,12,丙\nJ2,,000631777000,丙\nJ3,甲,000631777000,丙\nJ3,甲,000631777000,丙\n\"x\n").Wants(422, "第 2 行", "第 3 行", "第 5 行", "J3", "第 6 行", "没有导入")
	p.Open("/desk/powers/inspections").Wants(200, "还没有导入检查事项")
	good := "code,name,power_code,office\nJ1," + first.Name + ",000631777000,长春市市场监督管理局\nJ2,另一个名字,000631777000,长春市公安局\nJ3,无依据的检查," + code + ",长春市市场监督管理局\n"
	leaves := len(h.Leaves)
	for range 2 {
		load(good).Wants(200, "现有 3 个检查事项", "无依据的检查", "长春市公安局")
	}
	if kinds := h.Kinds()[leaves:]; len(kinds) != 1 || kinds[0] != "power.inspections_loaded" {
		t.Errorf("leaves %v", kinds)
	}
	p.Open("/desk/powers/differences?group=no_inspection").Wants(200, "000631778000").Lacks("000631777000")
	p.Open("/desk/powers/differences?group=inspection_no_power").Wants(200, "无依据的检查", "J3", code).Lacks("J2")
	p.Open("/desk/powers/differences?group=inspection_differs").Wants(200, "J2", "另一个名字", "长春市公安局", "职权名称", "行使主体").Lacks("J1", "J3")
	h.by = powertest.Keeper
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest("GET", "/desk/powers/differences.csv", nil))
	for _, want := range []string{"检查事项无在用检查职权,J3", "检查事项与职权不一致,000631777000,另一个名字,J2"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the file lacks %q: %s", want, w.Body)
		}
	}
	p = h.as(t, powertest.Department)
	p.Open("/desk/powers/inspections").Wants(200, "J1").Lacks("导入并替换")
	if _, err := h.LoadInspections(t.Context(), powertest.Department, []byte(good)); err == nil {
		t.Error("a department replaced the list")
	}
}

// Department and level of a service item are compared with its power's too.
func TestDifferencesOfLevelAndDepartment(t *testing.T) {
	h := open(t)
	d := itemtest.Definitions(t)[0]
	for _, x := range itemtest.Definitions(t) {
		if x.Kind == item.Licence {
			d = x
		}
	}
	if _, err := h.items.Publish(t.Context(), itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	of := powertest.Definition(d.Code)
	of.Name, of.Department, of.Levels = d.Name, "23", []int{2}
	if d.Department == of.Department {
		of.Department = "24"
	}
	of.Basis = nil
	for _, b := range d.Guide.Basis {
		if b.About == "power" {
			of.Basis = append(of.Basis, power.Basis{Law: b.Law, Article: b.Article, Text: b.Text})
		}
	}
	h.seed(t, of)
	h.as(t, powertest.Keeper).Open("/desk/powers/differences?group=differs").Wants(200, d.Code, "行使主体、行使层级", "省级").Lacks("设定依据")
}

func TestEveryLanguage(t *testing.T) {
	h := open(t)
	h.seed(t, powertest.Definition(code))
	for language, words := range map[string]string{"zh": "权责清单", "en": "Powers and duties", "ko": "권한·책임 목록"} {
		for _, path := range []string{"/powers", "/powers/" + code, "/powers/" + code + "/compare?from=1&to=1", "/desk/powers", "/desk/powers/new", "/desk/powers/new?change=amend&code=" + code,
			"/desk/powers/differences", "/desk/powers/inspections"} {
			p := h.as(t, powertest.Keeper)
			p.Language = language
			p.Open(path).Wants(200)
			if strings.HasPrefix(path, "/powers") && !strings.Contains(p.Body(), words) {
				t.Errorf("%s does not say %s", path, words)
			}
		}
	}
}

func TestAPI(t *testing.T) {
	h := open(t)
	h.seed(t, powertest.Definition(code), powertest.Definition("000631777000"))
	call := func(path string) (int, map[string]any) {
		t.Helper()
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		out := map[string]any{}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s: %v: %s", path, err, w.Body)
		}
		return w.Code, out
	}
	status, out := call("/api/v1/powers?limit=1")
	data, _ := out["data"].([]any)
	if status != 200 || len(data) != 1 || data[0].(map[string]any)["code"] != code || out["next"] != code {
		t.Errorf("%d %v", status, out)
	}
	if status, out = call("/api/v1/powers?limit=1&after=" + code); status != 200 || len(out["data"].([]any)) != 1 || out["next"] != "" {
		t.Errorf("%d %v", status, out)
	}
	if status, out = call("/api/v1/powers?kind=02"); status != 200 || len(out["data"].([]any)) != 0 {
		t.Errorf("%d %v", status, out)
	}
	if status, _ = call("/api/v1/powers?kind=99"); status != 422 {
		t.Errorf("an unknown kind: %d", status)
	}
	status, out = call("/api/v1/powers/" + code)
	if status != 200 || out["state"] != "in_force" || len(out["basis"].([]any)) != 1 || len(out["versions"].([]any)) != 1 || len(out["items"].([]any)) != 0 {
		t.Errorf("%d %v", status, out)
	}
	if status, out = call("/api/v1/powers/" + code + "?version=2"); status != 404 || out["code"] != "power.not_found" {
		t.Errorf("%d %v", status, out)
	}
}
