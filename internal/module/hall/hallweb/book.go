package hallweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type bookView struct {
	hall.Row
	Letter, Item, ItemName string
	Day                    string
	Slot                   string
	Slots                  []hall.Slot
	Errors                 design.Errors
}

type bookForm struct {
	Letter string `form:"letter"`
	Item   string `form:"item"`
	Day    string `form:"day"`
	Slot   string `form:"slot"`
}

// askBook is GET /halls/{id}/book: the line first, then the day, then the hour.
func (s *site) askBook(w http.ResponseWriter, r *http.Request) error {
	var in bookForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	return s.showBook(w, r, http.StatusOK, in, nil)
}

func (s *site) showBook(w http.ResponseWriter, r *http.Request, status int, in bookForm, errors design.Errors) error {
	ctx := r.Context()
	row, _, err := s.Halls.Get(ctx, by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := bookView{Row: row, Letter: in.Letter, Item: in.Item, Day: in.Day, Slot: in.Slot, Errors: errors}
	if in.Item != "" {
		e, err := s.entry(ctx, in.Item)
		if err != nil {
			return err
		}
		v.ItemName = e.Short
		if l, ok := row.Rules.LineOf(e.Themes); ok && v.Letter == "" {
			v.Letter = l.Letter
		}
	}
	if v.Letter != "" {
		if v.Slots, err = s.Halls.FreeSlots(ctx, by(r), row.ID, v.Letter); err != nil {
			return err
		}
	}
	return page.Render(w, r, status, bookPage(v))
}

func (s *site) entry(ctx context.Context, code string) (e *item.Entry, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		e, err = s.Items.Entry(ctx, tx, code)
		return err
	})
	return e, err
}

// slotOf reads "2026-12-01T540".
func slotOf(text string) (day civil.Date, minute int, ok bool) {
	on, at, found := strings.Cut(text, "T")
	day, err := civil.Parse(on)
	minute, wrong := strconv.Atoi(at)
	return day, minute, found && err == nil && wrong == nil && minute >= 0 && minute < 24*60
}

func slotText(s hall.Slot) string { return s.Day.String() + "T" + strconv.Itoa(s.Minute) }

// book is POST /halls/{id}/book.
func (s *site) book(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in bookForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	day, minute, ok := slotOf(in.Slot)
	var err error = fault.New(fault.Invalid, "hall.no_slot").Field("slot", "hall.slot_missing")
	if ok {
		_, err = s.Halls.Book(ctx, by(r), hall.Wish{Hall: r.PathValue("id"), Letter: in.Letter, Day: day, Minute: minute, Item: in.Item})
	}
	f, known := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, "/bookings?done=booked")
		return nil
	case known && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		return s.showBook(w, r, f.Kind.Status(), in, design.ErrorsOf(ctx, err))
	}
	return err
}

func (v bookView) at(letter, day string) string {
	q := url.Values{"letter": {letter}}
	if v.Item != "" {
		q.Set("item", v.Item)
	}
	if day != "" {
		q.Set("day", day)
	}
	return hallAt(v.ID, "book") + "?" + q.Encode()
}

func (v bookView) lines() []design.Link {
	out := make([]design.Link, len(v.Rules.Lines))
	for i, l := range v.Rules.Lines {
		out[i] = design.Link{Text: l.Letter + " " + l.Name, Href: v.at(l.Letter, ""), Current: l.Letter == v.Letter}
	}
	return out
}

// days are the days that still have places; the first is shown when none was chosen.
func (v *bookView) days(ctx context.Context) []design.Link {
	var out []design.Link
	for _, s := range v.Slots {
		day := s.Day.String()
		if v.Day == "" {
			v.Day = day
		}
		if len(out) == 0 || out[len(out)-1].Href != v.at(v.Letter, day) {
			out = append(out, design.Link{Text: dayText(ctx, s.Day), Href: v.at(v.Letter, day), Current: day == v.Day})
		}
	}
	return out
}

func (v bookView) choices(ctx context.Context) design.ChoiceParams {
	p := design.ChoiceParams{Name: "slot", Label: page.T(ctx, "hall.slot"), Values: []string{v.Slot}, Error: v.Errors.Of("slot"), Inline: true}
	for _, s := range v.Slots {
		if s.Day.String() == v.Day {
			p.Options = append(p.Options, design.ChoiceOption{Value: slotText(s), Text: hall.Clock(s.Minute), Hint: page.T(ctx, "hall.places_left", s.Free)})
		}
	}
	return p
}

type bookingsView struct {
	List  []bookedVisit
	Done  string
	Pager *design.PagerParams
}

// bookedVisit is a visit with the code that the kiosk reads while it is open.
type bookedVisit struct {
	hall.Visit
	Path string
	Size int
}

// bookings is GET /bookings.
func (s *site) bookings(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	list, next, err := s.Halls.Bookings(ctx, by(r), q.Get("after"), rowsShown)
	if err != nil {
		return err
	}
	v := bookingsView{Done: q.Get("done"), Pager: pager("/bookings", nil, q.Get("after"), next)}
	for _, visit := range list {
		b := bookedVisit{Visit: visit}
		if visit.State == "booked" {
			if b.Path, b.Size, err = s.Draw(s.Address() + "/bookings/" + visit.Code); err != nil {
				return err
			}
		}
		v.List = append(v.List, b)
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, bookingsPage(v))
}

// cancel is POST /bookings/{id}/cancel.
func (s *site) cancel(w http.ResponseWriter, r *http.Request) error {
	if err := s.Halls.Cancel(r.Context(), by(r), r.PathValue("id")); err != nil {
		return err
	}
	web.Redirect(w, r, "/bookings?done=cancelled")
	return nil
}

// done says what was just done; an address somebody made up says nothing.
func done(ctx context.Context, what string) string {
	if slices.Contains([]string{"booked", "cancelled", "reported", "solved", "reopened", "answered", "ended", "authorised"}, what) {
		return said(ctx, "hall.done.", what)
	}
	return ""
}

func bookingRows(ctx context.Context, b bookedVisit) []design.SummaryRow {
	line, _ := b.Hall.Rules.Line(b.Letter)
	return []design.SummaryRow{{Key: page.T(ctx, "hall.when"), Value: dayText(ctx, b.Day) + " " + hall.Clock(b.Minute)}, {Key: page.T(ctx, "hall.line"), Value: b.Letter + " " + line.Name},
		{Key: page.T(ctx, "hall.address"), Value: b.Hall.Address}}
}

func bookingBadge(ctx context.Context, state string) *design.BadgeParams {
	tone := map[string]design.Tone{"booked": design.Info, "arrived": design.Good, "missed": design.Bad}[state]
	return &design.BadgeParams{Text: said(ctx, "hall.booking.", state), Tone: tone}
}
