package itemweb_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
	assets "xiangyun/web"
)

const food = "000131104003"

// hall is the public part of the platform, served to strangers.
type hall struct {
	*itemtest.Library
	cache   *page.Cache
	handler http.Handler
}

func open(t testing.TB) hall {
	t.Helper()
	l := itemtest.Seeded(t)
	words, err := page.Load(page.Words, web.Words, design.Locale, formweb.Locale, itemweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := region.NewDirectory(region.Jilin(), region.JilinHistory())
	if err != nil {
		t.Fatal(err)
	}
	regions := func(_ context.Context, parent string) []design.Option {
		var list []design.Option
		c, err := region.Parse(parent)
		if err != nil {
			return nil
		}
		for _, r := range directory.Children(c) {
			list = append(list, design.Option{Value: r.Code.String(), Text: r.Name})
		}
		return list
	}
	cache := page.NewCache(time.Minute, 100)
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	formweb.Routes(r, l.DB, l.Forms, regions)
	itemweb.Routes(r, itemweb.Deps{DB: l.DB, Items: l.Service, Forms: l.Forms, Directory: func() *region.Directory { return directory },
		Regions: regions, Cache: cache, Stranger: func(*http.Request) bool { return true }, Words: words,
		Address: func() string { return "https://example.gov.cn" }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	files, err := web.Assets(assets.Files())
	if err != nil {
		t.Fatal(err)
	}
	r.Raw("GET /assets/", files)
	return hall{l, cache, words.Middleware(r)}
}

// get asks for an address and returns status and body.
func (h hall) get(t testing.TB, address string, headers ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	body := w.Body.String()
	if w.Code == http.StatusSeeOther {
		body = w.Header().Get("Location")
	}
	return w.Code, body
}

// contains fails unless the page has every text, and none of the locale's holes.
func contains(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if hole := regexp.MustCompile(`\[(item|form|design|page)\.[a-z_.0-9]+\]`).FindString(body); hole != "" {
		t.Errorf("the page says %s", hole)
	}
}

func TestHome(t *testing.T) {
	h := open(t)
	for address, texts := range map[string][]string{
		"/":             {"您想办什么事？", "食品经营许可", "生孩子", "验证证照", `action="/items"`},
		"/?for=company": {"企业变更一件事", "建厂房"},
	} {
		status, body := h.get(t, address)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", address, status)
		}
		contains(t, body, texts...)
	}
	for language, text := range map[string]string{"en": "What do you want to do?", "ko": "무엇을 도와드릴까요?"} {
		_, body := h.get(t, "/", "Accept-Language", language)
		contains(t, body, text)
	}
}

func TestList(t *testing.T) {
	h := open(t)
	for address, texts := range map[string][]string{
		"/items":                                 {"选择所在地区后", "/items/" + food},
		"/items?q=开饭店":                           {"“开饭店”的搜索结果", "食品经营许可（县级权限）"},
		"/items?q=开饭店&region=220102000000":       {"南关区", "4" + food, "承诺 7 个工作日"},
		"/items?region=220102000000&for=company": {"建筑工程施工许可证核发"},
		"/items?q=量子计算":                          {"没有找到相符的事项"},
		"/items?theme=birth&event=moon&kind=99":  {"新生儿出生一件事"},
		"/items?zone=online&theme=birth":         {"全程网办</h1>", `value="online" selected`, "新生儿出生一件事"},
		"/items/suggest?q=spjy":                  {"食品经营许可"},
	} {
		status, body := h.get(t, address)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", address, status)
		}
		contains(t, body, texts...)
	}
	if _, body := h.get(t, "/items?region=220102000000&for=company"); strings.Contains(body, "城乡居民养老保险") {
		t.Error("an item for persons is listed for companies")
	}
	if status, _ := h.get(t, "/items?region=220102000000&after=x"); status != http.StatusUnprocessableEntity {
		t.Errorf("a strange position: %d", status)
	}
}

// A person without scripts finds the item, says where, answers the questions and reads what to bring.
func TestGuideWithoutScripts(t *testing.T) {
	h := open(t)
	status, body := h.get(t, "/items/"+food)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	contains(t, body, "在哪里办？", "回答上面的问题")
	status, to := h.get(t, "/items/"+food+"?region=220102001000")
	if status != http.StatusSeeOther || !strings.HasSuffix(to, "4"+food) {
		t.Fatalf("%d %s", status, to)
	}
	_, body = h.get(t, to)
	contains(t, body, "20", "7", "现场核查", "《中华人民共和国食品安全法》", to+"/apply", "您要做哪一类经营", "12345")
	answers := url.Values{"variant": {"new"}, "situation.place": {"sales"}, "situation.network": {"yes"}, "situation.machine": {"no"}, "situation.agent": {"self"}}
	_, body = h.get(t, to+"?"+answers.Encode())
	contains(t, body, "您需要准备的材料（5 种）", "网络经营情况说明", `name="situation.network" value="yes" checked`)
	if strings.Contains(body, "食堂承包经营合同") || strings.Contains(body, "食堂由谁经营") {
		t.Error("a shop is asked about a canteen")
	}
	_, body = h.get(t, to+"?variant=moon&situation.place=moon")
	contains(t, body, "回答上面的问题")
	if status, _ := h.get(t, "/items/"+strings.Repeat("9", 31)); status != http.StatusNotFound {
		t.Errorf("an unknown item: %d", status)
	}
}

// Without its power a guide takes no applications and says why and whom to ask, until the power is in force again.
func TestAGuideWithoutItsPower(t *testing.T) {
	h := open(t)
	_, to := h.get(t, "/items/"+food+"?region=220102000000")
	tell := func(change power.Change, version string) {
		t.Helper()
		if h.Powerless[food] = change != power.Resume; !h.Powerless[food] {
			delete(h.Powerless, food)
		}
		err := h.FollowPower(context.Background(), actor.Program("power"), power.Adjusted{Code: food, Kind: power.Licence, VersionID: version, Change: change, Begun: true})
		if err != nil {
			t.Fatal(err)
		}
	}
	tell(power.Suspend, "v2")
	_, body := h.get(t, to)
	contains(t, body, "职权不在有效期内", "已经受理的办件照常办理", "南关区31", "电话 12345", "/powers/"+food)
	if strings.Contains(body, "/apply") {
		t.Error("an item without its power can be applied for")
	}
	_, body = h.get(t, "/items?region=220102000000&q="+url.QueryEscape("食品经营许可"))
	contains(t, body, "暂不受理")
	tell(power.Resume, "v3")
	_, body = h.get(t, to)
	if contains(t, body, "/apply"); strings.Contains(body, "职权不在有效期内") {
		t.Error("it is not offered again")
	}
}

func TestPausedItemTakesNoApplications(t *testing.T) {
	h := open(t)
	_, to := h.get(t, "/items/"+food+"?region=220102000000")
	_, body := h.get(t, to)
	contains(t, body, "/apply")
	if err := h.SetState(context.Background(), itemtest.Keeper, food, item.Paused, "许可系统升级"); err != nil {
		t.Fatal(err)
	}
	_, body = h.get(t, to) // at once, although it was in the cache
	contains(t, body, "暂停办理", "许可系统升级")
	if strings.Contains(body, "/apply") {
		t.Error("a paused item can be applied for")
	}
	if hits, misses := h.cache.Hits(); misses == 0 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
}

func TestCacheServesStrangers(t *testing.T) {
	h := open(t)
	_, first := h.get(t, "/")
	_, second := h.get(t, "/")
	_, english := h.get(t, "/", "Accept-Language", "en")
	if hits, _ := h.cache.Hits(); hits != 1 || first != second || english == first {
		t.Errorf("%d hits", hits)
	}
}

func TestAPI(t *testing.T) {
	h := open(t)
	var list struct {
		Data []struct {
			Code, Name, Kind, Region string
			Office                   struct{ Code, Name string }
			LegalDays                int `json:"legal_days"`
			PromiseDays              int `json:"promise_days"`
		}
		Next string
	}
	status, body := h.get(t, "/api/v1/items?q="+url.QueryEscape("开饭店")+"&region=220102000000&audience=company&limit=1")
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		t.Fatal(status, err, body)
	}
	if len(list.Data) != 1 || list.Data[0].LegalDays != 20 || list.Data[0].PromiseDays != 7 || len(list.Data[0].Office.Code) != 18 {
		t.Fatalf("%+v", list)
	}
	for _, d := range itemtest.Definitions(t) {
		page, err := h.List(context.Background(), item.Query{Base: d.Code, Limit: 1})
		if err != nil || len(page.Rows) != 1 {
			t.Fatal(err)
		}
		h.guide(t, page.Rows[0].Code)
	}
	_, body = h.get(t, "/api/v1/items/"+list.Data[0].Code+"?variant=new&situation=place:canteen,contracted:contractor")
	if !strings.Contains(body, "M310007") || strings.Contains(body, `"M310008"`) {
		t.Error("the situation does not narrow the materials")
	}
	for address, want := range map[string]int{
		"/api/v1/items/x":                   http.StatusNotFound,
		"/api/v1/items?region=22010":        http.StatusUnprocessableEntity,
		"/api/v1/items?limit=1000":          http.StatusUnprocessableEntity,
		"/api/v1/items?audience=everybody":  http.StatusUnprocessableEntity,
		"/api/v1/items?after=somewhere":     http.StatusUnprocessableEntity,
		"/api/v1/items?q=zzzz&limit=200":    http.StatusOK,
		"/api/v1/items?region=220100000000": http.StatusOK,
	} {
		if status, body := h.get(t, address); status != want {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
}

// guide checks what outsiders may rely on in one guide.
func (h hall) guide(t *testing.T, code string) {
	t.Helper()
	var guide struct {
		Version    int
		Form       json.RawMessage
		LegalBasis []struct{ Law, Article string } `json:"legal_basis"`
		Materials  []struct {
			Code, Name string
			Ways       []struct{ Kind string }
		}
		Situations []struct{ Key string }
	}
	status, body := h.get(t, "/api/v1/items/"+code)
	if err := json.Unmarshal([]byte(body), &guide); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	if guide.Version != 1 || len(guide.LegalBasis) == 0 || len(guide.Materials) < 3 || len(guide.Materials[0].Ways) == 0 || len(guide.Situations) == 0 {
		t.Errorf("%s: %+v", code, guide)
	}
	var schema struct {
		Properties map[string]struct{ Examples []any }
	}
	if err := json.Unmarshal(guide.Form, &schema); err != nil || len(schema.Properties) < 6 {
		t.Errorf("%s: form of %d properties, %v", code, len(schema.Properties), err)
	}
	for name, p := range schema.Properties {
		if len(p.Examples) == 0 {
			t.Errorf("%s: %s has no example", code, name)
		}
	}
}

func TestFieldsPartial(t *testing.T) {
	h := open(t)
	post := func(values url.Values) string {
		r := httptest.NewRequest(http.MethodPost, "/forms/food_operation/1/fields", strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	body := post(url.Values{"answers.network": {"false"}})
	if strings.Contains(body, "answers.network_address") {
		t.Error("the address of a site is asked of somebody without one")
	}
	body = post(url.Values{"answers.network": {"true"}, "answers.operator_name": {"祥和餐饮"}, "refresh": {"add:answers.managers"}, "answers.managers.0.name": {"李静"}})
	contains(t, body, "answers.network_address", "祥和餐饮", "李静", "answers.managers.1.name")
	if !strings.HasPrefix(strings.TrimSpace(body), `<div id="fields"`) {
		t.Errorf("not the field set: %.60s", body)
	}
}
