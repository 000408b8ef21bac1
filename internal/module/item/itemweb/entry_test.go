package itemweb_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// put sends an office's words as somebody.
func (h hall) put(t *testing.T, by actor.Actor, code, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPut, "/api/v1/items/"+code+"/entry", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r.WithContext(actor.WithContext(r.Context(), by)))
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v: %s", body, err, w.Body)
	}
	return w.Code, out
}

func (h hall) foodCode(t *testing.T) string {
	t.Helper()
	list, err := h.List(t.Context(), item.Query{Base: food, Region: region.MustParse("220102000000")})
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(err)
	}
	return list.Rows[0].Code
}

func (h hall) promise(t *testing.T) int {
	t.Helper()
	list, err := h.List(t.Context(), item.Query{Base: food, Region: region.MustParse("220102000000")})
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(err)
	}
	return list.Rows[0].PromiseDays
}

// Who tries to change what the province keeps is told which element and who keeps it; nothing else of the request is done.
func TestLockedElementsAreNamed(t *testing.T) {
	h := open(t)
	code := h.foodCode(t)
	status, out := h.put(t, itemtest.Chief, code, `{"promise_days":3,"legal_days":1,"materials":[],"contact":{"phone":"1","fax":"2"}}`)
	if status != http.StatusUnprocessableEntity || out["code"] != "item.locked_elements" {
		t.Fatalf("%d %v", status, out)
	}
	problems, _ := json.Marshal(out["errors"])
	for _, text := range []string{"contact.fax", "legal_days", "materials", "吉林省31"} {
		if !strings.Contains(string(problems), text) {
			t.Errorf("%s does not say %s", problems, text)
		}
	}
	if e := h.foodCode(t); e != code {
		t.Error("the entry moved")
	}
	status, out = h.put(t, itemtest.Chief, code, `{"promise_days":3,"contact":{"phone":"0431-1"}}`)
	if status != http.StatusAccepted || out["state"] != "waiting" || h.promise(t) == 3 {
		t.Errorf("%d %v", status, out)
	}
	if status, out := h.put(t, itemtest.Chief, code, `{"promise_days":3,"contact":{"phone":"0431-1"}}`); status != http.StatusConflict {
		t.Errorf("the same again while it waits: %d %v", status, out)
	}
	if _, err := h.ApproveProposal(t.Context(), itemtest.Reviewer, out["proposal"].(string), ""); err != nil || h.promise(t) != 3 {
		t.Error(err)
	}
	if status, out = h.put(t, itemtest.Chief, code, `{"promise_days":3,"contact":{"phone":"0431-1"}}`); status != http.StatusUnprocessableEntity {
		t.Errorf("the same again: %d %v", status, out)
	}
	for body, want := range map[string]int{`{"promise_days":9}`: 422, `{"promise_days":"3"}`: 422, `[]`: 422, `{`: 422} {
		if status, out := h.put(t, itemtest.Chief, code, body); status != want {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
	if status, _ := h.put(t, actor.Actor{Kind: actor.Officer}, code, `{}`); status != http.StatusForbidden {
		t.Errorf("another officer: %d", status)
	}
	if status, _ := h.put(t, itemtest.Chief, "x", `{}`); status != http.StatusNotFound {
		t.Errorf("no entry: %d", status)
	}
}

// A plan is told on the guides of the item and of its entries at once, cached pages or not.
func TestTheGuideTellsWhatIsToCome(t *testing.T) {
	h := open(t)
	code := h.foodCode(t)
	for _, at := range []string{code, food} {
		if _, body := h.get(t, "/items/"+at); strings.Contains(body, "暂停办理") {
			t.Fatalf("%s tells a pause nobody planned", at)
		}
	}
	_, err := h.PlanState(t.Context(), itemtest.Keeper, item.Plan{Code: food, ToState: item.Paused, Reason: "系统升级", EffectiveOn: civil.MustParse("2099-01-05")})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{code, food} {
		_, body := h.get(t, "/items/"+at)
		contains(t, body, "将于2099年1月5日暂停办理", "系统升级")
	}
}
