package casefileweb

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// deskRows is how many tasks a page of the inbox shows.
const deskRows = 25

// desk is GET /desk: what waits for the officer's posts, what is due first on top.
func (s *site) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	address, tab, read := "/desk", "inbox", s.Cases.Inbox
	if q.Get("tab") == "held" {
		address, tab, read = "/desk?tab=held", "held", s.Cases.Held
	}
	list, err := read(ctx, by(r), afterOf(q.Get("after")), deskRows+1)
	if err != nil {
		return err
	}
	v := deskView{Tabs: deskTabs(ctx, tab)}
	if v.Note, v.Done = deskNote(ctx, q); v.Note == "" {
		v.Note = didNote(ctx, q.Get("did"))
	}
	if q.Get("after") != "" {
		v.First = address
	}
	if len(list) > deskRows {
		list = list[:deskRows]
		v.Next = address + map[bool]string{true: "&", false: "?"}[tab == "held"] + "after=" + url.QueryEscape(afterText(list[deskRows-1].Task))
	}
	if len(list) > 0 {
		v.Following = deskAt(list[0].Case.Number)
	}
	today := civil.Of(time.Now())
	for _, t := range list {
		v.Rows = append(v.Rows, deskRow(ctx, t, today))
	}
	return page.Render(w, r, http.StatusOK, deskPage(v))
}

// afterText and afterOf write and read where a page of the inbox begins.
func afterText(t workflow.OpenTask) string {
	if t.Rank < 0 {
		return "!" + t.DueOn + "_" + t.ID // among those that were urged
	}
	return t.DueOn + "_" + t.ID
}

func afterOf(text string) workflow.After {
	text, urged := strings.CutPrefix(text, "!")
	due, id, _ := strings.Cut(text, "_")
	a := workflow.After{DueOn: due, ID: id}
	if urged {
		a.Rank = -1
	}
	return a
}

var caseNumber = regexp.MustCompile(`^[0-9]{21}$`)

// deskNote says what was just done and leads to the case; an address somebody made up says nothing.
func deskNote(ctx context.Context, q url.Values) (string, *design.Link) {
	action, number := casefile.Action(q.Get("done")), q.Get("case")
	if _, known := pages[action]; !known || !caseNumber.MatchString(number) {
		return "", nil
	}
	return page.T(ctx, "casefile.desk.done", said(ctx, "casefile.event.", string(action)), number), &design.Link{Text: page.T(ctx, "casefile.desk.see"), Href: deskAt(number)}
}

func deskRow(ctx context.Context, t casefile.Waiting, today civil.Date) design.Row {
	due := design.Cell{Text: page.T(ctx, "casefile.desk.no_due")}
	if on := dueOf(t.Task.DueOn); on != "" {
		due = design.Cell{Text: page.Civil(ctx, on), Note: leftText(ctx, civil.MustParse(on), today)}
	}
	if b := warningBadge(ctx, t.Clock); b != nil {
		due.View = warnedDue(due.Text, *b)
	}
	return design.Row{Tone: dueTone(t, today), Cells: []design.Cell{
		{Text: t.Case.Number, Href: deskAt(t.Case.Number), Note: t.Case.ItemName + " · " + t.Case.Applicant},
		taskCell(ctx, t), due, {View: design.Badge(stateBadge(ctx, string(t.Case.State)))}, {Text: dateText(ctx, t.Case.ReceivedOn)}, tickCell(t)}}
}

// leftText says how far a due date is, in calendar days.
func leftText(ctx context.Context, due, today civil.Date) string {
	switch days := today.Days(due); {
	case days < 0:
		return page.T(ctx, "casefile.desk.late", -days)
	case days == 0:
		return page.T(ctx, "casefile.desk.today")
	default:
		return page.T(ctx, "casefile.desk.left", days)
	}
}

// dueTone is the colour of a task (预警): the clock's while it counts, else how near its own date is.
func dueTone(t casefile.Waiting, today civil.Date) design.Tone {
	if t.Clock.Begun && t.Clock.Running {
		switch t.Clock.Colour {
		case casefile.Red:
			return design.Bad
		case casefile.Yellow:
			return design.Warn
		}
		return design.Neutral
	}
	on := dueOf(t.Task.DueOn)
	if on == "" {
		return design.Neutral
	}
	switch days := today.Days(civil.MustParse(on)); {
	case days < 0:
		return design.Bad
	case days <= 1:
		return design.Warn
	}
	return design.Neutral
}

// search is /desk/search. The header's box asks by GET with a number, the page's own form by POST: what is typed there may be a person's.
func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Text   string `form:"q"`
		State  string `form:"state"`
		From   string `form:"from"`
		Until  string `form:"until"`
		Before string `form:"before"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	if err := s.Cases.MaySearch(by(r)); err != nil {
		return err
	}
	v := searchView{Text: in.Text, State: in.State, From: in.From, Until: in.Until}
	if r.Method == http.MethodGet && in.Text == "" {
		return page.Render(w, r, http.StatusOK, searchPage(v))
	}
	q := casefile.Query{Text: in.Text, State: casefile.State(in.State), Before: in.Before, Limit: pageRows + 1}
	wrong := fault.New(fault.Invalid, "casefile.bad_search")
	q.From, q.Until = dateField(wrong, "from", in.From), dateField(wrong, "until", in.Until)
	if err := wrong.OrNil(); err != nil {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, searchPage(v))
	}
	list, err := s.Cases.Search(ctx, by(r), q)
	if f, ok := refused(err); ok {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, f.Kind.Status(), searchPage(v))
	}
	if err != nil {
		return err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.Next = list[pageRows-1].ID
	}
	v.Asked = true
	for _, c := range list {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: c.Number, Href: deskAt(c.Number), Note: c.ItemName + " · " + c.Applicant}, {Text: c.OfficeName},
			{View: design.Badge(stateBadge(ctx, string(c.State)))}, {Text: dateText(ctx, c.ReceivedOn)}}})
	}
	return page.Render(w, r, http.StatusOK, searchPage(v))
}

// dateField reads a date that may be left out.
func dateField(wrong *fault.Error, name, text string) civil.Date {
	if text == "" {
		return civil.Date{}
	}
	d, err := civil.Parse(text)
	if err != nil {
		wrong.Field(name, "casefile.date_wrong")
	}
	return d
}

// onward carries the question to the next page of answers.
func (v searchView) onward() []design.Hidden {
	return []design.Hidden{{Name: "q", Value: v.Text}, {Name: "state", Value: v.State}, {Name: "from", Value: v.From}, {Name: "until", Value: v.Until}, {Name: "before", Value: v.Next}}
}
