package form_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/form"
)

const people = `{
  "title": "人员", "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {
    "name":   {"title": "姓名", "type": "string", "examples": ["王明"]},
    "card":   {"title": "证件", "type": "string", "x-prefill": "subject.number", "examples": ["H12345678901"]},
    "note":   {"title": "备注", "type": "string", "examples": ["220102199003072318"]},
    "owner":  {"title": "负责人", "type": "object", "additionalProperties": false, "examples": [{"number": "11010519491231002X"}],
               "properties": {"number": {"title": "证件号码", "type": "string", "format": "id-number", "examples": ["11010519491231002X"]}}},
    "staff":  {"title": "从业人员", "type": "array", "maxItems": 9, "examples": [[{"phone": "13500001234"}]],
               "items": {"type": "object", "additionalProperties": false,
                         "properties": {"phone": {"title": "电话", "type": "string", "format": "phone", "examples": ["13500001234"]}}}}
  }
}`

// What a field's format says is personal is masked wherever it stands, what a text looks like is not guessed; who sends the masks back changes nothing.
func TestMasked(t *testing.T) {
	d, err := form.Parse([]byte(people))
	if err != nil {
		t.Fatal(err)
	}
	phone := func(n string) map[string]any { return map[string]any{"phone": n} }
	clear := map[string]any{"name": "王明", "card": "H12345678901", "note": "220102199003072318", "owner": map[string]any{"number": "11010519491231002X"},
		"staff": []any{phone("13500001234"), phone("13600005678"), phone("13511111234")}}
	masked, personal := form.Masked(d, clear)
	want := map[string]any{"name": "王明", "card": "H123****8901", "note": "220102199003072318", "owner": map[string]any{"number": "1101**********002X"},
		"staff": []any{phone("135****1234"), phone("136****5678"), phone("135****1234")}}
	if diff := cmp.Diff(want, masked); diff != "" || !personal {
		t.Error(personal, diff)
	}
	if _, personal := form.Masked(d, map[string]any{"name": "王明"}); personal {
		t.Error("a name is no number")
	}
	if diff := cmp.Diff(clear, form.Restore(d, clear, masked)); diff != "" {
		t.Error(diff)
	}
	// An entry taken out: the others are found by their look, where only one looks so.
	masked["staff"] = []any{phone("136****5678"), phone("135****1234"), phone("13500009999")}
	got := form.Restore(d, clear, masked)
	if diff := cmp.Diff([]any{phone("13600005678"), phone("135****1234"), phone("13500009999")}, got["staff"]); diff != "" {
		t.Error(diff)
	}
	if _, err := form.Check(d, got); err == nil {
		t.Error("a mask that stands for two is taken for an answer")
	}
	// A mask says nothing about a field it was not made for.
	got = form.Restore(d, clear, map[string]any{"name": "1101**********002X", "owner": map[string]any{"number": "1101*********1002X"}})
	if got["name"] != "1101**********002X" || got["owner"].(map[string]any)["number"] != "1101*********1002X" {
		t.Errorf("%v", got)
	}
}
