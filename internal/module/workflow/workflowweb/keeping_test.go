package workflowweb_test

import (
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/webtest"
)

// registering is a process whose service nobody wrote: it stops there. The name of its last task is given.
func registering(last string) []byte {
	p := &process.Process{Key: "registering", Name: "登记", Elements: []*process.Element{
		{ID: "start", Kind: process.StartEvent, Outgoing: []string{"f1"}},
		{ID: "register", Kind: process.ServiceTask, Name: "推送登记", Handler: "nobody", Incoming: []string{"f1"}, Outgoing: []string{"f2"}},
		{ID: last, Kind: process.UserTask, Name: "送达", Duty: process.Duty{Action: "deliver", Role: "window", Place: "office"}, Incoming: []string{"f2"}, Outgoing: []string{"f3"}},
		{ID: "end", Kind: process.EndEvent, Incoming: []string{"f3"}},
	}, Flows: []*process.Flow{{ID: "f1", From: "start", To: "register"}, {ID: "f2", From: "register", To: last}, {ID: "f3", From: last, To: "end"}}}
	return bpmn.Write(p)
}

func (d *desk) begin(t *testing.T, subject, number string) {
	t.Helper()
	err := d.db.Update(t.Context(), func(tx *db.Tx) error {
		f, err := d.flows.Latest(t.Context(), tx, "registering")
		if err != nil {
			return err
		}
		return d.flows.Start(t.Context(), tx, workflow.StartParams{Definition: f, Subject: subject, Title: "企业登记", Number: number,
			Places: workflow.Places{"office": {{ID: "o", Path: "220102d31", Name: "市场监督管理局"}}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestIncidentsAndMigration: a keeper sees where processes stopped, tries again, gives a step up with a reason, and takes what stands to another version.
func TestIncidentsAndMigration(t *testing.T) {
	d := open(t)
	if _, err := d.Deploy(t.Context(), actor.Program("test"), registering("deliver"), 0); err != nil {
		t.Fatal(err)
	}
	d.begin(t, "first", "N-1")
	d.begin(t, "second", "N-2")
	if err := d.queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := webtest.New(t, d.handler)
	p.Open("/desk/processes").Follow("流程异常").Wants(200, "自动服务多次失败", "N-1", "N-2", "登记", "第 1 版")
	p.Follow("自动服务多次失败").Wants(200, "推送登记", "放弃这一步").Press("放弃这一步").Wants(422, "请写明理由")
	p.Fill("理由", "已在登记窗口办妥").Press("放弃这一步").Wants(200, "已放弃这一步")
	p.Follow("自动服务多次失败").Press("重试").Wants(200, "已重试")
	if err := d.queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/processes/incidents").Wants(200, "自动服务多次失败") // the cause is still there

	if _, err := d.Deploy(t.Context(), actor.Program("test"), registering("handing"), 1); err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/processes/registering").Wants(200, "可靠性检查", "每一步都轮得到办理", "没有问题").Lacks("迁移运行中的办件")
	p.Open("/desk/processes/registering?version=1").Follow("迁移运行中的办件").Wants(200, "第 1 版 → 第 2 版", "N-1", "N-2")
	p.Press("查看会怎样").Wants(422, "请至少选择一件办件")
	chosen := url.Values{"from": {"1"}, "subject": {"first", "second"}, "do": {"plan"}}
	p.Post("/desk/processes/registering/migrate", chosen).Wants(200, "新版本没有这一步", "推送登记", "“送达”对应新版本的")
	p.Fill("“送达”对应新版本的", "送达").Press("按对应关系再看一遍").Wants(200, "可以").Lacks("新版本没有这一步")
	p.Press("迁移").Wants(422, "请写明理由")
	p.Fill("理由", "环节改名").Press("迁移").Wants(200, "已迁移 2 件，共选 2 件", "第 1 版没有运行中的办件了")
	p.Post("/desk/processes/registering/migrate", url.Values{"from": {"1"}, "subject": {"nobody"}, "do": {"move"}, "reason": {"x"}}).Wants(200, "已迁移 0 件，共选 1 件")
	p.Open("/desk/processes/registering/migrate?from=2").Wants(409, "这已经是最新版本")
	var kinds []string
	for _, l := range d.leaves {
		kinds = append(kinds, strings.TrimPrefix(l.Kind, "workflow."))
	}
	if got := strings.Join(kinds, " "); got != "deployed given_up retried deployed migrated migrated" || d.leaves[1].Basis != "已在登记窗口办妥" || d.leaves[4].Basis != "环节改名" {
		t.Errorf("leaves are %+v", d.leaves)
	}
	d.by = window
	for _, address := range []string{"/desk/processes/incidents", "/desk/process-incidents/x", "/desk/processes/registering/migrate?from=1"} {
		if p.Open(address); p.Status() != 403 && p.Status() != 404 {
			t.Errorf("%s gave %d to a window", address, p.Status())
		}
	}
	p.Post("/desk/processes/registering/migrate", chosen).Wants(403)
}

// TestTakeBackProposal: the author of a proposal sees how to withdraw it, the second keeper does not.
func TestTakeBackProposal(t *testing.T) {
	d := open(t)
	proposed, err := d.Propose(t.Context(), keeper, registering("deliver"), 0)
	if err != nil {
		t.Fatal(err)
	}
	p := webtest.New(t, d.handler)
	at := "/desk/process-proposals/" + proposed.ID
	d.by = second
	p.Open(at).Wants(200, "批准并发布").Lacks("撤回提请")
	p.Post(at+"/withdraw", nil).Wants(403, "只有提请人自己可以撤回")
	d.by = keeper
	p.Open(at).Press("撤回提请").Wants(200, "提请已撤回", "已撤回").Lacks("批准并发布")
	p.Post(at+"/withdraw", nil).Wants(409, "没有这样待复核的提请")
}
