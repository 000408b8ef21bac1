package keeperweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) draftRoutes(r *web.Router) {
	r.Page("GET /desk/library/drafts", web.Staff, s.drafts)
	r.Page("GET /desk/library/drafts/{id}", web.Staff, s.draft)
	r.Page("POST /desk/library/drafts/{id}/{act}", web.Staff, s.actOnDraft)
}

type draftsView struct {
	Rows  []*item.Draft
	Who   map[string]string
	State item.DraftState
	Next  string
	Paged bool
}

// drafts is GET /desk/library/drafts: what is written and what waits for its review.
func (s *site) drafts(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := draftsView{State: item.DraftState(q.Get("state")), Paged: q.Get("after") != ""}
	var err error
	if v.Rows, err = s.Items.Drafts(ctx, actor.FromContext(ctx), v.State, q.Get("after"), rowsShown+1); err != nil {
		return err
	}
	if len(v.Rows) > rowsShown {
		v.Rows = v.Rows[:rowsShown]
		v.Next = v.Rows[rowsShown-1].ID
	}
	var names []string
	for _, d := range v.Rows {
		names = append(names, d.SavedBy)
	}
	v.Who = s.who(ctx, names...)
	return page.Render(w, r, http.StatusOK, draftsPage(v))
}

// draftView is one draft with what it changes and for whom.
type draftView struct {
	*item.Draft
	Who       map[string]string
	Moved     bool // another version was published since it was begun
	Changes   []item.Difference
	Crossings []item.Crossing
	Affected  []item.Affected
	Running   []item.RunningCases
	Falling   item.Falling // entries that its publication would end
	MayReview bool
	MayChange bool
	Typed     string // a remark
	Done      string
	Errors    design.Errors
}

// draft is GET /desk/library/drafts/{id}.
func (s *site) draft(w http.ResponseWriter, r *http.Request) error {
	return s.showDraft(w, r, http.StatusOK, draftView{Done: r.URL.Query().Get("done")})
}

func (s *site) showDraft(w http.ResponseWriter, r *http.Request, code int, v draftView) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.Draft, err = s.Items.FindDraft(ctx, tx, by, r.PathValue("id")); err != nil {
			return err
		}
		v.MayReview, v.MayChange = s.Items.MayApprove(ctx, tx, by, v.Draft), s.Items.MayChange(by, v.Draft)
		if v.Affected, err = s.Items.AffectedBy(ctx, tx, v.BaseCode); err != nil {
			return err
		}
		if v.Running, err = s.Items.RunningUnder(ctx, tx, v.BaseCode); err != nil {
			return err
		}
		if !v.State.Ended() {
			if v.Falling, err = s.Items.FallsOut(ctx, tx, &v.Draft.Definition); err != nil {
				return err
			}
		}
		return s.compareDraft(ctx, tx, &v)
	})
	if err != nil {
		return err
	}
	v.Who = s.who(ctx, v.MadeBy, v.SavedBy, v.SubmittedBy, v.ReviewedBy)
	return page.Render(w, r, code, draftPage(v))
}

// compareDraft says what the draft changes, three ways when another version came in between.
func (s *site) compareDraft(ctx context.Context, tx *db.Tx, v *draftView) error {
	began, err := s.Items.Began(ctx, tx, v.Draft)
	if err != nil {
		return err
	}
	v.Changes = item.Compare(began, &v.Draft.Definition)
	if v.State.Ended() {
		return nil
	}
	now, err := s.Items.Base(ctx, tx, v.BaseCode)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if v.Moved = now.VersionID != v.BasedOn; v.Moved {
		v.Crossings = item.ThreeWay(began, &now.Definition, &v.Draft.Definition)
	}
	return nil
}

// actInput is what the buttons of a draft's page send.
type actInput struct {
	Revision int    `form:"revision"`
	Remark   string `form:"remark"`
	On       string `form:"effective_on"`
	Keep     bool   `form:"keep_cases"`
}

// actOnDraft is POST /desk/library/drafts/{id}/{act}.
func (s *site) actOnDraft(w http.ResponseWriter, r *http.Request) error {
	ctx, id, act := r.Context(), r.PathValue("id"), r.PathValue("act")
	var in actInput
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	d, err := s.act(ctx, id, act, in)
	if refused(err) {
		v := draftView{Typed: in.Remark, Errors: design.ErrorsOf(ctx, err)}
		if fault.HasKey(err, "item.bad_definition") {
			if v.Errors, err = s.linked(ctx, id, err); err != nil {
				return err
			}
			return s.showDraft(w, r, http.StatusUnprocessableEntity, v)
		}
		return s.showDraft(w, r, status(err), v)
	}
	if err != nil {
		return err
	}
	if act == "renew" {
		web.Redirect(w, r, itemAt(d.BaseCode)+"?done=renewed")
		return nil
	}
	web.Redirect(w, r, draftAt(id)+"?done="+act)
	return nil
}

// linked leads from each thing Check is not content with to the section that puts it right.
func (s *site) linked(ctx context.Context, id string, refusal error) (design.Errors, error) {
	var list design.Errors
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		d, err := s.Items.FindDraft(ctx, tx, actor.FromContext(ctx), id)
		if err == nil {
			list = problemsOf(ctx, d.BaseCode, refusal)
		}
		return err
	})
	return list, err
}

func (s *site) act(ctx context.Context, id, act string, in actInput) (*item.Draft, error) {
	by := actor.FromContext(ctx)
	switch act {
	case "submit":
		return s.Items.SubmitDraftKeeping(ctx, by, id, in.Revision, in.Keep)
	case "withdraw":
		return s.Items.WithdrawDraft(ctx, by, id, in.Revision)
	case "approve":
		return s.Items.ApproveDraft(ctx, by, id, in.Revision, in.Remark)
	case "return":
		return s.Items.ReturnDraft(ctx, by, id, in.Revision, in.Remark)
	case "renew":
		return s.Items.RenewDraft(ctx, by, id, in.Revision)
	case "day":
		return s.setDay(ctx, by, id, in)
	}
	return nil, fault.New(fault.NotFound, "item.draft_gone")
}

// setDay keeps the day a draft is to come into force; none for at once.
func (s *site) setDay(ctx context.Context, by actor.Actor, id string, in actInput) (*item.Draft, error) {
	var on civil.Date
	if in.On != "" {
		var err error
		if on, err = civil.Parse(in.On); err != nil {
			return nil, fault.New(fault.Invalid, "keeper.bad_day").Field("effective_on", "keeper.bad_day").Because(err)
		}
	}
	var d *item.Draft
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		d, err = s.Items.FindDraft(ctx, tx, by, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Items.SaveDraft(ctx, by, id, in.Revision, d.Definition, on)
}
