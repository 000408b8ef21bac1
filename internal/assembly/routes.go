package assembly

import (
	"context"
	"net/http"
	"time"

	"xiangyun/internal/assembly/logweb"
	"xiangyun/internal/assembly/operationsweb"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/account/accountweb"
	"xiangyun/internal/module/casefile/casefileweb"
	"xiangyun/internal/module/cert/certweb"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/hall/hallweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/module/material/materialweb"
	"xiangyun/internal/module/notice/noticeweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/office/officeweb"
	"xiangyun/internal/module/power/powerweb"
	"xiangyun/internal/module/rating/ratingweb"
	"xiangyun/internal/module/seal/sealweb"
	"xiangyun/internal/module/supervision/supervisionweb"
	"xiangyun/internal/module/workflow/workflowweb"
	"xiangyun/internal/platform/observe"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/rdf"
	"xiangyun/internal/platform/web"
	assets "xiangyun/web"
)

// Pages held for strangers: long enough to carry a rush, and forgotten at once when the library changes.
const (
	pageLife  = 10 * time.Minute
	pageLimit = 2000
)

// Edge is everything that answers requests.
type Edge struct {
	Handler http.Handler
	Router  *web.Router
	Words   *page.Catalogue
}

// Edge puts the pages and the API together.
func (a *App) Edge() (*Edge, error) {
	w, err := Words()
	if err != nil {
		return nil, err
	}
	r := web.NewRouter(web.Options{Log: a.Log, Catalogue: w, Enter: enter, FaultPage: operationsweb.Fault, DocsPage: operationsweb.Docs, Version: a.Version})
	cache := page.NewCache(pageLife, pageLimit)
	s := a.sessions()
	if err := a.routes(r, w, cache, s); err != nil {
		return nil, err
	}
	f := observe.NewFigures(a.Version)
	a.figures(f, cache, w)
	a.health(r, f)
	// From the outside in: words come first, so that even a panic is told in the person's language.
	h := a.identify(r, s)
	h = r.SameOrigin(h)
	h = web.Headers(h)
	proxies, err := web.ParseNetworks(a.Config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	h = web.Behind(proxies, r.Outermost(f.Request, h))
	return &Edge{Handler: w.Middleware(h), Router: r, Words: w}, nil
}

// routes adds every package's routes.
func (a *App) routes(r *web.Router, w *page.Catalogue, cache *page.Cache, s *accountweb.Sessions) error {
	files, err := web.Assets(assets.Files())
	if err != nil {
		return err
	}
	r.Raw("GET /assets/", files)
	regions := officeweb.Regions(a.Offices)
	operationsweb.Routes(r, operationsweb.Deps{DB: a.DB, Queue: a.Queue, Rights: a.Offices, Log: a.Audit})
	officeweb.Routes(r, officeweb.Deps{Offices: a.Offices, Accounts: a.Accounts})
	accountweb.Routes(r, accountweb.Deps{Accounts: a.Accounts, Sessions: s, Offices: a.Offices, Keys: a.Keys,
		Regions: regions, Place: issuers{a.Offices}.Place, Limit: web.NewLimiter(a.Config.SignInPerMinute, time.Minute, a.Config.SignInPerMinute)})
	noticeweb.Routes(r, a.Notices)
	formweb.Routes(r, a.DB, a.Forms, regions)
	itemweb.Routes(r, itemweb.Deps{DB: a.DB, Items: a.Items, Forms: a.Forms, Directory: a.Offices.Directory, Regions: regions, Cache: cache, Stranger: stranger,
		Words: w, Address: a.Address, Log: a.Log})
	powerweb.Routes(r, powerweb.Deps{Powers: a.Powers, Items: a.Items})
	keeperweb.Routes(r, keeperweb.Deps{DB: a.DB, Items: a.Items, Directory: a.Offices.Directory, MaxBytes: a.Config.UploadLimit, Who: a.workplace, Trail: a.Audit.Search,
		Department: office.DepartmentName, Recount: a.recount})
	materialweb.Routes(r, materialweb.Deps{DB: a.DB, Materials: a.Materials, MaxBytes: a.Config.UploadLimit})
	casefileweb.Routes(r, casefileweb.Deps{DB: a.DB, Cases: a.Cases, Tasks: a.Tasks, Materials: a.Materials, Items: a.Items, Regions: regions, Directory: a.Offices.Directory, MaxBytes: a.Config.UploadLimit,
		Lookup: a.lookup, Certificates: a.certificateLinks, Rate: ratingweb.Link(a.Ratings),
		Picture: workflowweb.CasePicture})
	workflowweb.Routes(r, workflowweb.Deps{Deployer: a.Definitions, Shelf: a.Definitions, Desk: a.Definitions, Keeper: a.Flows, Mover: a.Flows,
		Known: a.Definitions.Known()})
	certweb.Routes(r, certweb.Deps{Certs: a.Certificates, Trust: a.Trust})
	supervisionweb.Routes(r, supervisionweb.Deps{Supervision: a.Supervision})
	ratingweb.Routes(r, ratingweb.Deps{Ratings: a.Ratings, Directory: a.Offices.Directory, Regions: regions})
	sealweb.Routes(r, sealweb.Deps{Seals: a.Seals, Offices: a.sealOffices})
	hallweb.Routes(r, a.hallPages(regions))
	key, err := a.certificateKey()
	if err != nil {
		return err
	}
	logweb.Routes(r, logweb.Deps{DB: a.DB, Log: a.Audit, Offices: a.Offices, MaySee: a.Cases.MaySee, Erased: a.Certificates.WasErased, CertificateKey: key, Address: a.Address})
	return nil
}

// lookup finds who stands at a window, for the pages of cases.
func (a *App) lookup(ctx context.Context, by actor.Actor, kind, number, name string) (id, shown string, err error) {
	s, err := a.Accounts.Lookup(ctx, by, account.Kind(kind), number, name)
	return s.ID, s.Name, err
}

// certificateLinks lead from a case to the certificates it brought: the holder to them, an officer to where they are verified.
func (a *App) certificateLinks(ctx context.Context, by actor.Actor, number string) ([]design.Link, error) {
	list, err := a.Certificates.OfCase(ctx, by, number)
	links := make([]design.Link, len(list))
	for i, c := range list {
		links[i] = design.Link{Text: c.Name, Hint: c.Identifier, Href: "/certificates/" + c.Identifier, Icon: "id-card"}
	}
	return links, err
}

// OpenCatalogue says how the catalogue of public services is written.
func (a *App) OpenCatalogue(form rdf.Form) (item.Catalogue, error) {
	w, err := Words()
	return itemweb.Catalogue(w, a.Address(), form), err
}
