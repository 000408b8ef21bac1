package seal

import (
	"time"

	"xiangyun/internal/platform/ses"
)

// ID is a seal's key.
type ID = string

// OwnerKind says what owns a seal.
type OwnerKind string

// The owners.
const (
	Office  OwnerKind = "office"
	Company OwnerKind = "company"
)

// Owner is whose seal it is.
type Owner struct {
	Kind   OwnerKind
	ID     string // an office's path, a company's subject
	Name   string
	Code   string // unified social credit code
	Region string // 12 digits
	Person string // a company's representative
}

// State is how far a seal is.
type State string

// The states.
const (
	Applied   State = "applied"
	Refused   State = "refused"
	Approved  State = "approved"
	Making    State = "making" // approved, and what the maker signs is stored
	InUse     State = "in_use"
	Suspended State = "suspended"
	Ended     State = "ended"
)

// Ground says why a seal stands as it does.
type Ground string

// The grounds.
const (
	Made      Ground = "made"
	Lost      Ground = "lost"      // 挂失
	Stopped   Ground = "stopped"   // 停用
	Found     Ground = "found"     // 恢复
	Cancelled Ground = "cancelled" // 注销
	Changed   Ground = "changed"   // a newer version took its place
)

// moves says which ground leads from which states to which.
var moves = map[Ground]struct {
	from []State
	to   State
}{
	Lost: {[]State{InUse}, Suspended}, Stopped: {[]State{InUse}, Suspended}, Found: {[]State{Suspended}, InUse},
	Cancelled: {[]State{InUse, Suspended}, Ended}, Changed: {[]State{InUse, Suspended}, Ended},
}

// Role is what somebody may do with a seal.
type Role string

// The roles of 手机盾.
const (
	Manager  Role = "manager"  // 管理员: names operators, approves uses, suspends and resumes
	Operator Role = "operator" // 操作员: affixes
)

// Seal is a seal as its pages show it.
type Seal struct {
	ID         ID
	EsID       string // "" before it is approved
	Version    int
	Kind       Kind
	Name, Line string
	Width      int
	Height     int
	Years      int
	Owner      Owner
	State      State
	Reason     string // why it was applied for; to those who decide
	Refusal    string
	AppliedAt  time.Time
	From, To   time.Time // validity; zero before it is made
	Whole      []byte    // DER of SESeal; nil before it is made
	Replaces   ID

	Owns, Manages, Operates, Reviews bool // what who asks may do with it
}

// Move is one line of a seal's history.
type Move struct {
	State  State
	Ground Ground
	FromAt time.Time
}

// Holder is somebody who keeps a seal or may affix it.
type Holder struct {
	Person string
	Name   string
	Role   Role
	FromAt time.Time
}

// Person is somebody of an owner who may be made a holder.
type Person struct {
	ID      string // account of an officer, subject otherwise
	Subject string // who is told
	Name    string
}

// BusinessKind says what a use belongs to.
type BusinessKind string

// What seals are affixed for.
const (
	ForCase        BusinessKind = "case"
	ForCertificate BusinessKind = "certificate"
	ForRequest     BusinessKind = "request"
)

// Use asks for a seal to be affixed.
type Use struct {
	Seal       ID
	Digest     []byte // SM3 of what is sealed
	Property   string // which part of the document that is: in OFD the path of Signature.xml; ASCII
	Business   BusinessKind
	BusinessID string // number of the case, identifier of the certificate, id of the request
	Client     string // page, phone, api, job
}

// Affixed is a seal affixed.
type Affixed struct {
	ID        string
	EsID      string
	Signature []byte // DER of SES_Signature
	At        time.Time
}

// Logged is one line of the log of uses (用印记录).
type Logged struct {
	ID         string
	EsID       string
	Business   BusinessKind
	BusinessID string
	Digest     string
	Client     string
	By         string // a name for those who keep the seal, "" when it is not known
	State      string // prepared, affixed, stopped
	At         time.Time
}

// Request is an application for use.
type Request struct {
	ID      string
	Seal    ID
	Name    string // of the seal
	Line    string
	Digest  string
	Title   string
	Reason  string
	State   string // waiting, approved, refused
	AskedAt time.Time
	AskedBy string // a name, "" when it is not known
	Mine    bool
	Decides bool // who asks may decide
	Use     string
}

// standing says what the states are to who checks a signature.
func standing(s State) ses.Standing {
	switch s {
	case InUse:
		return ses.InUse
	case Suspended:
		return ses.Suspended
	case Ended:
		return ses.Ended
	}
	return ses.Unknown
}
