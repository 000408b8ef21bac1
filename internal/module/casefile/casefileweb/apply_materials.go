package casefileweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// materials is GET /applications/{id}/materials.
func (s *site) materials(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "materials")
	if err != nil {
		return err
	}
	return s.askMaterials(w, r, http.StatusOK, o, nil)
}

func (s *site) askMaterials(w http.ResponseWriter, r *http.Request, status int, o opened, wrong error) error {
	lines, err := s.lines(r.Context(), by(r), o)
	if err != nil {
		return err
	}
	o.view.Errors = beside(design.ErrorsOf(r.Context(), wrong), lines)
	return page.Render(w, r, status, materialsPage(materialsView{applyView: o.view, Lines: lines, MaxBytes: s.MaxBytes}))
}

// takesFiles tells whether a material may be uploaded.
func takesFiles(m item.Material) bool {
	return slices.ContainsFunc(m.Ways, func(w item.Way) bool { return w.Kind == item.WayUpload })
}

// beside puts refusals to the lines they belong to and gives each a field the summary can link to.
func beside(errors design.Errors, lines []materialLine) design.Errors {
	for i, e := range errors {
		_, code, _ := strings.Cut(e.Name, ".")
		for n := range lines {
			l := &lines[n]
			switch {
			case l.Code != code:
			case l.Upload:
				l.Error, errors[i].Name = e.Text, "file."+code
			case len(l.Ways) > 1:
				l.WayError, errors[i].Name = e.Text, "way."+code
			default:
				errors[i].Name = "" // no field: the line itself says what is missing
			}
		}
	}
	return errors
}

// lines are the materials of a draft's situation, each with the ways open to the applicant now and what was handed in so far.
func (s *site) lines(ctx context.Context, a actor.Actor, o opened) ([]materialLine, error) {
	given := map[string]casefile.Given{}
	for _, g := range o.draft.Application.Materials {
		given[g.Code] = g
	}
	files, err := s.Materials.Present(ctx, a, casefile.FilesOf(o.draft.Application.Materials))
	if err != nil {
		return nil, err
	}
	out := make([]materialLine, 0, len(o.prep.Offers))
	for _, offer := range o.prep.Offers {
		l := lineOf(ctx, offer)
		g := given[l.Code]
		for _, id := range g.Files {
			if f, there := files[id]; there { // an upload nobody handed in is forgotten after a week
				l.Files = append(l.Files, draftItem(ctx, o.draft.ID, l.Code, f))
			}
		}
		l.Way = chosen(l, g.Way, offer)
		out = append(out, l)
	}
	return out, nil
}

// lineOf shows one material and the ways that are open: a way that needs something the applicant lacks is left out.
func lineOf(ctx context.Context, offer casefile.Offer) materialLine {
	m := offer.Rule
	l := materialLine{Code: m.Code, Name: m.Name, Standard: m.Standard, Required: m.Required}
	for _, w := range offer.Ways {
		kind := w.Way.Kind
		if kind == item.WayUpload {
			l.Upload = true
		}
		if !w.Ready && !asks(kind) || slices.ContainsFunc(l.Ways, func(o design.ChoiceOption) bool { return o.Value == kind }) {
			continue
		}
		hint := ""
		switch {
		case kind == item.WayCertificate:
			hint = w.Evidence
		case kind == item.WayReuse && w.Document != nil:
			hint = page.T(ctx, "casefile.way.reuse_of", w.Document.Name, page.Date(ctx, w.Document.At))
		}
		l.Ways = append(l.Ways, design.ChoiceOption{Value: kind, Text: wayText(ctx, w.Way), Hint: hint})
	}
	l.Blocked = len(l.Ways) == 0
	return l
}

// asks tells whether a way is open to anybody who chooses it, for it asks something of him.
func asks(kind string) bool {
	return kind == item.WayUpload || kind == item.WayPledge || kind == item.WayLater
}

