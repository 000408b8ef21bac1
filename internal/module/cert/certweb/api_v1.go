package certweb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
)

type certJSON struct {
	Identifier string     `json:"identifier" doc:"GB/T 36904"`
	Type       string     `json:"type" doc:"key of the certificate type"`
	Name       string     `json:"name"`
	Number     string     `json:"number,omitempty" doc:"for the holder only"`
	Holder     string     `json:"holder" doc:"masked for everybody but the holder"`
	Issuer     issuerJSON `json:"issuer"`
	Case       string     `json:"case" doc:"number of the case it was issued on"`
	State      cert.State `json:"state" enum:"valid,suspended,revoked,superseded,expired"`
	IssuedOn   civil.Date `json:"issued_on"`
	ValidFrom  civil.Date `json:"valid_from"`
	ValidUntil civil.Date `json:"valid_until" doc:"empty: without an end"`
}

type issuerJSON struct {
	Code string `json:"code" doc:"unified social credit code"`
	Name string `json:"name"`
}

func jsonOf(c cert.Cert) certJSON {
	return certJSON{c.Identifier, c.TypeKey, c.Name, c.Number, c.Holder, issuerJSON{c.IssuerCode, c.IssuerName}, c.CaseNumber, c.State, c.IssuedOn, c.ValidFrom, c.ValidUntil}
}

