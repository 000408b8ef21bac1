package casefile

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/paper"
)

// State is where a case stands.
type State string

// The states, in the order of a case's life.
const (
	Submitted  State = "submitted"  // 已提交
	Correcting State = "correcting" // 待补正
	Accepted   State = "accepted"   // 已受理
	Suspended  State = "suspended"  // 特别程序中
	ApprovedAs State = "approved"   // 准予许可，待送达
	RefusedAs  State = "refused"    // 不予许可，待送达
	Delivered  State = "delivered"  // 已送达，办结
	Rejected   State = "rejected"   // 不予受理
	Withdrawn  State = "withdrawn"  // 已撤回
)

// Open tells whether something is still to be decided or delivered.
func (s State) Open() bool { return s != Delivered && s != Rejected && s != Withdrawn }

// Action is a step that somebody takes with a case.
type Action string

// The actions, by the names the API uses. Submit, Inherit, Reckon, GapOverdue, LapseHearing and RenewSilently are no officer's: one is a use case of its own, the others are
// the calendar's doing.
const (
	Submit            Action = "submit"
	Accept            Action = "accept"
	RequestCorrection Action = "request_correction"
	SubmitCorrection  Action = "submit_correction"
	Reject            Action = "reject"
	Suspend           Action = "suspend"
	SuspendAgain      Action = "suspend_again" // 再次进入同一种特别程序
	Prolong           Action = "prolong"
	Resume            Action = "resume"
	Extend            Action = "extend"
	AskExtension      Action = "ask_extension"     // 申请延长联合办理期限
	DeclineExtension  Action = "decline_extension" // 不予延长
	OfferHearing      Action = "offer_hearing"
	Opine             Action = "opine"
	Approve           Action = "approve"
	Refuse            Action = "refuse"
	Deliver           Action = "deliver"
	Withdraw          Action = "withdraw"
	BringMissing      Action = "bring_missing"     // 补交容缺材料
	RemindGap         Action = "remind_gap"        // 催告容缺材料
	GapOverdue        Action = "gap_overdue"       // 容缺材料逾期
	CancelAcceptance  Action = "cancel_acceptance" // 撤回受理
	Settle            Action = "settle"            // 当场办结
	RenewSilently     Action = "renew_silently"    // 逾期未作决定，视为准予延续
	Inspect           Action = "inspect"           // 承诺事后核查
	Annul             Action = "annul"             // 撤销
	CancelGrant       Action = "cancel_grant"      // 注销
	Transfer          Action = "transfer"          // 转办
	TakeOver          Action = "take_over"         // 接收转办
	SendBack          Action = "send_back"         // 退回转办
	Inherit           Action = "inherit"           // 机构撤并承接
	Reckon            Action = "reckon"
	AskHearing        Action = "ask_hearing"      // 申请听证
	LapseHearing      Action = "lapse_hearing"    // 逾期未申请听证
	CallHearing       Action = "call_hearing"     // 通知听证
	RecordHearing     Action = "record_hearing"   // 制作听证笔录
	ConfirmHearing    Action = "confirm_hearing"  // 确认听证笔录
	Publicize         Action = "publicize"        // 公示
	Object            Action = "object"           // 有人提出异议
	AnswerObjection   Action = "answer_objection" // 答复异议
	Tell              Action = "tell"             // 报告流程等待的情况
)

// Case is a case without what the applicant said: that is [Content].
type Case struct {
	ID            string
	Number        string
	QueryCode     []byte
	State         State
	Version       int64
	EntryID       string
	ItemCode      string
	ItemVersion   int
	BaseCode      string
	ItemName      string
	Variant       string
	FormID        string
	FlowID        string
	CertType      string
	ApplicantID   string
	ApplicantKind string
	Applicant     string // as others may read it
	AccountID     string
	Channel       string // online, window
	Region        string
	OfficeID      string
	OfficePath    string
	OfficeName    string
	CentrePath    string
	ReceivedPath  string
	SubmittedAt   time.Time
	ReceivedOn    civil.Date
	AcceptedOn    civil.Date
	DecidedAt     time.Time
	ClosedAt      time.Time
	Outcome       string
	LegalDays     int
	PromiseDays   int
	LegalUnit     item.Unit
	PromiseUnit   item.Unit
	ExtendedDays  int
	LegalDue      civil.Date
	PromiseDue    civil.Date
	ReplyDue      civil.Date
	Corrections   int
	Calendar      string     // version of the calendar the dates were counted with
	YellowOn      civil.Date // first day of warning; zero while the clock has not begun, stands still or is over
	RedOn         civil.Date // first day too late
	UsedDays      int        // working days the decision took
}

// Content is what the applicant handed in, in clear.
type Content struct {
	Situation map[string]string `json:"situation,omitempty"`
	Answers   map[string]any    `json:"answers,omitempty"`
	Pledged   bool              `json:"pledged,omitempty"` // the pledge of the item was made (告知承诺)
}

// Material is one document of a case.
type Material struct {
	ID       string
	Code     string
	Name     string
	Way      string
	FileID   string
	Evidence string
	DueOn    string
	Revision int
	At       time.Time
}

// Event is one step of a case's history.
type Event struct {
	Version    int64
	Action     Action
	State      State
	Actor      string
	Post       string // office and role, no name
	OfficePath string
	Comment    string
	Paper      string
	Behalf     Proxy // of an officer who did it for the applicant
	At         time.Time

	leaf string // id of the log's leaf, when something else names it
	told string // what the applicant is told instead of the action's words
	args []string
}

// Paper is a document of a case (文书).
type Paper struct {
	ID       string
	Kind     PaperKind
	Number   string
	Title    string
	Office   string
	Body     []string // paragraphs
	IssuedOn civil.Date
	At       time.Time
	Letter   paper.Letter // as it is set on pages
	ReadAt   time.Time    // when the applicant, or who acts for him, first opened it; zero before
}
