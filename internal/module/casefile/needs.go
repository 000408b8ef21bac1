package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
)

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Rights       Rights
	Items        Items
	Forms        Forms
	Flows        *workflow.Service
	Materials    *material.Service
	Notices      Notices
	Subjects     Subjects
	Offices      Offices
	Certificates Certificates
	Ratings      Ratings // nil where nobody rates
	Behalf       Behalf  // nil where nobody acts for others
	Heirs        Heirs   // nil where no office is ever dissolved
	Events       Events
	Log          Log
	Keys         Keys
	Pages        Typesetter
	Sealer       Sealer // nil where nobody seals
	Base         string // address of the site, for the codes on documents
	CloseHour    int    // what comes in from this hour on, Beijing time, counts for the next working day; 0 is 17
}

// Rights decides who may act, met by the office module.
type Rights interface {
	Check(by actor.Actor, action string, on actor.Target) error
	Reach(by actor.Actor, action string) []string
}

// Subjects knows applicants, met by the account module.
type Subjects interface {
	Applicant(ctx context.Context, tx *db.Tx, id string) (Applicant, error)
	Name(ctx context.Context, tx *db.Tx, id string) (string, error) // alone, for documents
}

// Offices knows where work is done, met by the office module.
type Offices interface {
	Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error)
	// Places returns who takes part in a case of an entry, for an applicant who lives in a region.
	Places(ctx context.Context, tx *db.Tx, e *item.Entry, applicantRegion string) (workflow.Places, error)
	// Colleagues lists the departments of a government where somebody examines applications, by path.
	Colleagues(ctx context.Context, tx *db.Tx, government string) ([]workflow.Office, error)
	At(ctx context.Context, tx *db.Tx, path string) (workflow.Office, error) // that answers there now; fault.NotFound when none does
	// Remedies names who reviews an office's decisions (行政复议机关) and which court hears of them.
	Remedies(officePath string) (government, court string)
}
