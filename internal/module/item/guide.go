package item

import "strings"

// Guide is the content of a service guide (办事指南), inherited whole by every entry.
type Guide struct {
	Summary    string     `json:"summary" toml:"summary"`       // one plain sentence: what one gets and who needs it
	Basis      []Basis    `json:"basis" toml:"basis"`           // 设定依据
	Conditions []string   `json:"conditions" toml:"conditions"` // 受理条件
	Variants   []Variant  `json:"variants" toml:"variants"`     // 业务办理项; empty when there is only one
	Situations []Question `json:"situations" toml:"situations"` // 情形引导
	Materials  []Material `json:"materials" toml:"materials"`   // every material any situation may ask
	Steps      []Step     `json:"steps" toml:"steps"`           // 办理流程
	Suspend    []Suspend  `json:"suspend" toml:"suspend"`       // special procedures that stop the clock (特别程序)
	Fees       []Fee      `json:"fees" toml:"fees"`             // 收费; empty means free
	FeeNote    string     `json:"fee_note" toml:"fee_note"`     // the sentence about money, always there: 不收费
	Results    []Result   `json:"results" toml:"results"`       // 审批结果
	FAQ        []FAQ      `json:"faq" toml:"faq"`               // 常见问题
	FormKey    string     `json:"form_key" toml:"form_key"`     // the form people fill; "" when nothing is filled online
	FlowKey    string     `json:"flow_key" toml:"flow_key"`     // the process definition a case runs
	CertType   string     `json:"cert_type" toml:"cert_type"`   // the certificate type issued on approval; "" for none
	Pledge     *Pledge    `json:"pledge,omitempty" toml:"pledge"`
	Receivable []int      `json:"receivable" toml:"receivable"` // lower levels that may receive it for the office: 5 township, 6 village
	Scope      string     `json:"scope" toml:"scope"`           // where it may be applied for: "province" is 全省通办
	Doubt      []Doubt    `json:"doubt,omitempty" toml:"doubt"` // what the keeper has not confirmed; never shown as fact
}

// Basis is one legal source.
type Basis struct {
	Law     string `json:"law" toml:"law"`         // title, with its number where that matters
	Article string `json:"article" toml:"article"` // 第三十五条
	Text    string `json:"text" toml:"text"`       // what it says, in short
	About   string `json:"about" toml:"about"`     // "power" sets the item, "limit" the time, "material", "fee"
}

// Variant is one thing a person can ask of the item (业务办理项), the last two digits of the 33-character code.
type Variant struct {
	Key         string `json:"key" toml:"key"`                   // "new", "change", "renewal", "replacement", "cancellation"
	Suffix      string `json:"suffix" toml:"suffix"`             // "01"
	Name        string `json:"name" toml:"name"`                 // 新办
	PromiseDays int    `json:"promise_days" toml:"promise_days"` // 0 keeps the item's
	Note        string `json:"note" toml:"note"`
}

// Question is one step of the guided questions (情形引导). Its key is a text variable in every later condition.
type Question struct {
	Key     string   `json:"key" toml:"key"`
	Title   string   `json:"title" toml:"title"`
	Help    string   `json:"help" toml:"help"`
	When    string   `json:"when" toml:"when"` // CEL; empty means always
	Options []Option `json:"options" toml:"options"`
}

// Option is one answer to a question.
type Option struct {
	Value string `json:"value" toml:"value"`
	Title string `json:"title" toml:"title"`
	Help  string `json:"help" toml:"help"`
}

// Material is one rule about a document to hand in (申请材料).
type Material struct {
	Code     string `json:"code" toml:"code"`         // unique in the province's library: equal codes are one document
	Name     string `json:"name" toml:"name"`         //
	When     string `json:"when" toml:"when"`         // CEL over variant and questions; empty means always
	Required bool   `json:"required" toml:"required"` // 必要; false is 非必要
	Original string `json:"original" toml:"original"` // "original", "copy", "both" (材料类型)
	Copies   int    `json:"copies" toml:"copies"`     // on paper; 0 when electronic is enough
	Source   string `json:"source" toml:"source"`     // "applicant" 申请人自备, "government" 政府部门核发, "intermediary" 中介或第三方
	Issuer   string `json:"issuer" toml:"issuer"`     // which office issues it, for "government"
	Ways     []Way  `json:"ways" toml:"ways"`         // how it can be given or spared, best first; never empty
	Standard string `json:"standard" toml:"standard"` // what a good one looks like (受理标准)
	Blank    string `json:"blank" toml:"blank"`       // the empty form: what it is and where it is filled
	Sample   string `json:"sample" toml:"sample"`     // what the filled sample shows
	Basis    string `json:"basis" toml:"basis"`       // which article asks for it

	Paper string `json:"paper,omitempty" toml:"paper"` // the text it is written by, see [PaperOf]; "" for none
}

