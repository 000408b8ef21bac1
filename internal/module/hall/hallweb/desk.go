package hallweb

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// deskView is a clerk's desk: where he sits, whom he serves, who stands before him.
type deskView struct {
	hall.Seat
	Seated    bool
	Windows   []hall.Window // of the hall, to hand a number over
	Places    []place       // to sit down at
	Kiosk     string        // the code of the hall's kiosks
	Simulated bool
	Nobody    bool // next was pressed and nobody waits
	personForm
	Errors design.Errors
}

// place is a hall of the clerk's office with its windows.
type place struct {
	hall.Row
	Windows []hall.Window
}

// personForm is who stands at the window.
type personForm struct {
	Kind   string `form:"kind"`
	Number string `form:"number"`
	Name   string `form:"name"`
	How    string `form:"how"` // present, mandate
	Turn   string `form:"turn"`
	Go     string `form:"go"`
}

// desk is GET /desk/window.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	return s.showDesk(w, r, http.StatusOK, personForm{Kind: "person", How: "present"}, nil)
}

func (s *site) showDesk(w http.ResponseWriter, r *http.Request, status int, in personForm, errors design.Errors) error {
	ctx := r.Context()
	v := deskView{personForm: in, Errors: errors, Simulated: s.Reader.Simulated(), Nobody: r.URL.Query().Has("nobody")}
	seat, err := s.Halls.Seat(ctx, by(r))
	switch {
	case fault.HasKey(err, "hall.no_seat"):
		if v.Places, err = s.places(ctx, by(r)); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		v.Seat, v.Seated = seat, true
		if _, v.Windows, err = s.Halls.Get(ctx, by(r), seat.Hall.ID); err != nil {
			return err
		}
		if v.Kiosk, err = s.Halls.KioskCode(ctx, by(r), seat.Hall.ID); err != nil && !fault.Is(err, fault.Forbidden) {
			return err // who may not open the hall is not told
		}
	}
	return page.Render(w, r, status, deskPage(v))
}

// placesShown is how many halls a clerk chooses from.
const placesShown = 20

func (s *site) places(ctx context.Context, by actor.Actor) ([]place, error) {
	rows, _, err := s.Halls.List(ctx, by, hall.Query{Region: by.Region, Limit: placesShown})
	if err != nil {
		return nil, err
	}
	var out []place
	for _, h := range rows {
		if h.OfficePath != by.OfficePath {
			continue
		}
		_, list, err := s.Halls.Get(ctx, by, h.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, place{h, list})
	}
	return out, nil
}

type stepForm struct {
	Turn   string `form:"turn"`
	Window string `form:"window"`
	Number int    `form:"to"`
	Hall   string `form:"hall"`
	To     string `form:"open"`
}

// deskStep is POST /desk/window/{step}.
func (s *site) deskStep(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("step") == "person" {
		return s.person(w, r)
	}
	var in stepForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx, a := r.Context(), by(r)
	to := "/desk/window"
	var err error
	switch r.PathValue("step") {
	case "sit":
		err = s.Halls.Sit(ctx, a, in.Window)
	case "leave":
		err = s.Halls.Leave(ctx, a)
	case "next":
		var called bool
		if _, called, err = s.Halls.Next(ctx, a, in.Turn); err == nil && !called {
			to += "?nobody=1"
		}
	case "recall":
		err = s.Halls.Recall(ctx, a, in.Turn)
	case "pass":
		err = s.Halls.Pass(ctx, a, in.Turn)
	case "finish":
		err = s.Halls.Finish(ctx, a, in.Turn)
	case "transfer":
		err = s.Halls.Transfer(ctx, a, in.Turn, in.Number)
	case "kiosk":
		return s.openKiosk(w, r, in.Hall)
	case "renew":
		err = s.Halls.RenewKiosk(ctx, a, in.Hall)
	case "open":
		err = s.Halls.SetOpen(ctx, a, in.Hall, in.To)
	default:
		return fault.New(fault.NotFound, "web.not_found")
	}
	if f, ok := fault.Of(err); ok && (f.Kind == fault.Conflict || f.Kind == fault.Invalid) {
		return s.showDesk(w, r, f.Kind.Status(), personForm{Kind: "person", How: "present"}, design.ErrorsOf(ctx, err))
	}
	if err == nil {
		web.Redirect(w, r, to)
	}
	return err
}

