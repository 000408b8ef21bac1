package casefileweb_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/once"
)

// A special procedure from its notice to its end, as officer and applicant see it: the document, the day the clock runs again, the drawing in words.
func TestClockIsShown(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Reviewer)
	p.Open("/desk/cases/"+number).Wants(200, "计时过程", "已计", "承诺办结期限", "法定办结期限").Lacks("延长特别程序")
	p.Follow("进入特别程序").Choose("进行哪一种特别程序", "现场核查").Fill("所需工作日", "3").Press("进入特别程序").Wants(200, "已完成：进入特别程序")
	p.Open("/desk/cases/"+number).Wants(200, "特别程序告知书", "书面告知 3 个工作日").Follow("延长特别程序").Wants(200, "已告知的时间到")
	p.Press("延长特别程序").Wants(422, "请写明还需要时间的理由")
	p.Fill("所需工作日", "2").Fill("还需要时间的理由", "检测设备故障").Press("延长特别程序").Wants(200, "已完成：延长特别程序")
	p = b.as(t, casefiletest.Company)
	p.Open("/cases/"+number).Wants(200, "暂停计时", "现场核查", "书面告知 2 个工作日", "延长特别程序时间告知书")
	p.Follow("延长特别程序时间告知书").Wants(200, "检测设备故障", "次日起自动恢复计时")
	// Ten working days later nobody has resumed.
	from := workday.Standard(directoryOf("220102")).Add(civil.MustParse("2026-03-20"), -10)
	b.Exec(t, `UPDATE casefile_case SET accepted_on = $1 WHERE number = $2`, from, number)
	b.Exec(t, `UPDATE casefile_interval SET from_on = $1, limit_on = '2026-03-16' WHERE case_id = $2`, from, b.ID(t, number))
	if n, err := b.Cases.RunLapsed(context.Background()); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	p.Open("/cases/"+number).Wants(200, "告知的时间已用完", "计时系统自动", "已超期")
	b.as(t, casefiletest.Reviewer).Open("/desk").Wants(200, "已超期", "特别程序告知的时间已到")
}

func TestForecastIsShown(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Company)
	p.Open("/cases/" + number).Lacks("一般用时")
	b.Exec(t, `INSERT INTO casefile_pace (office_path, base_code, days, cases) SELECT office_path, base_code, 3, 40 FROM casefile_case WHERE number = $1`, number)
	p.Open("/cases/"+number).Wants(200, "一般用时", "一半在 3 个工作日内办结，五件中四件在 3 个工作日内办结（本机关同一事项已办结 40 件）")
}

// The list of a change: numbers, the date before, the date after, and nobody else's cases.
func TestMovedDatesAreListed(t *testing.T) {
	b := open(t)
	number := casefiletest.Accepted(t, b.Hall)
	p := b.as(t, casefiletest.Chief)
	p.Open("/desk/calendars").Wants(200, "期限调整", "节假日安排和预警规则还没有变过")
	err := b.DB.Update(t.Context(), func(tx *db.Tx) error {
		if err := b.Cases.NoteCalendar(t.Context(), tx, "first", "2026"); err != nil {
			return err
		}
		return b.Cases.NoteCalendar(t.Context(), tx, "second", "2026")
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Exec(t, `UPDATE casefile_case SET calendar = '', promise_due = '2026-03-10', legal_due = '2026-03-20' WHERE number = $1`, number)
	for range 2 {
		if _, err := b.Cases.ApplyChange(t.Context(), actor.Program("test"), "second"); err != nil {
			t.Fatal(err)
		}
	}
	p.Open("/desk/calendars").Wants(200, "2026 年节假日安排有变", "1 件", "已完成").Follow("2026 年节假日安排有变").Wants(200, number, "食品经营许可", "2026年3月10日", "2026年3月20日")
	p.Open("/desk/calendars/second").Lacks("计时器")
	b.Exec(t, `INSERT INTO workflow_timer_move (change_id, timer_id, subject, number, title, name, office_path, before_at, after_at)
SELECT 'second', 'timer', id, number, item_name, '审查限时', office_path, $1, $2 FROM casefile_case WHERE number = $3`,
		time.Date(2026, 3, 9, 16, 0, 0, 0, time.UTC), time.Date(2026, 3, 11, 16, 0, 0, 0, time.UTC), number)
	p.Open("/desk/calendars/second").Wants(200, "流程中改了时间的计时器", "审查限时", "2026年3月10日", "2026年3月12日")
	p.Open("/desk/calendars/second").Lacks("时限变动的办理环节")
	b.Exec(t, `INSERT INTO workflow_task_move (change_id, task_id, subject, number, title, name, office_path, before_on, after_on)
SELECT 'second', 'task', id, number, item_name, '入户调查', office_path, '2026-03-05', '2026-03-06' FROM casefile_case WHERE number = $1`, number)
	p.Open("/desk/calendars/second").Wants(200, "时限变动的办理环节", "入户调查", "2026年3月5日", "2026年3月6日")
	b.as(t, casefiletest.Foreign).Open("/desk/calendars/second").Wants(200, "没有期限有变的").Lacks(number, "审查限时", "入户调查")
	b.as(t, casefiletest.Chief).Open("/desk/calendars/nothing").Wants(404)
	b.as(t, casefiletest.Company).Open("/cases/"+number).Wants(200, "重新计算期限")
	for _, e := range []casefile.Action{casefile.Reckon, casefile.Submit} {
		if err := actAs(b, e, number); err == nil || !strings.Contains(err.Error(), "no_action") {
			t.Errorf("%s was taken as a step: %v", e, err)
		}
	}
}

func actAs(b *building, a casefile.Action, number string) error {
	_, err := b.Cases.Act(context.Background(), casefiletest.Chief, casefile.Step{Number: number, Action: a}, once.Params{})
	return err
}

func directoryOf(code string) region.Code { return region.MustParse(code) }