// Way is how a material is given or spared (提交方式).
type Way struct {
	Kind string `json:"kind" toml:"kind"` // one of the Way kinds below
	Cert string `json:"cert" toml:"cert"` // certificate type key, for "certificate"
	From string `json:"from" toml:"from"` // who shares it, for "sharing"; what is pledged, for "pledge"
	Days int    `json:"days" toml:"days"` // within how many working days it follows, for "later"

	Or    string `json:"or,omitempty" toml:"or"`       // further certificate types with commas between, any of which does as well
	Whose string `json:"whose,omitempty" toml:"whose"` // whose certificate: "" the applicant's, [OfAgent] that of who acts for him
}

// OfAgent says that a certificate is that of who acts for the applicant (代办人、经办人).
const OfAgent = "agent"

// Certs are the keys of the certificate types any of which spares the material.
func (w Way) Certs() []string {
	return strings.FieldsFunc(w.Cert+","+w.Or, func(r rune) bool { return r == ',' || r == '，' || r == ' ' })
}

// The ways. All but [WayUpload] and [WayLater] spare the applicant the paper.
const (
	WayUpload      = "upload"      // 上传
	WayForm        = "form"        // made from the answers of the online form (在线填表生成)
	WayCertificate = "certificate" // an electronic certificate is called (电子证照调用)
	WaySharing     = "sharing"     // another department's data is asked (数据共享核验)
	WayReuse       = "reuse"       // handed in before (材料库复用)
	WayPledge      = "pledge"      // declared and promised (告知承诺)
	WayLater       = "later"       // follows within a time (容缺后补)
)

// Pledge is declare-and-approve (告知承诺制): with a signed pledge the decision is made at once and checked afterwards.
type Pledge struct {
	Text  string `json:"text" toml:"text"`   // what the applicant declares
	Basis string `json:"basis" toml:"basis"` //
	Check string `json:"check" toml:"check"` // how and when it is checked afterwards
}

// Step is one stage people see (环节).
type Step struct {
	Name   string `json:"name" toml:"name"`     // 受理
	Who    string `json:"who" toml:"who"`       // 综合窗口
	Days   int    `json:"days" toml:"days"`     // of the promised limit; 0 on the spot
	Does   string `json:"does" toml:"does"`     //
	Result string `json:"result" toml:"result"` // 受理通知书
	With   int    `json:"with" toml:"with"`     // steps with the same number above 0 run in parallel
}

// Suspend is a special procedure whose time is not counted (特别程序).
type Suspend struct {
	Kind  string `json:"kind" toml:"kind"`       // "inspection", "assessment", "publicity", "hearing", "expert_review", "test"
	Name  string `json:"name" toml:"name"`       // 现场核查
	Days  int    `json:"days" toml:"days"`       // at most, working days
	Basis string `json:"basis" toml:"basis"`     //
	By    string `json:"by,omitempty" toml:"by"` // ByTownship: the township or street that handles the case may begin it, too; "" the deciding office alone
}

// ByTownship gives a special procedure to the township or street (公示 in the village).
const ByTownship = "township"

// Fee is one charge.
type Fee struct {
	Name     string `json:"name" toml:"name"`
	When     string `json:"when,omitempty" toml:"when"` // CEL over variant and questions; empty means always
	Standard string `json:"standard" toml:"standard"`   // 每证 10 元
	Fen      int64  `json:"fen" toml:"fen"`             // when it is a fixed amount
	Basis    string `json:"basis" toml:"basis"`
	Relief   string `json:"relief" toml:"relief"` // who pays less, by which rule
}

// Result is what one gets (审批结果).
type Result struct {
	Name  string `json:"name" toml:"name"`
	When  string `json:"when,omitempty" toml:"when"` // CEL over variant and questions; empty means always
	Kind  string `json:"kind" toml:"kind"`           // "certificate" 证照, "document" 批文, "other"
	Valid string `json:"valid" toml:"valid"`         // 有效期 5 年
}

// FAQ is one question people ask.
type FAQ struct {
	Question string `json:"question" toml:"question"`
	Answer   string `json:"answer" toml:"answer"`
}

// Doubt is a fact the keeper has not confirmed at its source.
type Doubt struct {
	About string `json:"about" toml:"about"`
	Text  string `json:"text" toml:"text"`
}
