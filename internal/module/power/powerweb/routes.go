// Package powerweb is where everybody reads the list of powers and duties, compares its versions and takes it away as JSON, and where departments
// propose its adjustment, two offices examine it, the government approves and it is published. It also shows keepers where the list and the item
// library do not agree.
//
// Every page works with scripts off and pages by key. What somebody may do the use cases of package power decide; the pages only show it.
package powerweb

import (
	"embed"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words and those of package power.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	Powers *power.Service
	Items  *item.Service
}

// site answers the routes.
type site struct{ Deps }

// envelope is what a form with a file has beside the file.
const envelope = 64 << 10

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("GET /powers", web.Public, s.list)
	r.Page("GET /powers/{code}", web.Public, s.one)
	r.Page("GET /powers/{code}/compare", web.Public, s.compare)
	r.Page("GET /desk/powers", web.Staff, s.desk)
	r.Page("GET /desk/powers/new", web.Staff, s.begin)
	r.Page("POST /desk/powers", web.Staff, s.propose)
	r.Page("GET /desk/powers/differences", web.Staff, s.differences)
	r.Page("GET /desk/powers/differences.csv", web.Staff, s.differencesFile)
	r.Page("GET "+inspectionsAt, web.Staff, s.inspections)
	r.Upload("POST "+inspectionsAt, web.Staff, power.LargestInspection+envelope, s.loadInspections)
	r.Page("GET /desk/powers/{id}", web.Staff, s.adjustment)
	r.Page("GET /desk/powers/{id}/edit", web.Staff, s.edit)
	r.Page("POST /desk/powers/{id}/edit", web.Staff, s.resubmit)
	r.Page("POST /desk/powers/{id}/opinion", web.Staff, s.opine)
	r.Page("POST /desk/powers/{id}/publish", web.Staff, s.publish)
	r.Page("POST /desk/powers/{id}/withdraw", web.Staff, s.withdraw)
	s.api(r)
}
