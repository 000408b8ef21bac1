package workflowweb_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/workflowweb"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

var (
	keeper = actor.Actor{Kind: actor.Officer, Account: "keeper", Subject: "person", Post: "省级事项库管理", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	second = actor.Actor{Kind: actor.Officer, Account: "second", Subject: "another", Post: "省级事项库复核", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	window = actor.Actor{Kind: actor.Officer, Account: "window", OfficePath: "220102d90", Duties: []actor.Duty{{Role: "window", OfficePath: "220102d90"}}}
)

// known is what processes may name, as the program says it to the pages; the check is not asked.
var known = bpmn.Known{Roles: []string{"window", "clerk", "reviewer", "chief"}, Places: []string{"office", "centre", "township", "village", "opinions", "superior"},
	Actions: []string{"accept", "opine", "decide", "deliver"}, Documents: map[string]bpmn.Document{"decision": {By: "decide", From: "decide"}, "hearing": {From: "opine", Until: "decide"}},
	Handlers: map[string]bpmn.Handled{"notify_applicant": {Needs: []string{"text"}}}}

// desk is the pages on a real database, used by whoever stands in by.
type desk struct {
	*workflow.Definitions
	flows   *workflow.Service
	queue   *job.Queue
	db      *db.DB
	by      actor.Actor
	handler http.Handler
	mu      sync.Mutex
	leaves  []audit.Entry
}

func (d *desk) Check(by actor.Actor, _ string, _ actor.Target) error {
	if by.Has("keeper") || by.Kind == actor.System {
		return nil
	}
	return fault.New(fault.Forbidden, "workflow.not_your_task")
}

func (d *desk) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leaves = append(d.leaves, e)
	return nil
}

func (d *desk) Reach(by actor.Actor, _ string) []string {
	if by.Has("keeper") {
		return []string{"22"}
	}
	return nil
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{by: keeper}
	d.db = dbtest.Open(t, job.Schema, workflow.Schema)
	d.Definitions = workflow.NewDefinitions(d.db, workflow.DefinitionNeeds{Rights: d, Log: d})
	d.queue = job.New(d.db, slog.New(slog.DiscardHandler))
	d.flows = workflow.New(d.db, workflow.Needs{Rights: d, Queue: d.queue, Log: d})
	d.flows.Register(d.queue)
	words, err := page.Load(page.Words, web.Words, design.Locale, officeweb.Locale, workflow.Locale, workflowweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	workflowweb.Routes(r, workflowweb.Deps{Deployer: d.Definitions, Shelf: d.Definitions, Desk: d.Definitions, Keeper: d.flows, Mover: d.flows, Known: known})
	d.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), d.by), design.Viewer{SignedIn: true, Kind: string(d.by.Kind), Path: req.URL.RequestURI()})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return d
}

