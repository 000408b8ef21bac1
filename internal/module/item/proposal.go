package item

import (
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// ProposalKind is what a proposal (提请) does once it is approved.
type ProposalKind string

// The kinds.
const (
	ForAlteration ProposalKind = "alteration" // one change of many base items, see [Alteration]
	ForRecall     ProposalKind = "recall"     // an earlier version of a base item in force again
	ForState      ProposalKind = "state"      // a base item or an entry paused, resumed or ended, at once or on a day
	ForOverride   ProposalKind = "override"   // what an office says of its own about an entry
	ForContact    ProposalKind = "contact"    // the same address and phones in all entries of an office
	ForClaim      ProposalKind = "claim"      // an office takes up a base item
	ForImport     ProposalKind = "import"     // tables from outside
	ForElement    ProposalKind = "element"    // an element unlocked: entries may differ in it
	ForRule       ProposalKind = "rule"       // a rule of quality switched on or off, or looking for something else
)

// ProposalState is how far a proposal is.
//
//	waiting ──approve, by another──▶ approved
//	   ├──return, by another──▶ returned
//	   └──withdraw, by its author──▶ withdrawn
type ProposalState string

// The states.
const (
	ProposalWaiting   ProposalState = "waiting"
	ProposalApproved  ProposalState = "approved"
	ProposalReturned  ProposalState = "returned"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// ProposalStates lists the states in the order of a proposal's life.
func ProposalStates() []ProposalState {
	return []ProposalState{ProposalWaiting, ProposalApproved, ProposalReturned, ProposalWithdrawn}
}

// Proposal is what one keeper or chief wants done to what is published, and another must approve: nobody publishes alone (四眼原则). Drafts have a
// review of their own ([Draft]); everything else that changes what people read is a proposal.
type Proposal struct {
	ID         string
	Kind       ProposalKind
	State      ProposalState
	Object     string // what it is about: a code, an office, the digest of files
	Name       string // what people call that; of an element or a rule the key of its words
	OfficePath string // whose: "22" for base items and imports
	Act        db.JSON[Act]
	Preview    db.JSON[Preview]
	Reason     string
	Author     string // the person, whatever the account
	MadeAt     time.Time
	MadeBy     string
	EndedAt    time.Time
	EndedBy    string
	Remark     string // of who approved or returned it
	Outcome    int64  // how many versions came of it
}

// Act is what an approval carries out. Which fields say something depends on the kind.
type Act struct {
	Codes      []string          `json:"codes,omitempty"`
	Alteration *Alteration       `json:"alteration,omitempty"`
	Version    int               `json:"version,omitempty"`
	To         State             `json:"to,omitempty"`
	From       State             `json:"from,omitempty"` // the state it was proposed in
	Drop       string            `json:"drop,omitempty"` // a plan that is given up instead
	On         civil.Date        `json:"on,omitzero"`
	KeepCases  bool              `json:"keep_cases,omitempty"` // running cases are finished under their versions
	Override   *Override         `json:"override,omitempty"`
	Office     string            `json:"office,omitempty"` // id
	Stated     map[string]string `json:"stated,omitempty"` // what an office says of unlocked elements, beside its override
	Element    string            `json:"element,omitempty"`
	Rule       *RuleChange       `json:"rule,omitempty"`
	Digest     string            `json:"digest,omitempty"` // of the files of an import
	Seen       map[string]string `json:"seen,omitempty"`   // by code: the version the preview was made of
}

// Preview is what was shown when a proposal was made: what changes, who follows, which cases run.
type Preview struct {
	Rows     []PreviewRow   `json:"rows,omitempty"`
	Affected []Affected     `json:"affected,omitempty"`
	Fallen   []Affected     `json:"fallen,omitempty"` // of them who falls out, see [Falling]
	Running  []RunningCases `json:"running,omitempty"`
	Import   *ImportRun     `json:"import,omitempty"`
	Mistakes []Mistake      `json:"mistakes,omitempty"` // the first of an import
}

// PreviewRow is what changes of one base item or entry.
type PreviewRow struct {
	Code        string       `json:"code"`
	Name        string       `json:"name"`
	Differences []Difference `json:"differences"`
}

// items are the base items a proposal is about, for duties that are limited to some; none when it may be about any.
func (p *Proposal) items() []string {
	var list []string
	for _, code := range p.Act.V.Codes {
		if len(code) == 31 {
			code = code[19:]
		}
		list = append(list, code)
	}
	return list
}
