package workflowweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const proposalsAt = "/desk/process-proposals"

func proposalAt(id string) string { return proposalsAt + "/" + url.PathEscape(id) }

type proposalsView struct {
	State workflow.ProposalState
	Rows  []workflow.Proposal
	Next  string
	Paged bool
}

// proposals is GET /desk/process-proposals?state=: what waits for a second keeper, and what became of the rest.
func (s *site) proposals(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := proposalsView{State: workflow.ProposalState(q.Get("state")), Paged: q.Get("before") != ""}
	if !slices.Contains(workflow.ProposalStates(), v.State) {
		v.State = workflow.Waiting
	}
	rows, err := s.Desk.Proposals(ctx, actor.FromContext(ctx), v.State, q.Get("before"), rowsShown+1)
	if err != nil {
		return err
	}
	if v.Rows = rows; len(rows) > rowsShown {
		v.Rows, v.Next = rows[:rowsShown], rows[rowsShown-1].ID
	}
	return page.Render(w, r, http.StatusOK, proposalsPage(v))
}

func (v proposalsView) address() string { return proposalsAt + "?state=" + string(v.State) }

func (v proposalsView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = v.address()
	}
	if v.Next != "" {
		p.Next = v.address() + "&before=" + url.QueryEscape(v.Next)
	}
	return &p
}

func proposalTabs(ctx context.Context, now workflow.ProposalState) []design.Link {
	var tabs []design.Link
	for _, state := range workflow.ProposalStates() {
		tabs = append(tabs, design.Link{Text: said(ctx, "process.proposal.state.", string(state)), Href: proposalsView{State: state}.address(), Current: state == now})
	}
	return tabs
}

func proposalColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "process.name")}, {Text: page.T(ctx, "process.key"), Extra: true}, {Text: page.T(ctx, "process.proposal.from")},
		{Text: page.T(ctx, "process.proposal.by")}, {Text: page.T(ctx, "process.proposal.made_at")}}
}

func proposalRows(ctx context.Context, list []workflow.Proposal) []design.Row {
	rows := make([]design.Row, len(list))
	for i, p := range list {
		name := p.Name
		if name == "" {
			name = p.DefinitionKey
		}
		rows[i] = design.Row{Cells: []design.Cell{{Text: name, Href: proposalAt(p.ID)}, {Text: p.DefinitionKey}, {Text: fromText(ctx, p.FromVersion)}, {Text: p.Post},
			{Text: page.DateTime(ctx, p.MadeAt)}}}
	}
	return rows
}

func fromText(ctx context.Context, version int) string {
	if version == 0 {
		return page.T(ctx, "process.edit.new")
	}
	return page.T(ctx, "process.version_n", version)
}

// proposalView is a proposal with what stands and what the check says of it now.
type proposalView struct {
	workflow.Proposal
	Process  *process.Process // nil when it can't be read any more
	Standing *process.Process // the version it would follow; nil for a new process
	Findings []bpmn.Finding
	Newest   int
	Own      bool
	Done     string
	Typed    string
	Errors   design.Errors
}

// proposal is GET /desk/process-proposals/{id}.
func (s *site) proposal(w http.ResponseWriter, r *http.Request) error {
	return s.showProposal(w, r, http.StatusOK, proposalView{Done: r.URL.Query().Get("done")})
}

func (s *site) showProposal(w http.ResponseWriter, r *http.Request, status int, v proposalView) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	p, err := s.Desk.Proposal(ctx, by, r.PathValue("id"))
	if err != nil {
		return err
	}
	v.Proposal, v.Own = p, p.Own(by)
	v.Process, v.Findings, err = s.Deployer.Examine(ctx, by, []byte(p.Source))
	if fault.Is(err, fault.Invalid) {
		v.Errors = append(v.Errors, named(ctx, nil, err)...)
	} else if err != nil {
		return err
	}
	if p.FromVersion > 0 {
		source, _, err := s.Shelf.Source(ctx, by, p.DefinitionKey, p.FromVersion)
		if err != nil {
			return err
		}
		if v.Standing, err = bpmn.Read(source); err != nil {
			return err
		}
	}
	newest, err := s.Shelf.Versions(ctx, by, p.DefinitionKey, 0, 1)
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		v.Newest = newest[0].Version
	}
	return page.Render(w, r, status, proposalPage(v))
}

