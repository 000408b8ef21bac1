package assembly

import (
	"context"
	"net/http"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/account/accountweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// identify finds out who asks and puts it into the context: by a bearer token, or else by the browser's session.
func (a *App) identify(r *web.Router, s *accountweb.Sessions) http.Handler {
	f := &frames{app: a, names: memo.New[account.Session, frame](maxNames)}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if forAnybody(req.URL.Path) {
			r.ServeHTTP(w, req)
			return
		}
		ctx, err := s.Identify(w, req)
		if err != nil {
			r.Fail(w, req, err)
			return
		}
		by, e := actor.FromContext(ctx), s.Current(ctx)
		if e.Must != "" && !first(e.Must, req.URL.Path) {
			web.Redirect(w, req, accountweb.MustPath(e.Must))
			return
		}
		v := design.Viewer{Path: req.URL.RequestURI()}
		if by.SignedIn() && !isAPI(req.URL.Path) {
			if v, err = f.viewer(ctx, v, by, e.Use); err != nil {
				r.Fail(w, req, err)
				return
			}
		}
		r.ServeHTTP(w, req.WithContext(design.WithViewer(ctx, v)))
	})
}

// forAnybody tells the addresses that never ask who asks: a browser fetches them beside each page, a monitor all day.
func forAnybody(path string) bool {
	return strings.HasPrefix(path, "/assets/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

func isAPI(path string) bool { return strings.HasPrefix(path, "/api/") }

// first tells what somebody may do who must do something before all else: that, change the display, and leave.
func first(must, path string) bool {
	return path == accountweb.MustPath(must) || path == "/sign-out" || path == "/preferences" || path == "/accessibility" || isAPI(path)
}

// nameLife is how long the names in the frame of pages are remembered on this node.
const nameLife = time.Minute

// maxNames bounds the names remembered.
const maxNames = 20_000

// frame is what the frame of every page says of who looks at it.
type frame struct {
	kind          account.Kind // of whom one acts for; a ward is a person
	name, company string
	until         time.Time
}

// frames know how the frame of a page names somebody. Names hardly change and are remembered; unread messages are counted for each page,
// because a counter reads its own writes.
type frames struct {
	app   *App
	names *memo.Memo[account.Session, frame]
}

func (f *frames) viewer(ctx context.Context, v design.Viewer, by actor.Actor, use account.Use) (design.Viewer, error) {
	n, err := f.of(ctx, account.Session{Account: by.Account, Company: by.Company}, by)
	if err != nil {
		return v, err
	}
	v.SignedIn, v.Name, v.ActingFor, v.Kind = true, n.name, n.company, "person"
	switch {
	case use == account.Administrator || administrative(by):
		v.Kind = "admin"
	case by.Kind == actor.Officer:
		v.Kind = "officer"
	case n.kind == account.Company:
		v.Kind = "company"
	}
	v.Keeps, v.Adjusts = by.Has(office.RoleKeeper) || by.Has(office.RoleChief), adjusts(by)
	v.Supervises = by.Has(office.RoleSupervisor) || by.Has(office.RoleChief)
	if f.app.Definitions.May(by) == nil {
		v.Links = []design.Link{{Text: page.T(ctx, "process.list.title"), Href: "/desk/processes"}}
	}
	if by.Kind == actor.Officer && !administrative(by) {
		v.Links = append(v.Links, design.Link{Text: page.T(ctx, "seal.list.title"), Href: "/seals"})
		if len(f.app.Offices.Reach(by, seal.ActReview)) > 0 {
			v.Links = append(v.Links, design.Link{Text: page.T(ctx, "seal.review.title"), Href: "/desk/seals"})
		}
	}
	if by.Has(office.RoleSupervisor) {
		v.Links = append(v.Links, design.Link{Text: page.T(ctx, "casefile.warn.title"), Href: "/desk/warnings"})
	}
	if by.Has(office.RoleWindow) || by.Has(office.RoleClerk) {
		v.Links = append(v.Links, design.Link{Text: page.T(ctx, "account.guardian.title"), Href: "/desk/guardians"})
	}
	if by.Has(office.RoleChief) {
		v.Links = append(v.Links, design.Link{Text: page.T(ctx, "cert.complaints.title"), Href: "/desk/certificates/complaints"},
			design.Link{Text: page.T(ctx, "cert.paper.title"), Href: "/desk/paper-certificates"})
	}
	if by.Has(office.RoleKeeper) {
		v.Links = append(v.Links, design.Link{Text: page.T(ctx, "cert.type.title"), Href: "/desk/certificate-types"})
	}
	if by.Kind == actor.Person {
		v.Links = []design.Link{{Text: page.T(ctx, "account.companies.title"), Href: "/me/companies"}, {Text: page.T(ctx, "hall.mandates"), Href: "/me/mandates"},
			{Text: page.T(ctx, "hall.bookings"), Href: "/bookings"}}
		if by.Company != "" {
			v.Links = append(v.Links, design.Link{Text: page.T(ctx, "seal.list.title"), Href: "/seals"})
		}
	}
	v.Unread, err = f.app.Notices.Unread(ctx, by)
	return v, err
}

// adjusts tells whether somebody works on the list of powers: the offices that keep it, and the province's departments that propose.
func adjusts(by actor.Actor) bool {
	for _, d := range by.Duties {
		switch d.Role {
		case office.RoleKeeper, office.RoleEstablishment, office.RoleLegality, office.RoleGovernment:
			return true
		case office.RoleChief:
			if strings.HasPrefix(d.OfficePath, "22d") {
				return true
			}
		}
	}
	return false
}

func (f *frames) of(ctx context.Context, key account.Session, by actor.Actor) (frame, error) {
	n, ok, age := f.names.Get(key)
	if ok && time.Now().Before(n.until) {
		return n, nil
	}
	n = frame{until: time.Now().Add(nameLife)}
	err := f.app.DB.View(ctx, func(tx *db.Tx) error {
		person, err := f.app.Accounts.Subject(ctx, tx, by.Subject)
		if err != nil || by.Company == "" {
			n.name = person.Name
			return err
		}
		company, err := f.app.Accounts.Subject(ctx, tx, by.Company)
		n.name, n.company, n.kind = person.Name, company.Name, company.Kind
		return err
	})
	if err != nil {
		return n, err
	}
	f.names.Put(key, n, age)
	return n, nil
}

// sessions returns the browsers' sessions. Their cookie is kept from plain HTTP where the outside reaches us by HTTPS.
func (a *App) sessions() *accountweb.Sessions {
	secure := a.Config.TLSCertificate != "" || strings.HasPrefix(a.Config.PublicURL, "https://")
	return accountweb.NewSessions(web.NewSessions(a.DB, secure), a.Accounts, time.Duration(a.Config.SessionIdleMinutes)*time.Minute, a.Log)
}
