// Package noticeweb is where people read what they were told (消息中心): the list, newest first, and the way on from each message.
//
// A message is a key and its arguments; it is said here in the language the reader has chosen now. Opening one marks it read and leads
// to the page it is about. What waits for an officer is a task; a message only tells of it. Officers read those at the desk, apart from what concerns
// them as citizens.
package noticeweb

import (
	"embed"
	"net/http"
	"net/url"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// rows is how many messages one page lists.
const rows = 20

// site answers the routes.
type site struct{ notices *notice.Service }

// Routes adds every route of the package.
func Routes(r *web.Router, n *notice.Service) {
	s := &site{n}
	r.Page("GET /me/messages", web.SignedIn, s.list)
	r.Page("GET /me/messages/{id}", web.SignedIn, s.open)
	r.Page("POST /me/messages/read", web.SignedIn, s.openAll)
	r.Page("GET /desk/messages", web.Staff, s.list)
	r.Page("GET /desk/messages/{id}", web.Staff, s.open)
	r.Page("POST /desk/messages/read", web.Staff, s.openAll)
}

// home is where by's messages are listed.
func home(by actor.Actor) string {
	if by.Kind == actor.Officer {
		return "/desk/messages"
	}
	return "/me/messages"
}

type listView struct {
	Home   string
	Rows   []notice.Message
	Unread int
	Latest string // the newest that is shown
	First  string
	Next   string
}

// list is GET /me/messages and GET /desk/messages.
func (s *site) list(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	by := actor.FromContext(ctx)
	v := listView{Home: home(by)}
	if r.URL.Path != v.Home {
		web.Redirect(w, r, v.Home)
		return nil
	}
	if v.Rows, err = s.notices.List(ctx, by, before, rows+1); err != nil {
		return err
	}
	if v.Unread, err = s.notices.Unread(ctx, by); err != nil {
		return err
	}
	if before != "" {
		v.First = v.Home
	}
	if len(v.Rows) > rows {
		v.Rows = v.Rows[:rows]
		v.Next = v.Home + "?before=" + url.QueryEscape(v.Rows[rows-1].ID)
	}
	if len(v.Rows) > 0 {
		v.Latest = v.Rows[0].ID
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// open is GET …/messages/{id}: it marks the message read, which doing twice does not change, and leads on.
func (s *site) open(w http.ResponseWriter, r *http.Request) error {
	by := actor.FromContext(r.Context())
	link, err := s.notices.Open(r.Context(), by, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if link == "" {
		link = home(by)
	}
	web.Redirect(w, r, page.LocalPath(link))
	return nil
}

// openAll is POST …/messages/read: all that was there when the list was shown has been read.
func (s *site) openAll(w http.ResponseWriter, r *http.Request) error {
	by := actor.FromContext(r.Context())
	var in struct {
		Latest string `form:"latest"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if err := s.notices.OpenAll(r.Context(), by, in.Latest); err != nil {
		return err
	}
	web.Redirect(w, r, home(by))
	return nil
}
