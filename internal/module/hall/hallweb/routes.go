// Package hallweb is the service hall on the web: halls and bookings for everybody, the kiosk and the calling screen of a hall, a number on the phone, the
// clerk's desk at a window, what could not be done, and whom somebody lets act for him.
package hallweb

import (
	"context"
	"embed"
	"net/http"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	DB        *db.DB
	Halls     *hall.Service
	Cases     *casefile.Service
	Items     *item.Service
	Materials *material.Service
	Reader    hall.Reader
	Regions   func(ctx context.Context, parent string) []design.Option
	Directory func() *region.Directory
	// Lookup finds whoever stands at the window by number and name, both of which must fit. kind is "person" or "company". Read by a machine, a card
	// proves who somebody is: he need not be known before.
	Lookup   func(ctx context.Context, by actor.Actor, kind string, c hall.Card, read bool) (subjectID, shownName string, err error)
	Name     func(ctx context.Context, subject string) (string, error) // as others may read it
	Address  func() string                                             // how the outside reaches us, for QR codes
	Workshop func(by actor.Actor) string                               // the name of an officer's office
	MaxBytes int64                                                     // of one file
	Draw     func(text string) (path string, size int, err error)      // a QR code
}

// site answers the routes.
type site struct {
	Deps
	feed    *feed
	numbers *web.Limiter // numbers taken from one address
	cards   *web.Limiter // cards read at kiosks from one address
	codes   *web.Limiter // codes of kiosks tried from one address
}

// filesAtOnce is how many files of the largest size one form may carry.
const filesAtOnce = 20

// Routes adds every route of halls.
func Routes(r *web.Router, d Deps) {
	s := &site{Deps: d, feed: newFeed(d.Halls), numbers: web.NewLimiter(30, time.Minute, 30), cards: web.NewLimiter(20, time.Minute, 20), codes: web.NewLimiter(10, time.Minute, 10)}
	r.Page("GET /halls", web.Public, s.list)
	r.Page("GET /halls/{id}", web.Public, s.show)
	r.Page("GET /halls/{id}/book", web.SignedIn, s.askBook)
	r.Page("POST /halls/{id}/book", web.SignedIn, s.book)
	r.Page("GET /halls/{id}/kiosk", web.Public, s.kiosk)
	r.Page("POST /halls/{id}/kiosk", web.Public, s.setKiosk)
	r.Page("POST /halls/{id}/turns", web.Public, s.take)
	r.Page("GET /halls/{id}/screen", web.Public, s.screen)
	r.Page("GET /halls/{id}/events", web.Public, s.hallEvents)
	r.Page("GET /turns/{code}", web.Public, s.turn)
	r.Page("GET /turns/{code}/events", web.Public, s.turnEvents)
	r.Page("GET /bookings", web.SignedIn, s.bookings)
	r.Page("POST /bookings/{id}/cancel", web.SignedIn, s.cancel)
	r.Page("GET /obstacles", web.Public, s.obstacles)
	r.Page("GET /obstacles/new", web.SignedIn, s.askReport)
	r.Page("POST /obstacles/new", web.SignedIn, s.report)
	r.Page("GET /obstacles/mine", web.SignedIn, s.own)
	r.Page("POST /obstacles/{number}/confirm", web.SignedIn, s.confirm)
	r.Page("GET /me/mandates", web.SignedIn, s.mandates)
	r.Page("POST /me/mandates/{id}/end", web.SignedIn, s.endMandate)
	r.Page("GET /desk/window", web.Staff, s.desk)
	r.Page("POST /desk/window/{step}", web.Staff, s.deskStep)
	r.Page("GET /desk/window/deeds/{id}", web.Staff, s.chooseItem)
	r.Page("POST /desk/window/deeds/{id}", web.Staff, s.chosenItem)
	r.Page("GET /desk/window/deeds/{id}/form", web.Staff, s.form)
	r.Upload("POST /desk/window/deeds/{id}/form", web.Staff, d.MaxBytes*filesAtOnce+1<<20, s.saveForm)
	r.Page("GET /desk/window/deeds/{id}/receipt", web.Staff, s.receipt)
	r.Page("GET /desk/mandates/new", web.Staff, s.askMandate)
	r.Page("POST /desk/mandates/new", web.Staff, s.authorise)
	r.Page("GET /desk/obstacles", web.Staff, s.deskObstacles)
	r.Page("GET /desk/obstacles/{number}", web.Staff, s.deskObstacle)
	r.Page("POST /desk/obstacles/{number}", web.Staff, s.answer)
	r.Page("GET /desk/halls/{id}", web.Staff, s.askArrange)
	r.Page("POST /desk/halls/{id}", web.Staff, s.arrange)
	s.api(r)
}

func by(r *http.Request) actor.Actor { return actor.FromContext(r.Context()) }
