package certweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/signed"
)

type documentView struct {
	Errors  design.Errors
	Report  *signed.Report
	Verdict *cert.Verdict // when the file says it is a certificate of ours
}

// askDocument is GET /verify/file.
func (s *site) askDocument(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, documentPage(documentView{}))
}

// verifyDocument is POST /verify/file.
func (s *site) verifyDocument(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayVerify(r); err != nil {
		return err
	}
	q, err := question(r)
	if err == nil && len(q.File) == 0 {
		err = fault.New(fault.Invalid, "cert.signed.missing").Field("file", "cert.signed.missing")
	}
	if refusal(err) {
		return page.Render(w, r, http.StatusUnprocessableEntity, documentPage(documentView{Errors: design.ErrorsOf(r.Context(), err)}))
	}
	if err != nil {
		return err
	}
	done, err := s.turn(r.Context(), q.File)
	if err != nil {
		return err
	}
	defer done()
	v := documentView{}
	if v.Report, err = s.report(r.Context(), q.File); err != nil {
		return err
	}
	verdict, err := s.Certs.Verify(r.Context(), actor.FromContext(r.Context()), cert.Question{File: q.File})
	if err != nil {
		return err
	}
	if ours(&verdict) {
		v.Verdict = &verdict
	}
	return page.Render(w, r, http.StatusOK, documentPage(v))
}

// report examines a file by itself.
func (s *site) report(ctx context.Context, file []byte) (*signed.Report, error) {
	var trust ses.Trust
	if s.Trust != nil {
		var err error
		if trust, err = s.Trust(ctx); err != nil {
			return nil, err
		}
	}
	r := signed.Check(ctx, file, trust, time.Now())
	return &r, nil
}

// ours tells whether a file that was verified is a certificate of this platform, good or not.
func ours(v *cert.Verdict) bool {
	return len(v.Checks) > 0 && v.Checks[0].Name == cert.CheckFile && v.Checks[0].OK
}

// reportOutcome says the outcome for somebody who reads no further.
func reportOutcome(ctx context.Context, r *signed.Report) design.BannerParams {
	switch {
	case r.Refused != "":
		return design.BannerParams{Tone: design.Bad, Title: page.T(ctx, "cert.signed.refused"), Text: said(ctx, "cert.signed.refused.", r.Refused)}
	case len(r.Signatures) == 0:
		return design.BannerParams{Tone: design.Warn, Title: page.T(ctx, "cert.signed.unsigned"), Text: page.T(ctx, "cert.signed.unsigned_text")}
	case r.Valid():
		return design.BannerParams{Tone: design.Good, Title: page.T(ctx, "cert.signed.good"), Text: page.T(ctx, "cert.signed.good_text")}
	case r.Intact():
		return design.BannerParams{Tone: design.Warn, Title: page.T(ctx, "cert.signed.intact"), Text: page.T(ctx, "cert.signed.intact_text")}
	}
	text := ""
	for _, f := range r.Failures() {
		text = said(ctx, "cert.signed.check.", f.Name) + "：" + FindingText(ctx, f)
		break
	}
	return design.BannerParams{Tone: design.Bad, Title: page.T(ctx, "cert.signed.bad"), Text: text}
}

// shared are outcomes that several checks may have, said alike.
var shared = map[string]bool{"not_reached": true, "not_asked": true, "not_answered": true, "certificate_unreadable": true, "not_valid_then": true, "not_trusted": true,
	"may_not_sign": true, "revocation_not_asked": true, "revocation_not_answered": true, "revoked": true, "revoked_since": true, "does_not_fit": true, "in_the_future": true, "no_seal": true}

// FindingKey is the line of the locales that says an outcome in words; the finding's arguments fill it.
func FindingKey(f signed.Finding) string {
	if _, end, found := strings.Cut(f.Detail, "."); shared[end] || !found {
		if !found {
			end = f.Detail
		}
		return "cert.signed.detail." + end
	}
	return "cert.signed.detail." + f.Detail
}

// FindingText says an outcome in words.
func FindingText(ctx context.Context, f signed.Finding) string {
	return page.T(ctx, FindingKey(f), f.Args...)
}

// reportChecks says findings item by item.
func reportChecks(ctx context.Context, label string, list []signed.Finding) design.ChecksParams {
	p := design.ChecksParams{Label: label}
	for _, f := range list {
		p.Items = append(p.Items, design.CheckItem{Name: said(ctx, "cert.signed.check.", f.Name), OK: f.Outcome == signed.Passed, Silent: f.Outcome == signed.Silent, Detail: FindingText(ctx, f)})
	}
	return p
}

// signatureFacts are who signed and when; what is not said is left out.
func signatureFacts(ctx context.Context, s signed.Signature) (rows []design.SummaryRow) {
	for _, f := range [...]struct{ key, value string }{{page.T(ctx, "cert.signed.name"), s.Name}, {page.T(ctx, "cert.signed.seal_id"), s.SealID}, {page.T(ctx, "cert.signed.signer"), s.Signer}} {
		if f.value != "" {
			rows = append(rows, design.SummaryRow{Key: f.key, Value: f.value})
		}
	}
	if !s.At.IsZero() {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "cert.signed.at"), Value: page.DateTime(ctx, s.At)})
	}
	return rows
}

func signatureID(i int) string { return "signature-" + strconv.Itoa(i+1) }
