package casefileweb

import (
	"context"
	"net/http"
	"net/url"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/page"
)

type changesView struct {
	Rows        []design.Row
	First, Next string
}

type changeView struct {
	Title       string
	Lead        string
	Rows        []design.Row
	First, Next string
	Timers      []design.Row // of processes
	TimersNext  string
	Tasks       []design.Row // with a limit of their own
	TasksNext   string
}

// changes is GET /desk/calendars: what moved the dates of open cases.
func (s *site) changes(w http.ResponseWriter, r *http.Request) error {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	list, err := s.Cases.Changes(ctx, by(r), before, pageRows+1)
	if err != nil {
		return err
	}
	var v changesView
	if before != "" {
		v.First = "/desk/calendars"
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.Next = "/desk/calendars?before=" + url.QueryEscape(list[pageRows-1].ID)
	}
	for _, c := range list {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: changeTitle(ctx, c), Href: "/desk/calendars/" + c.ID}, {Text: page.DateTime(ctx, c.At)},
			{Text: page.T(ctx, "casefile.change.moved", c.Moved)}, {Text: changeState(ctx, c)}}})
	}
	return page.Render(w, r, http.StatusOK, changesPage(v))
}

// change is GET /desk/calendars/{change}: who is affected, as far as the reader may see.
func (s *site) change(w http.ResponseWriter, r *http.Request) error {
	ctx, id, after := r.Context(), r.PathValue("change"), r.URL.Query().Get("after")
	c, err := s.Cases.Change(ctx, by(r), id)
	if err != nil {
		return err
	}
	list, err := s.Cases.Affected(ctx, by(r), id, after, pageRows+1)
	if err != nil {
		return err
	}
	v := changeView{Title: changeTitle(ctx, c), Lead: page.T(ctx, "casefile.change.lead", page.DateTime(ctx, c.At), c.Seen, changeState(ctx, c))}
	if after != "" {
		v.First = "/desk/calendars/" + id
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.Next = "/desk/calendars/" + id + "?after=" + url.QueryEscape(list[pageRows-1].CaseID)
	}
	for _, m := range list {
		v.Rows = append(v.Rows, design.Row{Cells: []design.Cell{{Text: m.Number, Href: deskAt(m.Number), Note: m.ItemName}, {Text: said(ctx, "casefile.change.what.", m.What)},
			{Text: dateText(ctx, m.BeforeOn), Note: dateText(ctx, m.LegalBefore)}, {Text: dateText(ctx, m.AfterOn), Note: dateText(ctx, m.LegalAfter)}}})
	}
	if err := s.movedTimers(r, &v); err != nil {
		return err
	}
	if err := s.movedTasks(r, &v); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, changePage(v))
}

// movedTimers adds the timers the change moved. They page beside the cases, by the parameter timers.
func (s *site) movedTimers(r *http.Request, v *changeView) error {
	ctx, id := r.Context(), r.PathValue("change")
	list, err := s.Cases.AffectedTimers(ctx, by(r), id, r.URL.Query().Get("timers"), pageRows+1)
	if err != nil {
		return err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.TimersNext = "/desk/calendars/" + id + "?timers=" + url.QueryEscape(list[pageRows-1].TimerID)
	}
	for _, m := range list {
		v.Timers = append(v.Timers, design.Row{Cells: []design.Cell{{Text: m.Number, Href: deskAt(m.Number), Note: m.Title}, {Text: m.Name},
			{Text: page.DateTime(ctx, m.BeforeAt)}, {Text: page.DateTime(ctx, m.AfterAt)}}})
	}
	return nil
}

// movedTasks adds the tasks the change moved. They page by the parameter tasks.
func (s *site) movedTasks(r *http.Request, v *changeView) error {
	ctx, id := r.Context(), r.PathValue("change")
	list, err := s.Cases.AffectedTasks(ctx, by(r), id, r.URL.Query().Get("tasks"), pageRows+1)
	if err != nil {
		return err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		v.TasksNext = "/desk/calendars/" + id + "?tasks=" + url.QueryEscape(list[pageRows-1].TaskID)
	}
	for _, m := range list {
		v.Tasks = append(v.Tasks, design.Row{Cells: []design.Cell{{Text: m.Number, Href: deskAt(m.Number), Note: m.Title}, {Text: m.Name},
			{Text: dateText(ctx, m.BeforeOn)}, {Text: dateText(ctx, m.AfterOn)}}})
	}
	return nil
}

func changeTitle(ctx context.Context, c casefile.Change) string {
	if c.Cause == "warning" {
		return page.T(ctx, "casefile.change.warning")
	}
	return page.T(ctx, "casefile.change.calendar", c.What)
}

func changeState(ctx context.Context, c casefile.Change) string {
	if c.FinishedAt.IsZero() {
		return page.T(ctx, "casefile.change.under_way")
	}
	return page.T(ctx, "casefile.change.finished", page.DateTime(ctx, c.FinishedAt))
}

func changesColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.change.cause")}, {Text: page.T(ctx, "casefile.change.at")}, {Text: page.T(ctx, "casefile.change.cases")}, {Text: page.T(ctx, "casefile.state")}}
}

// movedColumns are those of what is no case: a timer, a task.
func movedColumns(ctx context.Context, what string) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: what}, {Text: page.T(ctx, "casefile.change.before")},
		{Text: page.T(ctx, "casefile.change.after")}}
}

func changeColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "casefile.desk.case")}, {Text: page.T(ctx, "casefile.change.date")}, {Text: page.T(ctx, "casefile.change.before")},
		{Text: page.T(ctx, "casefile.change.after")}}
}
