package workflowweb

import (
	"context"

	"xiangyun/internal/design"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/page"
)

// The questions a check answers about a process, in the order they are asked.
var questions = []string{"turn", "end", "once", "said"}

// answered says which question a finding answers, by its key; every other is about what the author did not say.
var answered = map[string]string{"bpmn.check.no_way_in": "turn", "bpmn.check.unreachable": "turn", "bpmn.walk.never": "turn", "bpmn.check.no_way_on": "end", "bpmn.check.no_end": "end",
	"bpmn.check.endless": "end", "bpmn.walk.no_completion": "end", "bpmn.walk.stuck": "end", "bpmn.walk.join_starves": "end", "bpmn.walk.twice": "once"}

func questionOf(key string) string {
	if q, known := answered[key]; known {
		return q
	}
	return "said"
}

// soundText says in one sentence that nothing was found.
func soundText(ctx context.Context, found []bpmn.Finding) string {
	if len(found) > 0 {
		return ""
	}
	return page.T(ctx, "process.proposal.sound")
}

// soundness are the questions with what the check found, each with one row: all is well, or the elements it is not well with.
func soundness(ctx context.Context, p *process.Process, all []bpmn.Finding) []design.Row {
	found := map[string][]bpmn.Finding{}
	for _, f := range all {
		found[questionOf(f.Key)] = append(found[questionOf(f.Key)], f)
	}
	var rows []design.Row
	for _, q := range questions {
		list := found[q]
		if len(list) == 0 {
			rows = append(rows, design.Row{Cells: []design.Cell{{Text: said(ctx, "process.sound.", q)}, {View: design.Badge(design.BadgeParams{Text: page.T(ctx, "process.sound.well"), Tone: design.Good, Icon: "check"})}, {}}})
		}
		for _, f := range list {
			tone, word := design.Warn, "process.sound.warning"
			if f.Severity == bpmn.Error {
				tone, word = design.Bad, "process.sound.error"
			}
			rows = append(rows, design.Row{Cells: []design.Cell{{Text: said(ctx, "process.sound.", q)}, {View: design.Badge(design.BadgeParams{Text: page.T(ctx, word), Tone: tone, Icon: "triangle-alert"})},
				{Text: elementName(p, f.Element), Note: page.T(ctx, f.Key, f.Args...)}}})
		}
	}
	return rows
}
