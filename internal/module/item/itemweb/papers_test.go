package itemweb_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// companyChange asks for a power of attorney and a resolution.
const (
	companyChange = "221031001000"
)

// TestModelTexts: what a person has to write himself can be taken blank and looked at filled in, from the guide and from its sheet.
func TestModelTexts(t *testing.T) {
	h := open(t)
	entry := entryOf(t, h, companyChange)
	at := "/items/" + entry + "/materials/M000011/"
	_, guide := h.get(t, "/items/"+entry+"?variant=change&situation.what=name&situation.kind=limited&situation.seal=no&situation.agent=agent")
	contains(t, guide, at+"blank", at+"sample")
	_, sheet := h.get(t, "/items/"+entry+"/print?variant=change&situation.what=name&situation.kind=limited&situation.seal=no&situation.agent=agent")
	contains(t, sheet, "网上指南里有空白表格和示例")
	status, blank := h.get(t, at+"blank")
	contains(t, blank, "授权委托书", "企业信息变更一件事", "受托人：＿＿", "委托人（签字或者盖章）")
	if status != http.StatusOK || strings.Contains(blank, "91220102MA1P8Q9R4L") {
		t.Errorf("the blank answers %d or is filled", status)
	}
	_, filled := h.get(t, at+"sample")
	contains(t, filled, "示例", "长春市南关区祥和餐饮有限公司", "91220102MA1P8Q9R4L", "李静")
	if status, to := h.get(t, "/items/"+entry+"/materials/M310201/blank"); status != http.StatusSeeOther || !strings.HasSuffix(to, entry+"/forms/blank") {
		t.Errorf("the item's form: %d %s", status, to)
	}
	_, general := h.get(t, "/items/"+companyChange+"/materials/M310202/sample")
	contains(t, general, "会议就“企业信息变更一件事”作出以下决议")
	for _, address := range []string{at + "draft", "/items/" + entry + "/materials/M999999/blank", "/items/" + entry + "/materials/M000002/sample"} {
		if status, _ := h.get(t, address); status != http.StatusNotFound {
			t.Errorf("%s: %d", address, status)
		}
	}
}

// TestKeepersFile: a file a keeper attached is what the guide opens, as what it is and nothing else, until he takes it away.
func TestKeepersFile(t *testing.T) {
	h := open(t)
	entry := entryOf(t, h, companyChange)
	at := "/items/" + entry + "/materials/M000011/blank"
	h.get(t, "/items/"+entry) // now it stands in the cache
	text := "委托书\n委托人："
	if err := h.AttachFile(t.Context(), itemtest.Keeper, companyChange, "M000011", item.BlankFile, strings.NewReader(text), "委托书.txt"); err != nil {
		t.Fatal(err)
	}
	_, guide := h.get(t, "/items/"+entry)
	_, asked := h.get(t, "/items/"+entry+"?variant=change&situation.what=name&situation.kind=limited&situation.seal=no&situation.agent=agent")
	contains(t, asked, "空白表格：委托书.txt")
	if strings.Contains(guide, "[item.") {
		t.Error("the guide has holes")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
	for name, want := range map[string]string{"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=60"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if w.Code != http.StatusOK || w.Body.String() != text || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename") ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	again := httptest.NewRequest(http.MethodGet, at, nil)
	again.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	if h.handler.ServeHTTP(w, again); w.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", w.Code)
	}
	if err := h.RemoveFile(t.Context(), itemtest.Keeper, companyChange, "M000011", item.BlankFile); err != nil {
		t.Fatal(err)
	}
	_, blank := h.get(t, at)
	contains(t, blank, "受托人：＿＿")
}

// entryOf is the entry of 南关区 of an item.
func entryOf(t *testing.T, h hall, base string) string {
	t.Helper()
	list, err := h.List(t.Context(), item.Query{Base: base, Region: region.MustParse(nanguan), Limit: 1})
	if err != nil || len(list.Rows) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list.Rows[0].Code
}
