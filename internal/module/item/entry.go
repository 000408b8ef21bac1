package item

import (
	"time"

	"xiangyun/internal/gov/region"
)

// Entry is one version of an implementation entry (实施清单): the whole guide of its base version, bettered by its office.
// Values are shared between callers: read, never write.
type Entry struct {
	ID      string // the version row: what a case is pinned to
	Code    string // 31 characters
	Version int    // from 1
	State   State  // of the entry now, or of its base if that is worse
	Reason  string // why it is paused or cancelled

	BaseCode    string // 12 digits
	BaseVersion int

	Name     string // as people read it on the page
	Short    string
	Kind     Kind
	Audience []Audience

	OfficeID   string
	OfficePath string
	OfficeName string
	OfficeCode string      // USCC of the implementing office
	Department string      // two-digit department code
	Region     region.Code // of the office's government
	Level      int         // exercising level (行使层级): 2 province, 3 city, 4 county, 5 township

	LegalDays   int
	LegalUnit   Unit
	LegalNote   string
	PromiseDays int
	PromiseUnit Unit
	Instant     bool
	Visits      int
	VisitReason string
	Online      bool

	Power      string // code of the power it rests on; "" for a public service
	Themes     []string
	LifeEvents []string
	Opinions   []Opinion // for bundles: departments that give an opinion in parallel
	Guide      *Guide
	Contact    Contact

	PublishedAt time.Time

	rules func() (*rules, error)
}

// Contact is where and when the office does it: the entry's own words.
type Contact struct {
	Address   string `json:"address" toml:"address"`
	Windows   string `json:"windows" toml:"windows"`     // 综合窗口 3–8 号
	Hours     string `json:"hours" toml:"hours"`         //
	Phone     string `json:"phone" toml:"phone"`         // 咨询
	Supervise string `json:"supervise" toml:"supervise"` // 监督投诉
}

// Override is what an office may say differently from the base.
type Override struct {
	PromiseDays *int    `json:"promise_days,omitempty"` // shorter or equal; nil keeps the base's
	Visits      *int    `json:"visits,omitempty"`       // fewer or equal
	Contact     Contact `json:"contact"`
}

// Variant returns the variant with this key.
func (e *Entry) Variant(key string) (Variant, bool) {
	for _, v := range e.Guide.Variants {
		if v.Key == key {
			return v, true
		}
	}
	return Variant{}, false
}

// Promise returns the promised days of a variant; the item's own when the variant has none or is unknown.
func (e *Entry) Promise(variant string) int {
	if v, ok := e.Variant(variant); ok && v.PromiseDays > 0 && v.PromiseDays < e.PromiseDays {
		return v.PromiseDays
	}
	return e.PromiseDays
}

// Serves tells whether the entry is for this audience.
func (e *Entry) Serves(a Audience) bool {
	for _, x := range e.Audience {
		if x == a {
			return true
		}
	}
	return false
}

// ReceivableAt tells whether a village (6) or township (5) may receive applications for the office.
func (e *Entry) ReceivableAt(level int) bool {
	for _, l := range e.Guide.Receivable {
		if l == level {
			return true
		}
	}
	return false
}
