package form_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/form"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

const restaurant = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "试表", "type": "object", "additionalProperties": false,
  "required": ["name", "owner", "online"],
  "properties": {
    "name":   {"title": "名称", "type": "string", "maxLength": 10, "x-prefill": "company.name", "examples": ["祥和餐饮"]},
    "owner":  {"title": "负责人", "type": "object", "additionalProperties": false, "required": ["number"],
               "examples": [{"number": "11010519491231002X"}],
               "properties": {"number": {"title": "证件号码", "type": "string", "format": "id-number", "examples": ["11010519491231002X"]}}},
    "online": {"title": "是否网络经营", "type": "boolean", "x-refresh": true, "examples": [true]},
    "site":   {"title": "网址", "type": "string", "x-show": "online", "x-required": true, "examples": ["example.cn"]},
    "staff":  {"title": "人数", "type": "integer", "minimum": 1, "examples": [3]},
    "opened": {"title": "开业日期", "type": "string", "format": "civil-date", "examples": ["2026-03-01"]},
    "goods":  {"title": "项目", "type": "array", "uniqueItems": true, "items": {"type": "string", "oneOf": [{"const": "hot", "title": "热食"}, {"const": "cold", "title": "冷食"}]}, "examples": [["hot"]]},
    "people": {"title": "从业人员", "type": "array", "maxItems": 2, "examples": [[{"name": "王明"}]],
               "items": {"type": "object", "additionalProperties": false, "required": ["name"],
                         "properties": {"name": {"title": "姓名", "type": "string", "examples": ["王明"]}}}}
  }
}`

func deploy(t *testing.T, schema string) (*form.Definition, error) {
	t.Helper()
	d := dbtest.Open(t, form.Schema)
	s := form.New()
	var definition *form.Definition
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		var err error
		definition, err = s.Deploy(context.Background(), tx, "restaurant", json.RawMessage(schema))
		return err
	})
	return definition, err
}

func deployed(t *testing.T, schema string) *form.Definition {
	t.Helper()
	d, err := deploy(t, schema)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDeployKeepsVersions(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t, form.Schema)
	s := form.New()
	versions := []int{}
	for _, text := range []string{restaurant, restaurant, strings.Replace(restaurant, "试表", "新表", 1)} {
		err := d.Update(ctx, func(tx *db.Tx) error {
			definition, err := s.Deploy(ctx, tx, "restaurant", json.RawMessage(text))
			if err == nil {
				versions = append(versions, definition.Version)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{1, 1, 2}, versions); diff != "" {
		t.Fatal(diff)
	}
	err := d.View(ctx, func(tx *db.Tx) error {
		first, err := form.New().Definition(ctx, tx, "restaurant", 1)
		if err != nil || first.Title != "试表" || first.Fields[0].Name != "name" || first.Fields[7].Name != "people" {
			t.Errorf("version 1: %+v, %v", first, err)
		}
		last, err := s.Latest(ctx, tx, "restaurant")
		if err != nil || last.Version != 2 {
			t.Errorf("latest: %+v, %v", last, err)
		}
		again, err := s.ByID(ctx, tx, last.ID)
		if err != nil || again != last {
			t.Errorf("by id: %v", err)
		}
		if _, err := s.Latest(ctx, tx, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown form: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeployRefuses(t *testing.T) {
	for name, change := range map[string][3]string{
		"unknown-variable":     {`"x-show": "online"`, `"x-show": "onlien"`, "undeclared reference"},
		"field-below":          {`"x-show": "online"`, `"x-show": "staff > 1"`, "undeclared reference"},
		"no-truth-value":       {`"x-show": "online"`, `"x-show": "name"`, "not true or false"},
		"example-does-not-fit": {`"examples": [3]`, `"examples": [0]`, "example 1 does not fit"},
		"no-example":           {`, "examples": [3]`, ``, "examples are needed"},
		"no-title":             {`"title": "人数", `, ``, "a title"},
		"open-object": {`"type": "object", "additionalProperties": false,
  "required": ["name", "owner"`, `"type": "object",
  "required": ["name", "owner"`, "additionalProperties"},
		"required-and-hidden": {`["name", "owner", "online"]`, `["name", "site"]`, "use x-required"},
		"unknown-format":      {`"format": "civil-date"`, `"format": "moon-date"`, "not known"},
		"not-json":            {`"title"`, `title`, "not a form schema"},
		"remote-reference":    {`"type": "integer", "minimum": 1`, `"type": "integer", "$ref": "https://example.cn/x.json"`, "compiling"},
		"bad-keyword":         {`"minimum": 1`, `"minimum": "one"`, "compiling"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(restaurant, change[0], change[1], 1)
			if text == restaurant {
				t.Fatal("nothing was changed")
			}
			_, err := deploy(t, text)
			f, ok := fault.Of(err)
			if !ok || f.Key != "form.bad_schema" || !strings.Contains(f.Args[1].(string), change[2]) {
				t.Errorf("%v, args %v; want %q", err, f, change[2])
			}
		})
	}
}

func TestCheckKeeps(t *testing.T) {
	d := deployed(t, restaurant)
	kept, err := form.Check(d, map[string]any{
		"name": "  祥和餐饮 ", "owner": map[string]any{"number": "11010519491231002X"}, "online": false,
		"site": "hidden.cn", "staff": float64(2), "opened": "", "goods": []any{"hot"}, "people": []any{},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "祥和餐饮", "owner": map[string]any{"number": "11010519491231002X"}, "online": false,
		"staff": float64(2), "goods": []any{"hot"}}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error(diff)
	}
}

func TestCheckRefuses(t *testing.T) {
	d := deployed(t, restaurant)
	for field, c := range map[string]struct {
		change map[string]any
		key    string
	}{
		"answers.name":          {map[string]any{"name": "一二三四五六七八九十一"}, "form.too_long"},
		"answers.owner.number":  {map[string]any{"owner": map[string]any{"number": "110105194912310021"}}, "form.not_id_number"},
		"answers.site":          {map[string]any{"site": " "}, "form.required"},
		"answers.online":        {map[string]any{"online": nil}, "form.choose"},
		"answers.staff":         {map[string]any{"staff": float64(0)}, "form.too_small"},
		"answers.opened":        {map[string]any{"opened": "2026-02-30"}, "form.not_date"},
		"answers.goods.0":       {map[string]any{"goods": []any{"raw"}}, "form.not_listed"},
		"answers.goods":         {map[string]any{"goods": []any{"hot", "hot"}}, "form.repeated"},
		"answers.people.0.name": {map[string]any{"people": []any{map[string]any{"name": ""}}}, "form.required"},
		"answers.people":        {map[string]any{"people": []any{map[string]any{"name": "a"}, map[string]any{"name": "b"}, map[string]any{"name": "c"}}}, "form.too_many"},
		"answers.extra":         {map[string]any{"extra": "x"}, "form.unknown"},
		"answers.?":             {map[string]any{"<script>": "x"}, "form.unknown"},
	} {
		answers := form.Example(d)
		for k, v := range c.change {
			answers[k] = v
		}
		_, err := form.Check(d, answers)
		f, ok := fault.Of(err)
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != field || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := form.Check(d, map[string]any{"owner": "text", "online": "yes"}); err == nil {
		t.Error("wrong types were taken")
	}
}

func TestPrefillAndSummary(t *testing.T) {
	d := deployed(t, restaurant)
	if diff := cmp.Diff(map[string]any{"name": "祥和"}, form.Prefill(d, form.Known{"company.name": "祥和", "subject.name": "张"})); diff != "" {
		t.Error(diff)
	}
	lines := form.Summary(d, form.Example(d))
	if len(lines) != 10 || lines[3].Value != "是" || lines[7].Value != "热食" || lines[9].Depth != 1 {
		t.Errorf("%+v", lines)
	}
	shown := form.Visible(d, map[string]any{"online": true})
	if !shown["site"] || form.Visible(d, nil)["site"] || !shown["people.*.name"] {
		t.Errorf("%v", shown)
	}
}

// Whatever is sent, a check answers: kept answers that pass again unchanged, or a refusal that names fields.
func FuzzCheck(f *testing.F) {
	var definition *form.Definition
	f.Add(`{"name":"x","owner":{"number":"11010519491231002X"},"online":true,"site":"y"}`)
	f.Add(`{"name":[{}],"owner":[],"people":[1,{}],"goods":{"a":null}}`)
	d := dbtest.Open(f, form.Schema)
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		var err error
		definition, err = form.New().Deploy(context.Background(), tx, "restaurant", json.RawMessage(restaurant))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var answers map[string]any
		if json.Unmarshal([]byte(text), &answers) != nil {
			return
		}
		kept, err := form.Check(definition, answers)
		if err != nil {
			if r, ok := fault.Of(err); !ok || len(r.Fields) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := form.Check(definition, kept)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Who is asked before a deployment may refuse it; a text that is there already asks nobody.
func TestDeployAsks(t *testing.T) {
	d, s := dbtest.Open(t, form.Schema), form.New()
	deploy := func(text string) (version int, err error) {
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			definition, err := s.Deploy(t.Context(), tx, "restaurant", json.RawMessage(text))
			if err == nil {
				version = definition.Version
			}
			return err
		})
		return version, err
	}
	if _, err := deploy(restaurant); err != nil {
		t.Fatal(err)
	}
	s.Ask(func(_ context.Context, _ *db.Tx, d *form.Definition) error {
		return fault.New(fault.Conflict, "test."+d.Key)
	})
	if n, err := deploy(restaurant); err != nil || n != 1 {
		t.Errorf("the same gave %d %v", n, err)
	}
	if _, err := deploy(restaurant + " "); !fault.HasKey(err, "test.restaurant") {
		t.Errorf("gave %v", err)
	}
}
