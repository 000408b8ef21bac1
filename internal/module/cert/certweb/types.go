package certweb

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// typeRows is how many types a page of the directory lists.
const typeRows = 50

// typeRoutes are the directory of certificate types (证照目录): open to read, changed by two keepers.
func (s *site) typeRoutes(r *web.Router) {
	r.Page("GET /certificate-types", web.Public, s.types)
	r.Page("GET /certificate-types/{key}", web.Public, s.showType)
	r.Page("GET /desk/certificate-types", web.Staff, s.typeProposals)
	r.Page("POST /desk/certificate-type-proposals/{id}", web.Staff, s.decideType)
	r.Page("GET /desk/certificate-types/{key}/change", web.Staff, s.askType)
	r.Page("POST /desk/certificate-types/{key}/change", web.Staff, s.proposeType)
	r.Page("GET /desk/certificate-types/{key}/preview", web.Staff, s.previewType)
	tags := []string{"certificates"}
	web.Register(r, web.Public, huma.Operation{OperationID: "list-certificate-types", Method: http.MethodGet, Path: "/api/v1/certificate-types", Tags: tags,
		Summary: "证照目录 / the directory of certificate types"}, s.apiTypes)
	web.Register(r, web.Public, huma.Operation{OperationID: "get-certificate-type", Method: http.MethodGet, Path: "/api/v1/certificate-types/{key}", Tags: tags,
		Summary: "证照类型 / one type with the JSON Schema of its face"}, s.apiType)
}

type typesView struct {
	Query cert.TypeQuery
	Rows  []cert.Kept
	Found int
	Next  string
	Keeps bool
}

// types is GET /certificate-types.
func (s *site) types(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := typesView{Query: cert.TypeQuery{Text: q.Get("q"), HolderKind: q.Get("holder"), After: q.Get("after"), Limit: typeRows}}
	v.Keeps = s.Certs.MayKeep(actor.FromContext(r.Context()))
	if v.Rows, v.Found, v.Next, err = s.Certs.Types(r.Context(), v.Query); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, typesPage(v))
}

func (v typesView) address(after string) string {
	q := url.Values{}
	for key, value := range map[string]string{"q": v.Query.Text, "holder": v.Query.HolderKind, "after": after} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return "/certificate-types"
	}
	return "/certificate-types?" + q.Encode()
}

func (v typesView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Query.After != "" {
		p.First = v.address("")
	}
	if v.Next != "" {
		p.Next = v.address(v.Next)
	}
	return &p
}

func typeAt(key string) string { return "/certificate-types/" + url.PathEscape(key) }

type typeView struct {
	cert.TypeView
	Keeps   bool
	Imports bool
	Done    string
}

