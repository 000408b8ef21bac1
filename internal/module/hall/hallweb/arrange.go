package hallweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// arrangeView is a hall's rules, hours and windows as a form.
type arrangeView struct {
	hall.Row
	Typed   arranged
	Outside []hall.Booking // visits that would be called off
	Done    bool
	Errors  design.Errors
}

// arranged is the form as typed: what is shown again when it was refused.
type arranged struct {
	Seen, Address, Phone string
	Hours                []typedHours
	Lines                []typedLine
	Windows              []typedWindow
	Figures              map[string]string
}

type (
	typedHours  struct{ From, Until string }
	typedLine   struct{ Letter, Name, Themes string }
	typedWindow struct{ Number, Name, Letters string }
)

// Rows left blank for what is new.
const (
	hoursShown   = 4
	blankLines   = 1
	blankWindows = 2
	mostLines    = 26 // one for each letter
)

// typedOf fills the form with a hall as it is.
func typedOf(h hall.Hall, list []hall.Window) arranged {
	t := arranged{Seen: hall.Mark(h, list), Address: h.Address, Phone: h.Phone, Figures: map[string]string{}}
	for _, s := range h.Rules.Hours {
		t.Hours = append(t.Hours, typedHours{hall.Clock(s.From), hall.Clock(s.Until)})
	}
	for _, l := range h.Rules.Lines {
		t.Lines = append(t.Lines, typedLine{l.Letter, l.Name, strings.Join(l.Themes, ",")})
	}
	for _, w := range list {
		t.Windows = append(t.Windows, typedWindow{number(w.Number), w.Name, strings.Join(w.Letters, " ")})
	}
	for _, f := range h.Rules.Figures() {
		t.Figures[f.Name] = number(*f.Value)
	}
	return t
}

// readArranged reads the form; rows nothing is written in are none.
func readArranged(f url.Values) arranged {
	t := arranged{Seen: f.Get("seen"), Address: strings.TrimSpace(f.Get("address")), Phone: strings.TrimSpace(f.Get("phone")), Figures: map[string]string{}}
	at := func(name string, i int) string {
		if i < len(f[name]) {
			return strings.TrimSpace(f[name][i])
		}
		return ""
	}
	for i := range min(len(f["from"]), hoursShown) {
		if h := (typedHours{at("from", i), at("until", i)}); h != (typedHours{}) {
			t.Hours = append(t.Hours, h)
		}
	}
	for i := range min(len(f["letter"]), mostLines) {
		if l := (typedLine{strings.ToUpper(at("letter", i)), at("line", i), at("themes", i)}); l.Letter != "" || l.Name != "" {
			t.Lines = append(t.Lines, l)
		}
	}
	for i := range min(len(f["number"]), mostRows) {
		if w := (typedWindow{at("number", i), at("window", i), strings.ToUpper(at("letters", i))}); w.Number != "" {
			t.Windows = append(t.Windows, w)
		}
	}
	for _, g := range (&hall.Rules{}).Figures() {
		t.Figures[g.Name] = strings.TrimSpace(f.Get(g.Name))
	}
	return t
}

// mostRows is how many windows the form reads; the domain says how many there may be.
const mostRows = 1000

// minute reads "08:30"; -1 for anything else.
func minute(text string) int {
	hours, minutes, ok := strings.Cut(strings.ReplaceAll(text, "：", ":"), ":")
	h, wrong := strconv.Atoi(hours)
	m, bad := strconv.Atoi(minutes)
	if !ok || wrong != nil || bad != nil || h < 0 || h > 24 || m < 0 || m > 59 || len(minutes) != 2 {
		return -1
	}
	return h*60 + m
}

// revision is what was typed as the domain understands it; what it can't read, it refuses as out of bounds.
func (t arranged) revision(id string) hall.Revision {
	r := hall.Revision{Hall: id, Seen: t.Seen, Address: t.Address, Phone: t.Phone}
	for _, h := range t.Hours {
		r.Rules.Hours = append(r.Rules.Hours, hall.Span{From: minute(h.From), Until: minute(h.Until)})
	}
	for _, l := range t.Lines {
		line := hall.Line{Letter: l.Letter, Name: l.Name}
		if l.Themes != "" {
			line.Themes = strings.Split(l.Themes, ",")
		}
		r.Rules.Lines = append(r.Rules.Lines, line)
	}
	for _, w := range t.Windows {
		n, _ := strconv.Atoi(w.Number) // zero is refused
		split := func(c rune) bool { return c < 'A' || c > 'Z' }
		r.Windows = append(r.Windows, hall.Window{Number: n, Name: w.Name, Letters: strings.FieldsFunc(w.Letters, split)})
	}
	for _, f := range r.Rules.Figures() {
		n, err := strconv.Atoi(t.Figures[f.Name])
		if err != nil || n == 0 {
			n = -1 // zero would be what is usual, which nobody asked for
		}
		*f.Value = n
	}
	return r
}

