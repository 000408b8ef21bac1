package casefileweb

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/web"
)

type toJSON struct {
	Account string `json:"account,omitempty" maxLength:"60" doc:"of an officer; or else an office"`
	Office  string `json:"office,omitempty" maxLength:"60" doc:"path of an office"`
	Role    string `json:"role,omitempty" maxLength:"40" doc:"of the post there; left out, whoever handles cases there"`
}

type commandInput struct {
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"the same key and body get the first answer"`
	ID      string `path:"id" maxLength:"60" doc:"of the task; for remove and answer of the side task, for read of the copy, for record of the gathering"`
	Command string `path:"command" maxLength:"40" doc:"claim release transfer forward delegate cosign remove answer copy read withdraw send_back urge ask invite record"`
	Body    struct {
		Words   string   `json:"words,omitempty" maxLength:"4000" doc:"reason, question, opinion or record"`
		To      []toJSON `json:"to,omitempty" maxItems:"20" doc:"of transfer, delegate, cosign, copy, ask, invite"`
		Kind    string   `json:"kind,omitempty" maxLength:"20" doc:"of cosign: before, after; of invite: inspection, expert"`
		InTurn  bool     `json:"in_turn,omitempty" doc:"of cosign: one after the other"`
		Agree   *bool    `json:"agree,omitempty" doc:"of answer to a signature; left out, it agrees"`
		Days    int      `json:"days,omitempty" doc:"of ask: working days to answer in; left out, 5"`
		On      string   `json:"on,omitempty" maxLength:"10" doc:"of invite: date"`
		Place   string   `json:"place,omitempty" maxLength:"400" doc:"of invite: where"`
		Node    string   `json:"node,omitempty" maxLength:"100" doc:"of send_back: the step of the process, or applicant"`
		Version int64    `json:"version,omitempty" doc:"the task as it was seen; left out, it is taken as it is"`
	}
}

type commandOutput struct{ Body workflow.Result }

func (s *site) taskAPI(r *web.Router) {
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "command-task", Method: http.MethodPost, Path: "/api/v1/tasks/{id}/{command}", Summary: "Do something with a task besides completing it",
		Description: "403 without the right, 404 for who may not know of the case, 409 when somebody was faster or it was done before, 422 when something is missing. Applicants may urge."}, s.commandTask)
}

func (s *site) commandTask(ctx context.Context, in *commandInput) (*commandOutput, error) {
	a := actor.FromContext(ctx)
	key, err := requested(a, in.Key, "tasks/"+in.ID+"/"+in.Command, in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	order := workflow.Order{Words: b.Words, Kind: workflow.SideKind(b.Kind), InTurn: b.InTurn, Agree: b.Agree, Days: b.Days, On: b.On, Place: b.Place, Node: b.Node, Version: b.Version}
	for _, x := range b.To {
		order.To = append(order.To, workflow.Addressee{Account: x.Account, Office: x.Office, Role: x.Role})
	}
	result, err := s.Tasks.Do(ctx, a, workflow.Verb(in.Command), in.ID, order, key)
	if err != nil {
		return nil, err
	}
	return &commandOutput{Body: result}, nil
}
