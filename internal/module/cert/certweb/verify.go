package certweb

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/signed"
	"xiangyun/internal/platform/web"
)

type verifyView struct {
	Identifier string // as typed, or as a document's code has it
	Token      string // of a code that was scanned, not used up yet
	Purpose    string
	Errors     design.Errors
	Verdict    *cert.Verdict
	Report     *signed.Report // of a file
	Ours       bool           // the file is a certificate of ours
}

// askVerify is GET /verify. A code that was scanned waits behind a button: opening an address must not use it up.
func (s *site) askVerify(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := verifyView{Identifier: q.Get("identifier"), Token: q.Get("token")}
	if number := q.Get("copy"); number != "" {
		v.Identifier = number
	}
	if v.Token != "" {
		return page.Render(w, r, http.StatusOK, tokenPage(v))
	}
	web.AllowCamera(w)
	return page.Render(w, r, http.StatusOK, verifyPage(v))
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
	done, err := s.turn(r.Context(), q.File)
	if err != nil {
		return err
	}
	defer done()
	v := verifyView{Identifier: q.Identifier, Token: q.Token, Purpose: q.Purpose}
	switch {
	case q.Token == "" || q.Purpose != "":
	case r.PostFormValue("token") == "": // it was scanned into the field for identifiers: the page of codes asks what for
		return page.Render(w, r, http.StatusOK, tokenPage(v))
	default:
		err = fault.New(fault.Invalid, "cert.purpose_missing").Field("purpose", "cert.purpose_missing") // the code is not used up yet
	}
	var verdict cert.Verdict
	if err == nil {
		q.Face = true
		verdict, err = s.Certs.Verify(r.Context(), actor.FromContext(r.Context()), q)
	}
	if refusal(err) {
		v.Errors = design.ErrorsOf(r.Context(), err)
		if v.Token != "" {
			return page.Render(w, r, http.StatusUnprocessableEntity, tokenPage(v))
		}
		web.AllowCamera(w)
		return page.Render(w, r, http.StatusUnprocessableEntity, verifyPage(v))
	}
	if err != nil {
		return err
	}
	v.Verdict = &verdict
	w.Header().Set("Cache-Control", "private, no-store")
	if len(q.File) > 0 {
		if v.Report, err = s.report(r.Context(), q.File); err != nil {
			return err
		}
		v.Ours = ours(&verdict)
	}
	return page.Render(w, r, http.StatusOK, verifyPage(v))
}

// question reads what is asked: fields identifier and token, or a file. A scanned code may stand whole in the field that is meant for the
// identifier, and so may the number of an annotated copy.
func question(r *http.Request) (q cert.Question, err error) {
	var in struct {
		Identifier string `form:"identifier"`
		Token      string `form:"token"`
		Purpose    string `form:"purpose"`
	}
	if err := page.Bind(r, &in); err != nil {
		return q, err
	}
	q.Identifier, q.Token, q.Purpose = in.Identifier, in.Token, in.Purpose
	if u, err := url.Parse(in.Identifier); err == nil && strings.HasSuffix(u.Path, "/verify") {
		q.Identifier, q.Token, q.Copy = u.Query().Get("identifier"), u.Query().Get("token"), u.Query().Get("copy")
	}
	if copyNumber.MatchString(strings.TrimSpace(q.Identifier)) {
		q.Copy, q.Identifier = q.Identifier, ""
	}
	q.File, err = file(r)
	return q, err
}

// copyNumber is how the number of an annotated copy is written: no identifier of a certificate looks like it.
var copyNumber = regexp.MustCompile(`^(?i)[2-9A-HJ-NP-Z]{4}(?:[- ]?[2-9A-HJ-NP-Z]{4}){3}$`)

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