// askArrange is GET /desk/halls/{id}.
func (s *site) askArrange(w http.ResponseWriter, r *http.Request) error {
	return s.showArrange(w, r, http.StatusOK, nil, nil, nil)
}

// showArrange shows the form: as typed, or as the hall is when there is nothing typed.
func (s *site) showArrange(w http.ResponseWriter, r *http.Request, status int, typed *arranged, outside []hall.Booking, err error) error {
	ctx := r.Context()
	row, list, lost := s.Halls.Get(ctx, by(r), r.PathValue("id"))
	if lost != nil {
		return lost
	}
	if !s.Halls.Arranges(by(r), row.Hall) {
		return fault.New(fault.Forbidden, "hall.chiefs_only")
	}
	v := arrangeView{Row: row, Outside: outside, Done: r.URL.Query().Has("done"), Errors: design.ErrorsOf(ctx, err)}
	if typed == nil {
		typed = ptr(typedOf(row.Hall, list))
	}
	v.Typed = *typed
	return page.Render(w, r, status, arrangePage(v))
}

// arrange is POST /desk/halls/{id}.
func (s *site) arrange(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "hall.bad_rules").Because(err)
	}
	id, typed := r.PathValue("id"), readArranged(r.PostForm)
	ask := typed.revision(id)
	ask.Sure = r.PostForm.Get("sure") != ""
	outside, err := s.Halls.Revise(r.Context(), by(r), ask)
	f, known := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, "/desk/halls/"+id+"?done=1")
		return nil
	case known && f.Key == "hall.revised_meanwhile":
		return s.showArrange(w, r, f.Kind.Status(), nil, nil, err)
	case known && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		return s.showArrange(w, r, f.Kind.Status(), &typed, outside, err)
	}
	return err
}

// padded adds blank rows for what is new.
func padded[T any](list []T, blank int) []T {
	return append(list[:len(list):len(list)], make([]T, blank)...)
}

func (v arrangeView) hours() []typedHours {
	return padded(v.Typed.Hours, max(0, hoursShown-len(v.Typed.Hours)))
}

// figureFields are the numbers of the rules.
func (v arrangeView) figureFields(ctx context.Context) []design.Field {
	var out []design.Field
	for _, f := range (&hall.Rules{}).Figures() {
		out = append(out, design.Field{Name: f.Name, Label: said(ctx, "hall.figure.", f.Name), Hint: page.T(ctx, "hall.figure_hint", f.Least, f.Most), Value: v.Typed.Figures[f.Name],
			Error: v.Errors.Of(f.Name), Mode: "numeric", Width: "4", Attrs: off()})
	}
	return out
}

func windowLegend(ctx context.Context, w typedWindow) string {
	if w.Number == "" {
		return page.T(ctx, "hall.new_window")
	}
	return page.T(ctx, "hall.window_n", w.Number)
}

func lineLegend(ctx context.Context, l typedLine) string {
	if l.Letter == "" {
		return page.T(ctx, "hall.new_line")
	}
	return page.T(ctx, "hall.line_n", l.Letter)
}

func outsideColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "hall.day")}, {Text: page.T(ctx, "hall.slot")}, {Text: page.T(ctx, "hall.business")}}
}

func (v arrangeView) outsideRows(ctx context.Context) []design.Row {
	rows := make([]design.Row, len(v.Outside))
	for i, b := range v.Outside {
		l, _ := v.Rules.Line(b.Letter)
		rows[i] = design.Row{Cells: []design.Cell{{Text: dayText(ctx, b.Day)}, {Text: hall.Clock(b.Minute)}, {Text: b.Letter + " " + l.Name}}}
	}
	return rows
}
