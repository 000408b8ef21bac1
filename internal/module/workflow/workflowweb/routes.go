// Package workflowweb is where the keepers of the library see the processes cases are handled by, draw new ones and propose them, and deploy what another
// keeper proposed.
//
// A process that is being drawn lives in the page alone: every form carries its BPMN source, so nothing is kept until it is proposed and two keepers do not
// draw into each other's work. With scripts bpmn-js draws it; without, it is shown as a picture and each element has its form. Both change the same source.
package workflowweb

import (
	"cmp"
	"context"
	"embed"
	"maps"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deployer checks processes and takes them to the shelf by two keepers, met by workflow.Definitions.
type Deployer interface {
	Examine(ctx context.Context, by actor.Actor, source []byte) (*process.Process, []bpmn.Finding, error)
	Propose(ctx context.Context, by actor.Actor, source []byte, from int) (workflow.Proposal, error)
	Approve(ctx context.Context, by actor.Actor, id string) (workflow.Deployed, error)
	Return(ctx context.Context, by actor.Actor, id, reason string) error
	TakeBack(ctx context.Context, by actor.Actor, id string) error
}

// Keeper looks after running processes, met by workflow.Service.
type Keeper interface {
	Incidents(ctx context.Context, by actor.Actor, before string, limit int) ([]workflow.Incident, error)
	IncidentCounts(ctx context.Context, by actor.Actor) ([]workflow.IncidentCount, error)
	Incident(ctx context.Context, by actor.Actor, id string) (workflow.Incident, bool, error)
	Retry(ctx context.Context, by actor.Actor, id string) error
	GiveUp(ctx context.Context, by actor.Actor, id, why string) error
}

// Mover takes running instances to another version, met by workflow.Service.
type Mover interface {
	RunningOf(ctx context.Context, by actor.Actor, key string, version int, after string, limit int) ([]workflow.Running, error)
	PlanMigration(ctx context.Context, by actor.Actor, m workflow.Migration) (workflow.Plan, error)
	Migrate(ctx context.Context, by actor.Actor, m workflow.Migration) error
}

// Desk tells what was proposed, met by workflow.Definitions.
type Desk interface {
	Proposals(ctx context.Context, by actor.Actor, state workflow.ProposalState, before string, limit int) ([]workflow.Proposal, error)
	Proposal(ctx context.Context, by actor.Actor, id string) (workflow.Proposal, error)
}

// Shelf tells what is deployed, met by workflow.Definitions.
type Shelf interface {
	May(by actor.Actor) error
	List(ctx context.Context, by actor.Actor, after string, limit int) ([]workflow.Shelved, error)
	Versions(ctx context.Context, by actor.Actor, key string, before, limit int) ([]workflow.Shelved, error)
	Source(ctx context.Context, by actor.Actor, key string, version int) ([]byte, int, error)
}

// Deps are what the pages are made from.
type Deps struct {
	Deployer Deployer
	Shelf    Shelf
	Desk     Desk
	Keeper   Keeper
	Mover    Mover
	Known    bpmn.Known // what processes may name; the names of roles are "office.role." and the role
}

// site answers the routes.
type site struct{ Deps }

// documents are the kinds of document a step may be bound to, those first that a step issues.
func (s *site) documents() []string {
	return slices.SortedFunc(maps.Keys(s.Known.Documents), func(a, b string) int {
		at := func(name string) int {
			i := slices.Index(s.Known.Actions, s.Known.Documents[name].By)
			if i < 0 {
				return len(s.Known.Actions)
			}
			return i
		}
		return cmp.Or(cmp.Compare(at(a), at(b)), strings.Compare(a, b))
	})
}

// Limits of what is sent: a file as it is, and a source within a form, whose every sign may take three bytes.
const (
	fileLimit = bpmn.MaxBytes + 1<<16
	drawLimit = 1 << 20 // of a source that is changed here
	formLimit = 4 * drawLimit
)

const at = "/desk/processes"

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("GET "+at, web.Staff, s.list)
	r.Page("GET "+at+"/new", web.Staff, s.begin)
	r.Page("GET "+at+"/{key}", web.Staff, s.show)
	r.Page("GET "+at+"/{key}/edit", web.Staff, s.change)
	r.Page("GET "+at+"/{key}/file", web.Staff, s.file)
	r.Upload("POST "+at+"/upload", web.Staff, fileLimit, s.upload)
	r.Upload("POST "+at+"/edit", web.Staff, formLimit, s.edit)
	r.Upload("POST "+at+"/panel", web.Staff, formLimit, s.panel)
	r.Page("GET "+proposalsAt, web.Staff, s.proposals)
	r.Page("GET "+proposalsAt+"/{id}", web.Staff, s.proposal)
	r.Page("POST "+proposalsAt+"/{id}/approve", web.Staff, s.approve)
	r.Page("POST "+proposalsAt+"/{id}/return", web.Staff, s.sendBack)
	r.Page("POST "+proposalsAt+"/{id}/withdraw", web.Staff, s.takeBack)
	r.Page("GET "+incidentsAt, web.Staff, s.incidents)
	r.Page("GET "+oneIncidentAt+"/{id}", web.Staff, s.incident)
	r.Page("POST "+oneIncidentAt+"/{id}/retry", web.Staff, s.retry)
	r.Page("POST "+oneIncidentAt+"/{id}/give-up", web.Staff, s.giveUp)
	r.Page("GET "+at+"/{key}/migrate", web.Staff, s.migration)
	r.Page("POST "+at+"/{key}/migrate", web.Staff, s.migrate)
}