type listInput struct {
	After string `query:"after" maxLength:"40" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type listOutput struct {
	Body struct {
		Data []certJSON `json:"data"`
		Next string     `json:"next"`
	}
}

type oneInput struct {
	Identifier string `path:"identifier" maxLength:"120"`
}

type oneOutput struct {
	Body struct {
		certJSON
		Fields []cert.Line `json:"fields" doc:"the face, for the holder only"`
		Log    int64       `json:"log" doc:"position of its leaf; -1 while it waits for one"`
	}
}

type presentOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Token     string    `json:"token"`
		QR        string    `json:"qr" doc:"the code to show, as SVG"`
		Link      string    `json:"link" doc:"what the code holds"`
		ExpiresAt time.Time `json:"expires_at"`
	}
}

func (s *site) api(r *web.Router) {
	tags := []string{"certificates"}
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "list-certificates", Method: http.MethodGet, Path: "/api/v1/certificates", Tags: tags,
		Summary: "我的证照 / the caller's certificates"}, s.apiList)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "get-certificate", Method: http.MethodGet, Path: "/api/v1/certificates/{identifier}", Tags: tags,
		Summary: "证照 / one certificate"}, s.apiGet)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "present-certificate", Method: http.MethodPost, Path: "/api/v1/certificates/{identifier}/presentations",
		Tags: tags, Summary: "亮证：60 秒内有效、只能用一次的码 / a code good for 60 seconds and one use", DefaultStatus: http.StatusCreated}, s.apiPresent)
	r.Page("GET /api/v1/certificates/{identifier}/document", web.SignedIn, s.apiDocument)
	r.Document(huma.Operation{OperationID: "get-certificate-document", Method: http.MethodGet, Path: "/api/v1/certificates/{identifier}/document", Tags: tags,
		Summary: "证照文件：format=ofd|pdf；工作人员须以 reason 说明事由 / the file; officers give a reason", Security: []map[string][]string{{"token": {}}},
		Parameters: []*huma.Param{{Name: "identifier", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
			{Name: "format", In: "query", Schema: &huma.Schema{Type: "string", Enum: []any{"ofd", "pdf"}}}, {Name: "reason", In: "query", Schema: &huma.Schema{Type: "string"}}}})
	r.Upload("POST /api/v1/verifications", web.Public, uploadLimit, s.apiVerify)
	r.Document(huma.Operation{OperationID: "verify-certificate", Method: http.MethodPost, Path: "/api/v1/verifications", Tags: tags,
		Summary: "验证：JSON 的 identifier 或 token，或 multipart 的 file / verify by identifier, token or file; needs no account", RequestBody: verifyBody()})
}

func verifyBody() *huma.RequestBody {
	text := &huma.Schema{Type: "string"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json":    {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"identifier": text, "token": text}}},
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}}},
	}}
}

func (s *site) apiList(ctx context.Context, in *listInput) (*listOutput, error) {
	list, next, err := s.mine(ctx, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next, out.Body.Data = next, make([]certJSON, len(list))
	for i, c := range list {
		out.Body.Data[i] = jsonOf(c)
	}
	return out, nil
}

func (s *site) apiGet(ctx context.Context, in *oneInput) (*oneOutput, error) {
	v, err := s.Certs.Get(ctx, actor.FromContext(ctx), in.Identifier)
	if err != nil {
		return nil, err
	}
	out := &oneOutput{}
	out.Body.certJSON, out.Body.Fields, out.Body.Log = jsonOf(v.Cert), v.Lines, v.Position
	if out.Body.Fields == nil {
		out.Body.Fields = []cert.Line{}
	}
	return out, nil
}

func (s *site) apiPresent(ctx context.Context, in *oneInput) (*presentOutput, error) {
	p, err := s.newPresentation(ctx, in.Identifier)
	if err != nil {
		return nil, err
	}
	m, err := paper.QR(p.Link)
	if err != nil {
		return nil, err
	}
	out := &presentOutput{CacheControl: "private, no-store"}
	out.Body.Token, out.Body.Link, out.Body.ExpiresAt, out.Body.QR = p.Token, p.Link, p.Expires, string(m.SVG())
	return out, nil
}

func (s *site) apiDocument(w http.ResponseWriter, r *http.Request) error {
	return s.sendDocument(w, r, r.URL.Query().Get("format"), r.URL.Query().Get("reason"))
}

type verdictJSON struct {
	Valid       bool        `json:"valid"`
	Checks      []checkJSON `json:"checks"`
	Certificate *shownJSON  `json:"certificate,omitempty"`
	// Document is what a file says by its own signatures, whoever made it.
	Document *DocumentJSON `json:"document,omitempty"`
}

type checkJSON struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

type shownJSON struct {
	Identifier string      `json:"identifier"`
	Name       string      `json:"name"`
	Number     string      `json:"number,omitempty"`
	Holder     string      `json:"holder"`
	Issuer     issuerJSON  `json:"issuer"`
	State      cert.State  `json:"state,omitempty"`
	IssuedOn   civil.Date  `json:"issued_on"`
	ValidFrom  civil.Date  `json:"valid_from"`
	ValidUntil civil.Date  `json:"valid_until"`
	Fields     []cert.Line `json:"fields,omitempty"`
}

// apiVerify is POST /api/v1/verifications.
func (s *site) apiVerify(w http.ResponseWriter, r *http.Request) error {
	if err := s.mayVerify(r); err != nil {
		return err
	}
	q, err := apiQuestion(r)
	if err != nil {
		return err
	}
	done, err := s.turn(r.Context(), q.File)
	if err != nil {
		return err
	}
	defer done()
	v, err := s.Certs.Verify(r.Context(), actor.FromContext(r.Context()), q)
	if err != nil {
		return err
	}
	out := verdictJSON{Valid: v.Valid, Checks: make([]checkJSON, len(v.Checks))}
	for i, c := range v.Checks {
		out.Checks[i] = checkJSON{c.Name, c.OK, page.T(r.Context(), c.Detail, c.Args...)}
	}
	if len(q.File) > 0 {
		report, err := s.report(r.Context(), q.File)
		if err != nil {
			return err
		}
		out.Document = documentOf(r.Context(), report)
	}
	if c := v.Certificate; c != nil {
		out.Certificate = &shownJSON{c.Identifier, c.Name, c.Number, c.Holder, issuerJSON{c.IssuerCode, c.Issuer}, c.State, c.IssuedOn, c.ValidFrom, c.ValidUntil, c.Lines}
	}
	return web.WriteJSON(w, http.StatusOK, out)
}

// apiQuestion reads JSON or a form with a file.
func apiQuestion(r *http.Request) (q cert.Question, err error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "multipart/form-data":
		return question(r)
	case "application/json":
	default:
		return q, fault.New(fault.Unsupported, "cert.body_kind")
	}
	var in struct {
		Identifier string `json:"identifier"`
		Token      string `json:"token"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 4<<10)).Decode(&in); err != nil {
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return q, tooLarge
		}
		return q, fault.New(fault.Invalid, "cert.body_unreadable")
	}
	return cert.Question{Identifier: in.Identifier, Token: in.Token}, nil
}
