package casefile

import (
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// PaperKind is a kind of document (文书).
type PaperKind string

// The kinds.
const (
	AcceptanceNotice   PaperKind = "acceptance"   // 受理通知书 行政许可法第三十二条
	CorrectionNotice   PaperKind = "correction"   // 补正材料通知书
	RejectionNotice    PaperKind = "rejection"    // 不予受理通知书
	ProcedureNotice    PaperKind = "procedure"    // 特别程序告知书 第四十五条
	ProlongationNotice PaperKind = "prolongation" // 延长特别程序时间告知书 第四十五条
	ExtensionNotice    PaperKind = "extension"    // 延长期限告知书 第四十二条
	ApprovalDecision   PaperKind = "approval"     // 准予行政许可决定书 第三十八条
	RefusalDecision    PaperKind = "refusal"      // 不予行政许可决定书
	DeliveryReceipt    PaperKind = "delivery"     // 送达回证 第四十四条
)

// paperForm is how a kind of document is headed, for permits and for other items, and numbered. The words are the law's, in the language of the
// office, whatever language a page is read in.
type paperForm struct{ title, plain, series string }

var paperForms = map[PaperKind]paperForm{
	AcceptanceNotice:   {"受理通知书", "受理通知书", "受字"},
	CorrectionNotice:   {"补正材料通知书", "补正材料通知书", "补字"},
	RejectionNotice:    {"不予受理通知书", "不予受理通知书", "不受字"},
	ProcedureNotice:    {"特别程序告知书", "特别程序告知书", "特字"},
	ProlongationNotice: {"延长特别程序时间告知书", "延长特别程序时间告知书", "特延字"},
	ExtensionNotice:    {"延长办理期限告知书", "延长办理期限告知书", "延字"},
	ApprovalDecision:   {"准予行政许可决定书", "准予办理决定书", "准字"},
	RefusalDecision:    {"不予行政许可决定书", "不予办理决定书", "不准字"},
	DeliveryReceipt:    {"送达回证", "送达回证", "送字"},
}

// remedies is what every decision against an applicant must say (行政许可法第三十八条, 行政复议法, 行政诉讼法).
const remedies = "如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法向人民法院提起行政诉讼。"

// issue writes a document with the next number of its office, kind and year.
func (st *step) issue(ctx context.Context, tx *db.Tx, kind PaperKind, body []string) (number string, err error) {
	c, s := st.c, st.s
	f, day := paperForms[kind], civil.Of(tx.Now)
	// The series is what the number begins with, not the office's key: two townships may bear one name, and offices are renamed.
	head := fmt.Sprintf("%s%s〔%d〕", c.OfficeName, f.series, day.Year())
	n, err := next(ctx, tx, "paper/"+head)
	if err != nil {
		return "", err
	}
	title := f.plain
	if st.permit() {
		title = f.title
	}
	number = fmt.Sprintf("%s第%04d号", head, n)
	sealed, err := s.needs.Keys.Seal([]byte(strings.Join(body, "\n")), aad(c.ID, "paper"))
	if err != nil {
		return "", fmt.Errorf("sealing a document: %w", err)
	}
	err = tx.Later(ctx, `INSERT INTO casefile_paper (id, case_id, kind, number, title, office, body, issued_on, at) VALUES (`+db.In(9, 1)+`)`,
		db.NewKey(), c.ID, string(kind), number, title, c.OfficeName, sealed, day, tx.Now)
	if err != nil {
		return "", fmt.Errorf("storing a document: %w", err)
	}
	return number, nil
}

// opening is how every document begins.
func (st *step) opening() string {
	return fmt.Sprintf("%s：你（单位）于%s提出的“%s”申请（办件编号%s），", st.applicant, civil.Of(st.c.SubmittedAt).Chinese(), st.c.ItemName, st.c.Number)
}

// permit tells whether the item is an administrative permit (行政许可): its law is then 行政许可法.
func (st *step) permit() bool { return st.entry.Kind == "01" }

// under says which law a document stands on.
func (st *step) under(article string) string {
	if st.permit() {
		return "根据《中华人民共和国行政许可法》" + article + "的规定，"
	}
	for _, b := range st.entry.Guide.Basis {
		if b.About == "power" {
			return "根据" + b.Law + b.Article + "的规定，"
		}
	}
	return "依法"
}

func (st *step) acceptanceBody() []string {
	c := st.c
	return []string{
		st.opening() + "经审查，申请材料齐全、符合法定形式，" + st.under("第三十二条第一款第五项") + "决定予以受理，受理日期为" + c.AcceptedOn.Chinese() + "。",
		fmt.Sprintf("法定办理期限为%s，承诺办理期限为%s，自受理之次日起算，承诺办结日期为%s。依法需要听证、检验、检测、检疫、鉴定和专家评审等的，所需时间不计算在内。",
			span(c.LegalDays, c.LegalUnit), span(c.PromiseDays, c.PromiseUnit), c.PromiseDue.Chinese()),
	}
}

func (st *step) deemedBody() []string {
	return []string{st.opening() + "本机关自收到申请材料之日起五个工作日内未告知补正，" + st.under("第三十二条第一款第四项") + "自收到申请材料之日（" + st.c.ReceivedOn.Chinese() +
		"）起即为受理。承诺办结日期为" + st.c.PromiseDue.Chinese() + "。"}
}

func (st *step) correctionBody() []string {
	body := []string{st.opening() + "经审查，申请材料不齐全或者不符合法定形式。" + st.under("第三十二条第一款第四项") + "现一次性告知需要补正的全部内容："}
	for i, a := range st.in.Asked {
		body = append(body, fmt.Sprintf("%d．%s：%s", i+1, a.Name, a.Text))
	}
	return append(body, st.in.Comment, "请补正后通过原渠道提交。补正所用时间不计入办理期限。")
}

func (st *step) rejectionBody() []string {
	return []string{st.opening() + st.under("第三十二条") + "决定不予受理。理由：" + st.in.Comment, remedies}
}

func (st *step) procedureBody(i Interval) []string {
	body := []string{fmt.Sprintf("%s%s自%s起进行%s（依据：%s），预计需要%d个工作日，所需时间不计算在办理期限内。%s",
		st.opening(), st.under("第四十五条"), i.FromOn.Chinese(), i.Name, i.Basis, i.Days, st.in.Comment)}
	if h := HearingOf(st.calendar, i); !h.AskBy.IsZero() {
		body = append(body, fmt.Sprintf("你（单位）要求听证的，应当在%s前提出申请；本机关自收到申请之日起二十个工作日内组织听证，最迟%s，并在举行听证的七个工作日前通知时间、地点（行政许可法第四十七条、第四十八条）。",
			h.AskBy.Chinese(), h.HoldBy.Chinese()))
	}
	return append(body, "至"+i.LimitOn.Chinese()+"为止没有新的书面告知的，次日起自动恢复计时。")
}

func (st *step) prolongationBody(i Interval) []string {
	return []string{fmt.Sprintf("%s正在进行的%s（依据：%s）因%s，%s还需要%d个工作日，至%s为止，所需时间不计算在办理期限内；次日起自动恢复计时。",
		st.opening(), i.Name, i.Basis, strings.TrimRight(st.in.Comment, "。"), st.under("第四十五条"), i.Days, i.LimitOn.Chinese())}
}

func (st *step) extensionBody(days int) []string {
	return []string{fmt.Sprintf("%s因%s，%s经本行政机关负责人批准，延长办理期限%d个工作日，延长后的承诺办结日期为%s。",
		st.opening(), strings.TrimRight(st.in.Comment, "。"), st.under("第四十二条"), days, st.c.PromiseDue.Chinese())}
}

func (st *step) approvalBody() []string {
	what := "决定准予办理。"
	if st.permit() {
		what = "决定准予行政许可。"
	}
	return []string{st.opening() + "经审查，符合法定条件、标准，" + st.under("第三十八条第一款") + what + st.in.Comment, "依法应当颁发证件的，自本决定作出之日起十日内颁发、送达。"}
}

func (st *step) refusalBody() []string {
	what := "决定不予办理。"
	if st.permit() {
		what = "决定不予行政许可。"
	}
	return []string{st.opening() + "经审查，不符合法定条件、标准，" + st.under("第三十八条第二款") + what + "理由：" + st.in.Comment, remedies}
}

func (st *step) deliveryBody(way string) []string {
	return []string{fmt.Sprintf("受送达人：%s。送达文书：办件编号%s的决定及证件。送达方式：%s。送达日期：%s。", st.applicant, st.c.Number, deliveryWays[way], st.today.Chinese())}
}

// deliveryWays are how decisions reach people.
var deliveryWays = map[string]string{"online": "电子送达", "window": "窗口领取", "post": "邮寄送达"}

// span says a limit as documents do.
func span(days int, u item.Unit) string {
	switch {
	case days == 0:
		return "即时办结"
	case u == item.CalendarDays:
		return fmt.Sprintf("%d日", days)
	}
	return fmt.Sprintf("%d个工作日", days)
}
