package certweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
)

// rows is how many certificates one page lists.
const rows = 20

type listView struct {
	Rows  []cert.Cert
	Next  string
	Paged bool
}

// list is GET /certificates.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, next, err := s.mine(r.Context(), after, rows)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, listPage(listView{list, next, after != ""}))
}

// mine lists one page and says where the next begins.
func (s *site) mine(ctx context.Context, after string, limit int) (list []cert.Cert, next string, err error) {
	list, err = s.Certs.Mine(ctx, actor.FromContext(ctx), after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

func (v listView) pager() *design.PagerParams { return pagerOf("/certificates", v.Next, v.Paged) }

type showView struct {
	cert.View
	Done   string
	Did    string // what the holder has just done
	Errors design.Errors
	Typed  string // the reason, as typed
}

// show is GET /certificates/{identifier}.
func (s *site) show(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, showPage(v))
}

func (s *site) view(r *http.Request) (v showView, err error) {
	v.View, err = s.Certs.Get(r.Context(), actor.FromContext(r.Context()), r.PathValue("identifier"))
	v.Done, v.Did = r.URL.Query().Get("done"), r.URL.Query().Get("did")
	return v, err
}

type presentView struct {
	cert.Cert
	Path    string // of the code
	Size    int
	Seconds int
	Refresh int // seconds until the page asks for the next code by itself
	At      string
	Address string // of this page: the fields chosen stand in it
	Fields  int
	Seen    cert.Seen
}

// present is GET /certificates/{identifier}/present: a fresh code each time. With fields the code shows those alone.
func (s *site) present(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier := r.Context(), r.PathValue("identifier")
	by := actor.FromContext(ctx)
	v, err := s.Certs.Get(ctx, by, identifier)
	if err != nil {
		return err
	}
	fields := r.URL.Query()["field"]
	p, err := s.newPresentation(ctx, identifier, fields...)
	if err != nil {
		return err
	}
	seen, err := s.Certs.Seen(ctx, by, identifier)
	if err != nil {
		return err
	}
	m, err := paper.QR(p.Link)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	seconds := int(time.Until(p.Expires).Seconds())
	at := page.DateTime(ctx, time.Now())
	return page.Render(w, r, http.StatusOK, presentPage(presentView{v.Cert, m.Path(), m.Size(), seconds, max(5, seconds-10), at,
		presentAddress(v.Cert, fields), len(fields), seen}))
}

// presentAddress is the page that shows a code, of the whole certificate or of some fields.
func presentAddress(c cert.Cert, fields []string) string {
	at := address(c) + "/present"
	if len(fields) > 0 {
		at += "?" + url.Values{"field": fields}.Encode()
	}
	return at
}

// seen is GET /certificates/{identifier}/present/seen: the part of that page that says who has just verified.
func (s *site) seen(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier := r.Context(), r.PathValue("identifier")
	seen, err := s.Certs.Seen(ctx, actor.FromContext(ctx), identifier)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, seenPart(cert.Cert{Identifier: identifier}, seen))
}

// document is GET /certificates/{identifier}/document: the holder takes a file away, and may say what for.
func (s *site) document(w http.ResponseWriter, r *http.Request) error {
	return s.sendDocument(w, r, r.URL.Query().Get("format"), r.URL.Query().Get("purpose"))
}

// documentFor is POST /desk/certificates/{identifier}/document: an officer says why.
func (s *site) documentFor(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Format string `form:"format"`
		Reason string `form:"reason"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	err := s.sendDocument(w, r, in.Format, in.Reason)
	if !refusal(err) {
		return err
	}
	v, viewErr := s.view(r)
	if viewErr != nil {
		return viewErr
	}
	v.Errors, v.Typed = design.ErrorsOf(r.Context(), err), in.Reason
	return page.Render(w, r, http.StatusUnprocessableEntity, showPage(v))
}

func (s *site) sendDocument(w http.ResponseWriter, r *http.Request, format, reason string) error {
	if format == "" {
		format = string(paper.PDF)
	}
	identifier, f := r.PathValue("identifier"), paper.Format(format)
	content, err := s.Certs.Document(r.Context(), actor.FromContext(r.Context()), identifier, f, reason)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType())
	h.Set("Content-Disposition", `attachment; filename="`+identifier+"."+format+`"`) // digits, capital letters and dots
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(content) // the reader may have gone
	return nil
}

type revokeView struct {
	cert.View
	Kind, Typed string // as chosen and typed
	Errors      design.Errors
}

// askRevoke is GET /desk/certificates/{identifier}/revoke.
func (s *site) askRevoke(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	switch {
	case err != nil:
		return err
	case len(v.Actions) == 0 && (v.State == cert.Revoked || v.State == cert.Superseded):
		return fault.New(fault.Conflict, "cert.moved_on")
	case len(v.Actions) == 0:
		return fault.New(fault.Forbidden, "office.no_right")
	}
	return page.Render(w, r, http.StatusOK, revokePage(revokeView{View: v.View}))
}

// revoke is POST /desk/certificates/{identifier}/revoke.
func (s *site) revoke(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Kind   string `form:"kind"`
		Reason string `form:"reason"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	ctx, identifier := r.Context(), r.PathValue("identifier")
	err := s.Certs.Revoke(ctx, actor.FromContext(ctx), identifier, cert.Reason{Kind: cert.Kind(in.Kind), Text: in.Reason})
	if refusal(err) {
		v, viewErr := s.view(r)
		if viewErr != nil {
			return viewErr
		}
		return page.Render(w, r, http.StatusUnprocessableEntity, revokePage(revokeView{v.View, in.Kind, in.Reason, design.ErrorsOf(ctx, err)}))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/certificates/"+identifier+"?done="+in.Kind)
	return nil
}
