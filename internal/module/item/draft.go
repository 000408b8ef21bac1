package item

import (
	"time"

	"xiangyun/internal/gov/civil"
)

// DraftState is how far a draft is.
//
//	draft ──submit──▶ submitted ──approve──▶ published, or reviewed until its day ──▶ published
//	  ▲                   │                      │ it can't be published on its day
//	  └──save── returned ◀┴──────────────────────┘          withdrawn: given up before it was published
type DraftState string

// The states.
const (
	DraftOpen      DraftState = "draft"     // being written
	DraftWaiting   DraftState = "submitted" // waits for the management body
	DraftApproved  DraftState = "reviewed"  // approved, waits for its day
	DraftPublished DraftState = "published"
	DraftReturned  DraftState = "returned" // back with reasons, to be written further
	DraftWithdrawn DraftState = "withdrawn"
)

// DraftStates lists the states in the order of a draft's life.
func DraftStates() []DraftState {
	return []DraftState{DraftOpen, DraftWaiting, DraftApproved, DraftReturned, DraftPublished, DraftWithdrawn}
}

// Ended tells whether nothing more happens to a draft.
func (s DraftState) Ended() bool { return s == DraftPublished || s == DraftWithdrawn }

// DraftAct is what is done to a draft.
type DraftAct string

// The acts.
const (
	DraftSave     DraftAct = "save"
	DraftSubmit   DraftAct = "submit"
	DraftApprove  DraftAct = "approve" // to wait for its day
	DraftPublish  DraftAct = "publish"
	DraftReturn   DraftAct = "return"
	DraftWithdraw DraftAct = "withdraw"
)

// draftMoves say where an act leads from a state; what is not there is refused.
var draftMoves = map[DraftState]map[DraftAct]DraftState{
	DraftOpen:     {DraftSave: DraftOpen, DraftSubmit: DraftWaiting, DraftWithdraw: DraftWithdrawn},
	DraftWaiting:  {DraftApprove: DraftApproved, DraftPublish: DraftPublished, DraftReturn: DraftReturned, DraftWithdraw: DraftWithdrawn},
	DraftApproved: {DraftPublish: DraftPublished, DraftReturn: DraftReturned, DraftWithdraw: DraftWithdrawn},
	DraftReturned: {DraftSave: DraftOpen, DraftSubmit: DraftWaiting, DraftWithdraw: DraftWithdrawn},
}

// After returns the state an act leads to, and whether it may be done at all.
func (s DraftState) After(act DraftAct) (DraftState, bool) {
	to, ok := draftMoves[s][act]
	return to, ok
}

// Draft is a definition being written (草稿), until it is published as a version or given up.
type Draft struct {
	ID          string
	BaseCode    string
	BasedOn     string // the base version in force when it was begun or last brought up to date; "" for a new item
	Definition  Definition
	Revision    int // counts every change: who saves says which one he saw
	State       DraftState
	EffectiveOn civil.Date // the day it comes into force; zero for at once
	Remark      string     // the last reviewer's words; the key of a fault where the program returned it
	OfficePath  string     // of who began it
	MadeAt      time.Time
	MadeBy      string
	SavedAt     time.Time
	SavedBy     string
	SubmittedAt time.Time
	SubmittedBy string
	ReviewedAt  time.Time
	ReviewedBy  string
	VersionID   string // the version it became
	KeepCases   bool   // who submitted it said that the cases of entries that fall out ([Falling]) are finished under their versions
}
