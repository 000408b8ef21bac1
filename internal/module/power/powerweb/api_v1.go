package powerweb

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/web"
)

type listInput struct {
	Text       string `query:"q" maxLength:"100" doc:"a part of the name, or the beginning of the code"`
	Kind       string `query:"kind" enum:"01,02,03,04,05,06,07,08,09,10" doc:"GB/T 39046 A.1"`
	Department string `query:"department" maxLength:"2" doc:"two-digit department code"`
	Level      int    `query:"level" minimum:"2" maximum:"6" doc:"GB/T 39046 A.2: 2 province … 6 village"`
	State      string `query:"state" enum:"in_force,suspended,abolished,planned" doc:"without it all but abolished ones"`
	After      string `query:"after" maxLength:"12" doc:"next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type rowJSON struct {
	Code       string         `json:"code" doc:"12 digits"`
	Name       string         `json:"name"`
	Kind       power.Kind     `json:"kind" doc:"GB/T 39046 A.1"`
	Department departmentJSON `json:"department"`
	Levels     []int          `json:"levels"`
	State      power.State    `json:"state" enum:"in_force,suspended,abolished,planned"`
	Version    int            `json:"version"`
	From       string         `json:"from" doc:"first day, YYYY-MM-DD"`
	Until      string         `json:"until,omitempty" doc:"last day; absent as long as no later version was published"`
}

type departmentJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type listOutput struct {
	Body struct {
		Data []rowJSON `json:"data"`
		Next string    `json:"next"`
	}
}

type oneInput struct {
	Code    string `path:"code" maxLength:"12"`
	Version int    `query:"version" minimum:"1" doc:"another version than today's"`
}

type versionJSON struct {
	Version     int          `json:"version"`
	Change      power.Change `json:"change" enum:"adopt,amend,suspend,resume,abolish"`
	State       power.State  `json:"state" enum:"in_force,suspended,abolished" doc:"what the version makes of the power"`
	From        string       `json:"from"`
	Until       string       `json:"until,omitempty"`
	Reason      string       `json:"reason"`
	Digest      string       `json:"digest" doc:"SHA-256 of the definition"`
	PublishedAt time.Time    `json:"published_at"`
}

type itemJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type oneJSON struct {
	rowJSON
	Main        string            `json:"main,omitempty" doc:"name of the main item this is a sub-item of"`
	Unit        string            `json:"unit,omitempty"`
	Division    string            `json:"division"`
	Basis       []power.Basis     `json:"basis"`
	Duties      []power.Duty      `json:"duties"`
	Steps       []power.Step      `json:"steps"`
	Liabilities []power.Liability `json:"liabilities"`
	Supervision string            `json:"supervision"`
	Risks       []power.Risk      `json:"risks,omitempty"`
	Discretion  string            `json:"discretion,omitempty"`
	Note        string            `json:"note,omitempty"`
	Versions    []versionJSON     `json:"versions" doc:"newest first"`
	Items       []itemJSON        `json:"items" doc:"service items that rest on it"`
}

type oneOutput struct{ Body oneJSON }

func (s *site) api(r *web.Router) {
	web.Register(r, web.Public, huma.Operation{OperationID: "list-powers", Method: http.MethodGet, Path: "/api/v1/powers", Tags: []string{"powers"},
		Summary: "权责清单 / the list of powers and duties"}, s.listAPI)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-power", Method: http.MethodGet, Path: "/api/v1/powers/{code}", Tags: []string{"powers"},
		Summary: "职权的全部要素和版本 / everything about one power, with its versions"}, s.oneAPI)
}

func (s *site) listAPI(ctx context.Context, in *listInput) (*listOutput, error) {
	p, err := s.Powers.List(ctx, power.Query{Text: in.Text, Kind: power.Kind(in.Kind), Department: in.Department, Level: in.Level, State: power.State(in.State),
		After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next, out.Body.Data = p.Next, make([]rowJSON, len(p.Rows))
	for i := range p.Rows {
		out.Body.Data[i] = rowOf(&p.Rows[i])
	}
	return out, nil
}

func (s *site) oneAPI(ctx context.Context, in *oneInput) (*oneOutput, error) {
	f, err := s.Powers.Find(ctx, in.Code, in.Version)
	if err != nil {
		return nil, err
	}
	items, err := s.Items.RestingOn(ctx, f.Code)
	if err != nil {
		return nil, err
	}
	d := &f.Definition
	out := &oneOutput{oneJSON{rowJSON: rowOf(&f.Version), Main: d.Main, Unit: d.Unit, Division: d.Division, Basis: d.Basis, Duties: d.Duties, Steps: d.Steps,
		Liabilities: d.Liabilities, Supervision: d.Supervision, Risks: d.Risks, Discretion: d.Discretion, Note: d.Note, Items: make([]itemJSON, len(items))}}
	out.Body.State = f.Today
	for _, v := range f.All {
		out.Body.Versions = append(out.Body.Versions, versionJSON{Version: v.Version, Change: v.Change, State: v.State, From: v.From.String(), Until: day(v.Until), Reason: v.Reason,
			Digest: v.Digest, PublishedAt: v.PublishedAt})
	}
	for i, b := range items {
		out.Body.Items[i] = itemJSON{b.Code(), b.Name}
	}
	return out, nil
}

func rowOf(v *power.Version) rowJSON {
	return rowJSON{Code: v.Code, Name: v.Name, Kind: v.Kind, Department: departmentJSON{v.Department, office.DepartmentName(v.Department)}, Levels: v.Levels, State: v.State,
		Version: v.Version, From: v.From.String(), Until: day(v.Until)}
}

// day writes a date, "" for none.
func day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
