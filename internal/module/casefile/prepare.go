package casefile

import (
	"context"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Preparation is what an application needs, as its pages ask it.
type Preparation struct {
	Entry     *item.Entry
	Form      *form.Definition // nil without one
	Applicant Applicant        // for officers number and phone are masked
	Offers    []Offer          // of the situation as far as it was answered
	Prefill   map[string]any   // answers that are known already
}

// Offer is one material with the ways it can be given.
type Offer struct {
	Rule item.Material
	Ways []OfferedWay
}

// OfferedWay is a way of giving a material, as it stands for this applicant.
type OfferedWay struct {
	Way      item.Way
	Ready    bool               // can be taken now and spares the applicant the paper, or asks for a promise only
	Evidence string             // a certificate's identifier, who shares, what is pledged
	Document *material.Document // of reuse: what was handed in before
}

// Prepare tells what an application needs. It does not ask whether it is complete: refused is only who may not apply, and for whom the item is not.
func (s *Service) Prepare(ctx context.Context, by actor.Actor, a Application) (p Preparation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p.Entry, p.Applicant, err = s.eligible(ctx, tx, by, a); err != nil {
			return err
		}
		if p.Entry.Guide.FormKey != "" {
			if p.Form, err = s.needs.Forms.Latest(ctx, tx, p.Entry.Guide.FormKey); err != nil {
				return err
			}
			known, err := s.known(ctx, tx, by, a, p.Applicant)
			if err != nil {
				return err
			}
			p.Prefill = form.Prefill(p.Form, known)
		}
		rules, err := p.Entry.MaterialsFor(a.Variant, a.Situation)
		if fault.Is(err, fault.Invalid) {
			rules, err = p.Entry.MaterialsFor("", nil) // an answer the item no longer knows: the page asks anew
		}
		if err != nil {
			return err
		}
		if p.Offers, err = s.offers(ctx, tx, by, p, rules); err != nil {
			return err
		}
		if by.Kind == actor.Officer {
			p.Applicant = masked(p.Applicant)
		}
		return nil
	})
	return p, err
}

// known are the values forms may ask to have filled in. An officer gets those he compared with the papers before him, not the rest.
func (s *Service) known(ctx context.Context, tx *db.Tx, by actor.Actor, a Application, applicant Applicant) (form.Known, error) {
	known := form.Known{}
	for key, answer := range a.Situation {
		known["situation."+key] = answer
	}
	who := applicant
	if applicant.Kind == "company" {
		known["company.name"], known["company.number"] = applicant.Name, applicant.Number
		known["company.representative"], known["company.address"] = applicant.Representative, applicant.Address
		who = Applicant{}
		if by.Kind == actor.Person && by.Subject != "" {
			var err error
			if who, err = s.needs.Subjects.Applicant(ctx, tx, by.Subject); err != nil {
				return nil, err
			}
		}
	}
	known["subject.name"], known["subject.number"] = who.Name, who.Number
	if by.Kind == actor.Person {
		known["subject.phone"], known["subject.address"] = who.Phone, who.Address
	}
	return known, nil
}

// offers tells of each way whether it is open. What was handed in before is read with one statement.
func (s *Service) offers(ctx context.Context, tx *db.Tx, by actor.Actor, p Preparation, rules []item.Material) ([]Offer, error) {
	codes := make([]string, len(rules))
	for i, r := range rules {
		codes[i] = r.Code
	}
	docs, err := s.needs.Materials.Reusable(ctx, tx, p.Applicant.ID, codes, civil.Of(tx.Now).String())
	if err != nil {
		return nil, err
	}
	held := map[string]string{}
	out := make([]Offer, len(rules))
	for i, r := range rules {
		out[i].Rule = r
		for _, w := range r.Ways {
			o := OfferedWay{Way: w, Evidence: w.From}
			switch w.Kind {
			case item.WayForm:
				o.Ready = p.Form != nil
			case item.WaySharing, item.WayPledge, item.WayLater:
				o.Ready = true
			case item.WayCertificate:
				key := w.Whose + " " + strings.Join(w.Certs(), " ")
				if _, asked := held[key]; !asked {
					if held[key], err = s.needs.Certificates.Held(ctx, tx, holderFor(w, by, p.Applicant.ID), w.Certs()...); err != nil {
						return nil, err
					}
				}
				o.Evidence, o.Ready = held[key], held[key] != ""
			case item.WayReuse:
				if d, ok := docs[r.Code]; ok {
					o.Document, o.Evidence, o.Ready = &d, string(d.Grade), true
				}
			}
			out[i].Ways = append(out[i].Ways, o)
		}
	}
	return out, nil
}
