package workflow

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Standing is what officers did with a task besides completing it. The zero value is a task nobody touched.
type Standing struct {
	Version int64
	Holder  string // account that took it or was given it; "" is the whole post's
	Rank    int    // -1 goes before the others
	Blocks  int    // signatures that must come before it is completed
	Follows int    // signatures that must come after it, before the process moves on
	Sides   int    // opinions and findings asked of others, still open
	Urged   int    // how often somebody was urged
	Barred  string // account that may not do it; "" for none

	Kind SideKind // of what is asked beside the process; "" is a step of it
	For  string   // account of whom the reader would stand in for; "" for himself
}

const standingColumns = `t.version, t.holder, t.rank, t.blocks, t.follows, t.sides, t.urged, t.barred`

// Verb is what an officer does with a task besides completing it, by the name the API uses.
type Verb string

// The verbs. Those of a side task, a copy or a gathering take its id; the others a task's.
const (
	Claim    Verb = "claim"     // 认领
	Release  Verb = "release"   // 放回
	Transfer Verb = "transfer"  // 转办
	Forward  Verb = "forward"   // 上报、转报
	Delegate Verb = "delegate"  // 委派
	Cosign   Verb = "cosign"    // 加签
	Remove   Verb = "remove"    // 减签、撤回征求; of a side task
	Answer   Verb = "answer"    // 会签、办结委派、答复、提交意见; of a side task
	CopyTo   Verb = "copy"      // 抄送
	ReadCopy Verb = "read"      // 阅; of a copy
	Withdraw Verb = "withdraw"  // 撤销
	SendBack Verb = "send_back" // 驳回
	Urge     Verb = "urge"      // 催办
	Ask      Verb = "ask"       // 征求意见
	Invite   Verb = "invite"    // 联合踏勘、专家评审
	Record   Verb = "record"    // 形成记录; of a gathering
)

// SideKind says why somebody beside the process is asked.
type SideKind string

// The kinds of side tasks.
const (
	SignBefore   SideKind = "before"     // 前加签
	SignAfter    SideKind = "after"      // 后加签
	Delegated    SideKind = "delegate"   // 委派
	Opinion      SideKind = "opinion"    // 征求意见
	Inspection   SideKind = "inspection" // 联合踏勘
	ExpertReview SideKind = "expert"     // 专家评审
)

// Addressee is whom something is given to or asked of: an officer by account, or an office, by its path, with a role or whoever handles cases there.
type Addressee struct {
	Account string
	Office  string
	Role    string
}

// Order says how a verb is done. Fields that a verb does not know are passed over.
type Order struct {
	Words   string // reason, question, opinion or record
	To      []Addressee
	Kind    SideKind // of cosign: before or after; of invite: inspection or expert
	InTurn  bool     // of cosign: one after the other; else all at once
	Agree   *bool    // of answer to a signature; nil agrees
	Days    int      // of ask: working days to answer in; 0 is five
	On      string   // of invite: ISO date
	Place   string   // of invite: where
	Node    string   // of send_back: id of the step, or [ToApplicant]
	Version int64    // of the task as it was seen; 0 takes it as it is
}

// ToApplicant sends back to who applied.
const ToApplicant = "applicant"

// Result is what a verb did.
type Result struct {
	Task   string   `json:"task"`
	Number string   `json:"number"`
	Made   []string `json:"made,omitempty"` // ids of side tasks, copies or the gathering it made
}

// Side is a side task.
type Side struct {
	ID         string
	TaskID     string
	RequestID  string
	Subject    string
	Kind       SideKind
	Turn       int
	OfficeID   string
	OfficePath string
	OfficeName string
	Role       string
	Account    string
	Title      string
	Number     string
	DueOn      string
	State      string
	Words      []byte `json:"-"` // sealed while it comes from the table, see [Around]
	AskedBy    string
	AskedFor   string
	AskedPost  string
	AskedPath  string
	OpenedAt   time.Time
	DoneAt     time.Time
	DoneBy     string
	DoneFor    string
	DonePost   string
	Outcome    string
	Answer     []byte `json:"-"`
}

// Gathering is a joint inspection or an expert review.
type Gathering struct {
	ID       string
	TaskID   string
	Subject  string
	Kind     SideKind
	HeldOn   string
	Place    string
	HostBy   string
	HostFor  string
	HostPost string
	State    string
	OpenedAt time.Time
	ClosedAt time.Time
}

// Copy is something that somebody was to know.
type Copy struct {
	ID         string
	TaskID     string
	Subject    string
	Title      string
	Number     string
	Account    string
	OfficePath string
	OfficeName string
	Role       string
	Words      []byte
	SentBy     string
	SentPost   string
	SentAt     time.Time
	ReadAt     time.Time
	ReadBy     string
}

// TaskEvent is a line of the history of what was done with tasks.
type TaskEvent struct {
	ID         string
	TaskID     string
	Verb       Verb
	Node       string // name of the task
	Target     string
	Words      []byte
	Document   []byte // text of the letter or record it made
	Actor      string
	ActorFor   string
	Post       string
	OfficePath string
	At         time.Time
}

// Deputy stands in for an officer who is away (代理人).
type Deputy struct {
	ID        string
	Principal string // account
	Deputy    string // account
	FromOn    civil.Date
	UntilOn   civil.Date
	Items     db.JSON[[]string] // base codes; empty means all
	MadeBy    string
	MadeAt    time.Time
	EndedAt   time.Time
}
