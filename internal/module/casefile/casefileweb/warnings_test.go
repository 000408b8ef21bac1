package casefileweb_test

import (
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/webtest"
)

// A supervisor sees what a rule would do, sets it for a later day and finds it again.
func TestRulesOfWarning(t *testing.T) {
	b := open(t)
	casefiletest.Accepted(t, b.Hall)
	b.by = casefiletest.Reviewer
	webtest.New(t, b.handler).Open("/desk/warnings").Wants(403)
	b.by = casefiletest.Supervisor
	p := webtest.New(t, b.handler)
	p.Open("/desk/warnings").Wants(200, "没有另行设定的规则").Follow("设定预警规则").Wants(200, "次日即变红")
	p.Open("/desk/warnings/new?region=220100000000").Fill("剩余天数不超过", "x").Press("看看影响").Wants(422, "0 至 365 之间的整数")
	p.Fill("剩余天数不超过", "300").Fill("依据", "市政务服务局通知").Press("看看影响").Wants(200, "预计影响", "在办件 1 件：")
	p.Fill("生效日期", "2020-01-01").Press("设定").Wants(422, "不能早于今天")
	p.Fill("生效日期", civil.Of(time.Now()).Add(40).String()).Press("设定").Wants(200, "预警规则已设定", "待生效的规则", "剩 300 天以内")
	p.Open("/desk/warnings/new?region=220100000000&condition=left+%3C%3D+2").Fill("依据", "市政务服务局通知").Press("设定").Wants(200, "现行规则", "left <= 2").Follow("长春市，所有事项")
	if p.Value("其他条件") != "left <= 2" {
		t.Error(p.Text())
	}
}
