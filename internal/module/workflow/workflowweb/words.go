package workflowweb

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// said is a word of a group: "process.kind." and "userTask".
func said(ctx context.Context, group, name string) string { return page.T(ctx, group+name) }

func crumbs(ctx context.Context, more ...design.Crumb) []design.Crumb {
	list := []design.Crumb{{Text: page.T(ctx, "process.crumb.library"), Href: "/desk/library"}, {Text: page.T(ctx, "process.list.title"), Href: at}}
	return append(list, more...)
}

func kindName(ctx context.Context, e *process.Element) string {
	if e.Triggered {
		return page.T(ctx, "process.kind.eventSubProcess")
	}
	text := said(ctx, "process.kind.", string(e.Kind))
	if e.Event.Trigger != process.None && !bpmn.Activity(e.Kind) {
		text += " · " + said(ctx, "process.trigger.", string(e.Event.Trigger))
	}
	if e.Loop != nil {
		text += " · " + page.T(ctx, "process.loop")
	}
	return text
}

// known tells whether there is a word for a name of a group; authors may use names of their own.
func known(ctx context.Context, group, name string) string {
	if key := group + name; name != "" && page.Has(ctx, key) {
		return page.T(ctx, key)
	}
	return name
}

// codeName is what a code means when it is a refusal of the program that needs no more words; else the code itself.
func codeName(ctx context.Context, code string) string {
	if text := known(ctx, "", code); text != code && !strings.Contains(text, "{") {
		return text
	}
	return code
}

// doer says who does an element.
func doer(ctx context.Context, e *process.Element) string {
	switch e.Kind {
	case process.UserTask:
		parts := []string{known(ctx, "process.place.", e.Duty.Place), known(ctx, "process.level.", e.Duty.Level), known(ctx, "office.role.", e.Duty.Role)}
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
	case process.ServiceTask:
		return known(ctx, "process.handler.", e.Handler)
	case process.CallActivity:
		return e.Calls
	}
	return ""
}

func stepColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "process.step")}, {Text: page.T(ctx, "process.step_kind")}, {Text: page.T(ctx, "process.step_by")}}
}

func shownName(ctx context.Context, e *process.Element) string {
	if e.Name != "" {
		return e.Name
	}
	return e.ID
}

// stepRows lists the steps of a process. A gateway without a name only brings ways together, and is none.
func stepRows(ctx context.Context, p *process.Process) []design.Row {
	rows := make([]design.Row, 0, len(p.Elements))
	for _, e := range p.Elements {
		switch e.Kind {
		case process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway, process.EventGateway:
			if e.Name == "" {
				continue
			}
		}
		rows = append(rows, stepRow(ctx, e))
	}
	return rows
}

func stepRow(ctx context.Context, e *process.Element) design.Row {
	return design.Row{Cells: []design.Cell{{Text: shownName(ctx, e)}, {Text: kindName(ctx, e)}, {Text: doer(ctx, e)}}}
}

// findings are what a check found, each with the name of its element: the errors first.
func findings(ctx context.Context, p *process.Process, all []bpmn.Finding, s bpmn.Severity) design.Errors {
	var out design.Errors
	for _, f := range all {
		if f.Severity == s {
			out = append(out, design.FieldError{Label: elementName(p, f.Element), Text: page.T(ctx, f.Key, f.Args...), Href: "#elements"})
		}
	}
	return out
}

// elementName is what the page calls an element or flow.
func elementName(p *process.Process, id string) string {
	if p != nil {
		if e := p.Element(id); e != nil && e.Name != "" {
			return e.Name
		}
	}
	return id
}

// editorWords are the editor's own English words, each with the end of its key.
var editorWords = [][2]string{{"Activate hand tool", "hand"}, {"Activate lasso tool", "lasso"}, {"Activate create/remove space tool", "space"}, {"Activate global connect tool", "connect"},
	{"Create start event", "start"}, {"Create intermediate/boundary event", "event"}, {"Create end event", "end"}, {"Create gateway", "gateway"}, {"Create task", "task"},
	{"Create expanded sub-process", "sub_process"}, {"Create data object reference", "data"}, {"Create data store reference", "store"}, {"Create pool/participant", "pool"},
	{"Create group", "group"}, {"Create element", "create"}, {"Append element", "append"}, {"Append end event", "append_end"}, {"Append gateway", "append_gateway"},
	{"Append task", "append_task"}, {"Append intermediate/boundary event", "append_event"}, {"Append receive task", "append_receive"},
	{"Append timer intermediate catch event", "append_timer"}, {"Append message intermediate catch event", "append_message"},
	{"Append signal intermediate catch event", "append_signal"}, {"Add text annotation", "note"}, {"Change element", "change"}, {"Delete", "delete"},
	{"Connect to other element", "join"}, {"User task", "user_task"}, {"Service task", "service_task"}, {"Send task", "send_task"}, {"Receive task", "receive_task"},
	{"Script task", "script_task"}, {"Call activity", "call"}, {"Exclusive gateway", "exclusive"}, {"Parallel gateway", "parallel"}, {"Inclusive gateway", "inclusive"},
	{"Event-based gateway", "event_gateway"}, {"Parallel multi-instance", "multi_parallel"}, {"Sequential multi-instance", "multi_sequential"},
	{"Sub-process (expanded)", "expanded"}, {"Event sub-process", "event_process"}, {"Default flow", "default"}, {"Conditional flow", "conditional"}, {"Sequence flow", "sequence"},
	{"Search in diagram", "search"}}

// drawingWords are those words in the page's language, as JSON.
func drawingWords(ctx context.Context) string {
	out := make(map[string]string, len(editorWords))
	for _, w := range editorWords {
		out[w[0]] = said(ctx, "process.draw.", w[1])
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "{}" // strings always marshal
	}
	return string(text)
}
