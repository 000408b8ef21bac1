package power

import (
	"slices"
	"time"

	"xiangyun/internal/gov/civil"
)

// Kind is the type of a power by GB/T 39046-2020 A.1 (职权类型).
type Kind string

// The kinds.
const (
	Licence      Kind = "01" // 行政许可
	Punishment   Kind = "02" // 行政处罚
	Coercion     Kind = "03" // 行政强制
	Levy         Kind = "04" // 行政征收
	Payment      Kind = "05" // 行政给付
	Inspection   Kind = "06" // 行政检查
	Confirmation Kind = "07" // 行政确认
	Reward       Kind = "08" // 行政奖励
	Ruling       Kind = "09" // 行政裁决
	Other        Kind = "10" // 其他行政权力
)

// Kinds lists the kinds in the order of the standard.
func Kinds() []Kind {
	return []Kind{Licence, Punishment, Coercion, Levy, Payment, Inspection, Confirmation, Reward, Ruling, Other}
}

// OnApplication tells the kinds that are exercised when somebody asks (依申请): each of their powers needs a service item.
func (k Kind) OnApplication() bool {
	return slices.Contains([]Kind{Licence, Payment, Confirmation, Reward, Ruling, Other}, k)
}

// Levels lists the exercising levels (行使层级, GB/T 39046 A.2) a power of the province can have.
func Levels() []int { return []int{2, 3, 4, 5, 6} }

// State is where a power stands on a day.
type State string

// The states. Planned is never stored: it is a power whose first version has not begun.
const (
	Planned   State = "planned"   // 未生效
	InForce   State = "in_force"  // 在用
	Suspended State = "suspended" // 暂停
	Abolished State = "abolished" // 取消
)

// Change is what an adjustment does to a power.
type Change string

// The changes.
const (
	Adopt   Change = "adopt"   // 新增
	Amend   Change = "amend"   // 变更
	Suspend Change = "suspend" // 暂停
	Resume  Change = "resume"  // 恢复
	Abolish Change = "abolish" // 取消
)

// Changes lists the changes.
func Changes() []Change { return []Change{Adopt, Amend, Suspend, Resume, Abolish} }

// Defines tells whether the change brings a definition of its own.
func (c Change) Defines() bool { return c == Adopt || c == Amend }

// Definition is everything the list says about a power, but for its versions and dates.
type Definition struct {
	Code        string      `json:"code"`           // 职权编码: the base code of 12 digits
	Main        string      `json:"main,omitempty"` // name of the main item this is a sub-item of (主项); empty when it is one itself
	Name        string      `json:"name"`           //
	Kind        Kind        `json:"kind"`           //
	Department  string      `json:"department"`     // two-digit code of the departments that exercise it (行使主体)
	Unit        string      `json:"unit,omitempty"` // the unit inside them (内设机构)
	Levels      []int       `json:"levels"`         // 行使层级
	Division    string      `json:"division"`       // how authority is divided among the levels (权限划分)
	Basis       []Basis     `json:"basis"`          // 设定依据
	Duties      []Duty      `json:"duties"`         // 责任事项
	Steps       []Step      `json:"steps"`          // 运行流程
	Liabilities []Liability `json:"liabilities"`    // 追责情形
	Supervision string      `json:"supervision"`    // 监督方式
	Risks       []Risk      `json:"risks,omitempty"`
	Discretion  string      `json:"discretion,omitempty"` // 裁量基准
	Note        string      `json:"note,omitempty"`       // 备注
}

// Basis is one legal source.
type Basis struct {
	Law     string `json:"law"`     // title, with its number where that matters
	Article string `json:"article"` // 第三十五条
	Text    string `json:"text"`    // what it says
}

// Duty is what the office owes at one step (责任事项), and why.
type Duty struct {
	Step  string `json:"step"` // 受理 审查 决定 送达 事后监管
	Text  string `json:"text"`
	Basis string `json:"basis"` // 责任事项依据
}

// Step is one step of how the power is exercised.
type Step struct {
	Name string `json:"name"`
	Who  string `json:"who"`
	Does string `json:"does"`
}

// Liability is a case in which somebody answers for it (追责情形), and by which rule.
type Liability struct {
	Text  string `json:"text"`
	Basis string `json:"basis"` // 追责依据
}

// Risk is a point where honesty is at risk (廉政风险点), and what is done about it.
type Risk struct {
	Step    string `json:"step"`
	Text    string `json:"text"`
	Control string `json:"control"` // 防控措施
}

// Version is one published version of a power. It never changes.
type Version struct {
	ID      string
	Version int    // from 1
	Change  Change // what made it
	State   State  // what the version makes of the power; on the versions of a list, where the power stands today
	From    civil.Date
	Until   civil.Date // the last day; zero as long as no later version was published
	Reason  string     // why, with the document
	Digest  string     // SHA-256 of the definition

	Definition
	PublishedAt time.Time
	PublishedBy string // actor's name
}

// Page is one page of a list; Next is what to give as After for the next one, "" at the end.
type Page struct {
	Rows []Version
	Next string
}

// Query narrows a list. Zero fields do not narrow, but abolished powers are found only when asked for.
type Query struct {
	Text       string // a part of the name, or the beginning of the code
	Kind       Kind
	Department string
	Level      int
	State      State
	After      string // code of the last row of the page before
	Limit      int    // 0 is 20, at most [Most]
}

// Most is the largest page.
const Most = 200
