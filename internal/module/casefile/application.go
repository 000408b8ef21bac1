package casefile

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Application is what somebody hands in, or has filled in so far.
type Application struct {
	Item      string            `json:"item"` // code of the entry, 31 characters
	Variant   string            `json:"variant,omitempty"`
	Situation map[string]string `json:"situation,omitempty"`
	Answers   map[string]any    `json:"answers,omitempty"`
	Materials []Given           `json:"materials,omitempty"`
	Pledged   bool              `json:"pledged,omitempty"`
	Applicant string            `json:"applicant,omitempty"` // subject id, when an officer applies for somebody; "" for oneself
}

// Given is one material as it is given.
type Given struct {
	Code  string   `json:"code"`
	Way   string   `json:"way,omitempty"` // "" takes upload when there are files, or else the first way that needs nothing
	Files []string `json:"files,omitempty"`
}

// prepared is an application that was found in order, ready to be written.
type prepared struct {
	id        string // of the case it becomes
	entry     *item.Entry
	variant   string
	form      *form.Definition // nil without one
	flow      *workflow.Definition
	places    workflow.Places
	calendar  *workday.Calendar
	applicant Applicant
	content   Content
	sealed    []byte // the content as it rests
	materials []Material
	today     civil.Date
	received  civil.Date
	renewal   *renewal // what it renews; nil for anything else
	draft     string   // it was written as; "" for none
	values    map[string]any
}

// leastLevel is the real-name level somebody needs to apply online: name and number checked.
const leastLevel = 2

// prepare checks an application before the transaction that writes it: nothing here holds up those who write, and nothing that is read relies on
// another's having been read at the same moment.
func (s *Service) prepare(ctx context.Context, by actor.Actor, a Application) (p prepared, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		if p.entry, p.applicant, err = s.eligible(ctx, tx, by, a); err != nil {
			return err
		}
		if err := s.checkContent(ctx, tx, a, &p); err != nil {
			return err
		}
		if p.calendar, err = s.needs.Offices.Calendar(ctx, tx, p.entry.Region); err != nil {
			return err
		}
		p.today, p.received = civil.Of(tx.Now), received(p.calendar, tx.Now, s.needs.CloseHour)
		if p.materials, err = s.gather(ctx, tx, by, a, &p); err != nil {
			return err
		}
		if p.flow, err = s.needs.Flows.Latest(ctx, tx, p.entry.Guide.FlowKey); err != nil {
			return err
		}
		if p.places, err = s.needs.Offices.Places(ctx, tx, p.entry, p.applicant.Region); err != nil {
			return err
		}
		if err = s.levels(ctx, tx, &p); err != nil {
			return err
		}
		if p.values, err = p.variables(); err != nil {
			return err
		}
		if p.renewal, err = s.renewalOf(ctx, tx, &p); err != nil {
			return err
		}
		return p.staffed()
	})
	if err != nil {
		return p, err
	}
	p.id = db.NewKey()
	p.sealed, err = s.seal(p.id, handing{p.content, receiving(p.applicant.Name, p.entry.OfficeID, p.entry.OfficeName)})
	return p, err
}

// staffed refuses when the process needs an office that could not be found: a township, as long as nobody knows where the applicant lives.
func (p *prepared) staffed() error {
	for _, n := range p.flow.Nodes {
		if n.Kind == workflow.Task && n.Place != "" && len(p.places[n.Place]) == 0 {
			return fault.New(fault.Invalid, "casefile.no_place").Field("applicant", "casefile.no_place")
		}
	}
	return nil
}

// eligible finds the item and the applicant of an application, and refuses who may not apply.
func (s *Service) eligible(ctx context.Context, tx *db.Tx, by actor.Actor, a Application) (*item.Entry, Applicant, error) {
	e, err := s.needs.Items.Entry(ctx, tx, a.Item)
	if err != nil {
		return nil, Applicant{}, err
	}
	if err := s.mayApply(by, a, e); err != nil {
		return nil, Applicant{}, err
	}
	p, err := s.needs.Subjects.Applicant(ctx, tx, applicantOf(by, a))
	if err == nil && !e.Serves(item.Audience(p.Kind)) {
		key := "casefile.not_for_" + p.Kind
		err = fault.New(fault.Invalid, key).Field("item", key)
	}
	return e, p, err
}

func applicantOf(by actor.Actor, a Application) string {
	if by.Kind == actor.Person {
		return by.For()
	}
	return a.Applicant
}

