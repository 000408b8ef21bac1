package casefileweb

import (
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// mostChoices is how many items the window is offered for what it typed.
const mostChoices = 10

// receiveForm is who stands at the window and what for.
type receiveForm struct {
	Kind       string `form:"kind"`
	Number     string `form:"number"`
	Name       string `form:"name"`
	Item       string `form:"item"`
	Code       string `form:"code"`
	Authorised bool   `form:"authorised"`
	Go         string `form:"go"`
}

// askReceive is GET /desk/receive; code names an item chosen before.
func (s *site) askReceive(w http.ResponseWriter, r *http.Request) error {
	if err := s.Cases.MayReceive(by(r)); err != nil {
		return err
	}
	return s.renderReceive(w, r, http.StatusOK, receiveForm{Kind: "person", Code: r.URL.Query().Get("code")}, nil)
}

func (s *site) renderReceive(w http.ResponseWriter, r *http.Request, status int, in receiveForm, errors design.Errors) error {
	v := receiveView{Kind: in.Kind, Number: in.Number, Name: in.Name, Item: in.Item, Code: in.Code, Authorised: in.Authorised, Errors: errors}
	var err error
	if v.Items, err = s.choices(r, in); err != nil {
		return err
	}
	if v.Drafts, err = s.drafts(r); err != nil {
		return err
	}
	return page.Render(w, r, status, receivePage(v))
}

// choices are the items that serve the officer's place and fit what was typed, and the one chosen before.
func (s *site) choices(r *http.Request, in receiveForm) ([]design.ChoiceOption, error) {
	ctx := r.Context()
	var list []*item.Entry
	if in.Code != "" {
		err := s.DB.View(ctx, func(tx *db.Tx) error {
			e, err := s.Items.Entry(ctx, tx, in.Code)
			if err == nil {
				list = append(list, e)
			}
			return err
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	if strings.TrimSpace(in.Item) != "" {
		found, err := s.Items.List(ctx, item.Query{Text: in.Item, Region: by(r).Region, Limit: mostChoices})
		if err != nil {
			return nil, err
		}
		for _, e := range found.Rows {
			if e.Code != in.Code {
				list = append(list, e)
			}
		}
	}
	out := make([]design.ChoiceOption, len(list))
	for i, e := range list {
		out[i] = design.ChoiceOption{Value: e.Code, Text: e.Name, Hint: e.OfficeName}
	}
	return out, nil
}

// receive is POST /desk/receive: it looks the person up, whose number and name must both fit, and begins an application for him.
func (s *site) receive(w http.ResponseWriter, r *http.Request) error {
	var in receiveForm
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if err := s.Cases.MayReceive(by(r)); err != nil {
		return err
	}
	if in.Go == "find" {
		return s.renderReceive(w, r, http.StatusOK, in, nil)
	}
	id, err := s.begin(r, in)
	f, ok := fault.Of(err)
	switch {
	case err == nil:
		web.Redirect(w, r, applicationAt(id, "situation"))
		return nil
	case !ok || f.Kind == fault.Busy || f.Kind == fault.Forbidden || f.Kind == fault.Unauthenticated:
		return err
	}
	errors := design.ErrorsOf(r.Context(), err)
	for i := range errors {
		if errors[i].Name == "item" && in.Code != "" {
			errors[i].Name = "code" // said of the item chosen, beside the choice
		}
	}
	status := f.Kind.Status()
	if f.Kind == fault.NotFound {
		status = http.StatusUnprocessableEntity // the page is there; the person is not
	}
	return s.renderReceive(w, r, status, in, errors)
}

func (s *site) begin(r *http.Request, in receiveForm) (string, error) {
	ctx := r.Context()
	wrong := fault.New(fault.Invalid, "casefile.receive_invalid")
	if in.Kind != "person" && in.Kind != "company" {
		wrong.Field("kind", "casefile.receive.kind_missing")
	}
	if in.Number == "" {
		wrong.Field("number", "casefile.receive.number_missing")
	}
	if in.Name == "" {
		wrong.Field("name", "casefile.receive.name_missing")
	}
	switch {
	case in.Code != "":
	case in.Item != "":
		wrong.Field("code", "casefile.receive.code_missing")
	default:
		wrong.Field("item", "casefile.receive.item_missing")
	}
	if !in.Authorised {
		wrong.Field("authorised", "casefile.receive.authorised_missing")
	}
	if err := wrong.OrNil(); err != nil {
		return "", err
	}
	subject, _, err := s.Lookup(ctx, by(r), in.Kind, in.Number, in.Name)
	if f, ok := fault.Of(err); ok && f.Kind == fault.NotFound {
		return "", fault.New(fault.Invalid, f.Key).Field("number", f.Key, f.Args...)
	}
	if err != nil {
		return "", err
	}
	return s.Cases.StartDraft(ctx, by(r), casefile.Application{Item: in.Code, Applicant: subject})
}
