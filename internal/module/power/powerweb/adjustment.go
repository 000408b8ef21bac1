package powerweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type adjustmentView struct {
	*power.Adjustment
	Done   string // what was just done
	Said   string // as typed
	Act    power.Act
	Errors design.Errors
}

// adjustment is GET /desk/powers/{id}.
func (s *site) adjustment(w http.ResponseWriter, r *http.Request) error {
	return s.showAdjustment(w, r, http.StatusOK, adjustmentView{Done: r.URL.Query().Get("done")})
}

func (s *site) showAdjustment(w http.ResponseWriter, r *http.Request, status int, v adjustmentView) (err error) {
	if v.Adjustment, err = s.Powers.Adjustment(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	return page.Render(w, r, status, adjustmentPage(v))
}

// opine is POST /desk/powers/{id}/opinion.
func (s *site) opine(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	var in struct {
		Act    string `form:"act"`
		Agrees bool   `form:"agrees"`
		Said   string `form:"said"`
		Seen   int    `form:"seen"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Powers.Opine(ctx, actor.FromContext(ctx), id, in.Seen, power.Opinion{Act: power.Act(in.Act), Agrees: in.Agrees, Said: clean(in.Said)})
	return s.answer(w, r, adjustmentView{Act: power.Act(in.Act), Said: in.Said}, err)
}

// publish is POST /desk/powers/{id}/publish.
func (s *site) publish(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		From string `form:"from"`
		Seen int    `form:"seen"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	from, err := civil.Parse(in.From)
	if err != nil {
		from = civil.Date{} // refused as no day
	}
	err = s.Powers.Publish(ctx, actor.FromContext(ctx), r.PathValue("id"), in.Seen, from)
	return s.answer(w, r, adjustmentView{Act: power.ActOfPublish, Said: in.From}, err)
}

// withdraw is POST /desk/powers/{id}/withdraw.
func (s *site) withdraw(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Seen int `form:"seen"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.Powers.Withdraw(ctx, actor.FromContext(ctx), r.PathValue("id"), in.Seen)
	return s.answer(w, r, adjustmentView{Act: power.ActOfWithdraw}, err)
}

// answer shows the adjustment again with what is wrong, or leads to it with what was done.
func (s *site) answer(w http.ResponseWriter, r *http.Request, v adjustmentView, err error) error {
	if fault.Is(err, fault.Invalid) {
		v.Errors = design.ErrorsOf(r.Context(), err)
		return s.showAdjustment(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, adjustmentAt(r.PathValue("id"))+"?done="+string(v.Act))
	return nil
}

// doneText says what was just done; an address somebody made up says nothing.
func doneText(ctx context.Context, done string) string {
	acts := []power.Act{power.ActOfPropose, power.ActOfResubmit, power.ActOfEstablish, power.ActOfLegality, power.ActOfApprove, power.ActOfPublish, power.ActOfWithdraw}
	if !slices.Contains(acts, power.Act(done)) {
		return ""
	}
	return page.T(ctx, "power.done", said(ctx, "power.act.", done))
}

func adjustmentRows(ctx context.Context, v adjustmentView) []design.SummaryRow {
	return []design.SummaryRow{{Key: page.T(ctx, "power.change"), Value: changeName(ctx, v.Change)}, {Key: fieldName(ctx, "department"), Value: departmentName(v.Definition.Department)},
		{Key: page.T(ctx, "power.occasion"), Value: said(ctx, "power.occasion.", string(v.Occasion))}, {Key: page.T(ctx, "power.document"), Value: v.Document},
		{Key: page.T(ctx, "power.why"), Value: v.Reason}, {Key: page.T(ctx, "power.from"), Value: page.Civil(ctx, v.From.String())}}
}

// steps is what was done so far, newest first.
func steps(ctx context.Context, v adjustmentView) design.TimelineParams {
	p := design.TimelineParams{Label: page.T(ctx, "power.steps_so_far")}
	for _, d := range slices.Backward(v.Steps) {
		e := design.TimelineEvent{Title: said(ctx, "power.act.", string(d.Act)), Text: d.Said, By: d.ByPost, At: page.DateTime(ctx, d.At), ISO: d.At.Format(time.RFC3339), Tone: design.Good}
		if !d.Agrees {
			e.Title, e.Tone, e.Icon = said(ctx, "power.act_returned.", string(d.Act)), design.Warn, "circle-alert"
		}
		p.Events = append(p.Events, e)
	}
	return p
}

// before is the version it was proposed on; an empty one for a power to be adopted.
func (v adjustmentView) before() *power.Definition {
	if v.Before != nil {
		return &v.Before.Definition
	}
	return &power.Definition{}
}

func (v adjustmentView) beforeName(ctx context.Context) string {
	return page.T(ctx, "power.version_number", v.BaseVersion)
}

// opinions are the acts of an opinion that wait for the reader.
func (v adjustmentView) opinions() []power.Act {
	return slices.DeleteFunc(slices.Clone(v.May), func(a power.Act) bool {
		return a != power.ActOfEstablish && a != power.ActOfLegality && a != power.ActOfApprove
	})
}

func (v adjustmentView) seen() []design.Hidden {
	return []design.Hidden{{Name: "seen", Value: strconv.Itoa(v.Version)}}
}

func (v adjustmentView) opinion(ctx context.Context, act power.Act) design.Field {
	f := design.Field{Name: "said", ID: "said-" + string(act), Label: page.T(ctx, "power.opinion"), Hint: page.T(ctx, "power.opinion_hint"), Max: power.LongestText, Rows: 4}
	if v.Act == act {
		f.ID, f.Value, f.Error = "", v.Said, v.Errors.Of("said")
	}
	return f
}

func (v adjustmentView) publishFrom() string {
	if v.Act == power.ActOfPublish {
		return v.Said
	}
	today := civil.Of(time.Now())
	if v.From.Before(today) {
		return today.String()
	}
	return v.From.String()
}
