package keeperweb

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const proposalsAt = "/desk/library/proposals"

func proposalAt(id string) string { return proposalsAt + "/" + url.PathEscape(id) }

func (s *site) proposalRoutes(r *web.Router) {
	r.Page("GET "+proposalsAt, web.Staff, s.proposals)
	r.Page("GET "+proposalsAt+"/{id}", web.Staff, s.proposal)
	r.Page("POST "+proposalsAt+"/{id}/{act}", web.Staff, s.decide)
}

type proposalsView struct {
	Rows  []item.Proposal
	Who   map[string]string
	State item.ProposalState
	Next  string
	Paged bool
}

// proposals is GET /desk/library/proposals: what somebody proposed and another must look at.
func (s *site) proposals(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := proposalsView{State: item.ProposalState(q.Get("state")), Paged: q.Get("after") != ""}
	if v.State == "" {
		v.State = item.ProposalWaiting
	}
	var err error
	if v.Rows, err = s.Items.Proposals(ctx, actor.FromContext(ctx), v.State, q.Get("after"), rowsShown+1); err != nil {
		return err
	}
	if len(v.Rows) > rowsShown {
		v.Rows = v.Rows[:rowsShown]
		v.Next = v.Rows[rowsShown-1].ID
	}
	var names []string
	for _, p := range v.Rows {
		names = append(names, p.MadeBy)
	}
	v.Who = s.who(ctx, names...)
	return page.Render(w, r, http.StatusOK, proposalsPage(v))
}

// proposalView is one proposal: what was previewed, and one button.
type proposalView struct {
	*item.Proposal
	Progress  item.Progress // of one that is carried out item by item
	Who       map[string]string
	MayDecide bool
	Mine      bool
	Typed     string
	Done      string
	Errors    design.Errors
}

// proposal is GET /desk/library/proposals/{id}.
func (s *site) proposal(w http.ResponseWriter, r *http.Request) error {
	return s.showProposal(w, r, http.StatusOK, proposalView{Done: r.URL.Query().Get("done")})
}

func (s *site) showProposal(w http.ResponseWriter, r *http.Request, code int, v proposalView) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.Proposal, err = s.Items.FindProposal(ctx, tx, by, r.PathValue("id")); err != nil {
			return err
		}
		v.Progress, err = s.Items.ProposalProgress(ctx, tx, v.Proposal)
		return err
	})
	if err != nil {
		return err
	}
	v.MayDecide, v.Mine = s.Items.MayDecide(by, v.Proposal), v.MadeBy == by.Name()
	v.Who = s.who(ctx, v.MadeBy, v.EndedBy)
	return page.Render(w, r, code, proposalPage(v))
}

// decide is POST /desk/library/proposals/{id}/{act}.
func (s *site) decide(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	var in struct {
		Remark string `form:"remark"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	to, err := s.decideOn(ctx, id, r.PathValue("act"), in.Remark)
	if refused(err) {
		return s.showProposal(w, r, status(err), proposalView{Typed: in.Remark, Errors: design.ErrorsOf(ctx, err)})
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, to)
	return nil
}

// decideOn does one act and returns where it leads.
func (s *site) decideOn(ctx context.Context, id, act, remark string) (to string, err error) {
	by, to := actor.FromContext(ctx), proposalAt(id)+"?done=proposal_"+act
	switch act {
	case "approve":
		p, err := s.Items.ApproveProposal(ctx, by, id, remark)
		if err != nil || p.Kind != item.ForImport {
			return to, err
		}
		return s.readProposed(ctx, by, id)
	case "import":
		return s.readProposed(ctx, by, id)
	case "return":
		_, err = s.Items.ReturnProposal(ctx, by, id, remark)
		return to, err
	case "withdraw":
		_, err = s.Items.WithdrawProposal(ctx, by, id)
		return to, err
	}
	return "", fault.New(fault.NotFound, "item.proposal_gone")
}

// readProposed reads an approved import while the keeper waits. Stopped half-way, the same button goes on where it was.
func (s *site) readProposed(ctx context.Context, by actor.Actor, id string) (string, error) {
	folder, err := os.MkdirTemp("", "import-*")
	if err != nil {
		return "", fmt.Errorf("making room for an import: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // what is left is swept with the folder for such things
	u := &uploaded{}
	defer u.close()
	if err := s.unfold(ctx, by, id, folder, u); err != nil {
		return "", err
	}
	run, err := s.Items.ImportProposed(ctx, by, id, u.in)
	return importsAt + "/" + run.ID, err
}

// unfold puts the kept files of a proposal into a folder and takes them as an upload is taken.
func (s *site) unfold(ctx context.Context, by actor.Actor, id, folder string, u *uploaded) error {
	type kept struct{ name, at string }
	var files []kept
	var out *os.File
	shut := func() error {
		if out == nil {
			return nil
		}
		f := out
		out = nil
		return f.Close()
	}
	defer shut() //nolint:errcheck // closed below when all went well
	err := s.Items.ProposedFiles(ctx, by, id, func(name string) error {
		if err := shut(); err != nil {
			return err
		}
		at := filepath.Join(folder, strconv.Itoa(len(files)))
		files = append(files, kept{name, at})
		var err error
		out, err = os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		return err
	}, func(part []byte) error {
		_, err := out.Write(part)
		return err
	})
	if err != nil {
		return err
	}
	if err := shut(); err != nil {
		return fmt.Errorf("storing a proposed file: %w", err)
	}
	for _, f := range files {
		if err := u.add(f.name, f.at, s.MaxBytes); err != nil {
			return err
		}
	}
	return nil
}
