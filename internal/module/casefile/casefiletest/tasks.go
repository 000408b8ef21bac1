package casefiletest

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Second is another reviewer of the office, Counter another window of the centre, Environment a reviewer of another office of the same government.
var (
	Counter     = officer("counter.nanguan", "window", "220102d90")
	Second      = officer("second.nanguan", "reviewer", "220102d31")
	Environment = officer("environment.nanguan", "reviewer", "220102d16")
)

// staff is everybody at work in the county.
func staff() []actor.Actor {
	return []actor.Actor{Window, Counter, Reviewer, Second, Chief, Environment, Village, Township, Supervisor, Foreign}
}

// tasks returns the service of what officers do with tasks.
func (h *Hall) tasks() *workflow.Tasks {
	return workflow.NewTasks(h.DB, h.Flows, workflow.TaskNeeds{Rights: h.Rights, People: colleagues{}, Offices: places{}, Concerns: h.Cases, Notices: told{}, Events: told{}, Log: told{},
		Keys: h.Keys, Internal: []string{"opine"}})
}

// colleagues meets workflow.People with the staff.
type colleagues struct{}

// Officer implements workflow.People.
func (colleagues) Officer(_ context.Context, _ *db.Tx, account string) (workflow.Officer, error) {
	for _, a := range staff() {
		if a.Account == account {
			return workflow.Officer{Account: account, Subject: "subject-" + account, Name: account, Office: workplace(a.OfficePath), Duties: a.Duties}, nil
		}
	}
	return workflow.Officer{}, fault.New(fault.NotFound, "workflow.task_no_officer")
}

// At implements workflow.People.
func (p colleagues) At(ctx context.Context, tx *db.Tx, path string) (out []workflow.Officer, err error) {
	for _, a := range staff() {
		if a.OfficePath == path {
			o, err := p.Officer(ctx, tx, a.Account)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	return out, nil
}

func workplace(path string) workflow.Office {
	return workflow.Office{ID: "office-" + path, Path: path, Name: path}
}

// At implements workflow.Offices and casefile.Offices: villages have no office of their own.
func (places) At(_ context.Context, _ *db.Tx, path string) (workflow.Office, error) {
	if process.LevelOf(path) == "village" {
		return workflow.Office{}, fault.New(fault.NotFound, "office.not_found")
	}
	return workplace(path), nil
}

// Above implements workflow.Offices: nothing is above the county.
func (places) Above(context.Context, *db.Tx, string) (workflow.Office, error) {
	return workflow.Office{}, fault.New(fault.NotFound, "office.not_found")
}

// Near implements workflow.Offices.
func (places) Near(context.Context, *db.Tx, string) ([]workflow.Office, error) {
	return []workflow.Office{workplace(Environment.OfficePath), workplace(Window.OfficePath)}, nil
}

// Tell implements workflow.Notices.
func (t told) Tell(ctx context.Context, tx *db.Tx, subject, key, link string, args ...string) error {
	return t.Send(ctx, tx, notice.Message{Subject: subject, Key: key, Args: args, Link: link})
}
