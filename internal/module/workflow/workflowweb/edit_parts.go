package workflowweb

import (
	"context"
	"slices"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// hidden carries the process through a form.
func (v editView) hidden() []design.Hidden {
	return []design.Hidden{{Name: "source", Value: v.Source}, {Name: "from", Value: strconv.Itoa(v.From)}}
}

func (v editView) title(ctx context.Context) string {
	if v.Process == nil {
		return page.T(ctx, "process.edit.title")
	}
	return titled(v.Process)
}

func (v editView) caption(ctx context.Context) string {
	if v.From == 0 {
		return page.T(ctx, "process.edit.new")
	}
	return page.T(ctx, "process.edit.from", v.From)
}

// problems are what keeps the process from being deployed.
func (v editView) problems(ctx context.Context) design.Errors {
	return append(v.refused(), findings(ctx, v.Process, v.Findings, bpmn.Error)...)
}

// refused is what was sent and can't be.
func (v editView) refused() design.Errors {
	list := slices.Clone(v.Errors)
	if v.Own != nil {
		list = append(list, v.Own.Errors...)
	}
	if v.Open != nil {
		list = append(list, v.Open.Errors...)
	}
	return list
}

func (f *elementForm) id() string {
	if f.Flow != nil {
		return f.Flow.ID
	}
	return f.Element.ID
}

func (f *elementForm) name(ctx context.Context) string {
	if f.Flow != nil {
		return f.way(ctx, f.Flow)
	}
	return shownName(ctx, f.Element) + " · " + kindName(ctx, f.Element)
}

// elementRows list what has properties of its own.
func elementRows(ctx context.Context, p *process.Process) []design.Row {
	rows := make([]design.Row, len(p.Elements)) // all: a gateway without a name can be changed as well
	for i, e := range p.Elements {
		rows[i] = stepRow(ctx, e)
		rows[i].Cells = append(rows[i].Cells, design.Cell{View: openButton(e.ID, shownName(ctx, e))})
	}
	return rows
}
