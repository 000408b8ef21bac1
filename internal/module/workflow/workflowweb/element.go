package workflowweb

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
)

// elementForm is an element or flow as its form shows it.
type elementForm struct {
	Element *process.Element // nil of a flow
	Flow    *process.Flow    // nil of an element
	Ways    []*process.Flow  // out of a gateway
	Tasks   []string         // ids of the other user tasks, of one
	Names   map[string]string
	Typed   url.Values // what was sent and refused; nil shows what is
	Errors  design.Errors
}

// element opens an element or flow of the board, and saves what was sent when asked to.
func (s *site) element(r *http.Request, v *editView, id string, save bool) (status int, err error) {
	ctx := r.Context()
	p, err := bpmn.Read([]byte(v.Source))
	if err != nil {
		if fault.Is(err, fault.Invalid) && !save {
			v.Errors = named(ctx, nil, err)
			return http.StatusUnprocessableEntity, nil
		}
		return 0, err
	}
	if v.Open = opened(p, id); v.Open == nil {
		return 0, fault.New(fault.NotFound, "bpmn.no_element")
	}
	if !save {
		return http.StatusOK, nil
	}
	source, err := saved(ctx, []byte(v.Source), v.Open, r.PostForm)
	if fault.Is(err, fault.Invalid) {
		v.Open.Typed, v.Open.Errors = r.PostForm, design.ErrorsOf(ctx, err)
		return http.StatusUnprocessableEntity, nil
	}
	if err != nil {
		return 0, err
	}
	if p, err = bpmn.Read(source); err != nil {
		return 0, err
	}
	v.Source, v.Open, v.Done = string(source), opened(p, id), "saved"
	return http.StatusOK, nil
}

func opened(p *process.Process, id string) *elementForm {
	f := &elementForm{Element: p.Element(id), Names: map[string]string{}}
	for _, e := range p.Elements {
		if f.Names[e.ID] = e.Name; e.Name == "" {
			f.Names[e.ID] = e.ID
		}
	}
	if f.Element == nil {
		if f.Flow = p.Flow(id); f.Flow == nil {
			return nil
		}
		return f
	}
	for _, e := range p.Elements {
		if f.Element.Kind == process.UserTask && e.Kind == process.UserTask && e != f.Element {
			f.Tasks = append(f.Tasks, e.ID)
		}
	}
	if k := f.Element.Kind; k == process.ExclusiveGateway || k == process.InclusiveGateway {
		for _, flow := range f.Element.Outgoing {
			f.Ways = append(f.Ways, p.Flow(flow))
		}
	}
	return f
}

// saved writes what a form says into a source.
func saved(ctx context.Context, source []byte, f *elementForm, sent url.Values) ([]byte, error) {
	if f.Flow != nil {
		return bpmn.EditFlow(source, f.Flow.ID, sent.Get("name"), strings.TrimSpace(sent.Get("when")))
	}
	e := *f.Element
	if err := fill(&e, sent); err != nil {
		return nil, err
	}
	if len(f.Ways) == 0 {
		return bpmn.Edit(source, &e)
	}
	ways := make([]*process.Flow, len(f.Ways))
	for i, w := range f.Ways {
		ways[i] = &process.Flow{ID: w.ID, Name: strings.TrimSpace(sent.Get("name-" + w.ID)), When: strings.TrimSpace(sent.Get("when-" + w.ID))}
		if w.ID == e.Default {
			ways[i].When = "" // a default has no condition
		}
	}
	return bpmn.EditWays(ctx, source, &e, ways)
}

