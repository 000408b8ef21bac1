package certweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
)

type complainView struct {
	cert.Cert
	ID     string // of the verification
	Text   string
	Errors design.Errors
}

// askComplain is GET /certificates/{identifier}/complain/{id}.
func (s *site) askComplain(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, complainPage(complainView{Cert: v.Cert, ID: r.PathValue("id")}))
}

// complain is POST /certificates/{identifier}/complain/{id}.
func (s *site) complain(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier, id := r.Context(), r.PathValue("identifier"), r.PathValue("id")
	text := r.PostFormValue("text")
	err := s.Certs.Complain(ctx, actor.FromContext(ctx), identifier, id, text)
	if refusal(err) {
		v, viewErr := s.view(r)
		if viewErr != nil {
			return viewErr
		}
		return page.Render(w, r, http.StatusUnprocessableEntity, complainPage(complainView{v.Cert, id, text, design.ErrorsOf(ctx, err)}))
	}
	return s.doneAt(w, r, identifier, "complained", err)
}

type complaintsView struct {
	Rows  []cert.Complaint
	Next  string
	Paged bool
}

// complaints is GET /desk/certificates/complaints: what holders object to, for the chief of the issuing office.
func (s *site) complaints(w http.ResponseWriter, r *http.Request) error {
	before, id, paged := readAfter(r.URL.Query().Get("after"))
	list, more, err := s.Certs.Complaints(r.Context(), actor.FromContext(r.Context()), before, id, rows)
	if err != nil {
		return err
	}
	v := complaintsView{Rows: list, Paged: paged}
	if more {
		last := list[len(list)-1]
		v.Next = strconv.FormatInt(last.ComplainedAt.UnixMilli(), 10) + "." + last.ID
	}
	return page.Render(w, r, http.StatusOK, complaintsPage(v))
}

// readAfter reads where the page before ended: milliseconds and an id. Anything else is the first page.
func readAfter(text string) (at time.Time, id string, ok bool) {
	head, id, ok := strings.Cut(text, ".")
	n, err := strconv.ParseInt(head, 10, 64)
	if !ok || err != nil {
		return time.Time{}, "", false
	}
	return time.UnixMilli(n).UTC(), id, true
}
