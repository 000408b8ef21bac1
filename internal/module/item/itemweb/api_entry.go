package itemweb

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/web"
)

// overrideInput takes the body as it came: an element the office may not touch must be seen to be refused by name.
type overrideInput struct {
	Code    string `path:"code" maxLength:"31"`
	RawBody []byte `contentType:"application/json"`
}

type overrideOutput struct{ Body overriddenJSON }

type overriddenJSON struct {
	Proposal string `json:"proposal" doc:"what another keeper must approve; the entry stays as it is until then"`
	Code     string `json:"code"`
	State    string `json:"state" doc:"waiting"`
}

func (s *site) entryAPI(r *web.Router) {
	web.Register(r, web.Staff, huma.Operation{OperationID: "put-item-entry", Method: http.MethodPut, Path: "/api/v1/items/{code}/entry",
		DefaultStatus: http.StatusAccepted, SkipValidateBody: true, Summary: "What an office wants to say of its own about an entry",
		Description: "Proposes promise_days, visits and contact {address, windows, hours, phone, supervise} of an entry; another keeper approves them. What " +
			"is said, as a text, of an element that is not locked is kept as what the entry says. Every other element is refused with 422 and an error that names it and who keeps it. What is said already is refused " +
			"with 422, what is proposed already with 409."}, s.putEntry)
	// A raw body is described as any text; what is to be sent is an object all the same.
	api := r.API().OpenAPI()
	api.Paths["/api/v1/items/{code}/entry"].Put.RequestBody.Content["application/json"].Schema =
		huma.SchemaFromType(api.Components.Schemas, reflect.TypeFor[overriding]())
}

// overriding is what an office may say, for the description.
type overriding struct {
	PromiseDays int          `json:"promise_days,omitempty" doc:"not more than the base promises"`
	Visits      int          `json:"visits,omitempty" doc:"not more than the base asks"`
	Contact     item.Contact `json:"contact,omitempty"`
}

func (s *site) putEntry(ctx context.Context, in *overrideInput) (*overrideOutput, error) {
	p, err := s.Items.ProposeJSON(ctx, actor.FromContext(ctx), in.Code, in.RawBody)
	if err != nil {
		return nil, err
	}
	return &overrideOutput{overriddenJSON{Proposal: p.ID, Code: p.Object, State: string(p.State)}}, nil
}
