package casefile

import (
	"context"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// document is a kind of document that a process may bind to a step (文书).
type document struct {
	kinds []PaperKind   // any of them
	at    bpmn.Document // when it is issued
}

// Documents that an officer issues beside the tasks are issued in some states of a case only, see [ways]: who completes a task in another can't bring them.
var documents = map[string]document{
	"acceptance":   {[]PaperKind{AcceptanceNotice, SpotDecision}, bpmn.Document{By: "accept", From: "accept"}},
	"decision":     {[]PaperKind{ApprovalDecision, RefusalDecision, SpotDecision, RenewalDecision}, bpmn.Document{By: "decide", From: "decide"}},
	"delivery":     {[]PaperKind{DeliveryReceipt}, bpmn.Document{By: "deliver", From: "deliver"}},
	"correction":   {[]PaperKind{CorrectionNotice}, bpmn.Document{From: "accept", Until: "accept"}},
	"procedure":    {[]PaperKind{ProcedureNotice}, bpmn.Document{From: "opine", Until: "decide"}},
	"prolongation": {[]PaperKind{ProlongationNotice}, bpmn.Document{From: "opine", Until: "decide"}},
	"extension":    {[]PaperKind{ExtensionNotice}, bpmn.Document{From: "opine", Until: "decide"}},
	"hearing":      {[]PaperKind{HearingNotice}, bpmn.Document{From: "opine", Until: "decide"}},
	"missing":      {[]PaperKind{MissingNotice}, bpmn.Document{From: "opine"}},
}

// Documents names the kinds of document that a process may bind to a step, each with the steps it can be there at.
func Documents() map[string]bpmn.Document {
	out := make(map[string]bpmn.Document, len(documents))
	for name, d := range documents {
		out[name] = d.at
	}
	return out
}

// TaskActions are what a task of a case may be completed by, in the order in which the steps of a case come.
func TaskActions() []string { return []string{"accept", "opine", "decide", "deliver"} }

// documented refuses to complete a task before the document is there that its definition binds to it: fault.Conflict "casefile.document_needed". What the step
// issues itself need not be there before, and what can't be there at such a step is not asked for: definitions deployed before kinds were looked at name what
// the step issues, or nothing that is known.
func (st *step) documented(ctx context.Context, tx *db.Tx, duty process.Duty) error {
	d, known := documents[duty.Document]
	if !known || d.at.By == duty.Action || !d.at.Fits(duty.Action, TaskActions()) {
		return nil
	}
	args := []any{st.c.ID}
	for _, k := range d.kinds {
		args = append(args, string(k))
	}
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM casefile_paper WHERE case_id = $1 AND kind IN (`+db.In(len(d.kinds), 2)+`)`, args...)
	if err != nil || n > 0 {
		return err
	}
	head := paperForms[d.kinds[0]].head((&paperCase{entry: st.entry}).permit())
	return fault.New(fault.Conflict, "casefile.document_needed", head.Title)
}
