package casefileweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

type disclosureView struct {
	Number, Title string
	Purpose       string
	Rows          []design.SummaryRow // in clear; empty before a purpose was said
	Errors        design.Errors
}

func disclosureAt(number string) string { return deskAt(number) + "/disclosure" }

// askDisclosure is GET /desk/cases/{number}/disclosure: what for somebody wants to see numbers and phones in clear.
func (s *site) askDisclosure(w http.ResponseWriter, r *http.Request) error {
	return s.renderDisclosure(w, r, http.StatusOK, disclosureView{})
}

func (s *site) renderDisclosure(w http.ResponseWriter, r *http.Request, status int, v disclosureView) error {
	view, err := s.Cases.View(r.Context(), by(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	if !view.Discloses && view.Masked {
		return fault.New(fault.Forbidden, "casefile.disclose_refused")
	}
	v.Number, v.Title = view.Case.Number, view.Case.ItemName
	return page.Render(w, r, status, disclosurePage(v))
}

// disclose is POST /desk/cases/{number}/disclosure. What it shows has no address: to see it again is another reading.
func (s *site) disclose(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	v := disclosureView{Purpose: r.PostForm.Get("purpose")}
	d, err := s.Cases.Disclose(ctx, by(r), r.PathValue("number"), v.Purpose)
	if f, ok := refused(err); ok && f.Kind == fault.Invalid {
		v.Errors = design.ErrorsOf(ctx, err)
		return s.renderDisclosure(w, r, f.Kind.Status(), v)
	}
	if err != nil {
		return err
	}
	v.Rows = row(v.Rows, page.T(ctx, "casefile.applicant"), d.Applicant.Name)
	v.Rows = row(v.Rows, page.T(ctx, "casefile.applicant_number"), d.Applicant.Number)
	v.Rows = row(v.Rows, page.T(ctx, "casefile.applicant_phone"), d.Applicant.Phone)
	if d.Form != nil {
		v.Rows = append(v.Rows, s.answerRows(d.Form, d.Answers)...)
	}
	for _, w := range d.Written {
		for _, l := range w.Lines {
			v.Rows = row(v.Rows, w.Name+"："+l.Title, l.Value)
		}
	}
	return s.renderDisclosure(w, r, http.StatusOK, v)
}

func purposeOptions(ctx context.Context) []design.ChoiceOption {
	var list []design.ChoiceOption
	for _, p := range casefile.Purposes {
		list = append(list, design.ChoiceOption{Value: p, Text: said(ctx, "casefile.purpose.", p)})
	}
	return list
}

type disclosureInput struct {
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Purpose string `json:"purpose" enum:"identity,contact,examination,delivery" doc:"the person reads it in the log"`
	}
}

type disclosureOutput struct {
	Body struct {
		Number    string         `json:"number"`
		Answers   map[string]any `json:"answers"`
		Applicant struct {
			Name   string `json:"name"`
			Number string `json:"number"`
			Phone  string `json:"phone"`
		} `json:"applicant"`
	}
}

func (s *site) discloseCase(ctx context.Context, in *disclosureInput) (*disclosureOutput, error) {
	d, err := s.Cases.Disclose(ctx, actor.FromContext(ctx), in.Number, in.Body.Purpose)
	if err != nil {
		return nil, err
	}
	out := &disclosureOutput{}
	out.Body.Number, out.Body.Answers = d.Number, d.Answers
	out.Body.Applicant.Name, out.Body.Applicant.Number, out.Body.Applicant.Phone = d.Applicant.Name, d.Applicant.Number, d.Applicant.Phone
	return out, nil
}
