package certweb

import (
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

type partView struct {
	cert.Cert
	Lines []cert.Line
}

// askPart is GET /certificates/{identifier}/part: the holder chooses what to show. The choice is sent to the page with the code.
func (s *site) askPart(w http.ResponseWriter, r *http.Request) error {
	c, lines, err := s.Certs.Choices(r.Context(), actor.FromContext(r.Context()), r.PathValue("identifier"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, partPage(partView{c, lines}))
}

type grantView struct {
	cert.Cert
	Kind    string `form:"kind"`
	Code    string `form:"code"`
	Name    string `form:"name"`
	Number  string `form:"number"`
	Purpose string `form:"purpose"`
	Until   string `form:"until"`
	Errors  design.Errors
}

// askGrant is GET /certificates/{identifier}/grants/new.
func (s *site) askGrant(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, grantPage(grantView{Cert: v.Cert}))
}

// grant is POST /certificates/{identifier}/grants.
func (s *site) grant(w http.ResponseWriter, r *http.Request) error {
	var v grantView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	v.Until = design.DateValue(r.PostForm, "until")
	until, _ := civil.Parse(v.Until) // none is out of range
	ctx, identifier := r.Context(), r.PathValue("identifier")
	by := actor.FromContext(ctx)
	if err := s.presenting.Allow(by.Account); err != nil { // it also tells whether somebody of that name and number is known
		return err
	}
	_, err := s.Certs.GrantUse(ctx, by, identifier, cert.NewGrant{Kind: v.Kind, Code: v.Code, Name: v.Name, Number: v.Number, Purpose: v.Purpose, Until: until})
	if refusal(err) {
		known, viewErr := s.view(r)
		if viewErr != nil {
			return viewErr
		}
		v.Cert, v.Errors = known.Cert, design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, grantPage(v))
	}
	return s.doneAt(w, r, identifier, "granted", err)
}

// doneAt goes back to a certificate's page, which says what was done.
func (s *site) doneAt(w http.ResponseWriter, r *http.Request, identifier, what string, err error) error {
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/certificates/"+identifier+"?did="+what)
	return nil
}

// endGrant is POST /certificates/{identifier}/grants/{id}/end.
func (s *site) endGrant(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier := r.Context(), r.PathValue("identifier")
	return s.doneAt(w, r, identifier, "grant_ended", s.Certs.EndGrant(ctx, actor.FromContext(ctx), identifier, r.PathValue("id")))
}

// recall is POST /certificates/{identifier}/recall.
func (s *site) recall(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier := r.Context(), r.PathValue("identifier")
	return s.doneAt(w, r, identifier, "recalled", s.Certs.Recall(ctx, actor.FromContext(ctx), identifier))
}

type copyView struct {
	cert.Cert
	Matter    string `form:"matter"`
	Recipient string `form:"recipient"`
	Until     string `form:"until"`
	Errors    design.Errors
}

// askCopy is GET /certificates/{identifier}/copies/new.
func (s *site) askCopy(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, copyPage(copyView{Cert: v.Cert}))
}

// makeCopy is POST /certificates/{identifier}/copies.
func (s *site) makeCopy(w http.ResponseWriter, r *http.Request) error {
	var v copyView
	if err := page.Bind(r, &v); err != nil {
		return err
	}
	v.Until = design.DateValue(r.PostForm, "until")
	until, _ := civil.Parse(v.Until) // none is out of range
	ctx, identifier := r.Context(), r.PathValue("identifier")
	by := actor.FromContext(ctx)
	if err := s.presenting.Allow(by.Account); err != nil {
		return err
	}
	_, err := s.Certs.MakeCopy(ctx, by, identifier, cert.NewCopy{Matter: v.Matter, Recipient: v.Recipient, Until: until})
	if refusal(err) {
		known, viewErr := s.view(r)
		if viewErr != nil {
			return viewErr
		}
		v.Cert, v.Errors = known.Cert, design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, copyPage(v))
	}
	return s.doneAt(w, r, identifier, "copied", err)
}

// copyFile is GET /certificates/{identifier}/copies/{number}.
func (s *site) copyFile(w http.ResponseWriter, r *http.Request) error {
	ctx, number := r.Context(), r.PathValue("number")
	content, err := s.Certs.CopyFile(ctx, actor.FromContext(ctx), r.PathValue("identifier"), number)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(number+".pdf")) // letters and digits: it was found
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(content) // the reader may have gone
	return nil
}

// endCopy is POST /certificates/{identifier}/copies/{number}/end.
func (s *site) endCopy(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier := r.Context(), r.PathValue("identifier")
	return s.doneAt(w, r, identifier, "copy_ended", s.Certs.EndCopy(ctx, actor.FromContext(ctx), identifier, r.PathValue("number")))
}

type grantedView struct {
	Rows  []cert.Granted
	Next  string
	Paged bool
}

// granted is GET /granted: what others let the caller, the caller's company or office use.
func (s *site) granted(w http.ResponseWriter, r *http.Request) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	list, err := s.Certs.GrantedTo(ctx, actor.FromContext(ctx), after, rows+1)
	if err != nil {
		return err
	}
	v := grantedView{Rows: list, Paged: after != ""}
	if len(list) > rows {
		v.Rows, v.Next = list[:rows], list[rows-1].ID
	}
	return page.Render(w, r, http.StatusOK, grantedPage(v))
}

// useGrant is POST /granted/{id}: each use is written down, so it is no address that a browser may open by itself.
func (s *site) useGrant(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	if err := s.verifying.Allow(by.Account); err != nil {
		return err
	}
	g, v, err := s.Certs.UseGrant(ctx, by, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return page.Render(w, r, http.StatusOK, usedPage(g, verifyView{Verdict: &v}))
}
