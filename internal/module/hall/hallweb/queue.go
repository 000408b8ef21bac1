package hallweb

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// kioskView is the page of the machine at the door.
type kioskView struct {
	hall.Board
	Key       string // of this page: pressed twice it is one number
	AtKiosk   bool   // it presents the hall's code
	SignedIn  bool
	Simulated bool
	Errors    design.Errors
}

func (s *site) showKiosk(w http.ResponseWriter, r *http.Request, status int, errors design.Errors) error {
	b, err := s.Halls.Board(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := kioskView{Board: b, Key: web.RequestID(r.Context()) + time.Now().Format("150405.000"), SignedIn: by(r).For() != "", Simulated: s.Reader.Simulated(), Errors: errors}
	if code := kioskCode(r); code != "" {
		switch err := s.Halls.AtKiosk(r.Context(), by(r), b.Hall.ID, code); {
		case err == nil:
			v.AtKiosk = true
		case !fault.Is(err, fault.Forbidden):
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store") // the key is this page's own
	web.AllowCamera(w)
	return page.Render(w, r, status, kioskPage(v))
}

func kioskLead(ctx context.Context, v kioskView) string {
	if v.AtKiosk {
		return page.T(ctx, "hall.kiosk_lead")
	}
	return page.T(ctx, "hall.kiosk_afar")
}

type takeForm struct {
	Letter   string `form:"letter"`
	Priority string `form:"priority"`
	Booking  string `form:"booking"`
	Key      string `form:"key"`
	Go       string `form:"go"`
}

// kioskProgram is who looks a card up where nobody is signed in.
var kioskProgram = actor.Program("hall.kiosk")

// firstLetter is the line of whoever shows a card without a booking: the hall's first.
func firstLetter(h hall.Hall) string { return h.Rules.Lines[0].Letter }

// take is POST /halls/{id}/turns: a number by the line that was pressed, by the code of a booking, or by the card on the reader.
func (s *site) take(w http.ResponseWriter, r *http.Request) error {
	var in takeForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if err := s.numbers.Allow(web.Address(r)); err != nil {
		return err
	}
	t, err := s.taken(r, in)
	if f, ok := fault.Of(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.NotFound && f.Key == "hall.no_booking" || f.Key == "hall.no_reader" || f.Key == "hall.kiosk_only") {
		status := f.Kind.Status()
		if f.Kind == fault.NotFound {
			status = http.StatusUnprocessableEntity
		}
		return s.showKiosk(w, r, status, design.ErrorsOf(r.Context(), err))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/turns/"+t.Code+"?taken=1")
	return nil
}

func (s *site) taken(r *http.Request, in takeForm) (hall.Turn, error) {
	ctx, id := r.Context(), r.PathValue("id")
	ask := hall.Request{Hall: id, Kiosk: kioskCode(r), Letter: in.Letter, Priority: in.Priority}
	if ask.Kiosk != "" && s.Halls.AtKiosk(ctx, by(r), id, ask.Kiosk) != nil {
		ask.Kiosk = "" // the hall changed its code: this machine is like any other now
	}
	card := "" // the number on it
	switch in.Go {
	case "booking":
		if ask.Booking = hall.CodeOf(in.Booking); ask.Booking == "" {
			return hall.Turn{}, fault.New(fault.Invalid, "hall.bad_code").Field("booking", "hall.bad_code")
		}
	case "card":
		if ask.Kiosk == "" {
			return hall.Turn{}, fault.New(fault.Forbidden, "hall.kiosk_only").Field("priority", "hall.kiosk_only")
		}
		if err := s.cards.Allow(web.Address(r)); err != nil {
			return hall.Turn{}, err
		}
		var err error
		if card, err = s.byCard(ctx, &ask); err != nil {
			return hall.Turn{}, err
		}
	}
	key := once.Params{}
	if in.Key != "" {
		key = onceKey(by(r), web.Address(r), in.Key, in.Go, ask, card)
	}
	return s.Halls.Take(ctx, by(r), ask, key)
}

// byCard fills in what a card on the reader tells: the age, and a booking of today by whoever has an account here. It
// returns the number on the card.
func (s *site) byCard(ctx context.Context, ask *hall.Request) (number string, err error) {
	c, err := s.Reader.Read(ctx, "hall/"+ask.Hall)
	if err != nil {
		return "", err
	}
	id, err := personid.Parse(c.Number)
	if err != nil {
		return "", fault.New(fault.Invalid, "hall.no_card")
	}
	ask.Birth = id.Birth().Start()
	subject, _, err := s.Lookup(ctx, kioskProgram, "person", c, false)
	if fault.Is(err, fault.NotFound) {
		return c.Number, nil // nobody we know: an ordinary number
	}
	if err != nil {
		return "", err
	}
	ask.Subject = subject
	ask.Booking, err = s.Halls.OpenBooking(ctx, kioskProgram, ask.Hall, subject)
	return c.Number, err
}

// onceKey says whose key a request carries, and what it asks for: keys of two people never meet, and neither do those of two cards laid on the same kiosk.
// The number on a card goes in under the kiosk's code, which nobody outside the hall has.
func onceKey(by actor.Actor, address, key, way string, ask hall.Request, card string) once.Params {
	whose := "address/" + address
	switch {
	case ask.Kiosk != "":
		whose = "kiosk/" + ask.Hall
	case by.SignedIn():
		whose = by.Name() + "/" + by.For()
	}
	if card != "" {
		ask.Booking = "" // used up by the first press, so that the second would ask for something else
	}
	mac := hmac.New(sha256.New, []byte(ask.Kiosk))
	for _, part := range []string{"number", ask.Hall, way, ask.Letter, ask.Priority, ask.Booking, card} {
		_, _ = fmt.Fprintf(mac, "%d:%s,", len(part), part) // a hash never fails
	}
	return once.Params{Actor: whose, Key: key, Digest: hex.EncodeToString(mac.Sum(nil))}
}

type turnView struct {
	hall.Standing
	Taken   bool // just now, at the kiosk
	Path    string
	Size    int
	Refresh int
}

// turn is GET /turns/{code}: a number on the phone of whoever has it, and what the kiosk prints.
func (s *site) turn(w http.ResponseWriter, r *http.Request) error {
	st, err := s.Halls.Standing(r.Context(), by(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	v := turnView{Standing: st, Taken: r.URL.Query().Has("taken"), Refresh: 15}
	if v.Taken {
		if v.Path, v.Size, err = s.Draw(s.Address() + "/turns/" + st.Turn.Code); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, turnPage(v))
}

func turnPanel(ctx context.Context, v turnView) design.TurnParams {
	line, _ := v.Hall.Rules.Line(v.Turn.Letter)
	p := design.TurnParams{Number: v.Turn.Name(), Label: v.Hall.Name + " · " + line.Name}
	switch v.Turn.State {
	case "waiting":
		p.State = page.T(ctx, "hall.ahead", v.Ahead)
		switch {
		case v.Turn.Fixed:
			p.State = page.T(ctx, "hall.transferred", v.Window)
		case v.Estimate != nil:
			p.Note = page.T(ctx, "hall.estimate", v.Estimate.From, v.Estimate.Until)
		default:
			p.Note = page.T(ctx, "hall.no_estimate")
		}
		if v.Turn.Passes > 0 {
			p.Note = page.T(ctx, "hall.was_passed")
		}
	case "called":
		p.State, p.Tone = page.T(ctx, "hall.go_to", v.Window), design.Good
	case "done":
		p.State, p.Tone = page.T(ctx, "hall.turn_done"), design.Muted
	default:
		p.State, p.Tone = page.T(ctx, "hall.turn_gone"), design.Muted
	}
	return p
}

func priorityText(ctx context.Context, t hall.Turn) string {
	if t.Priority == "" {
		return ""
	}
	return said(ctx, "hall.priority.", t.Priority)
}

func priorityChoices(ctx context.Context) []design.ChoiceOption {
	var out []design.ChoiceOption
	for _, p := range []string{"", "elderly", "disabled", "pregnant", "soldier"} {
		text := page.T(ctx, "hall.priority.none")
		if p != "" {
			text = said(ctx, "hall.priority.", p)
		}
		out = append(out, design.ChoiceOption{Value: p, Text: text})
	}
	return out
}

type screenView struct {
	hall.Board
	Now time.Time
}

// screen is GET /halls/{id}/screen: what hangs on the wall.
func (s *site) screen(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Halls.Board(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return page.Render(w, r, http.StatusOK, screenPage(screenView{b, time.Now()}))
}

func (v screenView) board(ctx context.Context) design.CallBoardParams {
	p := design.CallBoardParams{Label: page.T(ctx, "hall.calling"), Number: page.T(ctx, "hall.number"), Window: page.T(ctx, "hall.window"), Empty: page.T(ctx, "hall.nobody_called")}
	if !v.Open && len(v.Called) == 0 {
		p.Empty = page.T(ctx, "hall.closed_now")
	}
	for _, c := range v.Called {
		p.Rows = append(p.Rows, design.CallRow{Number: c.Name, Window: page.T(ctx, "hall.window_n", c.Window), Fresh: v.Now.Sub(c.At) < justNow,
			Spoken: page.T(ctx, "hall.spoken", c.Name, c.Window), Key: c.Name + "/" + number(c.Window) + "/" + number(c.Calls)})
	}
	return p
}

func (v screenView) stats(ctx context.Context) []design.Stat {
	var out []design.Stat
	for _, l := range v.Hall.Rules.Lines {
		out = append(out, design.Stat{Label: l.Letter + " " + l.Name, Value: number(v.Waiting[l.Letter]), Unit: page.T(ctx, "hall.people_waiting")})
	}
	return out
}

func ptr[T any](v T) *T { return &v }
