package item

import "time"

// Kind is the type of an item by GB/T 39046-2020 A.1 (事项类型).
type Kind string

// The kinds that are done on application.
const (
	Licence      Kind = "01" // 行政许可
	Payment      Kind = "05" // 行政给付
	Confirmation Kind = "07" // 行政确认
	Reward       Kind = "08" // 行政奖励
	Ruling       Kind = "09" // 行政裁决
	Other        Kind = "10" // 其他行政权力
	Public       Kind = "20" // 公共服务
)

// Kinds lists the kinds in the order of the standard.
func Kinds() []Kind { return []Kind{Licence, Payment, Confirmation, Reward, Ruling, Other, Public} }

// Audience is whom an item serves (服务对象), in the two words people know; the exchange codes are mapped at the edge.
type Audience string

// The audiences.
const (
	Person  Audience = "person"  // 自然人
	Company Audience = "company" // 法人和其他组织, sole traders included
)

// State is where a base item or an entry stands (事项状态).
type State string

// The states. A paused item is shown with its reason and takes no applications; a cancelled one is found only by its code.
const (
	InUse     State = "in_use"    // 在用
	Paused    State = "paused"    // 暂停
	Cancelled State = "cancelled" // 取消
)

// Unit is what the days of a limit are (办结时限单位).
type Unit string

// The units.
const (
	WorkingDays  Unit = "working_days"  // 工作日
	CalendarDays Unit = "calendar_days" // 自然日
)

// Base is one published version of a base item (基本目录). It never changes.
type Base struct {
	VersionID string // the version row
	Version   int    // from 1
	State     State  // of the item, not of the version
	Digest    string // SHA-256 of the definition: publishing the same again changes nothing

	Definition
	PublishedAt time.Time
	PublishedBy string // actor's name
}

// CertificateDepth is the depth of online service (网上办理深度) that promises the result as an electronic certificate.
const CertificateDepth = 7

// Definition is what a keeper writes and publishes: everything the implementing offices inherit and may not change.
type Definition struct {
	Code        string     `json:"code" toml:"code"`                           // 12 digits
	Name        string     `json:"name" toml:"name"`                           // 事项名称
	Short       string     `json:"short" toml:"short"`                         // what people call it
	Kind        Kind       `json:"kind" toml:"kind"`                           //
	Department  string     `json:"department" toml:"department"`               // two-digit code of the department that implements it
	Levels      []int      `json:"levels" toml:"levels"`                       // levels of government that implement it: 4 is the county
	Audience    []Audience `json:"audience" toml:"audience"`                   //
	LegalDays   int        `json:"legal_days" toml:"legal_days"`               // statutory limit (法定办结时限); 0 for decided at once
	LegalUnit   Unit       `json:"legal_unit" toml:"legal_unit"`               //
	LegalNote   string     `json:"legal_note" toml:"legal_note"`               // where the limit is written
	PromiseDays int        `json:"promise_days" toml:"promise_days"`           // promised limit (承诺办结时限), ≤ LegalDays
	PromiseUnit Unit       `json:"promise_unit" toml:"promise_unit"`           //
	Instant     bool       `json:"instant" toml:"instant"`                     // decided at once (即办件)
	Visits      int        `json:"visits" toml:"visits"`                       // trips to an office (到办事现场次数)
	VisitReason string     `json:"visit_reason" toml:"visit_reason"`           // why a trip is needed; required when Visits > 0
	Online      bool       `json:"online" toml:"online"`                       // can be applied for here
	Rank        int        `json:"rank" toml:"rank"`                           // order among hot items; 0 is not hot
	Themes      []string   `json:"themes" toml:"themes"`                       // theme keys (主题): "start_business"
	LifeEvents  []string   `json:"life_events" toml:"life_events"`             // life event keys: "open_restaurant"
	Synonyms    []string   `json:"synonyms" toml:"synonyms"`                   // everyday words it is found by: 开饭店
	Zones       []string   `json:"zones,omitempty" toml:"zones"`               // keys of the zones it stands in (专区): "online" 全程网办, "national" 跨省通办
	Depth       []int      `json:"depth,omitempty" toml:"depth"`               // how far it goes online (网上办理深度): 1 advice … [CertificateDepth]
	Division    string     `json:"division,omitempty" toml:"division"`         // who of the levels does what (权限划分); empty: each within its own area
	Exercise    string     `json:"exercise,omitempty" toml:"exercise"`         // what is exercised (行使内容); empty: the variants
	OrganNature string     `json:"organ_nature,omitempty" toml:"organ_nature"` // nature of the implementing body (实施主体性质) by GB/T 39046 A.3; empty: 1
	Power       string     `json:"power,omitempty" toml:"power"`               // code of the power it rests on (职权编码); empty means its own code
	Guide       Guide      `json:"guide" toml:"guide"`                         //
	Departments []Opinion  `json:"departments" toml:"departments"`             // offices that give an opinion, for a bundle (一件事)
}

// RestsOn returns the code of the power the item rests on; "" for a public service, which needs none.
func (d *Definition) RestsOn() string {
	switch {
	case d.Kind == Public:
		return ""
	case d.Power != "":
		return d.Power
	}
	return d.Code
}

// Opinion is a department that gives its opinion in one case of a bundle (并联办理).
type Opinion struct {
	Department string `json:"department" toml:"department"` // two-digit department code, in the same government
	Name       string `json:"name" toml:"name"`             // 公安
	Does       string `json:"does" toml:"does"`             // what it does in this case
}
