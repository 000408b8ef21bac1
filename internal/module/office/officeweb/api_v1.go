package officeweb

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

type regionsInput struct {
	Parent string `query:"parent" maxLength:"12" doc:"12 digits; empty asks for the province"`
}

type regionJSON struct {
	Code     string `json:"code" doc:"12 digits"`
	Name     string `json:"name"`
	FullName string `json:"full_name" doc:"from the province down"`
	Level    int    `json:"level" doc:"1 province, 2 prefecture, 3 county, 4 township, 5 village"`
	Parent   string `json:"parent"`
	Children int    `json:"children" doc:"how many regions are right below"`
}

type regionsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Data []regionJSON `json:"data"`
		Next string       `json:"next" doc:"always empty: a region has a few hundred children at most"`
	}
}

func (s *site) api(r *web.Router) {
	web.Register(r, web.Public, huma.Operation{OperationID: "list-regions", Method: http.MethodGet, Path: "/api/v1/regions", Tags: []string{"regions"},
		Summary: "行政区划：五级，逐级下查 / regions of five levels, level by level"}, s.listRegions)
}

func (s *site) listRegions(_ context.Context, in *regionsInput) (*regionsOutput, error) {
	var above region.Code
	d := s.Offices.Directory()
	if in.Parent != "" {
		c, err := region.Parse(in.Parent)
		if err != nil {
			return nil, fault.New(fault.Invalid, "office.bad_region").Field("parent", "office.bad_region")
		}
		now, ok := d.Current(c)
		if !ok {
			return nil, fault.New(fault.NotFound, "office.no_region")
		}
		above = now
	}
	out := &regionsOutput{CacheControl: "public, max-age=300"}
	rows := d.Children(above)
	out.Body.Data = make([]regionJSON, len(rows))
	for i, r := range rows {
		out.Body.Data[i] = regionJSON{Code: r.Code.String(), Name: r.Name, FullName: d.FullName(r.Code), Level: int(r.Code.Level()), Parent: r.Code.Parent().String(),
			Children: len(d.Children(r.Code))}
	}
	return out, nil
}
