package workflowweb

import (
	"context"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// mostDrawn is how many elements are drawn; more are listed only.
const mostDrawn = 400

// signs are what BPMN draws inside gateways and events.
var signs = map[process.Kind]string{process.ExclusiveGateway: "×", process.ParallelGateway: "+", process.InclusiveGateway: "○", process.EventGateway: "⬠"}

var eventSigns = map[process.Trigger]string{process.Timer: "◷", process.Message: "✉", process.Signal: "△", process.Error: "↯", process.Terminate: "●"}

var shapes = map[process.Kind]design.ProcessShape{process.StartEvent: design.ShapeStart, process.EndEvent: design.ShapeEnd, process.IntermediateCatch: design.ShapeEvent,
	process.IntermediateThrow: design.ShapeEvent, process.BoundaryEvent: design.ShapeEvent, process.ExclusiveGateway: design.ShapeGateway,
	process.ParallelGateway: design.ShapeGateway, process.InclusiveGateway: design.ShapeGateway, process.EventGateway: design.ShapeGateway,
	process.SubProcess: design.ShapeGroup}

// Picture draws the steps of a process for everybody: on a wide screen as a drawing, on a narrow one as a list. standing says how far elements are, by id;
// what it does not name is still to come.
func Picture(ctx context.Context, p *process.Process, standing map[string]design.ProcessState) templ.Component {
	return picture(ctx, p, standing, nil)
}

// listed tells whether people know an element as a step: what is only computed is none.
func listed(e *process.Element) bool {
	return e.Name != "" && (bpmn.Activity(e.Kind) && e.Kind != process.ScriptTask || e.Kind == process.IntermediateCatch)
}

// picture is Picture with words for who does an element, instead of who is to do it.
func picture(ctx context.Context, p *process.Process, standing map[string]design.ProcessState, by map[string]string) templ.Component {
	m := design.ProcessMapParams{Label: page.T(ctx, "process.picture", titled(p))}
	var plan bpmn.Plan
	if len(p.Elements) <= mostDrawn {
		plan = bpmn.Arrange(p)
	}
	m.W, m.H = plan.W, plan.H
	for _, e := range p.Elements {
		b := plan.Boxes[e.ID]
		who := by[e.ID]
		if who == "" {
			who = doer(ctx, e)
		}
		m.Steps = append(m.Steps, design.ProcessStep{Name: e.Name, By: who, Sign: signs[e.Kind] + eventSign(e), Shape: shapes[e.Kind], State: standing[e.ID],
			Listed: listed(e), X: b.X, Y: b.Y, W: b.W, H: b.H})
	}
	for _, f := range p.Flows {
		l := design.ProcessLine{Text: f.Name}
		for _, at := range plan.Lines[f.ID] {
			l.Points = append(l.Points, [2]int{at.X, at.Y})
		}
		m.Lines = append(m.Lines, l)
	}
	return design.ProcessMap(m)
}

func eventSign(e *process.Element) string {
	if bpmn.Activity(e.Kind) {
		return ""
	}
	return eventSigns[e.Event.Trigger]
}

// titled is the name of a process, its key when it has none.
func titled(p *process.Process) string {
	if p.Name == "" {
		return p.Key
	}
	return p.Name
}
