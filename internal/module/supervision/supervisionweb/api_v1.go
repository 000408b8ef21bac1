package supervisionweb

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/supervision"
	"xiangyun/internal/platform/web"
)

type boardInput struct {
	At string `query:"at" maxLength:"40" doc:"path of an office or a level; the highest the caller may see without"`
}

type figuresJSON struct {
	Path         string `json:"path"`
	Name         string `json:"name"`
	Open         int64  `json:"open"`
	Received     int64  `json:"received_today"`
	DueToday     int64  `json:"due_today"`
	Yellow       int64  `json:"yellow"`
	Red          int64  `json:"red"`
	Standing     int64  `json:"suspended"`
	StandingLong int64  `json:"suspended_too_long"`
	Correcting   int64  `json:"correcting"`
	Delivering   int64  `json:"delivering"`
	DeliverLate  int64  `json:"delivering_late"`
	Twice        int64  `json:"corrected_twice" doc:"in the last thirty days"`
	Night        int64  `json:"late_at_night" doc:"in the last thirty days"`
	Unexplored   int64  `json:"long_before_receipt" doc:"in the last thirty days"`
	StoppedAgain int64  `json:"suspended_again" doc:"special procedures of a kind the case has had, begun in the last thirty days"`
}

type boardOutput struct {
	Body struct {
		figuresJSON
		Today string        `json:"today" doc:"YYYY-MM-DD"`
		Data  []figuresJSON `json:"data" doc:"the levels and offices just below"`
	}
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.Staff, huma.Operation{OperationID: "get-supervision-board", Method: http.MethodGet, Path: "/api/v1/supervision/board", Tags: []string{"supervision"},
		Summary: "效能监督看板 / what is due, late and standing still at a level and just below it"}, s.boardAPI)
	web.Register(r, web.Staff, huma.Operation{OperationID: "get-supervision-report", Method: http.MethodGet, Path: "/api/v1/supervision/report", Tags: []string{"supervision"},
		Summary: "效能监督月报 / what happened in a month at a level and just below it"}, s.reportAPI)
}

func (s *site) boardAPI(ctx context.Context, in *boardInput) (*boardOutput, error) {
	b, err := s.Supervision.Board(ctx, actor.FromContext(ctx), in.At)
	if err != nil {
		return nil, err
	}
	out := &boardOutput{}
	out.Body.figuresJSON, out.Body.Today = figuresOf(b.Figures), b.Today.String()
	out.Body.Data = make([]figuresJSON, len(b.Below))
	for i, f := range b.Below {
		out.Body.Data[i] = figuresOf(f)
	}
	return out, nil
}

type reportInput struct {
	At    string `query:"at" maxLength:"40" doc:"path of an office or a level; the highest the caller may see without"`
	Month string `query:"month" maxLength:"7" doc:"YYYY-MM; this month without"`
}

type monthJSON struct {
	Path   string           `json:"path"`
	Name   string           `json:"name"`
	OnTime *float64         `json:"on_time" doc:"share of decisions within the promise, 0 to 1; null when none was made"`
	Times  map[string]int64 `json:"times" doc:"by measure: received accepted rejected returned decided late closed stopped prolonged night unexplored"`
	Cards  map[string]int64 `json:"cards" doc:"given, by kind: red yellow reminder"`
}

type reportOutput struct {
	Body struct {
		monthJSON
		Month string             `json:"month"`
		Days  []string           `json:"days" doc:"of the month, up to today"`
		Daily map[string][]int64 `json:"daily" doc:"by measure, a figure for each of days; a measure without any is left out"`
		Data  []monthJSON        `json:"data" doc:"the levels and offices just below"`
	}
}

func (s *site) reportAPI(ctx context.Context, in *reportInput) (*reportOutput, error) {
	r, err := s.monthOf(ctx, in.At, in.Month)
	if err != nil {
		return nil, err
	}
	out := &reportOutput{}
	out.Body.monthJSON, out.Body.Month, out.Body.Days, out.Body.Daily = monthJSONOf(r.MonthRow), r.Month, []string{}, map[string][]int64{}
	for _, d := range r.Days {
		out.Body.Days = append(out.Body.Days, d.String())
	}
	for m, list := range r.Daily {
		out.Body.Daily[string(m)] = list
	}
	out.Body.Data = make([]monthJSON, len(r.Below))
	for i, b := range r.Below {
		out.Body.Data[i] = monthJSONOf(b)
	}
	return out, nil
}

func monthJSONOf(r supervision.MonthRow) monthJSON {
	out := monthJSON{Path: r.Path, Name: r.Name, Times: map[string]int64{}, Cards: map[string]int64{}}
	if share, ok := r.OnTime(); ok {
		out.OnTime = &share
	}
	for _, m := range reported {
		out.Times[string(m)] = r.Times[m]
	}
	for _, k := range []supervision.CardKind{supervision.RedCard, supervision.YellowCard, supervision.Reminder} {
		out.Cards[string(k)] = r.Cards[k]
	}
	return out
}

func figuresOf(f supervision.Figures) figuresJSON {
	return figuresJSON{f.Path, f.Name, f.Open, f.Received, f.DueToday, f.Yellow, f.Red, f.Standing, f.StandingLong, f.Correcting, f.Delivering, f.DeliverLate,
		f.Month[supervision.Twice], f.Month[supervision.Night], f.Month[supervision.Unexplored], f.Month[supervision.StoppedAgain]}
}
