package sealweb

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/web"
)

type askView struct {
	seal.View
	Title, Reason string
	Errors        design.Errors
}

// askUse is GET /seals/{id}/ask: the application for use.
func (s *site) askUse(w http.ResponseWriter, r *http.Request) error {
	return s.showAsk(w, r, http.StatusOK, askView{})
}

func (s *site) showAsk(w http.ResponseWriter, r *http.Request, status int, v askView) (err error) {
	if v.View, err = s.Seals.Get(r.Context(), by(r), r.PathValue("id")); err != nil {
		return err
	}
	return page.Render(w, r, status, askPage(v))
}

// requestUse is POST /seals/{id}/ask. The document itself is not kept: its digest is what is sealed.
func (s *site) requestUse(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Title  string `form:"title"`
		Reason string `form:"reason"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	digest, err := digestOf(r, "file")
	if err != nil {
		return err
	}
	id, err := s.Seals.Ask(r.Context(), by(r), seal.Asking{Seal: r.PathValue("id"), Digest: digest, Title: in.Title, Reason: in.Reason})
	if fault.Is(err, fault.Invalid) {
		return s.showAsk(w, r, http.StatusUnprocessableEntity, askView{Title: in.Title, Reason: in.Reason, Errors: design.ErrorsOf(r.Context(), err)})
	}
	if err == nil {
		web.Redirect(w, r, requestAt(id)+"?done=asked")
	}
	return err
}

// receive gives a file of the form to f; without one it does nothing.
func receive(r *http.Request, field string, f func(io.Reader) error) error {
	file, _, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Invalid, "page.form_unreadable").Because(err)
	}
	defer file.Close()
	return f(file)
}

// digestOf returns the SM3 of a file of the form, which is never whole in memory; nil without a file, or for an empty one.
func digestOf(r *http.Request, field string) (digest []byte, err error) {
	err = receive(r, field, func(file io.Reader) error {
		h := sm.Hash()
		if n, err := io.Copy(h, file); err != nil || n == 0 {
			return err
		}
		digest = h.Sum(nil)
		return nil
	})
	return digest, err
}

type requestsView struct {
	Rows  []seal.Request
	Next  string
	Paged bool
}

// requests is GET /seal-requests: one's own applications for use.
func (s *site) requests(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, next, err := s.Seals.MyRequests(r.Context(), by(r), after, rowsShown)
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, requestsPage(requestsView{list, next, after != ""}))
}

type requestView struct {
	seal.Request
	Done string
}

// request is GET /seal-requests/{id}.
func (s *site) request(w http.ResponseWriter, r *http.Request) error {
	q, err := s.Seals.FindRequest(r.Context(), by(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, requestPage(requestView{q, r.URL.Query().Get("done")}))
}

// decide is POST /seal-requests/{id}/decide.
func (s *site) decide(w http.ResponseWriter, r *http.Request) error {
	id, grant := r.PathValue("id"), r.FormValue("decision") == "approve"
	if !grant && r.FormValue("decision") != "refuse" {
		return fault.New(fault.Invalid, "seal.bad_review")
	}
	if err := s.Seals.Decide(r.Context(), by(r), id, grant); err != nil {
		return err
	}
	web.Redirect(w, r, requestAt(id)+"?done=decided")
	return nil
}

// affix is POST /seal-requests/{id}/affix: the sealed document's signature, to be kept beside it. Asking again gives the same.
func (s *site) affix(w http.ResponseWriter, r *http.Request) error {
	a, err := s.Seals.AffixRequested(r.Context(), by(r), r.PathValue("id"), client(r))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.EsID + ".ses"}))
	_, err = w.Write(a.Signature)
	return err
}

// client tells a phone from a computer by what the browser says of itself.
func client(r *http.Request) string {
	agent := r.Header.Get("User-Agent")
	if r.Header.Get("Sec-CH-UA-Mobile") == "?1" || strings.Contains(agent, "Mobi") || strings.Contains(agent, "Android") {
		return "phone"
	}
	return "page"
}

func requestAt(id string) string { return "/seal-requests/" + id }

func requestBadge(ctx context.Context, state string) *design.BadgeParams {
	tone := map[string]design.Tone{"waiting": design.Info, "approved": design.Good, "refused": design.Bad}[state]
	return &design.BadgeParams{Text: said(ctx, "seal.request.state.", state), Tone: tone}
}

func requestDone(ctx context.Context, what string) string {
	switch what {
	case "asked", "decided":
		return said(ctx, "seal.request.done.", what)
	}
	return ""
}

func requestRows(ctx context.Context, list []seal.Request) []design.Row {
	rows := make([]design.Row, len(list))
	for i, q := range list {
		rows[i] = design.Row{Cells: []design.Cell{{Text: q.Title, Href: requestAt(q.ID)}, {Text: q.Name + q.Line}, {Text: page.DateTime(ctx, q.AskedAt)},
			{Text: said(ctx, "seal.request.state.", q.State)}}}
	}
	return rows
}

func requestColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "seal.request.document")}, {Text: page.T(ctx, "seal.name")}, {Text: page.T(ctx, "seal.request.asked_at")},
		{Text: page.T(ctx, "seal.state_name")}}
}

func requestFacts(ctx context.Context, q seal.Request) []design.SummaryRow {
	rows := []design.SummaryRow{{Key: page.T(ctx, "seal.name"), Value: q.Name + q.Line}, {Key: page.T(ctx, "seal.request.document"), Value: q.Title}}
	if q.Reason != "" {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "seal.reason"), Value: q.Reason})
	}
	return append(rows, design.SummaryRow{Key: page.T(ctx, "seal.request.asked_by"), Value: orDash(q.AskedBy)},
		design.SummaryRow{Key: page.T(ctx, "seal.request.asked_at"), Value: page.DateTime(ctx, q.AskedAt)},
		design.SummaryRow{Key: page.T(ctx, "seal.use.digest"), Value: q.Digest, Copy: true})
}

func cards(ctx context.Context, list []seal.Request) []design.CardParams {
	out := make([]design.CardParams, len(list))
	for i, q := range list {
		out[i] = design.CardParams{Title: q.Title, Href: requestAt(q.ID), Text: q.AskedBy, Icon: "stamp", Meta: []string{page.DateTime(ctx, q.AskedAt)}}
	}
	return out
}

type checkView struct {
	Results []ses.Result
	Seal    *ses.Signature // what the signature says of itself; nil when it can't be read
	Errors  design.Errors
}

// askCheck is GET /seals/check.
func (s *site) askCheck(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, checkPage(checkView{}))
}

// check is POST /seals/check: a document and the signature that belongs to it. Neither is kept.
func (s *site) check(w http.ResponseWriter, r *http.Request) error {
	if err := s.public.Allow(web.Address(r)); err != nil {
		return err
	}
	ctx, v := r.Context(), checkView{}
	digest, err := digestOf(r, "document")
	if err != nil {
		return err
	}
	var signature []byte
	err = receive(r, "signature", func(file io.Reader) error {
		signature, err = io.ReadAll(io.LimitReader(file, mostSignature))
		return err
	})
	if err != nil {
		return err
	}
	refused := fault.New(fault.Invalid, "seal.check.bad")
	if digest == nil {
		refused.Field("document", "seal.check.no_document")
	}
	if len(signature) == 0 {
		refused.Field("signature", "seal.check.no_signature")
	}
	if err := refused.OrNil(); err != nil {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, checkPage(v))
	}
	if v.Results, err = s.Seals.Check(ctx, signature, digest); err != nil {
		return err
	}
	if read, err := ses.ParseSignature(signature); err == nil {
		v.Seal = read
	}
	return page.Render(w, r, http.StatusOK, checkPage(v))
}

func checks(ctx context.Context, v checkView) design.ChecksParams {
	p := design.ChecksParams{Label: page.T(ctx, "seal.check.results")}
	for _, c := range v.Results {
		item := design.CheckItem{Name: said(ctx, "seal.check.name.", c.Name), OK: c.OK, Detail: page.T(ctx, "seal.check.passed")}
		if !c.OK {
			_, why, _ := strings.Cut(c.Detail, ".")
			item.Detail = said(ctx, "seal.check.why.", why)
		}
		p.Items = append(p.Items, item)
	}
	return p
}

func checkOutcome(ctx context.Context, v checkView) design.BannerParams {
	if ses.Passed(v.Results) {
		return design.BannerParams{Tone: design.Good, Title: page.T(ctx, "seal.check.valid"), Text: page.T(ctx, "seal.check.valid_text")}
	}
	return design.BannerParams{Tone: design.Bad, Title: page.T(ctx, "seal.check.invalid"), Text: page.T(ctx, "seal.check.invalid_text")}
}

func checkFacts(ctx context.Context, s *ses.Signature) []design.SummaryRow {
	return []design.SummaryRow{{Key: page.T(ctx, "seal.name"), Value: s.Seal.Info.Name}, {Key: page.T(ctx, "seal.number"), Value: s.Seal.Info.ID},
		{Key: page.T(ctx, "seal.check.signed_at"), Value: page.DateTime(ctx, s.At)}}
}