// mayApply refuses who may not apply for this.
func (s *Service) mayApply(by actor.Actor, a Application, e *item.Entry) error {
	if e.State != item.InUse {
		return fault.New(fault.Conflict, "casefile.item_closed")
	}
	if e.Powerless {
		return fault.New(fault.Conflict, "casefile.no_power", e.OfficeName, cmp.Or(e.Contact.Phone, "12345"))
	}
	switch by.Kind {
	case actor.Person:
		if a.Applicant != "" && a.Applicant != by.For() {
			return fault.New(fault.Forbidden, "casefile.not_yours")
		}
		if !e.Online {
			return fault.New(fault.Conflict, "casefile.not_online")
		}
		if by.Level < leastLevel {
			return fault.New(fault.Forbidden, "casefile.level_low")
		}
		return nil
	case actor.Officer:
		if a.Applicant == "" {
			return fault.New(fault.Invalid, "casefile.no_applicant").Field("applicant", "casefile.no_applicant")
		}
		return s.mayReceive(by, e)
	}
	return fault.New(fault.Unauthenticated, "casefile.sign_in")
}

// mayReceive lets an officer apply for somebody: a window of the same government or above, or a town or village the entry is open to.
func (s *Service) mayReceive(by actor.Actor, e *item.Entry) error {
	if err := s.needs.Rights.Check(by, ActReceive, actor.Target{Item: e.BaseCode}); err != nil {
		return err
	}
	government := e.Region.Prefix()
	for _, path := range s.needs.Rights.Reach(by, ActReceive) {
		r, err := region.Parse(pad(governmentOf(path)))
		if err != nil || s.needs.Rights.Check(by, ActReceive, actor.Target{OfficePath: path, Item: e.BaseCode}) != nil {
			continue
		}
		above := len(governmentOf(path)) <= len(government) && government[:len(governmentOf(path))] == governmentOf(path)
		below := e.Region.Contains(r) && e.ReceivableAt(int(r.Level())+1)
		if above || below || e.Guide.Scope == "province" {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "casefile.not_receivable")
}

// checkContent checks situation and answers, and keeps what is to be kept of them.
func (s *Service) checkContent(ctx context.Context, tx *db.Tx, a Application, p *prepared) error {
	if err := p.entry.CheckSituation(a.Variant, a.Situation); err != nil {
		return err
	}
	p.variant, p.content = a.Variant, Content{Situation: a.Situation, Pledged: a.Pledged}
	if p.entry.Guide.FormKey == "" {
		return nil
	}
	var err error
	if p.form, err = s.needs.Forms.Latest(ctx, tx, p.entry.Guide.FormKey); err != nil {
		return err
	}
	p.content.Answers, err = form.Check(p.form, a.Answers)
	return err
}

// gather turns what is given into the case's materials: everything required is there, by a way the guide allows, and every file belongs to
// whoever hands it in.
func (s *Service) gather(ctx context.Context, tx *db.Tx, by actor.Actor, a Application, p *prepared) ([]Material, error) {
	rules, err := p.entry.MaterialsFor(a.Variant, a.Situation)
	if err != nil {
		return nil, err
	}
	refusal := fault.New(fault.Invalid, "casefile.bad_materials")
	given := map[string]Given{}
	for _, g := range a.Materials {
		if !listed(rules, g.Code) {
			// What the guide names but this situation does not ask for may be handed in all the same; what it does not name at all may not.
			i := slices.IndexFunc(p.entry.Guide.Materials, func(m item.Material) bool { return m.Code == g.Code })
			if i < 0 {
				refusal.Field("materials."+g.Code, "casefile.material_unknown")
				continue
			}
			extra := p.entry.Guide.Materials[i]
			extra.Required = false
			rules = append(rules, extra)
		}
		given[g.Code] = Given{g.Code, firstOf(g.Way, given[g.Code].Way), append(given[g.Code].Files, g.Files...)}
	}
	g := gathering{s: s, by: by, p: p, pledged: a.Pledged, refusal: refusal}
	if err := g.own(ctx, tx, a.Materials); err != nil {
		return nil, err
	}
	for _, r := range rules {
		if err := g.one(ctx, tx, r, given[r.Code]); err != nil {
			return nil, err
		}
	}
	return g.out, refusal.OrNil()
}

func listed(rules []item.Material, code string) bool {
	return slices.ContainsFunc(rules, func(r item.Material) bool { return r.Code == code })
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// governmentOf cuts the department off a path.
func governmentOf(path string) string {
	for i, c := range path {
		if c == 'd' {
			return path[:i]
		}
	}
	return path
}

// pad makes a region code of a path's digits.
func pad(prefix string) string {
	return fmt.Sprintf("%s%s", prefix, "000000000000"[min(12, len(prefix)):])
}
