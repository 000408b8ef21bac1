package assembly

import (
	"context"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// places are where a step of a process may be done, by the names of [workplaces.Places].
var places = []string{"office", "centre", "township", "village", "opinions", "superior"}

// processes gives the service tasks of processes what does them, and makes the shelf that knows what a process may name.
func (a *App) processes() {
	for name, h := range a.Cases.Handlers() {
		a.Flows.Handle(name, h)
	}
	a.Definitions = workflow.NewDefinitions(a.DB, workflow.DefinitionNeeds{Rights: a.Offices, Log: a.Audit, Forms: fields{a.Forms},
		Known: bpmn.Known{Places: places, Roles: caseRoles, Actions: casefile.TaskActions(), Documents: casefile.Documents(), Handlers: a.Flows.Handled()}})
	a.Forms.Ask(func(ctx context.Context, tx *db.Tx, d *form.Definition) error {
		return a.Definitions.Fits(ctx, tx, d.Key, typed(d))
	})
}

// fields meets workflow.Forms with the form module.
type fields struct{ forms *form.Service }

// Fields implements workflow.Forms.
func (f fields) Fields(ctx context.Context, tx *db.Tx, key string) (bpmn.Form, bool, error) {
	d, err := f.forms.Latest(ctx, tx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return typed(d), true, nil
}

// typed is a form as processes see it.
func typed(d *form.Definition) bpmn.Form {
	out := bpmn.Form{}
	for _, t := range d.Typed() {
		out[t.Path] = bpmn.FormField{Type: t.Type, Personal: t.Personal, Always: t.Always}
	}
	return out
}
