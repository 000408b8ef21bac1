package casefile

import (
	"context"

	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// document is a kind of document that a process may bind to a step (文书).
type document struct {
	kinds []PaperKind // any of them
	by    string      // the action of the task whose step issues it itself; "" when an officer does beside the tasks
}

var documents = map[string]document{
	"acceptance":   {[]PaperKind{AcceptanceNotice, SpotDecision}, "accept"},
	"decision":     {[]PaperKind{ApprovalDecision, RefusalDecision, SpotDecision, RenewalDecision}, "decide"},
	"delivery":     {[]PaperKind{DeliveryReceipt}, "deliver"},
	"correction":   {[]PaperKind{CorrectionNotice}, ""},
	"procedure":    {[]PaperKind{ProcedureNotice}, ""},
	"prolongation": {[]PaperKind{ProlongationNotice}, ""},
	"extension":    {[]PaperKind{ExtensionNotice}, ""},
	"hearing":      {[]PaperKind{HearingNotice}, ""},
	"missing":      {[]PaperKind{MissingNotice}, ""},
}

// Documents names the kinds of document that a process may bind to a step, each with the action whose step issues it; "" when an officer, or the program for
// the process, issues it apart from the tasks.
func Documents() map[string]string {
	out := make(map[string]string, len(documents))
	for name, d := range documents {
		out[name] = d.by
	}
	return out
}

// TaskActions are what a task of a case may be completed by, in the order in which the steps of a case come.
func TaskActions() []string { return []string{"accept", "opine", "decide", "deliver"} }

// documented refuses to complete a task before the document is there that its definition binds to it: fault.Conflict "casefile.document_needed". What the step
// issues itself need not be there before.
func (st *step) documented(ctx context.Context, tx *db.Tx, duty process.Duty) error {
	d, known := documents[duty.Document]
	if !known || d.by == duty.Action {
		return nil // unknown is what was deployed before kinds were looked at
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
