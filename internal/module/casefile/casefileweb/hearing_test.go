package casefileweb_test

import (
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// TestHearingOnPages takes a hearing through the pages of who applied, who examines and who presides.
func TestHearingOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Reviewed(t, b.Hall)
	b.as(t, casefiletest.Company).Open("/cases/"+number+"/hearing").Wants(409, "没有告知听证权利")
	b.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.OfferHearing, Comment: "拟不予许可"})
	p := b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Follow("申请听证").Wants(200, "您在", "不用承担费用").Press("申请听证").Wants(422, "请写明要求听证的理由")
	p.Fill("要求听证的理由", "请当面核对").Press("申请听证").Wants(200, "已经申请听证", "组织听证最迟", "听证申请书")
	day := workday.Standard(region.MustParse("220102")).Add(civil.Of(time.Now()), 7)
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Follow("通知听证").Wants(200, "第四十八条").Press("通知听证").Wants(422, "请选择", "请填写听证时间", "请填写听证地点", "担任听证主持人")
	p.Fill("听证日期", day.String()).Fill("时间", "09:30").Fill("地点", "三楼听证室").Fill("听证主持人", casefiletest.Second.Account).Press("通知听证").Wants(200, "已完成：通知听证")
	b.Exec(t, `UPDATE casefile_hearing SET held_on = $1`, civil.Of(time.Now()))
	p = b.as(t, casefiletest.Second)
	p.Open("/desk/cases/"+number).Follow("制作听证笔录").Fill("听证笔录", "申请人提交了测量记录。").Press("制作听证笔录").Wants(200, "已完成：制作听证笔录")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "三楼听证室").Follow("确认听证笔录").Wants(200, "阅读听证笔录").Press("确认听证笔录").Wants(422, "请选择是否确认")
	p.Choose("笔录是否确认", "确认无误").Press("确认听证笔录").Wants(200, "已经提交对听证笔录的意见", "听证笔录确认书")
	p.Open("/cases/"+number+"/hearing").Wants(409, "已经申请过听证")
}
