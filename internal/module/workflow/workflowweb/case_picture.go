package workflowweb

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// CasePicture draws where the process of a case stands: what was done, what is being done, by which office and since when, and what comes. It names no
// person. It is nil of the zero Progress.
func CasePicture(ctx context.Context, p workflow.Progress) templ.Component {
	if p.Process == nil {
		return nil
	}
	standing, by := map[string]design.ProcessState{}, map[string]string{}
	for id, n := range p.Steps {
		standing[id] = design.ProcessDone
		if n.Now {
			standing[id] = design.ProcessNow
		}
		by[id] = stepText(ctx, n)
	}
	for _, id := range following(p) {
		if standing[id] == design.ProcessTodo {
			standing[id] = design.ProcessNext
		}
	}
	return picture(ctx, p.Process, standing, by)
}

// stepText says who does or did a step, and since when.
func stepText(ctx context.Context, n workflow.StepDone) string {
	var parts []string
	if len(n.Offices) > 0 {
		parts = append(parts, strings.Join(n.Offices, "、"))
	}
	switch {
	case n.Since.IsZero():
	case n.Now:
		parts = append(parts, page.T(ctx, "process.since", page.Date(ctx, n.Since)))
	default:
		parts = append(parts, page.T(ctx, "process.done_on", page.Date(ctx, n.Since)))
	}
	if n.Times > len(n.Offices) && n.Times > 1 {
		parts = append(parts, page.T(ctx, "process.times", n.Times))
	}
	return strings.Join(parts, " · ")
}

// following are the steps people know as steps that may come right after those being done.
func following(p workflow.Progress) (out []string) {
	seen := map[string]bool{}
	var walk func(e *process.Element)
	walk = func(e *process.Element) {
		if e == nil || seen[e.ID] {
			return
		}
		seen[e.ID] = true
		if listed(e) || e.Kind == process.EndEvent {
			out = append(out, e.ID)
			return
		}
		for _, f := range e.Outgoing {
			walk(p.Process.Element(p.Process.Flow(f).To))
		}
	}
	for _, e := range p.Process.Elements {
		if !p.Steps[e.ID].Now {
			continue
		}
		for _, f := range e.Outgoing {
			walk(p.Process.Element(p.Process.Flow(f).To))
		}
	}
	return out
}
