package power

import (
	"slices"
	"time"

	"xiangyun/internal/gov/civil"
)

// Occasion is what brings an adjustment up (调整情形).
type Occasion string

// The occasions.
const (
	LawChanged   Occasion = "law"           // 法律法规规章立改废释
	StateCouncil Occasion = "state_council" // 国务院、省政府取消、下放、承接
	OfficeReform Occasion = "reform"        // 机构职能调整
	FoundInUse   Occasion = "practice"      // 执行中发现
)

// Occasions lists the occasions.
func Occasions() []Occasion { return []Occasion{LawChanged, StateCouncil, OfficeReform, FoundInUse} }

// Stage is how far an adjustment is.
type Stage string

// The stages.
const (
	Proposed  Stage = "proposed"  // 待审核
	Returned  Stage = "returned"  // 已退回
	Examined  Stage = "examined"  // 待批准
	Approved  Stage = "approved"  // 待公布
	Published Stage = "published" // 已公布
	Withdrawn Stage = "withdrawn" // 已撤回
)

// Open tells whether the adjustment still waits for somebody.
func (s Stage) Open() bool { return s != Published && s != Withdrawn }

// Act is one thing done with an adjustment.
type Act string

// The acts, in the order of an adjustment that nobody returns.
const (
	ActOfPropose   Act = "propose"
	ActOfResubmit  Act = "resubmit"
	ActOfEstablish Act = "establish" // the establishment office's opinion
	ActOfLegality  Act = "legality"  // the legality office's opinion
	ActOfApprove   Act = "approve"
	ActOfPublish   Act = "publish"
	ActOfWithdraw  Act = "withdraw"
)

// Proposal is what a department asks for.
type Proposal struct {
	Change     Change
	Occasion   Occasion
	Reason     string
	Document   string     // which law or decision brought it up
	From       civil.Date // the first day it asks for
	Definition Definition // for a change that does not define, only its Code is looked at
}

// Done is one step of an adjustment as it was taken.
type Done struct {
	Round  int
	Act    Act
	Agrees bool
	Said   string
	ByPost string // office of who did it, no name
	At     time.Time

	ByPerson string
}

// Adjustment is a change of the list on its way.
type Adjustment struct {
	ID          string
	Code        string
	Stage       Stage
	Version     int // counts its moves: give the one seen to the next use case
	Round       int
	BaseVersion int // of the power it was proposed on, 0 for one to be adopted
	OfficePath  string
	Name        string
	Proposal
	ProposedAt time.Time
	MovedAt    time.Time

	Before *Version // the version it was proposed on; nil for one to be adopted, and in lists
	Steps  []Done   // oldest first; nil in lists
	May    []Act    // what by may do with it now; nil in lists
}

// MayDo tells whether the reader it was read for may do this now.
func (a *Adjustment) MayDo(what Act) bool { return slices.Contains(a.May, what) }

// steps of this round by an act, nil when it was not done.
func (a *Adjustment) done(what Act) *Done {
	for i := range a.Steps {
		if a.Steps[i].Round == a.Round && a.Steps[i].Act == what {
			return &a.Steps[i]
		}
	}
	return nil
}

// took tells whether a person has acted in this round already, or has proposed in any: a new round does not make it another's proposal.
func (a *Adjustment) took(person string) bool {
	return slices.ContainsFunc(a.Steps, func(d Done) bool {
		return d.ByPerson == person && (d.Round == a.Round || d.Act == ActOfPropose || d.Act == ActOfResubmit)
	})
}

// waits tells whether an act is what the adjustment waits for.
func (a *Adjustment) waits(what Act) bool {
	switch what {
	case ActOfEstablish, ActOfLegality:
		return a.Stage == Proposed && a.done(what) == nil
	case ActOfApprove:
		return a.Stage == Examined
	case ActOfPublish:
		return a.Stage == Approved
	case ActOfResubmit:
		return a.Stage == Returned
	case ActOfWithdraw:
		return a.Stage.Open()
	}
	return false
}

// ground is the first legal source of the power: what a leaf names, since it must not hold what somebody wrote.
func (a *Adjustment) ground() string {
	if len(a.Definition.Basis) == 0 {
		return ""
	}
	return a.Definition.Basis[0].Law + a.Definition.Basis[0].Article
}
