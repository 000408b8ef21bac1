package officeweb

import (
	"context"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// dayForm is a day of a region as typed.
type dayForm struct {
	Region                    string
	On, Meaning, Name, Source string
	Yearly                    bool
}

// proposeDay is POST /admin/calendar/days.
func (s *site) proposeDay(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "office.local_bad").Because(err)
	}
	q := r.PostForm
	in := dayForm{Region: design.RegionValue(q["region"]), On: strings.TrimSpace(q.Get("on")), Meaning: q.Get("meaning"), Name: q.Get("name"), Source: q.Get("source"), Yearly: q.Get("yearly") != ""}
	d := office.LocalDay{Region: in.Region, Yearly: in.Yearly, Meaning: office.Meaning(in.Meaning), Name: in.Name, Source: in.Source}
	if on, err := civil.Parse(in.On); err == nil {
		d.OnDate = on // what is no date is refused with the other fields
	}
	err := s.Offices.ProposeLocalDay(r.Context(), actor.FromContext(r.Context()), d)
	if f, told := fault.Of(err); told && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		return s.showCalendar(w, r, f.Kind.Status(), calendarView{Errors: design.ErrorsOf(r.Context(), err), Day: in})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/calendar?done=local_proposed")
	return nil
}

// approveDay is POST /admin/calendar/days/{id}/approve.
func (s *site) approveDay(w http.ResponseWriter, r *http.Request) error {
	if err := s.Offices.ApproveLocalDay(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/calendar?done=local_set")
	return nil
}

// returnDay is POST /admin/calendar/days/{id}/return.
func (s *site) returnDay(w http.ResponseWriter, r *http.Request) error {
	if err := s.Offices.ReturnLocalDay(r.Context(), actor.FromContext(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/admin/calendar?done=local_returned")
	return nil
}

func (s *site) dayRows(r *http.Request, list []office.LocalDay, may bool) []design.Row {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	out := make([]design.Row, len(list))
	for i, d := range list {
		day := design.Cell{Text: page.Civil(ctx, d.Day)}
		if d.Yearly {
			day = design.Cell{Text: page.T(ctx, "office.local.yearly_on", int(d.OnDate.Month()), d.OnDate.Day()), Note: page.T(ctx, "office.local.yearly_from", d.OnDate.Year())}
		}
		state := design.Cell{Text: said(ctx, "office.local.state.", string(d.State))}
		if !d.Until.IsZero() { // replaced by what begins later
			state = design.Cell{Text: said(ctx, "office.local.state.", string(office.DayInForce)), Note: page.T(ctx, "office.local.until", d.Until.Year())}
		}
		out[i] = design.Row{Cells: []design.Cell{{Text: s.placeOf(d.Region)}, day, {Text: said(ctx, "office.local.meaning.", string(d.Meaning))}, {Text: d.Name, Note: d.Source}, state}}
		if d.State == office.DayWaiting && may {
			out[i].Cells = append(out[i].Cells, design.Cell{View: dayButtons(d, !d.Own(by))})
		}
	}
	return out
}

// placeOf names a region whose codes begin with some digits.
func (s *site) placeOf(prefix string) string {
	c, err := region.Parse(prefix)
	if err != nil {
		return prefix
	}
	return s.Offices.Directory().FullName(c)
}

func dayColumns(ctx context.Context, may bool) []design.Column {
	list := []design.Column{{Text: page.T(ctx, "office.region")}, {Text: page.T(ctx, "office.local.day")}, {Text: page.T(ctx, "office.local.meaning")}, {Text: page.T(ctx, "office.local.name")},
		{Text: page.T(ctx, "office.local.state")}}
	if may {
		list = append(list, design.Column{Text: page.T(ctx, "office.local.decide"), Hidden: true})
	}
	return list
}

func meaningOptions(ctx context.Context) []design.Option {
	out := make([]design.Option, len(office.Meanings))
	for i, m := range office.Meanings {
		out[i] = design.Option{Value: string(m), Text: said(ctx, "office.local.meaning.", string(m))}
	}
	return out
}

// calendarDone says what was just done; an address somebody made up says nothing.
func calendarDone(ctx context.Context, what string) string {
	switch what {
	case "imported", "local_proposed", "local_set", "local_returned":
		return said(ctx, "office.done.", what)
	}
	return ""
}