// chosen is the way taken: what was chosen while it is still open, files where there are some, the first way that asks nothing, and
// the only one where there is one.
func chosen(l materialLine, way string, offer casefile.Offer) string {
	open := func(kind string) bool {
		return slices.ContainsFunc(l.Ways, func(o design.ChoiceOption) bool { return o.Value == kind })
	}
	switch {
	case len(l.Files) > 0:
		return item.WayUpload
	case way != "" && open(way):
		return way
	}
	for _, w := range offer.Ways {
		if w.Ready && !asks(w.Way.Kind) {
			return w.Way.Kind
		}
	}
	if l.Upload || len(l.Ways) != 1 {
		return item.WayUpload
	}
	return l.Ways[0].Value
}

// missing refuses materials that are needed and not there yet.
func missing(lines []materialLine) error {
	f := fault.New(fault.Invalid, "casefile.bad_materials")
	for _, l := range lines {
		if l.Required && !l.done() {
			f.Field("materials."+l.Code, "casefile.material_needed", l.Name)
		}
	}
	return f.OrNil()
}

func draftItem(ctx context.Context, draft, code string, f material.File) design.FileItem {
	return design.FileItem{Name: f.Name, Href: applicationAt(draft, "files/"+f.ID), Kind: kindName(f.MediaType), Size: f.Size, Remove: removal(ctx, code, f.ID)}
}

// saveMaterials is POST /applications/{id}/materials. Files are stored as they come; what was refused is told beside its material and the
// rest is kept.
func (s *site) saveMaterials(w http.ResponseWriter, r *http.Request) error {
	o, err := s.open(r, "materials")
	if err != nil {
		return err
	}
	in, err := s.receiveFiles(r, func(code string) bool {
		return slices.ContainsFunc(o.prep.Offers, func(f casefile.Offer) bool { return f.Rule.Code == code && takesFiles(f.Rule) })
	})
	if err != nil {
		return err
	}
	a := &o.draft.Application
	before := a.Materials
	there, err := s.Materials.Present(r.Context(), by(r), casefile.FilesOf(before))
	if err != nil {
		return err
	}
	a.Materials = casefile.Merge(o.prep.Offers, before, there, casefile.Sent{Ways: in.Values, Files: in.Files, Remove: in.Values.Get("remove")})
	a.Pledged = slices.ContainsFunc(a.Materials, func(g casefile.Given) bool { return g.Way == item.WayPledge })
	if err := s.save(r, o); err != nil {
		f, ok := refused(err)
		if !ok {
			return err
		}
		return s.askMaterials(w, r, f.Kind.Status(), o, err)
	}
	if err := s.Materials.Discard(r.Context(), by(r), casefile.Dropped(before, a.Materials)); err != nil {
		return err
	}
	return s.afterMaterials(w, r, o, in)
}

func (s *site) afterMaterials(w http.ResponseWriter, r *http.Request, o opened, in page.Sent) error {
	pressed := in.Values.Get("go")
	if wrong := in.Refusal.OrNil(); wrong != nil {
		return s.askMaterials(w, r, in.Refusal.Kind.Status(), o, wrong)
	}
	if pressed == "stay" || in.Values.Has("remove") {
		web.Redirect(w, r, o.view.at("materials")+"?saved=1")
		return nil
	}
	if pressed != "later" {
		lines, err := s.lines(r.Context(), by(r), o)
		if err != nil {
			return err
		}
		if wrong := missing(lines); wrong != nil {
			return s.askMaterials(w, r, http.StatusUnprocessableEntity, o, wrong)
		}
	}
	s.onward(w, r, o, pressed)
	return nil
}

// draftFile is GET /applications/{id}/files/{file}: what somebody has uploaded, to look at before it is handed in.
func (s *site) draftFile(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Cases.Draft(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	id := r.PathValue("file")
	held := slices.ContainsFunc(d.Application.Materials, func(g casefile.Given) bool { return slices.Contains(g.Files, id) })
	files, err := s.Materials.Present(r.Context(), by(r), []string{id})
	if err != nil {
		return err
	}
	f, there := files[id]
	if !held || !there {
		return fault.New(fault.NotFound, "casefile.without_file")
	}
	return s.send(w, r, f)
}
