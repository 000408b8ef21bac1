package casefileweb

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// askWithdraw is GET /cases/{number}/withdraw.
func (s *site) askWithdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mayStill(r, casefile.Withdraw)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, withdrawPage(withdrawView{Number: v.Case.Number, Title: v.Case.ItemName, Hidden: versionOf(v)}))
}

// mayStill reads a case for a page that asks before an action: who can't take it is told why.
func (s *site) mayStill(r *http.Request, a casefile.Action) (*casefile.View, error) {
	v, err := s.Cases.View(r.Context(), by(r), r.PathValue("number"))
	if err != nil || slices.Contains(v.Actions, a) {
		return v, err
	}
	if _, err := casefile.Next(&v.Case, a); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.Forbidden, "casefile.not_your_task")
}

func versionOf(v *casefile.View) []design.Hidden {
	return []design.Hidden{{Name: "version", Value: strconv.FormatInt(v.Case.Version, 10)}}
}

// pressed makes the second press of a button the first one's: the page was the same and so is what was typed.
func pressed(r *http.Request, version int64, values url.Values) once.Params {
	return once.Params{Actor: by(r).Name(), Key: "page " + r.URL.Path + " " + strconv.FormatInt(version, 10), Digest: digest(values.Encode())}
}

// withdraw is POST /cases/{number}/withdraw.
func (s *site) withdraw(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Version int64  `form:"version"`
		Comment string `form:"comment"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx, number := r.Context(), r.PathValue("number")
	_, err := s.Cases.Act(ctx, by(r), casefile.Step{Number: number, Action: casefile.Withdraw, Version: in.Version, Comment: in.Comment}, pressed(r, in.Version, r.PostForm))
	f, ok := refused(err)
	switch {
	case err == nil:
		s.done(w, r, number, "withdrawn")
		return nil
	case !ok:
		return err
	case f.Kind == fault.Conflict:
		return s.moved(w, r, in.Version, err, in.Comment)
	}
	v, err2 := s.Cases.View(ctx, by(r), number)
	if err2 != nil {
		return err2
	}
	return page.Render(w, r, f.Kind.Status(), withdrawPage(withdrawView{Number: number, Title: v.Case.ItemName, Comment: in.Comment, Hidden: versionOf(v), Errors: design.ErrorsOf(ctx, err)}))
}

// done leads back to the case after its applicant, or an officer for him, took a step.
func (s *site) done(w http.ResponseWriter, r *http.Request, number, what string) {
	to := caseAt(number)
	if officer(r) {
		to = deskAt(number)
	}
	web.Redirect(w, r, to+"?done="+what)
}

// moved tells somebody who was second what happened since the version he saw. What he typed is shown, so that it is not lost.
func (s *site) moved(w http.ResponseWriter, r *http.Request, seen int64, why error, typed string) error {
	ctx := r.Context()
	view, err := s.Cases.View(ctx, by(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	var since []casefile.Event
	for _, e := range view.Events {
		if e.Version > seen {
			since = append(since, e)
		}
	}
	badge := stateBadge(ctx, string(view.Case.State))
	v := movedView{Number: view.Case.Number, Section: "cases", Reason: design.ErrorsOf(ctx, why)[0].Text, Badge: &badge, Events: eventsOf(ctx, &view.Case, since, view.Papers),
		Comment: typed, Back: caseAt(view.Case.Number)}
	if officer(r) {
		v.Section, v.Back = "desk", deskAt(view.Case.Number)
	}
	return page.Render(w, r, http.StatusConflict, movedPage(v))
}

// correction is a correction as it is being made. It has no draft: files that were stored come again as hidden values.
type correction struct {
	view    *casefile.View
	version int64
	comment string
	files   map[string][]string
	answers map[string]any
	errors  design.Errors
}

// askCorrection is GET /cases/{number}/correct.
func (s *site) askCorrection(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mayStill(r, casefile.SubmitCorrection)
	if err != nil {
		return err
	}
	return s.renderCorrection(w, r, http.StatusOK, correction{view: v, version: v.Case.Version, answers: v.Content.Answers})
}

func (s *site) renderCorrection(w http.ResponseWriter, r *http.Request, status int, c correction) error {
	ctx, number := r.Context(), c.view.Case.Number
	v := correctView{Number: number, Title: c.view.Case.ItemName, Comment: c.comment, MaxBytes: s.MaxBytes,
		Hidden: []design.Hidden{{Name: "version", Value: strconv.FormatInt(c.version, 10)}}}
	notice := noticeOf(c.view)
	if notice != nil {
		v.Notice = &design.Link{Text: notice.Title + " " + notice.Number, Href: paperAt(number, notice.ID)}
	}
	v.Asked = lastComment(c.view.Events, casefile.RequestCorrection)
	lines, err := s.correctionLines(r, c, notice)
	if err != nil {
		return err
	}
	v.Errors = beside(c.errors, lines)
	for _, l := range lines {
		for _, id := range c.files[l.Code] {
			v.Hidden = append(v.Hidden, design.Hidden{Name: "kept", Value: l.Code + "/" + id})
		}
		if l.Asked != "" {
			v.Wanted = append(v.Wanted, l)
		} else {
			v.Others = append(v.Others, l)
			v.OthersOpen = v.OthersOpen || len(l.Files) > 0 || l.Error != ""
		}
	}
	if c.view.Form != nil {
		v.Errors = formweb.Named(c.view.Form, v.Errors)
		v.FormOpen = len(v.Wanted) == 0 || askedFor(notice, otherName) != "" || len(v.Errors) > 0 || c.answers != nil && !unchanged(c.view, c.answers)
		v.Form = formweb.Params{Definition: c.view.Form, Answers: c.answers, Errors: v.Errors, Regions: s.regionsOf(ctx)}
	}
	return page.Render(w, r, status, correctPage(v))
}

// correctionLines are the materials of the case's situation that can be uploaded.
func (s *site) correctionLines(r *http.Request, c correction, notice *casefile.Paper) ([]materialLine, error) {
	ctx := r.Context()
	rules, err := c.view.Entry.MaterialsFor(c.view.Case.Variant, c.view.Content.Situation)
	if err != nil {
		return nil, err
	}
	var out []materialLine
	for _, m := range rules {
		if !takesFiles(m) {
			continue
		}
		l := materialLine{Code: m.Code, Name: m.Name, Standard: m.Standard, Upload: true, Unmarked: true, Asked: askedFor(notice, m.Name)}
		files, err := s.Materials.Present(ctx, by(r), c.files[m.Code])
		if err != nil {
			return nil, err
		}
		for _, id := range c.files[m.Code] {
			if f, there := files[id]; there {
				l.Files = append(l.Files, design.FileItem{Name: f.Name, Kind: kindName(f.MediaType), Size: f.Size, Remove: removal(ctx, m.Code, id)})
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// noticeOf is the correction notice (补正通知), nil without one.
func noticeOf(v *casefile.View) *casefile.Paper {
	for i := range slices.Backward(v.Papers) {
		if v.Papers[i].Kind == casefile.CorrectionNotice {
			return &v.Papers[i]
		}
	}
	return nil
}

// askedFor is what the notice wants of a material: the row of its table says so; in a notice of before, a numbered paragraph.
func askedFor(notice *casefile.Paper, name string) string {
	if notice == nil {
		return ""
	}
	for _, b := range notice.Letter.Blocks {
		for _, row := range b.Rows {
			if len(row) == 3 && row[1] == name {
				return row[2]
			}
		}
	}
	for _, p := range notice.Body {
		if _, wanted, ok := strings.Cut(p, "．"+name+"："); ok {
			return wanted
		}
	}
	return ""
}

func lastComment(list []casefile.Event, a casefile.Action) string {
	for _, e := range slices.Backward(list) {
		if e.Action == a {
			return e.Comment
		}
	}
	return ""
}

// correct is POST /cases/{number}/correct.
func (s *site) correct(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	view, err := s.Cases.View(ctx, by(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	in, err := s.receiveFiles(r, func(code string) bool {
		return slices.ContainsFunc(view.Entry.Guide.Materials, func(m item.Material) bool { return m.Code == code && takesFiles(m) })
	})
	if err != nil {
		return err
	}
	c := correction{view: view, comment: in.Values.Get("comment"), files: map[string][]string{}, answers: view.Content.Answers}
	if c.version, err = strconv.ParseInt(in.Values.Get("version"), 10, 64); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	for _, kept := range in.Values["kept"] {
		if code, id, ok := strings.Cut(kept, "/"); ok && in.Values.Get("remove") != kept {
			c.files[code] = append(c.files[code], id)
		}
	}
	if _, id, ok := strings.Cut(in.Values.Get("remove"), "/"); ok {
		if err := s.Materials.Discard(ctx, by(r), []string{id}); err != nil {
			return err
		}
	}
	for code, ids := range in.Files {
		c.files[code] = append(c.files[code], ids...)
	}
	if view.Form != nil {
		c.answers = formweb.Parse(view.Form, in.Values)
	}
	c.errors = design.ErrorsOf(ctx, in.Refusal.OrNil())
	r.Form = in.Values // what formweb looks at
	switch {
	case len(c.errors) > 0:
		return s.renderCorrection(w, r, in.Refusal.Kind.Status(), c)
	case formweb.Refreshing(r), in.Values.Has("remove"), in.Values.Get("go") == "stay":
		return s.renderCorrection(w, r, http.StatusOK, c)
	}
	return s.sendCorrection(w, r, c, in.Values)
}

func (s *site) sendCorrection(w http.ResponseWriter, r *http.Request, c correction, values url.Values) error {
	step := casefile.Step{Number: c.view.Case.Number, Action: casefile.SubmitCorrection, Version: c.version, Comment: c.comment}
	for code, ids := range c.files {
		step.Materials = append(step.Materials, casefile.Given{Code: code, Way: item.WayUpload, Files: ids})
	}
	if c.view.Form != nil && !unchanged(c.view, c.answers) {
		step.Answers = c.answers
	}
	_, err := s.Cases.Act(r.Context(), by(r), step, pressed(r, c.version, values))
	f, ok := refused(err)
	switch {
	case err == nil:
		s.done(w, r, c.view.Case.Number, "corrected")
		return nil
	case !ok:
		return err
	case f.Kind == fault.Conflict:
		return s.moved(w, r, c.version, err, c.comment)
	}
	c.errors = design.ErrorsOf(r.Context(), err)
	return s.renderCorrection(w, r, f.Kind.Status(), c)
}

// unchanged tells whether the answers are those of the case: then nothing was corrected by them.
func unchanged(v *casefile.View, answers map[string]any) bool {
	kept, err := form.Check(v.Form, answers)
	return err == nil && reflect.DeepEqual(kept, v.Content.Answers)
}
