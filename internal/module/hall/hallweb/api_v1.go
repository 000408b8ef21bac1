package hallweb

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

type lineJSON struct {
	Letter string `json:"letter"`
	Name   string `json:"name"`
}

type hallJSON struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Region  string     `json:"region"`
	Address string     `json:"address"`
	Phone   string     `json:"phone"`
	Open    bool       `json:"open" doc:"serves now"`
	Waiting int        `json:"waiting" doc:"people in the queue"`
	Staffed int        `json:"staffed" doc:"windows somebody sits at"`
	Lines   []lineJSON `json:"lines"`
}

func hallOf(h hall.Row) hallJSON {
	out := hallJSON{ID: h.ID, Name: h.Name, Region: h.Region.String(), Address: h.Address, Phone: h.Phone, Open: h.OpenNow, Waiting: h.Waiting, Staffed: h.Staffed, Lines: []lineJSON{}}
	for _, l := range h.Rules.Lines {
		out.Lines = append(out.Lines, lineJSON{l.Letter, l.Name})
	}
	return out
}

type hallsInput struct {
	Region string `query:"region" doc:"12 digits; halls in it" maxLength:"12"`
	After  string `query:"after" maxLength:"40"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
}

type hallsOutput struct {
	Body struct {
		Data []hallJSON `json:"data"`
		Next string     `json:"next"`
	}
}

type oneInput struct {
	ID string `path:"id" maxLength:"40"`
}

type hallOutput struct{ Body hallJSON }

type calledJSON struct {
	Number string    `json:"number"`
	Window int       `json:"window"`
	At     time.Time `json:"at"`
}

type boardOutput struct {
	Body struct {
		Version int64          `json:"version" doc:"moves with every change of the queue"`
		Open    bool           `json:"open"`
		Called  []calledJSON   `json:"called" doc:"the latest first"`
		Waiting map[string]int `json:"waiting" doc:"by the letter of the line"`
	}
}

type takeInput struct {
	ID  string `path:"id" maxLength:"40"`
	Key string `header:"Idempotency-Key" maxLength:"200"`
	// Kiosk is sent by the machines of the hall.
	Kiosk string `header:"Kiosk-Code" maxLength:"40" doc:"the code of the hall's kiosks: who presents it needs no sign-in and may ask for a priority"`
	Body  struct {
		Letter   string `json:"letter,omitempty" maxLength:"1" doc:"of the line; not needed with a booking"`
		Priority string `json:"priority,omitempty" enum:"elderly,disabled,pregnant,soldier"`
		Booking  string `json:"booking,omitempty" maxLength:"200" doc:"the code of a booking, or the address in its QR code"`
	}
	address string
}

// Resolve implements huma.Resolver: it remembers from where the request comes.
func (in *takeInput) Resolve(ctx huma.Context) []error {
	in.address = ctx.RemoteAddr()
	if host, _, err := net.SplitHostPort(in.address); err == nil {
		in.address = host
	}
	return nil
}

type turnJSON struct {
	Number   string        `json:"number"`
	Code     string        `json:"code" doc:"whoever has it may follow the number"`
	State    string        `json:"state" enum:"waiting,called,done,gone"`
	Priority string        `json:"priority,omitempty"`
	Window   int           `json:"window,omitempty" doc:"where it was called"`
	Ahead    int           `json:"ahead" doc:"people before it"`
	Estimate *estimateJSON `json:"estimate,omitempty" doc:"absent when it can't be told honestly"`
	Page     string        `json:"page" doc:"its page, for a QR code"`
}

type estimateJSON struct {
	From  int `json:"from_minutes"`
	Until int `json:"until_minutes"`
}

type turnOutput struct{ Body turnJSON }

type codeInput struct {
	Code string `path:"code" maxLength:"40"`
}

type slotsInput struct {
	ID     string `path:"id" maxLength:"40"`
	Letter string `query:"letter" maxLength:"1" required:"true"`
}

type slotJSON struct {
	Day  string `json:"day"`
	Time string `json:"time" doc:"HH:MM, Beijing time"`
	Free int    `json:"free"`
}

type slotsOutput struct {
	Body struct {
		Data []slotJSON `json:"data"`
		Next string     `json:"next" doc:"always empty"`
	}
}

func (s *site) api(r *web.Router) {
	tags := []string{"halls"}
	web.Register(r, web.Public, huma.Operation{OperationID: "list-halls", Method: http.MethodGet, Path: "/api/v1/halls", Tags: tags,
		Summary: "政务大厅 / service halls"}, s.hallsAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-hall", Method: http.MethodGet, Path: "/api/v1/halls/{id}", Tags: tags,
		Summary: "一个大厅 / one hall"}, s.hallAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-hall-board", Method: http.MethodGet, Path: "/api/v1/halls/{id}/board", Tags: tags,
		Summary: "叫号屏 / what the screen of a hall shows; its changes come as Server-Sent Events from /halls/{id}/events"}, s.boardAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "list-hall-slots", Method: http.MethodGet, Path: "/api/v1/halls/{id}/slots", Tags: tags,
		Summary: "可预约时段 / what can be booked"}, s.slotsAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "take-number", Method: http.MethodPost, Path: "/api/v1/halls/{id}/tickets", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "取号 / take a number"}, s.takeAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-number", Method: http.MethodGet, Path: "/api/v1/tickets/{code}", Tags: tags,
		Summary: "排队进度 / how a number stands"}, s.turnAPI)
}

func (s *site) hallsAPI(ctx context.Context, in *hallsInput) (*hallsOutput, error) {
	q := hall.Query{After: in.After, Limit: in.Limit}
	if in.Region != "" {
		c, err := region.Parse(in.Region)
		if err != nil {
			return nil, fault.New(fault.Invalid, "hall.bad_region").Field("region", "hall.bad_region")
		}
		q.Region = c
	}
	rows, next, err := s.Halls.List(ctx, actor.FromContext(ctx), q)
	out := &hallsOutput{}
	out.Body.Data, out.Body.Next = []hallJSON{}, next
	for _, h := range rows {
		out.Body.Data = append(out.Body.Data, hallOf(h))
	}
	return out, err
}

func (s *site) hallAPI(ctx context.Context, in *oneInput) (*hallOutput, error) {
	h, _, err := s.Halls.Get(ctx, actor.FromContext(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &hallOutput{hallOf(h)}, nil
}

func (s *site) boardAPI(ctx context.Context, in *oneInput) (*boardOutput, error) {
	b, err := s.Halls.Board(ctx, actor.FromContext(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := &boardOutput{}
	out.Body.Version, out.Body.Open, out.Body.Waiting, out.Body.Called = b.Version, b.Open, b.Waiting, []calledJSON{}
	for _, c := range b.Called {
		out.Body.Called = append(out.Body.Called, calledJSON{c.Name, c.Window, c.At})
	}
	return out, nil
}

func (s *site) slotsAPI(ctx context.Context, in *slotsInput) (*slotsOutput, error) {
	list, err := s.Halls.FreeSlots(ctx, actor.FromContext(ctx), in.ID, in.Letter)
	if err != nil {
		return nil, err
	}
	out := &slotsOutput{}
	out.Body.Data = []slotJSON{}
	for _, f := range list {
		out.Body.Data = append(out.Body.Data, slotJSON{f.Day.String(), hall.Clock(f.Minute), f.Free})
	}
	return out, nil
}

func (s *site) takeAPI(ctx context.Context, in *takeInput) (*turnOutput, error) {
	if err := s.numbers.Allow(in.address); err != nil {
		return nil, err
	}
	ask := hall.Request{Hall: in.ID, Kiosk: in.Kiosk, Letter: in.Body.Letter, Priority: in.Body.Priority}
	if in.Body.Booking != "" {
		if ask.Booking = hall.CodeOf(in.Body.Booking); ask.Booking == "" {
			return nil, fault.New(fault.Invalid, "hall.bad_code").Field("booking", "hall.bad_code")
		}
	}
	a := actor.FromContext(ctx)
	t, err := s.Halls.Take(ctx, a, ask, onceKey(a, in.address, in.Key, "api", ask, ""))
	if err != nil {
		return nil, err
	}
	return s.standing(ctx, t.Code)
}

func (s *site) turnAPI(ctx context.Context, in *codeInput) (*turnOutput, error) {
	return s.standing(ctx, in.Code)
}

func (s *site) standing(ctx context.Context, code string) (*turnOutput, error) {
	st, err := s.Halls.Standing(ctx, actor.FromContext(ctx), code)
	if err != nil {
		return nil, err
	}
	out := &turnOutput{turnJSON{Number: st.Turn.Name(), Code: st.Turn.Code, State: st.Turn.State, Priority: st.Turn.Priority, Ahead: st.Ahead, Page: s.Address() + "/turns/" + code}}
	if st.Turn.State == "called" {
		out.Body.Window = st.Window
	}
	if st.Estimate != nil {
		out.Body.Estimate = &estimateJSON{st.Estimate.From, st.Estimate.Until}
	}
	return out, nil
}
