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

func (s *site) standingRoutes(r *web.Router) {
	r.Page("GET /desk/library/items/{code}/standing", web.Staff, s.standing)
	r.Page("POST /desk/library/items/{code}/standing", web.Staff, s.setStanding)
	r.Page("POST /desk/library/items/{code}/plans/{plan}/drop", web.Staff, s.dropPlan)
}

// standingView is where a base item or an entry stands, and what is to come.
type standingView struct {
	Code, Name string
	Office     string // of an entry
	State      item.State
	Reason     string
	Plans      []item.Plan
	To         string `form:"to"`
	Why        string `form:"reason"`
	On         string `form:"effective_on"`
	Keep       bool   `form:"keep_cases"`
	Running    []item.RunningCases
	Done       string
	Errors     design.Errors
}

func (v *standingView) base() bool { return len(v.Code) == 12 }

// standing is GET /desk/library/items/{code}/standing, for a base item or an entry.
func (s *site) standing(w http.ResponseWriter, r *http.Request) error {
	return s.showStanding(w, r, http.StatusOK, &standingView{Done: r.URL.Query().Get("done")})
}

func (s *site) showStanding(w http.ResponseWriter, r *http.Request, code int, v *standingView) error {
	ctx := r.Context()
	v.Code = r.PathValue("code")
	if !v.base() {
		o, err := s.Items.OwnEntry(ctx, actor.FromContext(ctx), v.Code)
		if err != nil {
			return err
		}
		v.Name, v.Office = o.Name, o.OfficeName
	} else if _, err := s.Items.Editions(ctx, actor.FromContext(ctx), v.Code, 0, 1); err != nil {
		return err
	}
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.base() {
			e, err := s.Items.Preview(ctx, tx, v.Code)
			if err != nil {
				return err
			}
			v.Name, v.State, v.Reason = e.Name, e.State, e.Reason
		} else {
			e, err := s.Items.Entry(ctx, tx, v.Code)
			if err != nil {
				return err
			}
			v.State, v.Reason = e.State, e.Reason
		}
		if v.Running, err = s.Items.RunningUnder(ctx, tx, v.Code); err != nil {
			return err
		}
		v.Plans, err = s.Items.Plans(ctx, tx, v.Code)
		return err
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, code, standingPage(v))
}

// setStanding is POST /desk/library/items/{code}/standing: at once without a day, or planned for one.
func (s *site) setStanding(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	v := &standingView{}
	if err := page.Bind(r, v); err != nil {
		return err
	}
	at, err := s.stand(ctx, code, v)
	if refused(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.showStanding(w, r, status(err), v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, at)
	return nil
}

// stand does what the form says and returns where that is seen. An end is for ever, and what is resumed is in force again: another keeper approves it.
func (s *site) stand(ctx context.Context, code string, v *standingView) (at string, err error) {
	to := item.State(v.To)
	if to != item.InUse && to != item.Paused && to != item.Cancelled {
		return "", fault.New(fault.Invalid, "item.unknown_value").Field("to", "item.unknown_value")
	}
	plan := item.Plan{Code: code, ToState: to, Reason: v.Why}
	if v.On != "" {
		if plan.EffectiveOn, err = civil.Parse(v.On); err != nil {
			return "", fault.New(fault.Invalid, "keeper.bad_day").Field("effective_on", "keeper.bad_day").Because(err)
		}
	}
	by := actor.FromContext(ctx)
	if to != item.Paused {
		p, err := s.Items.ProposeState(ctx, by, plan, v.Keep)
		if err != nil {
			return "", err
		}
		return proposalAt(p.ID) + "?done=proposed", nil
	}
	if v.On == "" {
		return itemAt(code) + "/standing?done=standing", s.Items.SetState(ctx, by, code, to, v.Why)
	}
	_, err = s.Items.PlanState(ctx, by, plan)
	return itemAt(code) + "/standing?done=planned", err
}

// dropPlan is POST /desk/library/items/{code}/plans/{plan}/drop.
func (s *site) dropPlan(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := s.Items.DropPlan(ctx, actor.FromContext(ctx), r.PathValue("plan"))
	if fault.HasKey(err, "item.four_eyes") {
		p, err := s.Items.ProposeDrop(ctx, actor.FromContext(ctx), r.PathValue("plan"))
		if err == nil {
			web.Redirect(w, r, proposalAt(p.ID)+"?done=proposed")
		}
		return err
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, itemAt(r.PathValue("code"))+"/standing?done=dropped")
	return nil
}

func planColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "keeper.plan.on")}, {Text: page.T(ctx, "keeper.plan.to")}, {Text: page.T(ctx, "keeper.reason")}, {Text: page.T(ctx, "keeper.plan.drop"), Hidden: true}}
}

func (v *standingView) planRows(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, p := range v.Plans {
		rows = append(rows, design.Row{Cells: []design.Cell{{Text: page.Civil(ctx, p.EffectiveOn.String())}, {Text: said(ctx, "keeper.state.", string(p.ToState))}, {Text: p.Reason},
			{View: dropForm(v.Code, p)}}})
	}
	return rows
}
