package hallweb_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/adapter/idreader"
	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/casefile/casefileweb"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/hall"
	"xiangyun/internal/module/hall/halltest"
	"xiangyun/internal/module/hall/hallweb"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/material"
	"xiangyun/internal/module/material/materialweb"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

// building is the pages of a hall in a county where cases are handled, used by whoever stands in by.
type building struct {
	*casefiletest.Hall
	hall    *halltest.Hall
	words   *page.Catalogue
	by      actor.Actor
	handler http.Handler
}

// clerk and second are officers at the windows of 南关区, as the office module would make them.
var (
	clerk  = at("window.nanguan")
	second = at("window.second")
)

func at(account string) actor.Actor {
	a := casefiletest.Officer(account, "window", "220102d90")
	a.Region = region.MustParse("220102000000")
	return a
}

// card is the identity card of the county's citizen.
var card = hall.Card{Name: "张晓琳", Number: "220102199003072318"}

func open(t *testing.T) *building {
	t.Helper()
	b := &building{Hall: casefiletest.Open(t, hall.Schema)}
	b.hall = halltest.On(t, b.DB, b.Items.Service)
	needs := b.Needs
	needs.Behalf = b.hall.Service
	b.Cases = casefile.New(b.DB, needs)
	var err error
	b.words, err = page.Load([]fs.FS{page.Words, web.Words, design.Locale, blob.Locale, office.Locale, account.Locale, material.Locale, materialweb.Locale, workflow.Locale,
		casefile.Locale, casefileweb.Locale, formweb.Locale, itemweb.Locale, hall.Locale, hallweb.Locale}...)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Catalogue: b.words, Enter: func(ctx context.Context, a web.Access) error {
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
		for _, c := range region.JilinDirectory().Children(region.MustParse(parent)) {
			list = append(list, design.Option{Value: c.Code.String(), Text: c.Name})
		}
		return list
	}
	hallweb.Routes(r, hallweb.Deps{DB: b.DB, Halls: b.hall.Service, Cases: b.Cases, Items: b.Items.Service, Materials: b.Materials, Reader: idreader.NewSimulator(card), Regions: regions,
		Directory: region.JilinDirectory, Lookup: b.lookup, Name: b.shown, Address: func() string { return "http://xiangyun.test" },
		Workshop: func(actor.Actor) string { return "长春市南关区政务服务中心" }, MaxBytes: 1 << 20, Draw: draw})
	formweb.Routes(r, b.DB, b.Items.Forms, regions)
	b.handler = b.words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), b.by), design.Viewer{SignedIn: b.by.SignedIn(), Kind: string(b.by.Kind), Path: req.URL.Path})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
	return b
}

func draw(text string) (string, int, error) {
	m, err := paper.QR(text)
	if err != nil {
		return "", 0, err
	}
	return m.Path(), m.Size(), nil
}

// lookup knows the county's people.
func (b *building) lookup(_ context.Context, _ actor.Actor, kind string, c hall.Card, _ bool) (string, string, error) {
	for id, p := range b.People {
		if p.Kind == kind && p.Number == c.Number && p.Name == c.Name {
			return id, p.Shown, nil
		}
	}
	return "", "", fault.New(fault.NotFound, "account.no_match")
}

func (b *building) shown(_ context.Context, subject string) (string, error) {
	return b.People[subject].Shown, nil
}

// as opens a fresh browser of somebody.
func (b *building) as(t *testing.T, who actor.Actor) *webtest.Browser {
	t.Helper()
	b.by = who
	return webtest.New(t, b.handler)
}

// kiosk opens a fresh browser of the machine at the door.
func (b *building) kiosk(t *testing.T) *webtest.Browser {
	t.Helper()
	return b.as(t, actor.Actor{}).Open("/halls/"+b.hall.ID+"/kiosk?code="+b.hall.Kiosk(t)).Wants(200, "读卡取号")
}

// seated has a clerk sit down at a window by its number.
func (b *building) seated(t *testing.T, who actor.Actor, number int) {
	t.Helper()
	_, list, err := b.hall.Get(t.Context(), who, b.hall.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(w hall.Window) bool { return w.Number == number })
	if err := b.hall.Sit(t.Context(), who, list[i].ID); err != nil {
		t.Fatal(err)
	}
}

// call asks the API.
func (b *building) call(t *testing.T, method, path, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return w.Code, out
}

// filled fills the application of a deed in: what is typed into the form rests in the draft already, as if it had been kept before.
func filled(t *testing.T, b *building, p *webtest.Browser) {
	t.Helper()
	id := strings.TrimSuffix(strings.TrimPrefix(p.Path(), "/desk/window/deeds/"), "/form")
	d, err := b.hall.Deed(t.Context(), clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := b.Cases.Draft(t.Context(), clerk, d.DraftID)
	if err != nil {
		t.Fatal(err)
	}
	draft.Application.Answers = b.PensionApplication(t).Answers
	if err := b.Cases.SaveDraft(t.Context(), clerk, draft); err != nil {
		t.Fatal(err)
	}
	p.Open("/desk/window/deeds/" + id + "/form").Wants(200)
	p.Choose("是否属于", "否").Choose("由谁来办", "本人").Press("更新问题和材料").Wants(200).Choose("", "申请人已核对以上内容")
}
