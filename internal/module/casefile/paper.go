package casefile

import (
	"fmt"
	"net/url"
	"strings"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/paper"
)

// PaperKind is a kind of document (文书).
type PaperKind string

// The kinds.
const (
	AcceptanceNotice    PaperKind = "acceptance"           // 受理通知书 行政许可法第三十二条
	CorrectionNotice    PaperKind = "correction"           // 补正材料通知书
	RejectionNotice     PaperKind = "rejection"            // 不予受理通知书
	ProcedureNotice     PaperKind = "procedure"            // 特别程序告知书 第四十五条
	ProlongationNotice  PaperKind = "prolongation"         // 延长特别程序时间告知书 第四十五条
	ExtensionNotice     PaperKind = "extension"            // 延长期限告知书 第四十二条
	HearingNotice       PaperKind = "hearing"              // 听证告知书 第四十七条
	ApprovalDecision    PaperKind = "approval"             // 准予行政许可决定书 第三十八条
	RefusalDecision     PaperKind = "refusal"              // 不予行政许可决定书
	DeliveryReceipt     PaperKind = "delivery"             // 送达回证 第四十四条
	MissingNotice       PaperKind = "missing"              // 容缺材料补交通知书
	CancelledNotice     PaperKind = "acceptance_cancelled" // 撤回受理决定书
	SpotDecision        PaperKind = "settlement"           // 准予行政许可决定书，当场作出 第三十四条
	RenewalDecision     PaperKind = "renewal"              // 准予延续决定书 第五十条
	InspectionOpinion   PaperKind = "inspection"           // 承诺事项核查意见书
	AnnulmentDecision   PaperKind = "annulment"            // 撤销行政许可决定书 第六十九条
	EndDecision         PaperKind = "cancellation"         // 注销行政许可决定书 第七十条
	HearingRequest      PaperKind = "hearing_request"      // 听证申请书 第四十七条
	HearingSession      PaperKind = "hearing_session"      // 听证通知书 第四十八条
	HearingRecord       PaperKind = "hearing_record"       // 听证笔录 第四十八条
	HearingConfirmation PaperKind = "hearing_confirmation" // 听证笔录确认书 第四十八条
	PublicityNotice     PaperKind = "publicity"            // 公示
	TransferNotice      PaperKind = "transfer"             // 转办告知书
	OpinionRequest      PaperKind = "opinion_request"      // 征求意见函
	SiteRecord          PaperKind = "site_record"          // 联合踏勘记录
	ExpertRecord        PaperKind = "expert_record"        // 专家评审记录
	ForwardLetter       PaperKind = "forward"              // 转报函
	UrgeNotice          PaperKind = "urge"                 // 催办单
	MaterialReceipt     PaperKind = "receipt"              // 材料接收凭证
	PledgeLetter        PaperKind = "pledge"               // 告知承诺书
	GapLetter           PaperKind = "gaps"                 // 容缺受理承诺书
)

// PaperKinds are all kinds. A receipt is written on demand from what was kept when something was handed in, and has the case's number.
var PaperKinds = []PaperKind{AcceptanceNotice, CorrectionNotice, RejectionNotice, ProcedureNotice, ProlongationNotice, ExtensionNotice, HearingNotice, ApprovalDecision, RefusalDecision,
	DeliveryReceipt, MissingNotice, CancelledNotice, SpotDecision, RenewalDecision, InspectionOpinion, AnnulmentDecision, EndDecision, TransferNotice, PublicityNotice, HearingRequest, HearingSession, HearingRecord, HearingConfirmation, OpinionRequest, SiteRecord, ExpertRecord, ForwardLetter, UrgeNotice,
	MaterialReceipt, PledgeLetter, GapLetter}

// Where a seal or a signature goes.
const (
	sealPlace = "（盖章处）"
	signPlace = "（签名或者盖章）"
)

// yanbian is the prefecture whose offices write Korean beside Chinese (延边朝鲜族自治州自治条例).
const yanbian = "2224"

// paperCase is what every document says of its case.
type paperCase struct {
	c         *Case
	entry     *item.Entry
	applicant string // in clear
	queryCode string
	base      string // address of the site; "" leaves the code to scan out
}

// permit tells whether the item is an administrative permit (行政许可): its law is then 行政许可法.
func (p *paperCase) permit() bool { return p.entry.Kind == "01" }

// under says which law a document stands on.
func (p *paperCase) under(article string) string {
	if p.permit() {
		return "根据《中华人民共和国行政许可法》" + article + "的规定，"
	}
	for _, b := range p.entry.Guide.Basis {
		if b.About == "power" {
			return "根据" + b.Law + b.Article + "的规定，"
		}
	}
	return "依法"
}

// words are those every form may use.
func (p *paperCase) words() words {
	c := p.c
	w := words{law: p.under, lists: map[string][][]string{}, fields: map[string]string{"applicant": p.applicant, "submitted_on": civil.Of(c.SubmittedAt).Chinese(),
		"item": c.ItemName, "case_number": c.Number, "office": c.OfficeName}}
	if p.permit() {
		w.fields["permit"] = "1"
	}
	return w
}

// letter fills the newest form of a kind. ref is how the document is found again by who scans its code.
func (p *paperCase) letter(kind PaperKind, w words, number string, day civil.Date, ref url.Values) (paper.Letter, error) {
	return p.fill(paperForms[kind], w, number, day, ref)
}

func (p *paperCase) fill(f *paperForm, w words, number string, day civil.Date, ref url.Values) (paper.Letter, error) {
	head := f.head(p.permit())
	l := paper.Letter{Office: paper.Pair{Text: p.c.OfficeName}, Title: paper.Pair{Text: head.Title}, Number: number, Signer: p.c.OfficeName, Date: day.Chinese(), Seal: sealPlace}
	if strings.HasPrefix(p.c.Region, yanbian) {
		l.Office.Beside, l.Title.Beside = koreanNames.of(p.c.OfficeName), head.Korean
	}
	if f.Signer == "applicant" {
		l.Office, l.Signer, l.Seal = paper.Pair{}, p.applicant, signPlace
	}
	var err error
	if l.Blocks, err = f.blocks(&w); err != nil {
		return l, fmt.Errorf("filling %s: %w", f.template(), err)
	}
	at := p.entry.Contact
	if p.c.OfficeID == p.entry.OfficeID && (at.Address != "" || at.Phone != "") { // the guide knows the address of its own office only
		l.Notes = append(l.Notes, "联系地址："+at.Address+"　联系电话："+at.Phone)
	}
	if p.base != "" && len(ref) > 0 {
		l.Code, l.Scan = p.base+"/papers/verify?"+ref.Encode(), "扫码核验真伪"
		l.Notes = append(l.Notes, "凭文书编号和查询码 "+p.queryCode+" 可以在 "+p.base+"/papers/verify 核验本文书，在 "+p.base+"/progress 查询办理进度。")
	}
	return l, nil
}

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
