package item

import (
	"cmp"
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

	// Powerless says that the power the item rests on is not in force today: nobody may apply until it is again, and cases under way go on. Lists, guides and
	// [Service.Entry] know it; a version that a case is pinned to does not ask.
	Powerless bool

	baseUnit Unit // of the base's own promise and those of its variants
	rules    func() (*rules, error)
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
	PromiseUnit Unit    `json:"promise_unit,omitempty"` // of PromiseDays, as they were promised: a base that counts otherwise later makes them no longer
}

// on is an override as it is kept of an entry of b: what is promised without a unit is promised in the unit people read then.
func (o Override) on(b *Base) Override {
	switch {
	case o.PromiseDays == nil:
		o.PromiseUnit = ""
	case o.PromiseUnit == "":
		o.PromiseUnit = b.PromiseUnit
	}
	return o
}

// promise is what an entry of d promises: the office's own, in its own unit, where that is less than the base's. own tells which it is.
func (o Override) promise(d *Definition) (n int, u Unit, own bool) {
	if o.PromiseDays == nil {
		return d.PromiseDays, d.PromiseUnit, false
	}
	u = cmp.Or(o.PromiseUnit, d.PromiseUnit)
	if days(*o.PromiseDays, u) < days(d.PromiseDays, d.PromiseUnit) {
		return *o.PromiseDays, u, true
	}
	return d.PromiseDays, d.PromiseUnit, false
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

// Offered tells whether somebody may apply: the entry is in use and rests on a power in force.
func (e *Entry) Offered() bool { return e.State == InUse && !e.Powerless }

// Promise returns the promised days of a variant, in the entry's unit; the item's own when the variant has none or is unknown.
func (e *Entry) Promise(variant string) int {
	v, ok := e.Variant(variant)
	if !ok || v.PromiseDays == 0 {
		return e.PromiseDays
	}
	return min(e.PromiseDays, within(v.PromiseDays, cmp.Or(e.baseUnit, e.PromiseUnit), e.PromiseUnit))
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
