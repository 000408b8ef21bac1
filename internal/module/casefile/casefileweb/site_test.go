package casefileweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/casefile/casefileweb"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/material/materialweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

// building is the pages of cases in a hall, used by whoever stands in by.
type building struct {
	*casefiletest.Hall
	by      actor.Actor
	address string // requests come from, when it is not empty
	handler http.Handler
	routes  []web.Route
}

const maxBytes = 1 << 20 // of the hall's store

func open(t *testing.T) *building {
	t.Helper()
	b := &building{Hall: casefiletest.Open(t)}
	words, err := page.Load([]fs.FS{page.Words, web.Words, design.Locale, blob.Locale, office.Locale, account.Locale, material.Locale, materialweb.Locale, workflow.Locale,
		casefile.Locale, casefileweb.Locale, formweb.Locale, itemweb.Locale}...)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := region.NewDirectory(region.Jilin(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Catalogue: words, Enter: func(ctx context.Context, a web.Access) error {
		switch who := actor.FromContext(ctx); {
		case !who.SignedIn():
			return fault.New(fault.Unauthenticated, "office.not_signed_in")
		case a == web.Staff && who.Kind != actor.Officer:
			return fault.New(fault.Forbidden, "office.no_right")
		}
		return nil
	}})
	regions := func(_ context.Context, parent string) []design.Option {
		var list []design.Option
		for _, c := range directory.Children(region.MustParse(parent)) {
			list = append(list, design.Option{Value: c.Code.String(), Text: c.Name})
		}
		return list
	}
	casefileweb.Routes(r, casefileweb.Deps{DB: b.DB, Cases: b.Cases, Tasks: b.Tasks, Materials: b.Materials, Items: b.Items.Service, Regions: regions, MaxBytes: maxBytes,
		Directory: func() *region.Directory { return directory },
		Lookup:    b.lookup, Certificates: b.certificates, Rate: b.rate})
	formweb.Routes(r, b.DB, b.Items.Forms, regions)
	b.routes = r.Routes()
	b.handler = words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		kind := string(b.by.Kind)
		if b.address != "" {
			req.RemoteAddr = b.address + ":1024"
		}
		ctx := design.WithViewer(actor.WithContext(req.Context(), b.by), design.Viewer{SignedIn: b.by.SignedIn(), Kind: kind, Path: req.URL.Path})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return b
}

// lookup knows the hall's people.
func (b *building) lookup(_ context.Context, _ actor.Actor, kind, number, name string) (string, string, error) {
	for id, p := range b.People {
		if p.Kind == kind && p.Number == number && p.Name == name {
			return id, p.Shown, nil
		}
	}
	return "", "", fault.New(fault.NotFound, "account.no_match")
}

func (b *building) certificates(context.Context, actor.Actor, string) ([]design.Link, error) {
	return []design.Link{{Text: "食品经营许可证", Href: "/certificates/1.2.156.3001"}}, nil
}

func (b *building) rate(_ context.Context, _ actor.Actor, number string) (string, bool) {
	return "/cases/" + number + "/rating", true
}

// as opens a fresh browser of somebody.
func (b *building) as(t *testing.T, who actor.Actor) *webtest.Browser {
	t.Helper()
	b.by = who
	return webtest.New(t, b.handler)
}

// pdf is a small true PDF.
func pdf(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% " + words + "\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

// numberIn reads the case's number from the address a browser is at.
func numberIn(p *webtest.Browser) string {
	rest, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.Path(), "/desk"), "/cases/"), "?")
	return rest
}

// answer is what the JSON API said.
type answer struct {
	status int
	body   map[string]any
	raw    string
}

// call sends a request of JSON as whoever stands in by.
func (b *building) call(t *testing.T, method, path string, body any, key string) answer {
	t.Helper()
	var r io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequest(method, path, r)
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, req)
	a := answer{status: w.Code, raw: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s %s answers no JSON: %s", method, path, a.raw)
	}
	return a
}

func (a answer) wants(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("answered %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// draftOf returns the only draft of somebody.
func (b *building) draftOf(t *testing.T, who actor.Actor) casefile.Draft {
	t.Helper()
	list, err := b.Cases.Drafts(t.Context(), who)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d drafts, %v", len(list), err)
	}
	return list[0]
}

// keepAnswers puts the answers of a complete application into a draft, as if they had been typed before.
func (b *building) keepAnswers(t *testing.T, who actor.Actor, answers map[string]any) {
	t.Helper()
	d := b.draftOf(t, who)
	d.Application.Answers = answers
	if err := b.Cases.SaveDraft(t.Context(), who, d); err != nil {
		t.Fatal(err)
	}
}

func casefileVersion(v int64) string { return strconv.FormatInt(v, 10) }
