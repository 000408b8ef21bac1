package cert

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
)

// State is where a certificate stands.
type State string

// The states. Expired is never stored: a certificate expires by its date.
const (
	Prepared   State = "prepared"   // 制证中: numbered, not signed yet
	Valid      State = "valid"      // 有效
	Suspended  State = "suspended"  // 暂扣
	Revoked    State = "revoked"    // 撤回、撤销、注销、吊销
	Superseded State = "superseded" // 失效: a newer version is in force
	Expired    State = "expired"    // 已过有效期
)

// Cert is a certificate as its row says it, without what its record holds of a person.
type Cert struct {
	ID         string
	Identifier string // GB/T 36904
	TypeKey    string
	Name       string // 食品经营许可证
	SubjectID  string
	Holder     string // as others may read it; whole for the holder
	Number     string // 许可证编号; for the holder only, since some hold a person's number
	IssuerCode string
	IssuerName string
	OfficePath string
	CaseNumber string
	State      State // as stored, see [Cert.Standing]
	IssuedOn   civil.Date
	ValidFrom  civil.Date
	ValidUntil civil.Date // zero: without an end
	Supersedes string
	IssuedAt   time.Time
	EndedAt    time.Time
	EndedKind  Kind
	Sealed     bool // its documents bear the seal of the office
}

// Standing returns the state on a day: a valid one whose date has passed is expired.
func (c Cert) Standing(today civil.Date) State {
	if (c.State == Valid || c.State == Suspended) && !c.ValidUntil.IsZero() && c.ValidUntil.Before(today) {
		return Expired
	}
	return c.State
}

// Issuer is who issues.
type Issuer struct {
	Name   string
	Code   string // unified social credit code
	Region region.Code
}

// Kind says how a certificate was ended or held up; the law treats each differently.
type Kind string

// The kinds.
const (
	Withdrawn  Kind = "withdrawn" // 撤回 行政许可法第八条
	RevokedFor Kind = "revoked"   // 撤销 第六十九条
	Cancelled  Kind = "cancelled" // 注销 第七十条
	Penalty    Kind = "penalty"   // 吊销 行政处罚法第九条
	Suspending Kind = "suspended" // 暂扣 行政处罚法第九条
	Restoring  Kind = "restored"  // 暂扣期满或者撤销暂扣
)

// move is what a kind does: from which states, to which, and the law it stands on.
type move struct {
	from  []State
	to    State
	basis string
}

var moves = map[Kind]move{
	Withdrawn:  {[]State{Valid, Suspended}, Revoked, "《中华人民共和国行政许可法》第八条"},
	RevokedFor: {[]State{Valid, Suspended}, Revoked, "《中华人民共和国行政许可法》第六十九条"},
	Cancelled:  {[]State{Valid, Suspended}, Revoked, "《中华人民共和国行政许可法》第七十条"},
	Penalty:    {[]State{Valid, Suspended}, Revoked, "《中华人民共和国行政处罚法》第九条"},
	Suspending: {[]State{Valid}, Suspended, "《中华人民共和国行政处罚法》第九条"},
	Restoring:  {[]State{Suspended}, Valid, "《中华人民共和国行政处罚法》第九条"},
}

// Kinds lists what an officer can choose of, in the order pages show it.
var Kinds = []Kind{Withdrawn, RevokedFor, Cancelled, Penalty, Suspending, Restoring}

// Line is one labelled line of a certificate's face.
type Line struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
}
