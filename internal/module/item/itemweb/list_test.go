package itemweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiangyun/internal/platform/webtest"
)

const nanguan = "220102000000"

// A person without scripts narrows the list, takes a filter off again and pages through what is left.
func TestFiltersWithoutScripts(t *testing.T) {
	h := open(t)
	b := webtest.New(t, h.handler)
	b.Open("/items").Wants(200, "共 10 项", "市场监管（", "县（市、区）级（", "电子证照送达（").Lacks("税务（")
	b.Fill("部门", "市场监管（3）").Press("应用筛选").Wants(200, "食品经营许可").Lacks("城乡居民养老保险")
	if !strings.Contains(b.Path(), "department=31") {
		t.Error(b.Path())
	}
	b.Follow("市场监管").Wants(200, "共 10 项") // its chip takes it off
	b.Open("/items?department=31&level=4&depth=7&zone=online&q=许可").Wants(200, "食品经营许可", "全程网办", "电子证照送达")
	b.Open("/items?region="+nanguan+"&department=31&level=4").Wants(200, "南关区", "食品经营许可").Lacks("城乡居民养老保险", "市场监管（")
	b.Open("/items?department=moon&level=99&depth=-1&kind=x&theme=y").Wants(200, "共 10 项")
	b.Open("/items?department=31&q=养老保险&region="+nanguan).Wants(200, "没有找到相符的事项", "您是不是要找", "城乡居民养老保险", "去掉筛选条件", "12345", "政务服务中心").Follow("去掉筛选条件").Wants(200, "城乡居民养老保险")
	b.Open("/items?q=月亮").Wants(200, "没有找到相符的事项", "12345")
}

// Filters stay while one pages.
func TestFiltersStayWhilePaging(t *testing.T) {
	h := open(t)
	seen := map[string]bool{}
	next := "/items?region=220100000000&level=4&for=company"
	for range 3 {
		status, body := h.get(t, next)
		if status != http.StatusOK {
			t.Fatal(status)
		}
		for _, m := range regexp.MustCompile(`href="/items/([0-9A-Z]{12,31})[?"]`).FindAllStringSubmatch(body, -1) {
			seen[m[1]] = true
		}
		m := regexp.MustCompile(`href="(/items\?[^"]*after=[^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			break
		}
		next = strings.ReplaceAll(m[1], "&amp;", "&")
		u, err := url.Parse(next)
		if err != nil || u.Query().Get("level") != "4" || u.Query().Get("for") != "company" {
			t.Fatalf("the next page forgets the filters: %s", next)
		}
	}
	if len(seen) == 0 {
		t.Error("nothing is listed")
	}
}

func TestSuggestKnowsThePlace(t *testing.T) {
	h := open(t)
	_, body := h.get(t, "/items/suggest?q=spjy&region="+nanguan)
	contains(t, body, "食品经营许可", "南关区")
	if !regexp.MustCompile(`href="/items/[0-9A-Z]{31}"`).MatchString(body) {
		t.Error("the suggestion does not lead to the office of the place")
	}
	for _, q := range []string{"食品经营需可", "食品經營許可", "spjyxk", "ＳＰＪＹ"} {
		_, body := h.get(t, "/items/suggest?q="+url.QueryEscape(q))
		contains(t, body, "食品经营许可")
	}
	if status, body := h.get(t, "/items/suggest?q="); status != http.StatusOK || strings.Contains(body, "<a") {
		t.Errorf("%d %s", status, body)
	}
}

func TestAPIFilters(t *testing.T) {
	h := open(t)
	for query, want := range map[string]string{"department=31": "食品经营许可", "kind=01": "食品经营许可", "life_event=have_baby": "新生儿", "zone=online&depth=7&level=4&q=" + url.QueryEscape("许可"): "食品经营许可"} {
		status, body := h.get(t, "/api/v1/items?region="+nanguan+"&"+query)
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d without %s", query, status, want)
		}
	}
	_, body := h.get(t, "/api/v1/items?department=14&limit=200")
	if strings.Contains(body, "食品经营许可") || !strings.Contains(body, `"code"`) {
		t.Error("the department does not narrow")
	}
	for query, want := range map[string]int{"level=9": 422, "kind=77": 422, "department=abc": 422, "department=zz": 200} {
		if status, _ := h.get(t, "/api/v1/items?"+query); status != want {
			t.Errorf("%s: %d", query, status)
		}
	}
}