// approve is POST /desk/process-proposals/{id}/approve: the second keeper deploys it.
func (s *site) approve(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Deployer.Approve(ctx, actor.FromContext(ctx), r.PathValue("id"))
	if fault.Is(err, fault.Invalid) {
		return s.showProposal(w, r, http.StatusUnprocessableEntity, proposalView{}) // the page says what the check found
	}
	if fault.Is(err, fault.Conflict) {
		return s.showProposal(w, r, http.StatusConflict, proposalView{Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, oneAt(d.Key)+"?done=deployed&version="+strconv.Itoa(d.Version))
	return nil
}

// sendBack is POST /desk/process-proposals/{id}/return.
func (s *site) sendBack(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Reason string `form:"reason"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	err := s.Deployer.Return(ctx, actor.FromContext(ctx), id, in.Reason)
	switch {
	case fault.Is(err, fault.Invalid):
		return s.showProposal(w, r, http.StatusUnprocessableEntity, proposalView{Typed: in.Reason, Errors: design.ErrorsOf(ctx, err)})
	case fault.Is(err, fault.Conflict):
		return s.showProposal(w, r, http.StatusConflict, proposalView{Typed: in.Reason, Errors: design.ErrorsOf(ctx, err)})
	case err != nil:
		return err
	}
	web.Redirect(w, r, proposalAt(id)+"?done=returned")
	return nil
}

// takeBack is POST /desk/process-proposals/{id}/withdraw: its author's.
func (s *site) takeBack(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := s.Deployer.TakeBack(ctx, actor.FromContext(ctx), id)
	if fault.Is(err, fault.Conflict) {
		return s.showProposal(w, r, http.StatusConflict, proposalView{Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, proposalAt(id)+"?done=withdrawn")
	return nil
}

func (v proposalView) waits() bool { return v.State == workflow.Waiting }

// stale tells that another version was deployed since: it can only be returned.
func (v proposalView) stale() bool { return v.waits() && v.Newest != v.FromVersion }

func (v proposalView) title() string {
	if v.Name == "" {
		return v.DefinitionKey
	}
	return v.Name
}

func (v proposalView) problems(ctx context.Context) design.Errors {
	return append(slices.Clone(v.Errors), findings(ctx, v.Process, v.Findings, bpmn.Error)...)
}

func (v proposalView) facts(ctx context.Context) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "process.proposal.state"), Value: said(ctx, "process.proposal.state.", string(v.State))}, {Key: page.T(ctx, "process.key"), Value: v.DefinitionKey},
		{Key: page.T(ctx, "process.proposal.from"), Value: fromText(ctx, v.FromVersion)}, {Key: page.T(ctx, "process.proposal.by"), Value: v.Post},
		{Key: page.T(ctx, "process.proposal.made_at"), Value: page.DateTime(ctx, v.MadeAt)}}
	if v.waits() {
		return rows
	}
	rows = append(rows, design.SummaryRow{Key: page.T(ctx, "process.proposal.decided_by"), Value: v.DecidedPost},
		design.SummaryRow{Key: page.T(ctx, "process.proposal.decided_at"), Value: page.DateTime(ctx, v.DecidedAt)})
	switch v.State {
	case workflow.TakenBack:
		return rows
	case workflow.Returned:
		return append(rows, design.SummaryRow{Key: page.T(ctx, "process.proposal.reason"), Value: v.Reason})
	}
	return append(rows, design.SummaryRow{Key: page.T(ctx, "process.version"), Value: page.T(ctx, "process.version_n", v.Version)})
}

// standingPart is the picture of what stands, for beside the new one; nil when nothing stands.
func (v proposalView) standingPart() templ.Component {
	if v.Standing == nil {
		return nil
	}
	return pictured(v.Standing, "process.proposal.standing")
}
