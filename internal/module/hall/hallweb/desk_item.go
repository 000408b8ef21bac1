package hallweb

import (
	"context"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// itemsOffered is how many items are offered for what was typed, each with a key of its own.
const itemsOffered = 9

type chooseView struct {
	hall.Deed
	Person string
	Query  string
	Last   bool // the items are those handled last, not those found
	Items  []*item.Entry
	Errors design.Errors
}

// chooseItem is GET /desk/window/deeds/{id}: what the person came for. Nothing typed shows what this clerk handled last.
func (s *site) chooseItem(w http.ResponseWriter, r *http.Request) error {
	return s.showItems(w, r, http.StatusOK, nil)
}

func (s *site) showItems(w http.ResponseWriter, r *http.Request, status int, errors design.Errors) error {
	ctx := r.Context()
	d, err := s.Halls.Deed(ctx, by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.DraftID != "" && errors == nil {
		web.Redirect(w, r, deedAt(d.ID, "form"))
		return nil
	}
	v := chooseView{Deed: d, Query: strings.TrimSpace(r.URL.Query().Get("q")), Errors: errors}
	if v.Person, err = s.Name(ctx, d.SubjectID); err != nil {
		return err
	}
	if v.Query != "" {
		found, err := s.Items.List(ctx, item.Query{Text: v.Query, Region: by(r).Region, Limit: itemsOffered})
		if err != nil {
			return err
		}
		v.Items = found.Rows
		return page.Render(w, r, status, choosePage(v))
	}
	v.Last = true
	codes, err := s.Halls.LastItems(ctx, by(r), itemsOffered)
	if err != nil {
		return err
	}
	for _, code := range codes {
		e, err := s.entry(ctx, code)
		switch {
		case err == nil && e.Offered():
			v.Items = append(v.Items, e)
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		}
	}
	return page.Render(w, r, status, choosePage(v))
}

// chosenItem is POST /desk/window/deeds/{id}: it begins the application.
func (s *site) chosenItem(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `form:"code"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	err := s.begin(r, id, in.Code)
	f, ok := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, deedAt(id, "form"))
		return nil
	case ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Key == "hall.mandate_lacks" || f.Key == "casefile.not_receivable"):
		return s.showItems(w, r, http.StatusUnprocessableEntity, design.ErrorsOf(ctx, err))
	}
	return err
}

func (s *site) begin(r *http.Request, id, code string) error {
	ctx := r.Context()
	d, err := s.Halls.Deed(ctx, by(r), id)
	if err != nil || d.DraftID != "" {
		return err // chosen before: the second press goes on with the first one's draft
	}
	if err := s.Halls.Allowed(ctx, by(r), id, code); err != nil {
		return err
	}
	draft, err := s.Cases.StartDraft(ctx, by(r), casefile.Application{Item: code, Applicant: d.SubjectID})
	if err != nil {
		return err
	}
	err = s.Halls.Chosen(ctx, by(r), id, code, draft)
	if fault.HasKey(err, "hall.deed_over") { // pressed twice at once: the first press's draft is the one that is filled in
		return s.Cases.DiscardDraft(ctx, by(r), draft)
	}
	return err
}

func (v chooseView) foundTitle(ctx context.Context) string {
	if v.Last {
		return page.T(ctx, "hall.last_items")
	}
	return page.T(ctx, "hall.found")
}