// source is the process the board's forms carry.
func source(t *testing.T, p *webtest.Browser) string {
	t.Helper()
	_, rest, ok := strings.Cut(p.Body(), `name="source" value="`)
	text, _, found := strings.Cut(rest, `"`)
	if !ok || !found {
		t.Fatalf("no form carries the process: %s", p)
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(text)
}

// TestDrawWithoutScripts begins with a sample, changes it by forms alone, puts right what is wrong, and proposes it; a second keeper
// returns it or deploys it.
func TestDrawWithoutScripts(t *testing.T) {
	d := open(t)
	p := webtest.New(t, d.handler)
	p.Open("/desk/processes").Wants(200, "办理流程", "还没有发布流程", "听证", "最低生活保障")
	p.Follow("审核转报").Wants(200, "新流程", "初审", "签发转报", "排他网关")
	edit := func(do string, more ...string) *webtest.Browser {
		form := url.Values{"source": {source(t, p)}, "from": {"0"}, "do": {do}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return p.Post("/desk/processes/edit", form)
	}
	edit("open:first").Wants(200, "属性：初审 · 用户任务", "办理岗位", "审查", "办理时限")
	edit("save:first", "name", "第一次审查", "action", "opine", "role", "", "place", "office", "limit", "five").Wants(200, "没有说明由什么岗位办理", "表达式", "第一次审查")
	edit("propose").Wants(422, "没有说明由什么岗位办理")
	if len(d.leaves) > 0 {
		t.Error("a broken process was proposed")
	}
	edit("save:first", "name", "第一次审查", "action", "opine", "role", "reviewer", "place", "office", "limit", "5", "fields", "address = edit\nname = see").Wants(422, "权限只能是")
	edit("save:first", "name", "第一次审查", "action", "opine", "role", "reviewer", "place", "office", "limit", "5", "fields", "address = edit").Wants(200, "属性已写入流程").Lacks("没有说明由什么岗位办理")
	edit("save:passed", "default", "passed_keep", "name-passed_keep", "不行", "when-passed_send_up", `outcome != "disagree"`).Wants(200, "属性已写入流程", "不行")
	edit("save:passed", "default", "").Wants(200, "这条连线没有条件")
	edit("save:passed", "default", "passed_send_up", "when-passed_keep", `outcome == "disagree"`).Wants(200, "属性已写入流程").Lacks("这条连线没有条件")
	edit("save-process", "name", "转报（改）", "variables", "面积 = int").Wants(422, "不能作变量名")
	edit("save-process", "name", "转报（改）", "variables", "area = int").Wants(200, "转报（改）")
	edit("check").Wants(200, "检查通过")
	edit("download")
	if p.Header("Content-Disposition") != "attachment; filename*=UTF-8''pass_up.bpmn" || !strings.Contains(p.Body(), "<bpmn:process") {
		t.Errorf("gave %s", p.Header("Content-Disposition"))
	}
	p.Open("/desk/processes/new?sample=pass_up").Wants(200, "初审")
	edit("propose").Wants(200, "已提请，等待另一位流程管理员复核", "新流程", "检查没有发现问题", "初审").Lacks("批准并发布")
	first := strings.TrimSuffix(p.Path(), "?done=proposed")
	p.Open("/desk/processes").Wants(200, "还没有发布流程", "等待另一位管理员复核", "审核转报")
	p.Post(first+"/approve", nil).Wants(403)
	d.by = second
	p.Open("/desk/processes").Follow("审核转报").Wants(200, "省级事项库管理").Press("批准并发布").Wants(200, "第 1 版已发布", "审核转报", "初审")
	p.Open(first).Wants(200, "已发布", "省级事项库复核", "第 1 版").Lacks("退回理由")
	p.Post(first+"/approve", nil).Wants(409, "没有这样待复核的提请")
	d.by = keeper
	p.Open("/desk/processes").Wants(200, "审核转报", "pass_up", "没有这样的提请")
	p.Open("/desk/processes/pass_up/edit?version=1").Wants(200, "由第 1 版修改")
	changed := strings.Replace(source(t, p), `name="初审"`, `name="初步审查"`, 1)
	propose := func(from string) *webtest.Browser {
		return p.Post("/desk/processes/edit", url.Values{"source": {changed}, "from": {from}, "do": {"propose"}})
	}
	propose("0").Wants(409, "已在此期间发布了第 1 版")
	propose("1").Wants(200, "修改前的版本", "提请的流程", "初步审查", "初审")
	again := strings.TrimSuffix(p.Path(), "?done=proposed")
	propose("1").Wants(409, "同样内容的提请已在等待复核")
	d.by = second
	p.Open(again).Press("退回").Wants(422, "请写明退回的理由").Fill("退回理由", "名称不规范").Press("退回").Wants(200, "已退回", "名称不规范").Lacks("批准并发布")
	d.by = keeper
	p.Open("/desk/process-proposals?state=returned").Wants(200, "审核转报").Follow("审核转报").Wants(200, "名称不规范")
	propose("1").Wants(200, "已提请")
	again = strings.TrimSuffix(p.Path(), "?done=proposed")
	d.by = second
	p.Open(again).Press("批准并发布").Wants(200, "第 2 版已发布", "初步审查")
	p.Open("/desk/processes/pass_up?version=1").Wants(200, "这是旧版本，最新是第 2 版").Lacks("初步审查")
	var kinds []string
	for _, l := range d.leaves {
		kinds = append(kinds, strings.TrimPrefix(l.Kind, "workflow."))
	}
	if got := strings.Join(kinds, " "); got != "proposed deployed proposed returned proposed deployed" || d.leaves[1].Object != "process:pass_up" {
		t.Errorf("leaves are %v", d.leaves)
	}
}

func TestUpload(t *testing.T) {
	d := open(t)
	send := func(text string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		part, err := m.CreateFormFile("file", "a.bpmn")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, text); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		req := httptest.NewRequest("POST", "/desk/processes/upload", &body)
		req.Header.Set("Content-Type", m.FormDataContentType())
		d.handler.ServeHTTP(w, req)
		return w
	}
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	if w := send(string(samples[0].Source)); w.Code != 200 || !strings.Contains(w.Body.String(), "检查通过") {
		t.Errorf("a good file gave %d", w.Code)
	}
	bad := strings.Replace(string(samples[0].Source), "bpmn:userTask", "bpmn:manualTask", -1)
	if w := send(bad); w.Code != 422 || strings.Count(w.Body.String(), "手工任务不留痕迹") != 3 {
		t.Errorf("three manual tasks gave %d: %d times", w.Code, strings.Count(w.Body.String(), "手工任务不留痕迹"))
	}
	if w := send("no xml <"); w.Code != 422 || !strings.Contains(w.Body.String(), "不是完整的 XML") {
		t.Errorf("no XML gave %d", w.Code)
	}
	if w := send(strings.Repeat(" ", 2<<20)); w.Code != 413 {
		t.Errorf("2 MB gave %d", w.Code)
	}
}

// TestOthersStayOutside asks every address as somebody without the right.
func TestOthersStayOutside(t *testing.T) {
	d := open(t)
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Deploy(t.Context(), actor.Program("test"), samples[0].Source, 0); err != nil {
		t.Fatal(err)
	}
	proposed, err := d.Propose(t.Context(), keeper, samples[1].Source, 0)
	if err != nil {
		t.Fatal(err)
	}
	d.by = window
	p := webtest.New(t, d.handler)
	p.Open("/desk/process-proposals").Wants(403)
	p.Open("/desk/process-proposals/" + proposed.ID).Wants(403)
	p.Post("/desk/process-proposals/"+proposed.ID+"/approve", nil).Wants(403)
	p.Post("/desk/process-proposals/"+proposed.ID+"/return", url.Values{"reason": {"x"}}).Wants(403)
	for _, address := range []string{"", "/new?sample=instant", "/instant", "/instant/edit", "/instant/file"} {
		p.Open("/desk/processes" + address).Wants(403)
	}
	for _, do := range []string{"check", "propose", "download", "open:accept", "save:accept", "process", "save-process"} {
		p.Post("/desk/processes/edit", url.Values{"source": {string(samples[0].Source)}, "do": {do}}).Wants(403)
	}
	p.Post("/desk/processes/panel", url.Values{"source": {string(samples[0].Source)}, "open": {"accept"}}).Wants(403)
	for _, do := range []string{"save:accept", "save-process", "open:accept", "check"} { // the right comes before the source is read at all
		p.Post("/desk/processes/edit", url.Values{"source": {"<"}, "do": {do}}).Wants(403)
		p.Post("/desk/processes/panel", url.Values{"source": {"<"}, "do": {do}}).Wants(403)
	}
	p.Post("/desk/processes/upload", url.Values{}).Wants(403)
}

// TestPanel is what scripts ask for.
func TestPanel(t *testing.T) {
	d := open(t)
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"source": {string(samples[0].Source)}, "from": {"0"}}
	for name, c := range map[string]struct {
		change [2]string
		status int
		words  string
	}{
		"element":        {[2]string{"open", "accept"}, 200, "save:accept"},
		"flow":           {[2]string{"open", "start_accept"}, 200, "条件"},
		"unknown":        {[2]string{"open", "nowhere"}, 422, "没有这个元素"},
		"broken-source":  {[2]string{"source", "<"}, 422, "不是完整的 XML"},
		"nothing-chosen": {[2]string{"open", ""}, 422, "没有这个元素"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := maps.Clone(form)
			sent.Set(c.change[0], c.change[1])
			w := httptest.NewRecorder()
			req := httptest.NewRequest("POST", "/desk/processes/panel", strings.NewReader(sent.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			d.handler.ServeHTTP(w, req)
			if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, "data-process-answer") || !strings.Contains(body, c.words) || strings.Contains(body, "<html") {
				t.Errorf("gave %d %s", w.Code, body)
			}
		})
	}
}
