package cert_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

func TestMod1110(t *testing.T) {
	// 0794 → 5 is the example of ISO/IEC 7064.
	for text, want := range map[string]string{"0794": "5", "JY0794": "5", "": "1", "0": "2"} {
		if got := cert.Mod1110(text); got != want {
			t.Errorf("%q has the check digit %s, want %s", text, got, want)
		}
	}
	for i := range 14 { // a wrong digit anywhere changes the check
		text := []byte("22201020000017")
		before := cert.Mod1110(string(text))
		text[i] = '0' + (text[i]-'0'+3)%10
		if cert.Mod1110(string(text)) == before {
			t.Errorf("a mistake in digit %d goes unnoticed", i)
		}
	}
	number, err := cert.CheckNumber("92220102MA000001", "uscc")
	if err != nil || len(number) != 18 {
		t.Fatal(number, err)
	}
	if _, err := uscc.Parse(number); err != nil {
		t.Errorf("%s is no code: %v", number, err)
	}
	if _, err := cert.CheckNumber("92220102MA1", "uscc"); err == nil {
		t.Error("a short code was closed")
	}
}

// sample makes an approved case of a form whose answers are its first examples, as somebody would fill it in.
func sample(t *testing.T, form, certType string) casefile.Granted {
	t.Helper()
	var schema struct {
		Properties map[string]struct {
			Examples []any `json:"examples"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(certtest.Forms(t)[form], &schema); err != nil {
		t.Fatal(err)
	}
	g := certtest.Food(form, "new")
	g.Case.CertType, g.Content.Answers = certType, map[string]any{}
	for name, p := range schema.Properties {
		if len(p.Examples) > 0 {
			g.Content.Answers[name] = p.Examples[0]
		}
	}
	return g
}

// TestDemoTypes issues each of the demo's certificates from its form's examples: what the forms ask is what the certificates need.
func TestDemoTypes(t *testing.T) {
	w := certtest.Open(t)
	for form, c := range map[string]struct{ key, number, says, lacks string }{
		"food_operation":      {"food-operation", "JY2220102000001", "餐饮服务经营者", ""},
		"public_hygiene":      {"public-hygiene", "吉卫公证字〔", "宾馆、旅店、招待所", ""},
		"individual_business": {"individual-business-licence", "92220102MA000001", "个体工商户（个人经营）", "zhang@example.cn"},
		"construction_permit": {"construction-permit", "220102", "吉林省宏建建筑工程有限公司", "5600.0"},
		"low_income":          {"low-income", "220102", "1人", "6228400000000000000"},
		"disability":          {"disability", "2201021958091800374", "肢体", "13604310000"},
	} {
		g := w.Add(sample(t, form, c.key))
		identifier, err := w.IssueFor(t.Context(), form)
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		v, err := w.Get(t.Context(), certtest.Holder, identifier)
		if err != nil {
			t.Fatal(err)
		}
		face := fmt.Sprint(v.Lines)
		if !strings.HasPrefix(v.Number, c.number) || !strings.Contains(face, c.says) || c.lacks != "" && strings.Contains(face, c.lacks) {
			t.Errorf("%s: number %s, %s", form, v.Number, face)
		}
		if got := verify(t, w, cert.Question{File: document(t, w, identifier, paper.PDF)}); !got.Valid {
			t.Errorf("%s: %s failed", form, failed(got))
		}
		if v.CaseNumber != g.Case.Number {
			t.Errorf("%s is of case %s", form, v.CaseNumber)
		}
	}
}

func TestParseTypeRefuses(t *testing.T) {
	good := string(certtest.Types(t)["food_operation"])
	for name, c := range map[string]struct{ from, to, why string }{
		"unknown-key": {"years = 5", "years = 5\ncolour = \"red\"", "unknown keys"},
		"bad-code":    {"11220000MB1A00263H001", "11220000MB1A00263X001", "code"},
		"no-length":   {"years = 5", "years = 0", "how long"},
		"bad-issuer":  {`issuer = "deciding"`, `issuer = "somebody"`, "neither"},
		"bad-effect":  {`change = "replace"`, `change = "eat"`, "effect"},
		"bad-source":  {`"answers.residence"`, `"answer.residence"`, "no source"},
		"bad-check":   {`check = "mod11-10"`, `check = "mod12"`, "check"},
		"two-serials": {`{ text = "JY" }`, `{ serial = 2 }`, "one serial"},
		"empty-part":  {`{ text = "JY" }`, `{ text = "" }`, "part"},
		"key-twice":   {`key = "residence"`, `key = "operator"`, "key of its own"},
		"no-toml":     {"years = 5", "years = = 5", "reading"},
	} {
		if !strings.Contains(good, c.from) {
			t.Fatalf("%s: the type has no %s", name, c.from)
		}
		if _, err := cert.ParseType([]byte(strings.Replace(good, c.from, c.to, 1))); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeployType(t *testing.T) {
	w := certtest.Open(t)
	parsed, err := cert.ParseType(certtest.Types(t)["food_operation"])
	if err != nil {
		t.Fatal(err)
	}
	deploy := func() {
		t.Helper()
		if err := w.DB.Update(t.Context(), func(tx *db.Tx) error { return w.DeployType(t.Context(), tx, parsed) }); err != nil {
			t.Fatal(err)
		}
	}
	deploy() // the same again
	if n := count(t, w, `SELECT count(*) FROM cert_type WHERE type_key = 'food-operation'`); n != 1 {
		t.Errorf("%d versions", n)
	}
	parsed.Years = 3
	deploy()
	id := w.IssueFood(t, "1")
	v, err := w.Get(t.Context(), certtest.Holder, id)
	if err != nil || v.ValidUntil != v.ValidFrom.AddYears(3).Add(-1) {
		t.Errorf("valid until %s, %v", v.ValidUntil, err)
	}
}

func TestGovernmentIssues(t *testing.T) {
	w := certtest.Open(t)
	parsed, err := cert.ParseType([]byte(strings.Replace(string(certtest.Types(t)["food_operation"]), `issuer = "deciding"`, `issuer = "government"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DB.Update(t.Context(), func(tx *db.Tx) error { return w.DeployType(t.Context(), tx, parsed) }); err != nil {
		t.Fatal(err)
	}
	if v, err := w.Get(t.Context(), certtest.Holder, w.IssueFood(t, "1")); err != nil || v.IssuerName != "长春市南关区人民政府" {
		t.Errorf("issued by %s, %v", v.IssuerName, err)
	}
}
