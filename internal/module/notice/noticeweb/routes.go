// Package noticeweb is where people read what they were told (消息中心): the list, newest first, and the way on from each message.
//
// A message is a key and its arguments; it is said here in the language the reader has chosen now. Opening one marks it read and leads
// to the page it is about. An officer has no messages: what waits for an officer is a task.
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
}

type listView struct {
	Rows   []notice.Message
	Unread int
	First  string
	Next   string
}

// list is GET /me/messages.
func (s *site) list(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, before := r.Context(), r.URL.Query().Get("before")
	by := actor.FromContext(ctx)
	var v listView
	if v.Rows, err = s.notices.List(ctx, by, before, rows+1); err != nil {
		return err
	}
	if v.Unread, err = s.notices.Unread(ctx, by); err != nil {
		return err
	}
	if before != "" {
		v.First = "/me/messages"
	}
	if len(v.Rows) > rows {
		v.Rows = v.Rows[:rows]
		v.Next = "/me/messages?before=" + url.QueryEscape(v.Rows[rows-1].ID)
	}
	return page.Render(w, r, http.StatusOK, listPage(v))
}

// open is GET /me/messages/{id}: it marks the message read, which doing twice does not change, and leads on.
func (s *site) open(w http.ResponseWriter, r *http.Request) error {
	link, err := s.notices.Open(r.Context(), actor.FromContext(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if link == "" {
		link = "/me/messages"
	}
	web.Redirect(w, r, page.LocalPath(link))
	return nil
}
