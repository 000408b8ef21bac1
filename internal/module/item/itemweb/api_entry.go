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
	Code        string       `json:"code"`
	Version     int          `json:"version"`
	VersionID   string       `json:"version_id"`
	PromiseDays int          `json:"promise_days"`
	Visits      int          `json:"visits"`
	Contact     item.Contact `json:"contact"`
}

func (s *site) entryAPI(r *web.Router) {
	web.Register(r, web.Staff, huma.Operation{OperationID: "put-item-entry", Method: http.MethodPut, Path: "/api/v1/items/{code}/entry",
		SkipValidateBody: true, Summary: "What an office says of its own about an entry",
		Description: "Replaces promise_days, visits and contact {address, windows, hours, phone, supervise} of an entry. Every other element is kept by the " +
			"province: it is refused with 422 and an error that names the element and who keeps it. What is said already makes no new version."}, s.putEntry)
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
	e, err := s.Items.ImproveJSON(ctx, actor.FromContext(ctx), in.Code, in.RawBody)
	if err != nil {
		return nil, err
	}
	return &overrideOutput{overriddenJSON{Code: e.Code, Version: e.Version, VersionID: e.ID, PromiseDays: e.PromiseDays, Visits: e.Visits, Contact: e.Contact}}, nil
}
