package assembly

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// caseRoles are the roles of those who handle cases: only their posts are given tasks, and only these are handed to a deputy.
var caseRoles = []string{office.RoleWindow, office.RoleClerk, office.RoleReviewer, office.RoleChief, office.RoleSupervisor}

// colleagues meets workflow.People with the office and account modules.
type colleagues struct {
	offices  *office.Service
	accounts *account.Service
}

var errNoOfficer error = fault.New(fault.NotFound, "workflow.task_no_officer")

// Officer implements workflow.People.
func (c colleagues) Officer(ctx context.Context, tx *db.Tx, accountID string) (workflow.Officer, error) {
	duties, main, ok, err := c.offices.Duties(ctx, tx, accountID)
	if err != nil {
		return workflow.Officer{}, err
	}
	duties = slices.DeleteFunc(duties, func(d actor.Duty) bool { return !slices.Contains(caseRoles, d.Role) })
	if !ok || len(duties) == 0 {
		return workflow.Officer{}, errNoOfficer
	}
	if duties[0].Office != main.ID {
		if main, err = c.offices.Office(ctx, tx, duties[0].Office); err != nil {
			return workflow.Officer{}, err
		}
	}
	subject, name, err := c.accounts.PersonOf(ctx, tx, accountID)
	if fault.Is(err, fault.NotFound) {
		return workflow.Officer{}, errNoOfficer
	}
	return workflow.Officer{Account: accountID, Subject: subject, Name: name, Office: officeOf(main), Duties: duties}, err
}

// At implements workflow.People.
func (c colleagues) At(ctx context.Context, tx *db.Tx, path string) (out []workflow.Officer, err error) {
	held, err := c.offices.Holders(ctx, tx, path)
	if err != nil {
		return nil, err
	}
	for i, p := range held {
		if i > 0 && held[i-1].AccountID == p.AccountID {
			continue
		}
		o, err := c.Officer(ctx, tx, p.AccountID)
		if fault.Is(err, fault.NotFound) {
			continue // an administrator, or an account that is shut
		}
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func officeOf(o office.Office) workflow.Office {
	return workflow.Office{ID: o.ID, Path: o.Path, Name: o.Name}
}

// tree meets workflow.Offices with the office module.
type tree struct{ offices *office.Service }

// At implements workflow.Offices.
func (t tree) At(ctx context.Context, tx *db.Tx, path string) (workflow.Office, error) {
	o, err := t.offices.ByPath(ctx, tx, path)
	return officeOf(o), err
}

// Above implements workflow.Offices.
func (t tree) Above(ctx context.Context, tx *db.Tx, path string) (workflow.Office, error) {
	o, err := t.offices.Above(ctx, tx, path)
	return officeOf(o), err
}

// Near implements workflow.Offices: the offices of the same government at which somebody handles cases, and the one above.
func (t tree) Near(ctx context.Context, tx *db.Tx, path string) (out []workflow.Office, err error) {
	here, err := t.offices.ByPath(ctx, tx, path)
	if err != nil {
		return nil, err
	}
	government := here.Parent
	if here.Kind == office.Government {
		government = here.Path
	}
	list, err := t.offices.Staffed(ctx, tx, government, caseRoles)
	if err != nil {
		return nil, err
	}
	above, err := t.offices.Above(ctx, tx, path)
	if err == nil {
		list = append(list, above)
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	for _, o := range list {
		if o.Path != path {
			out = append(out, officeOf(o))
		}
	}
	return out, nil
}

// desks meets workflow.Notices with the notice module.
type desks struct{ notices *notice.Service }

// lateDesks is desks for who is made before the notices are.
type lateDesks struct{ app *App }

// Tell implements account.Notices.
func (l lateDesks) Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error {
	return desks{l.app.Notices}.Tell(ctx, tx, subject, key, link, args...)
}

// Tell implements workflow.Notices.
func (d desks) Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error {
	return d.notices.Send(ctx, tx, notice.Message{Subject: subject, Key: key, Args: args, Link: link, Desk: true})
}
