package itemweb

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

type listInput struct {
	Text       string `query:"q" maxLength:"100" doc:"official name, everyday words or pinyin initials"`
	Region     string `query:"region" maxLength:"12" doc:"12 digits: the place to be served"`
	Audience   string `query:"audience" enum:"person,company"`
	Kind       string `query:"kind" enum:"01,05,07,08,09,10,20" doc:"GB/T 39046 A.1"`
	Theme      string `query:"theme" maxLength:"40" doc:"key of a theme: start_business"`
	LifeEvent  string `query:"life_event" maxLength:"40" doc:"key of a life event: open_restaurant"`
	Zone       string `query:"zone" maxLength:"40" doc:"key of a zone: online, national …"`
	Department string `query:"department" maxLength:"2" doc:"two-digit code of the department"`
	Level      int    `query:"level" minimum:"0" maximum:"6" doc:"exercising level of the office: 2 province, 3 city, 4 county, 5 township, 6 village; 0 is any"`
	Depth      int    `query:"depth" minimum:"0" maximum:"7" doc:"reaches this depth online: 1 advice … 7 certificate; 0 is any"`
	After      string `query:"after" maxLength:"40" doc:"next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type officeJSON struct {
	Code string `json:"code" doc:"unified social credit code"`
	Name string `json:"name"`
}

type rowJSON struct {
	Code        string     `json:"code" doc:"31-character implementation code"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind" doc:"GB/T 39046 A.1: 01 licence, 20 public service …"`
	Office      officeJSON `json:"office"`
	Region      string     `json:"region"`
	LegalDays   int        `json:"legal_days"`
	PromiseDays int        `json:"promise_days" doc:"0 for decided at once"`
	Visits      int        `json:"visits"`
	Online      bool       `json:"online"`
	Offered     bool       `json:"offered" doc:"applications are taken now: the entry is in use and its power in force"`
}

type listOutput struct {
	Body struct {
		Data []rowJSON `json:"data"`
		Next string    `json:"next"`
	}
}

type guideInput struct {
	Code      string   `path:"code" maxLength:"31"`
	Variant   string   `query:"variant" maxLength:"40" doc:"narrows materials to a variant"`
	Situation []string `query:"situation" doc:"answers as question:answer; narrows materials to them"`
}

type guideOutput struct{ Body guideJSON }

type guideJSON struct {
	rowJSON
	Version     int             `json:"version"`
	VersionID   string          `json:"version_id" doc:"what a case is pinned to"`
	BaseCode    string          `json:"base_code"`
	Power       string          `json:"power,omitempty" doc:"code of the power it rests on: see /api/v1/powers; absent for a public service"`
	State       item.State      `json:"state"`
	Audience    []item.Audience `json:"audience"`
	Summary     string          `json:"summary"`
	LegalUnit   item.Unit       `json:"legal_unit"`
	LegalNote   string          `json:"legal_note"`
	PromiseUnit item.Unit       `json:"promise_unit"`
	Instant     bool            `json:"instant"`
	LegalBasis  []item.Basis    `json:"legal_basis"`
	Conditions  []string        `json:"conditions"`
	Variants    []variantJSON   `json:"variants"`
	Situations  []item.Question `json:"situations"`
	Materials   []item.Material `json:"materials"`
	Steps       []item.Step     `json:"steps"`
	Suspensions []item.Suspend  `json:"suspensions" doc:"special procedures whose time is not counted"`
	Fees        []item.Fee      `json:"fees"`
	FeeNote     string          `json:"fee_note"`
	Results     []item.Result   `json:"results"`
	FAQ         []item.FAQ      `json:"faq"`
	Contact     item.Contact    `json:"contact"`
	Receivable  []int           `json:"receivable" doc:"lower levels that may receive it: 5 township, 6 village"`
	Certificate string          `json:"certificate" doc:"key of the certificate type issued, empty for none"`
	FormVersion int             `json:"form_version"`
	Form        json.RawMessage `json:"form" doc:"JSON Schema 2020-12; the first examples together make a valid form"`
}