// fill puts what a form says into an element.
func fill(e *process.Element, sent url.Values) error {
	get := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(sent.Get(name), "\r\n", "\n")) }
	refused := fault.New(fault.Invalid, "bpmn.refused")
	entries := func(name string) map[string]string {
		m, ok := parseEntries(get(name))
		if !ok {
			refused.Field(name, "process.bad_entries")
		}
		return m
	}
	e.Name = get("name")
	switch e.Kind {
	case process.UserTask:
		e.Duty = process.Duty{Action: get("action"), Role: get("role"), Place: get("place"), Level: get("level"), Form: get("form"), Document: get("document"),
			Limit: get("limit"), SkipSame: get("skip_same") != "", Fields: entries("fields")}
		for name, right := range e.Duty.Fields {
			if right != "read" && right != "edit" && right != "hidden" {
				refused.Field("fields", "process.bad_right", name)
				break
			}
		}
		e.Outputs = entries("outputs")
		say(e, bpmn.Apart, get("apart"))
	case process.ServiceTask:
		e.Handler, e.Inputs, e.Outputs = get("handler"), entries("inputs"), entries("outputs")
	case process.CallActivity:
		e.Calls, e.Inputs, e.Outputs = get("calls"), entries("inputs"), entries("outputs")
	case process.SendTask:
		e.Inputs = entries("inputs")
	case process.ReceiveTask:
		e.Outputs = entries("outputs")
	case process.ScriptTask:
		e.Script, e.Result = get("script"), get("result")
	case process.ExclusiveGateway, process.InclusiveGateway:
		e.Default = get("default")
	case process.BoundaryEvent:
		e.Keep = get("keep") != "" && e.Event.Trigger != process.Error
	}
	if bpmn.Activity(e.Kind) && !e.Triggered {
		fillLoop(e, get)
	}
	fillEvent(e, get, refused)
	if bpmn.Told(e) {
		say(e, bpmn.Teller, get("teller"))
	}
	if bpmn.Opens(e) {
		say(e, bpmn.Beside, strings.Join(strings.Fields(get("beside")), " "))
	}
	return refused.OrNil()
}

// say sets a property of an element, "" takes it away. The map is the read process's own and stays as it was.
func say(e *process.Element, name, value string) {
	extra := maps.Clone(e.Extra)
	if extra == nil {
		extra = map[string]string{}
	}
	if extra[name] = value; value == "" {
		delete(extra, name)
	}
	e.Extra = extra
}

func fillLoop(e *process.Element, get func(string) string) {
	if e.Loop = nil; get("each") != "" {
		e.Loop = &process.Loop{Each: get("each"), As: get("as"), Until: get("until"), Sequential: get("sequential") != ""}
	}
}

func fillEvent(e *process.Element, get func(string) string, refused *fault.Error) {
	switch e.Event.Trigger {
	case process.Message:
		e.Event.Name, e.Event.Key = get("event"), get("event_key")
	case process.Signal, process.Error:
		e.Event.Name = get("event")
	case process.Timer:
		value, c := get("clock_value"), process.Clock{}
		switch get("clock") {
		case "date":
			c.Date = value
		case "duration":
			c.Duration = value
		case "cycle":
			c.Cycle = value
			if times, err := strconv.Atoi(get("clock_times")); err == nil && times > 0 {
				c.Times = times
			}
		default:
			c.Workdays = value
		}
		if value == "" {
			refused.Field("clock_value", "process.no_clock")
		}
		e.Event.Clock = c
	}
}

// parseEntries reads lines "name = text"; ok is false when one has no name or a name stands twice.
func parseEntries(text string) (map[string]string, bool) {
	var out map[string]string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if _, twice := out[name]; !found || name == "" || twice {
			return nil, false
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = strings.TrimSpace(value)
	}
	return out, true
}

func entryLines(m map[string]string) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, name+" = "+strings.ReplaceAll(m[name], "\n", " "))
	}
	return strings.Join(lines, "\n")
}

// value is what a field shows: what was typed, when it was refused, or else what is.
func (f *elementForm) value(name, is string) string {
	if f.Typed != nil {
		return f.Typed.Get(name)
	}
	return is
}

// clockOf says which time a clock tells.
func clockOf(c process.Clock) (kind, value string) {
	switch {
	case c.Date != "":
		return "date", c.Date
	case c.Duration != "":
		return "duration", c.Duration
	case c.Cycle != "":
		return "cycle", c.Cycle
	}
	return "workdays", c.Workdays
}
