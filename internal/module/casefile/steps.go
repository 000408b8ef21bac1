package casefile

import (
	"fmt"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
)

// ReckonStep is one step of a reckoning in words, those of the office's papers.
type ReckonStep struct {
	On   civil.Date `json:"on"` // the day it is about
	Text string     `json:"text"`
}

// Steps says how [Recompute] finds the dates of these facts, step by step, so that anybody can follow it with a calendar in his hand.
func (f Facts) Steps() []ReckonStep {
	if f.AcceptedOn.IsZero() || f.Calendar == nil {
		return []ReckonStep{{Text: "尚未受理，期限没有开始计算。"}}
	}
	r, w := Recompute(f), f.stretches()
	out := []ReckonStep{
		{f.AcceptedOn, "受理日期为" + f.AcceptedOn.Chinese() + "，当日不计入期限（民法典第二百零一条）。"},
		{f.AcceptedOn, fmt.Sprintf("法定期限%s，承诺期限%s；工作日历版本%s。", span(f.Legal.Days, f.Legal.Unit), span(f.Promise.Days, f.Promise.Unit), f.Calendar.Version())},
	}
	begun := f.AcceptedOn
	for _, x := range w {
		i := f.Intervals[x.line]
		if begun.Before(x.from) {
			out = append(out, f.ran(begun, x.from))
		}
		out = append(out, f.stood(i, x)...)
		begun = x.until
	}
	if at := f.at(); begun.Before(at) && r.StandsTill.IsZero() {
		out = append(out, f.ran(begun, at))
	}
	if f.Extended > 0 {
		out = append(out, ReckonStep{f.AcceptedOn, fmt.Sprintf("经批准延长办理期限%d个工作日，两个期限同时延长（行政许可法第四十二条）。", f.Extended)})
	}
	return append(out, f.ends(r)...)
}

func (f Facts) ran(from, until civil.Date) ReckonStep {
	return ReckonStep{from, fmt.Sprintf("%s次日至%s计时，共%d个工作日。", from.Chinese(), until.Chinese(), f.Calendar.Between(from, until))}
}

// stood says what a special procedure left out, and what it did not although it lasted.
func (f Facts) stood(i Interval, x stretch) []ReckonStep {
	word := "书面告知需要"
	if i.Follows {
		word = "再次书面告知还需要"
	}
	out := []ReckonStep{{x.from, fmt.Sprintf("%s（依据：%s；文书：%s）%s%d个工作日，至%s为止可以不计；%s次日至%s不计时，扣除%d个工作日。", i.Name, i.Basis, i.Paper, word, i.Days,
		x.limit.Chinese(), x.from.Chinese(), x.until.Chinese(), max(0, f.Calendar.Between(x.from, x.until)))}}
	lasted := i.UntilOn
	if lasted.IsZero() {
		lasted = f.at()
	}
	if over := f.Calendar.Between(x.limit, lasted); lasted.After(x.limit) && over > 0 && !f.followed(x.line) {
		out = append(out, ReckonStep{x.limit, fmt.Sprintf("超出告知时间的%d个工作日照常计时。", over)})
	}
	return out
}

// followed tells whether a further notice of the same procedure stands in the ledger behind a line.
func (f Facts) followed(line int) bool {
	for _, i := range f.Intervals[line+1:] {
		if i.Part == PartExcluded {
			return i.Follows
		}
	}
	return false
}

func (f Facts) ends(r Reckoning) []ReckonStep {
	at := f.at()
	out := []ReckonStep{{at, fmt.Sprintf("截至%s，已用%d个工作日，扣除%d个工作日。", at.Chinese(), r.Used, r.Excluded)}}
	if !r.StandsTill.IsZero() {
		return append(out, ReckonStep{r.StandsTill, "正在特别程序中，办结期限待恢复计时后确定；没有新的书面告知，" + r.StandsTill.Chinese() + "次日起自动恢复计时。"})
	}
	for _, l := range []struct {
		name string
		unit item.Unit
		due  civil.Date
	}{{"法定", f.Legal.Unit, r.LegalDue}, {"承诺", f.Promise.Unit, r.PromiseDue}} {
		text := l.name + "办结期限为" + l.due.Chinese() + "。"
		if l.unit == item.CalendarDays {
			text = l.name + "办结期限为" + l.due.Chinese() + "（最后一日遇休息日顺延，民法典第二百零三条）。"
		}
		out = append(out, ReckonStep{l.due, text})
	}
	return out
}
