package keeperweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// itemView is one base item: its draft while it is written, or else the version in force.
type itemView struct {
	Code       string
	Definition item.Definition
	Version    int // in force; 0 for none
	State      item.State
	Draft      *item.Draft // nil for none
	Section    section
	Form       url.Values
	Errors     design.Errors // of this form
	Problems   design.Errors // of the whole draft
	Stale      bool          // another saved in the meantime
	Mine       []item.Difference
	Done       string
}

// writable tells whether the form may be shown.
func (v *itemView) writable() bool {
	if v.Draft == nil {
		return false
	}
	_, ok := v.Draft.State.After(item.DraftSave)
	return ok
}

// item is GET /desk/library/items/{code}.
func (s *site) item(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v, err := s.readItem(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	v.Section, v.Done = sectionOf(q.Get("section")), q.Get("done")
	v.Form = v.Section.values(&v.Definition)
	return s.showItem(w, r, http.StatusOK, v)
}

func (s *site) showItem(w http.ResponseWriter, r *http.Request, code int, v *itemView) error {
	if v.Draft != nil {
		v.Problems = problemsOf(r.Context(), v.Code, item.Check(&v.Draft.Definition))
		v.inPlace(r.Context())
	}
	return page.Render(w, r, code, itemPage(v))
}

// inPlace shows the problems of this section at their fields too.
func (v *itemView) inPlace(ctx context.Context) {
	f, _ := fault.Of(item.Check(&v.Draft.Definition))
	if f == nil || len(v.Errors) > 0 {
		return
	}
	for i, field := range f.Fields {
		s := holding(field.Name)
		if s.key != v.Section.key {
			continue
		}
		name := field.Name
		if rest, ok := strings.CutPrefix(name, s.list+"."); s.list != "" && ok {
			n, _, _ := strings.Cut(rest, ".")
			name = "row." + n
		}
		v.Errors = append(v.Errors, design.FieldError{Name: name, Text: v.Problems[i].Text, Label: v.Problems[i].Label, Href: "#" + anchor(s, field.Name)})
	}
}

func (s *site) readItem(ctx context.Context, code string) (*itemView, error) {
	by := actor.FromContext(ctx)
	if _, err := s.Items.Editions(ctx, by, code, 0, 1); err != nil {
		return nil, err // keepers only
	}
	v := &itemView{Code: code, State: item.InUse}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		d, err := s.Items.DraftOf(ctx, tx, by, code)
		switch {
		case err == nil:
			v.Draft, v.Definition = d, d.Definition
		case !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden):
			return err
		}
		b, err := s.Items.Base(ctx, tx, code)
		if fault.Is(err, fault.NotFound) && v.Draft != nil {
			return nil
		}
		if err != nil {
			return err
		}
		v.Version, v.State = b.Version, b.State
		if v.Draft == nil {
			v.Definition = b.Definition
		}
		return nil
	})
	return v, err
}

// beginDraft is POST /desk/library/items/{code}/draft.
func (s *site) beginDraft(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Items.BeginDraft(ctx, actor.FromContext(ctx), r.PathValue("code"))
	if err != nil {
		return err
	}
	web.Redirect(w, r, itemAt(d.BaseCode)+"?done=begun")
	return nil
}

