package casefile

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// gathering collects the materials of one application.
type gathering struct {
	s       *Service
	by      actor.Actor
	p       *prepared
	pledged bool
	refusal *fault.Error
	mine    map[string]material.File // of the files given, those that are the hand-in's own
	out     []Material
}

// own finds out which of the files given belong to whoever hands them in.
func (g *gathering) own(ctx context.Context, tx *db.Tx, given []Given) (err error) {
	var ids []string
	for _, v := range given {
		ids = append(ids, v.Files[:min(len(v.Files), mostFiles)]...)
	}
	ids = ids[:min(len(ids), mostGiven)] // what is beyond belongs to nobody, and no guide asks for that many
	g.mine, err = g.s.needs.Materials.MineAll(ctx, tx, g.by, ids)
	return err
}

// mostFiles is how many files one material may have.
const mostFiles = 20

// mostGiven is how many files are looked up for one hand-in.
const mostGiven = 500

// one takes one material by the way that was chosen, or the first that asks nothing of the applicant.
func (g *gathering) one(ctx context.Context, tx *db.Tx, r item.Material, v Given) error {
	field := "materials." + r.Code
	if len(v.Files) > 0 {
		g.files(r, v.Files, field)
		return nil
	}
	ways := r.Ways
	if v.Way != "" {
		ways = nil
		for _, w := range r.Ways {
			if w.Kind == v.Way {
				ways = append(ways, w)
			}
		}
		if ways == nil {
			g.refusal.Field(field, "casefile.material_way")
			return nil
		}
	}
	for _, w := range ways {
		m, ok, err := g.spare(ctx, tx, r, w, v.Way != "")
		if err != nil {
			return err
		}
		if ok {
			g.out = append(g.out, m)
			return nil
		}
	}
	if r.Required || v.Way != "" {
		g.refusal.Field(field, missing(v.Way), r.Name)
	}
	return nil
}

// missing says why a material is not there.
func missing(chosen string) string {
	switch chosen {
	case item.WayCertificate:
		return "casefile.no_certificate"
	case item.WayReuse:
		return "casefile.nothing_to_reuse"
	case item.WayPledge:
		return "casefile.not_pledged"
	}
	return "casefile.material_needed"
}

// spare tries a way that needs no file. A pledge and a later hand-in must be chosen; the others are taken by themselves.
func (g *gathering) spare(ctx context.Context, tx *db.Tx, r item.Material, w item.Way, chosen bool) (m Material, ok bool, err error) {
	m = Material{Code: r.Code, Name: r.Name, Way: w.Kind, Evidence: w.From}
	switch w.Kind {
	case item.WayForm:
		return m, g.p.form != nil, nil
	case item.WaySharing:
		return m, true, nil // the officer asks who shares it, the applicant has nothing to give
	case item.WayCertificate:
		m.Evidence, err = g.s.needs.Certificates.Held(ctx, tx, holderFor(w, g.by, g.p.applicant.ID), w.Certs()...)
		return m, m.Evidence != "", err
	case item.WayReuse:
		docs, err := g.s.needs.Materials.Reusable(ctx, tx, g.p.applicant.ID, []string{r.Code}, g.p.today.String())
		d, found := docs[r.Code]
		m.FileID, m.Evidence = d.FileID, string(d.Grade)
		return m, found && err == nil, err
	case item.WayPledge:
		return m, chosen && g.pledged, nil
	case item.WayLater:
		m.DueOn = g.p.calendar.Add(g.p.received, max(1, w.Days)).String()
		return m, chosen, nil
	}
	return m, false, nil
}

// holderFor is whose certificate a way asks for, "" for nobody: an agent is known only where he acts himself, not where a window takes the
// application down.
func holderFor(w item.Way, by actor.Actor, applicant string) string {
	switch {
	case w.Whose != item.OfAgent:
		return applicant
	case by.Kind == actor.Person && by.Subject != applicant:
		return by.Subject
	}
	return ""
}

// files takes uploads: each must be the hand-in's own.
func (g *gathering) files(r item.Material, ids []string, field string) {
	if len(ids) > mostFiles {
		g.refusal.Field(field, "casefile.too_many_files", mostFiles)
		return
	}
	for _, id := range ids {
		if _, ok := g.mine[id]; !ok {
			g.refusal.Field(field, "casefile.file_unknown", r.Name)
			continue
		}
		g.out = append(g.out, Material{Code: r.Code, Name: r.Name, Way: item.WayUpload, FileID: id})
	}
}
