package casefileweb_test

import (
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
)

// What was promised at acceptance is brought on a page of its own; what is granted is annulled by the chief.
func TestMissingMaterialOnPages(t *testing.T) {
	b := open(t)
	number := b.Submit(t, casefiletest.Company, b.FoodWithGap(t, casefiletest.Company)).Number
	b.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Wants(200, "待补交的材料", "补齐之后才出具办理结果").Follow("催告补交").Wants(200, "《容缺材料补交通知书》").Press("催告补交").Wants(200, "已完成：催告补交")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Follow("补交材料").Wants(200, "规章制度目录清单", "前补交")
	p.Press("提交材料").Wants(422, "请补交承诺的材料")
	b.Exec(t, `UPDATE casefile_gap SET due_on = $1`, civil.MustParse("2020-01-02"))
	if n, err := b.Cases.NoteOverdueGaps(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	p = b.as(t, casefiletest.Reviewer)
	p.Open("/desk").Wants(200, "容缺材料逾期处理")
	p.Open("/desk/cases/"+number).Follow("撤回受理").Wants(200, "《撤回受理决定书》").Press("撤回受理").Wants(422, "请写明撤回受理的理由")
	p.Fill("撤回受理的理由", "承诺的材料没有补交").Press("撤回受理").Wants(200, "已完成：撤回受理")
	b.as(t, casefiletest.Company).Open("/cases/"+number).Wants(200, "撤回受理决定书", "不予受理")
}

func TestAnnulmentOnPages(t *testing.T) {
	b := open(t)
	number := casefiletest.Delivered(t, b.Hall)
	p := b.as(t, casefiletest.Chief)
	p.Open("/desk/cases/"+number).Follow("撤销决定").Wants(200, "第六十九条", "法定情形").Fill("撤销的理由", "隐瞒真实情况").Press("撤销决定").Wants(422, "请选择法定情形")
	p.Choose("法定情形", "以欺骗、贿赂等不正当手段取得（含承诺不实）").Press("撤销决定").Wants(200, "已完成：撤销决定")
	b.as(t, casefiletest.Company).Open("/cases/"+number).Follow("撤销行政许可决定书").Wants(200, "隐瞒真实情况", "行政复议")
}
