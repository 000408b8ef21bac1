package hallweb_test

import (
	"testing"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/hall"
)

// The chief opens a window and shortens the hours, without scripts; who booked the afternoon is called off after the chief has seen it.
func TestTheChiefArrangesTheHall(t *testing.T) {
	b := open(t)
	chief := casefiletest.Officer("chief.centre", "chief", "220102d90")
	if _, err := b.hall.Book(t.Context(), casefiletest.Citizen, hall.Wish{Hall: b.hall.ID, Letter: "A", Day: civil.MustParse("2026-12-01"), Minute: 900}); err != nil {
		t.Fatal(err)
	}
	b.as(t, clerk).Open("/halls/" + b.hall.ID).Wants(200).Lacks("大厅设置")
	b.as(t, clerk).Open("/desk/halls/"+b.hall.ID).Wants(403, "只有大厅的负责人")
	p := b.as(t, chief)
	p.Open("/halls/"+b.hall.ID).Follow("大厅设置").Wants(200, "新增窗口", "一个预约时段")
	if got := p.Value("开始"); got != "08:30" {
		t.Errorf("opens at %q", got)
	}
	p.Fill("可以提前预约", "x").Press("保存").Wants(422, "1 至 60 之间的整数")
	row, list, err := b.hall.Get(t.Context(), chief, b.hall.ID)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{"seen": {hall.Mark(row.Hall, list)}, "address": {"长春市南关区"}, "from": {"08:30"}, "until": {"11:30"}, "letter": {"A", "B"}, "line": {"综合业务", "社会保障"},
		"themes": {"", "social_security"}, "number": {"1", "3", "9"}, "window": {"综合窗口", "社保窗口", "出证窗口"}, "letters": {"", "B", "A"}}
	for _, f := range (&hall.Rules{}).Figures() {
		fields[f.Name] = []string{"7"}
	}
	p.Post("/desk/halls/"+b.hall.ID, fields).Wants(409, "有 1 个已预约的时间", "2026年12月1日", "15:00", "9 号窗口")
	p.Choose("", "已核对，取消这 1 个预约").Press("保存").Wants(200, "大厅设置已保存", "9 号窗口")
	p.Open("/halls/"+b.hall.ID).Wants(200, "工作日 08:30–11:30", "出证窗口")
	p.Post("/desk/halls/"+b.hall.ID, fields).Wants(409, "已被别人改动")
	if n := b.hall.Told(casefiletest.Citizen.Subject, "hall.told.called_off"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