// saveSection is POST /desk/library/items/{code}/sections/{section}: one section of the draft, on top of the revision the form was made from.
func (s *site) saveSection(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Act      string `form:"act"`
		Revision int    `form:"revision"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	v, err := s.readItem(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.Draft == nil {
		return fault.New(fault.NotFound, "item.draft_gone")
	}
	v.Section, v.Form = sectionOf(r.PathValue("section")), r.PostForm
	if in.Act == "add" {
		addRow(v.Form)
		v.Draft.Revision = in.Revision // what others saved since is told when this is saved
		return s.showItem(w, r, http.StatusOK, v)
	}
	mine, err := draftWith(v.Draft.Definition, v.Section, v.Form)
	if err != nil {
		v.Errors = v.unread(ctx, err)
		v.Draft.Revision = in.Revision
		return s.showItem(w, r, http.StatusUnprocessableEntity, v)
	}
	if _, err = s.Items.SaveDraft(ctx, actor.FromContext(ctx), v.Draft.ID, in.Revision, mine, v.Draft.EffectiveOn); fault.HasKey(err, "item.draft_moved_on") {
		return s.showStale(w, r, v, mine)
	}
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showItem(w, r, status(err), v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, sectionAt(v.Code, v.Section.key)+"&done=saved")
	return nil
}

// showStale shows what another saved beside what was typed, which stays in the form: saving it again is meant.
func (s *site) showStale(w http.ResponseWriter, r *http.Request, v *itemView, mine item.Definition) error {
	fresh, err := s.readItem(r.Context(), v.Code)
	if err != nil {
		return err
	}
	if fresh.Draft == nil {
		return fault.New(fault.NotFound, "item.draft_gone")
	}
	fresh.Section, fresh.Form, fresh.Stale = v.Section, v.Form, true
	fresh.Mine = item.Compare(&fresh.Draft.Definition, &mine)
	return s.showItem(w, r, http.StatusConflict, fresh)
}

// unreadable is a form whose values can't be read.
type unreadable trouble

// Error implements error.
func (u unreadable) Error() string { return "a form that can't be read" }

// draftWith returns a definition with one section as a form says it.
func draftWith(d item.Definition, s section, form url.Values) (item.Definition, error) {
	if bad := s.read(form, &d); len(bad) > 0 {
		return d, unreadable(bad)
	}
	return d, nil
}

func (v *itemView) unread(ctx context.Context, err error) design.Errors {
	bad, _ := err.(unreadable) //nolint:errorlint // draftWith wraps nothing
	var list design.Errors
	for _, f := range v.Section.fields {
		if key := bad[f.name]; key != "" {
			list = append(list, design.FieldError{Name: f.name, Label: fieldName(ctx, f.name), Text: page.T(ctx, key)})
		}
	}
	for i := range rowsOf(v.Form) {
		for _, f := range v.Section.row {
			if key := bad[rowName(i, f.name)]; key != "" {
				list = append(list, design.FieldError{Name: rowName(i, f.name), Label: page.T(ctx, "keeper.row", i+1) + " " + partName(ctx, f.name), Text: page.T(ctx, key)})
			}
		}
	}
	return list
}

// outline is the tree of the definition; the rows of the current section stand below it.
func (v *itemView) outline(ctx context.Context) design.OutlineParams {
	problems := map[string]int{}
	if v.Draft != nil {
		if f, ok := fault.Of(item.Check(&v.Draft.Definition)); ok {
			for _, field := range f.Fields {
				problems[holding(field.Name).key]++
			}
		}
	}
	p := design.OutlineParams{Label: page.T(ctx, "keeper.item.definition")}
	for _, s := range sections {
		part := design.OutlinePart{Text: sectionName(ctx, s.key), Href: sectionAt(v.Code, s.key), Current: s.key == v.Section.key}
		values := s.values(&v.Definition)
		if s.list != "" {
			part.Note = values.Get("rows")
		}
		if n := problems[s.key]; n > 0 {
			part.Badge = &design.BadgeParams{Text: page.T(ctx, "keeper.problems", n), Tone: design.Bad}
		}
		if part.Current && s.list != "" {
			for i := range rowsOf(v.Form) {
				part.Parts = append(part.Parts, design.OutlinePart{Text: s.rowTitle(ctx, v.Form, i), Href: "#row-" + strconv.Itoa(i)})
			}
		}
		p.Parts = append(p.Parts, part)
	}
	return p
}

// rowTitle is what a row is called in the outline: its name, question, law or number.
func (s section) rowTitle(ctx context.Context, form url.Values, i int) string {
	for _, name := range []string{"name", "title", "question", "law", "about"} {
		if text := form.Get(rowName(i, name)); text != "" && s.has(name) {
			return text
		}
	}
	return page.T(ctx, "keeper.row", i+1)
}

func (s section) has(name string) bool {
	for _, f := range s.row {
		if f.name == name {
			return true
		}
	}
	return false
}