// person is POST /desk/window/person: who stands here, by the card on the reader or by what was typed; from here on a deed is written.
func (s *site) person(w http.ResponseWriter, r *http.Request) error {
	var in personForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	id, err := s.begun(r, in)
	f, ok := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, deedAt(id, ""))
		return nil
	case ok && f.Kind != fault.Unauthenticated && f.Kind != fault.TooMany && (f.Kind != fault.Forbidden || f.Key == "hall.mandate_lacks"):
		status := f.Kind.Status()
		if f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
			status = http.StatusUnprocessableEntity // the page is there; the person is not
		}
		return s.showDesk(w, r, status, in, design.ErrorsOf(r.Context(), err))
	}
	return err
}

func (s *site) begun(r *http.Request, in personForm) (string, error) {
	ctx, a := r.Context(), by(r)
	card, read := hall.Card{Name: in.Name, Number: in.Number}, in.Go == "card"
	if read {
		var err error
		in.Kind = "person"
		if card, err = s.Reader.Read(ctx, "window/"+a.Account); err != nil {
			return "", err
		}
	}
	subject, err := s.identified(ctx, a, in.Kind, card, read)
	if err != nil {
		return "", err
	}
	mandate := ""
	switch in.How {
	case "present":
	case "mandate":
		list, err := s.Halls.Running(ctx, a, subject)
		if err != nil {
			return "", err
		}
		if len(list) == 0 {
			return "", fault.New(fault.Invalid, "hall.mandate_lacks").Field("how", "hall.mandate_lacks")
		}
		mandate = list[0].ID
	default:
		return "", fault.New(fault.Invalid, "hall.how_missing").Field("how", "hall.how_missing")
	}
	return s.Halls.Begin(ctx, a, subject, mandate, in.Turn)
}

// identified finds the subject of a card or of what was typed; what is missing is told by field.
func (s *site) identified(ctx context.Context, a actor.Actor, kind string, c hall.Card, read bool) (string, error) {
	f := fault.New(fault.Invalid, "hall.bad_person")
	if kind != "person" && kind != "company" {
		f.Field("kind", "hall.kind_missing")
	}
	if c.Number == "" {
		f.Field("number", "hall.number_missing")
	}
	if c.Name == "" {
		f.Field("name", "hall.name_missing")
	}
	if err := f.OrNil(); err != nil {
		return "", err
	}
	subject, _, err := s.Lookup(ctx, a, kind, c, read)
	if why, ok := fault.Of(err); ok && why.Kind == fault.NotFound {
		err = fault.New(fault.Invalid, why.Key).Field("number", why.Key, why.Args...)
	}
	return subject, err
}

func (v deskView) turnID() string {
	if v.Now == nil {
		return ""
	}
	return v.Now.ID
}

func (v deskView) panel(ctx context.Context) design.TurnParams {
	p := design.TurnParams{Label: page.T(ctx, "hall.at_window", v.Window.Number, v.Window.Name)}
	if v.Now == nil {
		p.State, p.Tone = page.T(ctx, "hall.nobody_here"), design.Muted
		return p
	}
	line, _ := v.Hall.Rules.Line(v.Now.Letter)
	p.Number, p.State, p.Tone, p.Note = v.Now.Name(), line.Name, design.Good, priorityText(ctx, *v.Now)
	return p
}

// others are the windows a number can be handed over to: somebody sits there.
func (v deskView) others() []design.Option {
	var out []design.Option
	for _, w := range v.Windows {
		if w.ID != v.Window.ID && w.Account != "" {
			out = append(out, design.Option{Value: strconv.Itoa(w.Number), Text: strconv.Itoa(w.Number) + " " + w.Name})
		}
	}
	return out
}

func howChoices(ctx context.Context) []design.ChoiceOption {
	return []design.ChoiceOption{{Value: "present", Text: page.T(ctx, "hall.how_present")}, {Value: "mandate", Text: page.T(ctx, "hall.how_mandate")}}
}

// key is the key of the n-th of several: 1 to 9, none beyond.
func key(n int) string {
	if n > 8 {
		return ""
	}
	return strconv.Itoa(n + 1)
}

func deedAt(id, step string) string {
	if step == "" {
		return "/desk/window/deeds/" + id
	}
	return "/desk/window/deeds/" + id + "/" + step
}

func off() templ.Attributes { return templ.Attributes{"autocomplete": "off"} }