type variantJSON struct {
	item.Variant
	Code string `json:"code" doc:"33-character code"`
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.Public, huma.Operation{OperationID: "list-items", Method: http.MethodGet, Path: "/api/v1/items", Summary: "Service items",
		Description: "Entries of the offices that serve a place, best match first."}, s.listItems)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-item", Method: http.MethodGet, Path: "/api/v1/items/{code}", Summary: "The guide of an item",
		Description: "All elements of one implementation entry."}, s.getItem)
}

func (s *site) listItems(ctx context.Context, in *listInput) (*listOutput, error) {
	q := item.Query{Text: in.Text, Audience: item.Audience(in.Audience), Kind: item.Kind(in.Kind), Theme: in.Theme, LifeEvent: in.LifeEvent, Zone: in.Zone,
		Department: in.Department, Level: in.Level, Depth: in.Depth, After: in.After, Limit: in.Limit}
	if in.Region != "" {
		c, err := region.Parse(in.Region)
		if err != nil {
			return nil, fault.New(fault.Invalid, "item.bad_region").Field("region", "item.bad_region")
		}
		q.Region = c
	}
	list, err := s.Items.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next, out.Body.Data = list.Next, make([]rowJSON, len(list.Rows))
	for i, e := range list.Rows {
		out.Body.Data[i] = rowOf(e)
	}
	return out, nil
}

func rowOf(e *item.Entry) rowJSON {
	return rowJSON{Code: e.Code, Name: e.Name, Kind: string(e.Kind), Office: officeJSON{e.OfficeCode, e.OfficeName}, Region: e.Region.String(),
		LegalDays: e.LegalDays, PromiseDays: e.PromiseDays, Visits: e.Visits, Online: e.Online, Offered: e.Offered()}
}

func (s *site) getItem(ctx context.Context, in *guideInput) (*guideOutput, error) {
	var e *item.Entry
	var f *form.Definition
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		var err error
		if e, err = s.Items.Entry(ctx, tx, in.Code); err != nil || e.Guide.FormKey == "" {
			return err
		}
		f, err = s.Forms.Latest(ctx, tx, e.Guide.FormKey)
		return err
	})
	if err != nil {
		return nil, err
	}
	g := guideOf(e)
	if f != nil {
		g.Form, g.FormVersion = f.Schema, f.Version
	}
	if in.Variant != "" || len(in.Situation) > 0 {
		situation := map[string]string{}
		for _, a := range in.Situation {
			key, answer, _ := strings.Cut(a, ":")
			situation[key] = answer
		}
		if g.Materials, err = e.MaterialsFor(in.Variant, situation); err != nil {
			return nil, err
		}
	}
	return &guideOutput{Body: g}, nil
}

func guideOf(e *item.Entry) guideJSON {
	g := e.Guide
	out := guideJSON{rowJSON: rowOf(e), Version: e.Version, VersionID: e.ID, BaseCode: e.BaseCode, Power: e.Power, State: e.State, Audience: e.Audience,
		Summary: g.Summary, LegalUnit: e.LegalUnit, LegalNote: e.LegalNote, PromiseUnit: e.PromiseUnit, Instant: e.Instant,
		LegalBasis: g.Basis, Conditions: g.Conditions, Situations: g.Situations, Materials: g.Materials, Steps: g.Steps,
		Suspensions: g.Suspend, Fees: g.Fees, FeeNote: g.FeeNote, Results: g.Results, FAQ: g.FAQ, Contact: e.Contact,
		Receivable: g.Receivable, Certificate: g.CertType, Form: json.RawMessage("null")}
	for _, v := range g.Variants {
		out.Variants = append(out.Variants, variantJSON{v, e.Code + v.Suffix})
	}
	return out
}
