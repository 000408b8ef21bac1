// Package officeweb is the administration of offices: the tree by region, who holds which post, the calendar of working days; and the
// regions of five levels for everybody, as JSON and for the region picker.
//
// The three administrators meet here and stay apart (三员分立): admin renames offices and imports calendars, security grants and ends
// posts, the auditor looks. What each may do is asked of the use case; a page only leaves out the forms that would be refused.
package officeweb

import (
	"context"
	"embed"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	Offices  *office.Service
	Accounts *account.Service
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Raw("GET /regions/picker", design.RegionPickerHandler(Regions(d.Offices)))
	r.Page("GET /admin", web.Admin, s.dashboard)
	r.Page("GET /admin/offices", web.Admin, s.list)
	r.Page("GET /admin/offices/{path}", web.Admin, s.show)
	r.Page("POST /admin/offices/{path}/name", web.Admin, s.rename)
	r.Page("POST /admin/offices/{path}/posts", web.Admin, s.appoint)
	r.Page("POST /admin/posts/{id}/end", web.Admin, s.end)
	r.Page("GET /admin/calendar", web.Admin, s.calendar)
	r.Page("POST /admin/calendar", web.Admin, s.importNotice)
	r.Page("POST /admin/calendar/days", web.Admin, s.proposeDay)
	r.Page("POST /admin/calendar/days/{id}/approve", web.Admin, s.approveDay)
	r.Page("POST /admin/calendar/days/{id}/return", web.Admin, s.returnDay)
	r.Page("GET /admin/offices/{path}/merger", web.Admin, s.merger)
	r.Page("POST /admin/offices/{path}/merger", web.Admin, s.proposeMerger)
	r.Page("POST /admin/mergers/{id}/approve", web.Admin, s.approveMerger)
	r.Page("POST /admin/mergers/{id}/return", web.Admin, s.returnMerger)
	s.api(r)
}

// Regions lists the regions below one for region pickers, "" being above the provinces. Other packages' pages take it as a function.
func Regions(s *office.Service) func(ctx context.Context, parent string) []design.Option {
	return func(_ context.Context, parent string) []design.Option {
		var above region.Code
		if parent != "" {
			c, err := region.Parse(parent)
			if err != nil {
				return nil
			}
			above = c
		}
		rows := s.Directory().Children(above)
		out := make([]design.Option, len(rows))
		for i, r := range rows {
			out[i] = design.Option{Value: r.Code.String(), Text: r.Name}
		}
		return out
	}
}

// may tells whether the person may do an action on an office, to leave out forms that would be refused.
func (s *site) may(r *http.Request, action, path string) bool {
	return s.Offices.Check(actor.FromContext(r.Context()), action, actor.Target{OfficePath: path}) == nil
}
