package certweb

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/signed"
)

type verifyView struct {
	Identifier string // as typed, or as a document's code has it
	Errors     design.Errors
	Verdict    *cert.Verdict
	Report     *signed.Report // of a file that is no certificate of ours
}

// askVerify is GET /verify. A code that was scanned waits behind a button: opening an address must not use it up.
func (s *site) askVerify(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if token := q.Get("token"); token != "" {
		return page.Render(w, r, http.StatusOK, tokenPage(token))
	}
	return page.Render(w, r, http.StatusOK, verifyPage(verifyView{Identifier: q.Get("identifier")}))
}

// verify is POST /verify.
func (s *site) verify(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayVerify(r); err != nil {
		return err
	}
	q, err := question(r)
	if err != nil {
		return err
	}
	v := verifyView{Identifier: q.Identifier}
	verdict, err := s.Certs.Verify(r.Context(), actor.FromContext(r.Context()), q)
	if refusal(err) {
		v.Errors = design.ErrorsOf(r.Context(), err)
		return page.Render(w, r, http.StatusUnprocessableEntity, verifyPage(v))
	}
	if err != nil {
		return err
	}
	v.Verdict = &verdict
	if len(q.File) > 0 && !ours(&verdict) {
		v.Report = s.report(r.Context(), q.File)
	}
	return page.Render(w, r, http.StatusOK, verifyPage(v))
}

// question reads what is asked: fields identifier and token, or a file. A scanned code may stand whole in the field that is meant for the
// identifier.
func question(r *http.Request) (q cert.Question, err error) {
	var in struct {
		Identifier string `form:"identifier"`
		Token      string `form:"token"`
	}
	if err := page.Bind(r, &in); err != nil {
		return q, err
	}
	q.Identifier, q.Token = in.Identifier, in.Token
	if u, err := url.Parse(in.Identifier); err == nil && strings.HasSuffix(u.Path, "/verify") {
		q.Identifier, q.Token = u.Query().Get("identifier"), u.Query().Get("token")
	}
	q.File, err = file(r)
	return q, err
}

// file reads the form's file; nil without one.
func file(r *http.Request) ([]byte, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	f, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.form_unreadable").Because(err)
	}
	defer f.Close()
	return io.ReadAll(f)
}

// refusal tells whether a page shows an error beside its form.
func refusal(err error) bool { return fault.Is(err, fault.Invalid) }