// showType is GET /certificate-types/{key}.
func (s *site) showType(w http.ResponseWriter, r *http.Request) error {
	t, err := s.Certs.Type(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	by := actor.FromContext(r.Context())
	v := typeView{TypeView: t, Keeps: s.Certs.MayKeep(by), Imports: by.Kind == actor.Officer && s.Certs.MayImport(by), Done: r.URL.Query().Get("done")}
	return page.Render(w, r, http.StatusOK, typePage(v))
}

type changeView struct {
	Key    string
	Title  string
	Years  string
	From   string
	Change cert.TypeChange
	Errors design.Errors
}

// askType is GET /desk/certificate-types/{key}/change.
func (s *site) askType(w http.ResponseWriter, r *http.Request) error {
	if !s.Certs.MayKeep(actor.FromContext(r.Context())) {
		return fault.New(fault.Forbidden, "office.no_right")
	}
	t, err := s.Certs.Type(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	c := t.Change()
	return page.Render(w, r, http.StatusOK, changePage(changeView{Key: t.TypeKey, Title: t.Kept.Name, Years: strconv.Itoa(c.Years), Change: c}))
}

// proposeType is POST /desk/certificate-types/{key}/change.
func (s *site) proposeType(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.PathValue("key")
	if err := page.Bind(r, &struct{}{}); err != nil {
		return err
	}
	f := r.PostForm
	v := changeView{Key: key, Title: f.Get("name"), Years: strings.TrimSpace(f.Get("years")), From: f.Get("from")}
	years, err := strconv.Atoi(v.Years)
	if err != nil && v.Years != "" {
		years = -1 // refused as out of range
	}
	v.Change = cert.TypeChange{Name: f.Get("name"), Basis: f.Get("basis"), Department: f.Get("department"), Levels: f["levels"], Years: years, Term: f.Get("term"),
		Purposes: f["purposes"], Reason: f.Get("reason"), Joint: f.Get("joint"), Layout: strings.ReplaceAll(f.Get("layout"), "\r\n", "\n")}
	v.Change.From, _ = civil.Parse(v.From) // none has passed already
	err = s.Certs.ProposeType(ctx, actor.FromContext(ctx), key, v.Change)
	if refusal(err) {
		v.Errors = design.ErrorsOf(ctx, err)
		return page.Render(w, r, http.StatusUnprocessableEntity, changePage(v))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, typeAt(key)+"?done=proposed")
	return nil
}

// typeProposals is GET /desk/certificate-types: what waits for a second keeper.
func (s *site) typeProposals(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Certs.TypeProposals(r.Context(), actor.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, proposalsPage(list))
}

// decideType is POST /desk/certificate-type-proposals/{id}.
func (s *site) decideType(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Decision string `form:"decision"`
	}
	if err := page.Bind(r, &in); err != nil {
		return err
	}
	if in.Decision != "approve" && in.Decision != "refuse" {
		return fault.New(fault.Invalid, "cert.type.bad")
	}
	if err := s.Certs.DecideType(r.Context(), actor.FromContext(r.Context()), r.PathValue("id"), in.Decision == "approve"); err != nil {
		return err
	}
	web.Redirect(w, r, "/desk/certificate-types")
	return nil
}

type previewView struct {
	cert.Preview
	Key, Name, Sample string
	Proposed          bool // the change that waits
}

// previewType is GET /desk/certificate-types/{key}/preview: a specimen on the screen, or as PDF or OFD.
func (s *site) previewType(w http.ResponseWriter, r *http.Request) error {
	ctx, key, sample := r.Context(), r.PathValue("key"), r.URL.Query().Get("sample")
	if sample == "" {
		sample = cert.Samples[0]
	}
	proposed := r.URL.Query().Get("proposed") != ""
	p, err := s.Certs.PreviewType(ctx, actor.FromContext(ctx), key, sample, proposed)
	if err != nil {
		return err
	}
	content, kind := p.PDF, "application/pdf"
	switch r.URL.Query().Get("format") {
	case "ofd":
		content, kind = p.OFD, "application/ofd"
	case "pdf":
	default:
		t, err := s.Certs.Type(ctx, key)
		if err != nil {
			return err
		}
		return page.Render(w, r, http.StatusOK, previewPage(previewView{p, key, t.Kept.Name, sample, proposed}))
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="specimen-`+url.PathEscape(key)+"."+r.URL.Query().Get("format")+`"`)
	_, err = bytes.NewReader(content).WriteTo(w)
	return err
}

type typeJSON struct {
	Key         string   `json:"key"`
	Code        string   `json:"code" doc:"21 characters, GB/T 36904"`
	Name        string   `json:"name"`
	Version     int64    `json:"version"`
	EffectiveOn string   `json:"effective_on" doc:"empty: since it was registered"`
	Department  string   `json:"department"`
	Holder      string   `json:"holder" doc:"person, company, either; empty: not said"`
	Levels      []string `json:"levels,omitempty"`
}

type typesInput struct {
	Q      string `query:"q" maxLength:"100"`
	Holder string `query:"holder" maxLength:"20"`
	After  string `query:"after" maxLength:"100" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type typesOutput struct {
	Body struct {
		Data  []typeJSON `json:"data"`
		Found int        `json:"found"`
		Next  string     `json:"next"`
	}
}

func typeOf(k cert.Kept) typeJSON {
	return typeJSON{Key: k.TypeKey, Code: k.Code, Name: k.Name, Version: k.Version, EffectiveOn: k.EffectiveOn, Department: k.Department, Holder: k.HolderKind}
}

func (s *site) apiTypes(ctx context.Context, in *typesInput) (*typesOutput, error) {
	list, found, next, err := s.Certs.Types(ctx, cert.TypeQuery{Text: in.Q, HolderKind: in.Holder, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &typesOutput{}
	out.Body.Found, out.Body.Next, out.Body.Data = found, next, make([]typeJSON, len(list))
	for i, k := range list {
		out.Body.Data[i] = typeOf(k)
	}
	return out, nil
}

type typeInput struct {
	Key string `path:"key" maxLength:"100"`
}

type typeOutput struct {
	Body struct {
		typeJSON
		Basis  string              `json:"basis"`
		Years  int                 `json:"years" doc:"0: term says how long"`
		Term   string              `json:"term"`
		Seal   string              `json:"seal,omitempty"`
		Shows  map[string][]string `json:"shows,omitempty" doc:"the fields a kind of verifier reads; a kind that is not named reads all"`
		Doubts []string            `json:"doubts,omitempty"`
		Schema map[string]any      `json:"schema" doc:"JSON Schema of the face"`
	}
}

func (s *site) apiType(ctx context.Context, in *typeInput) (*typeOutput, error) {
	v, err := s.Certs.Type(ctx, in.Key)
	if err != nil {
		return nil, err
	}
	out := &typeOutput{}
	b := &out.Body
	b.typeJSON = typeOf(v.Kept)
	b.Levels, b.Basis, b.Years, b.Term, b.Seal, b.Shows, b.Doubts, b.Schema = v.Levels, v.Basis, v.Years, v.Term, v.Seal, v.Shows, v.Doubts, v.Schema()
	return out, nil
}
