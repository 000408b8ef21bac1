package journey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// caller is somebody who uses the JSON API.
type caller struct {
	base  string
	token string
	http  *http.Client
}

// answer is what the API said.
type answer struct {
	Status int
	Body   map[string]any
	Raw    []byte
}

const demoPassword = "xiangyun-demo"

func stranger(base string) *caller {
	return &caller{base: base, http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// signIn signs a demo account in.
func signIn(t testing.TB, base, account string) *caller {
	t.Helper()
	c := stranger(base)
	a, err := c.call("POST", "/api/v1/sessions", map[string]any{"account": account, "password": demoPassword}, "")
	if err != nil || a.Status != 201 {
		t.Fatalf("signing %s in: %v %d %s", account, err, a.Status, a.Raw)
	}
	c.token = a.text("token")
	return c
}

// call sends one request; key is the Idempotency-Key, empty for none.
func (c *caller) call(method, path string, body any, key string) (answer, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, c.base+path, r)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return c.send(req)
}

func (c *caller) send(req *http.Request) (answer, error) {
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{Status: res.StatusCode, Raw: raw}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &a.Body); err != nil {
			return a, fmt.Errorf("%s %s answered no JSON: %w", req.Method, req.URL.Path, err)
		}
	}
	return a, nil
}

// must calls and fails the test unless the status is the wanted one.
func (c *caller) must(t testing.TB, want int, method, path string, body any) answer {
	t.Helper()
	a, err := c.call(method, path, body, "")
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.Status != want {
		t.Fatalf("%s %s answered %d, want %d: %s", method, path, a.Status, want, a.Raw)
	}
	return a
}

// upload hands a file in and returns its id.
func (c *caller) upload(name string, content []byte) (answer, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return answer{}, err
	}
	if _, err := part.Write(content); err != nil {
		return answer{}, err
	}
	if err := w.Close(); err != nil {
		return answer{}, err
	}
	req, err := http.NewRequest("POST", c.base+"/api/v1/uploads", &b)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return c.send(req)
}

func (a answer) text(path ...string) string {
	s, _ := dig(a.Body, path...).(string)
	return s
}

func (a answer) list(path ...string) []any {
	l, _ := dig(a.Body, path...).([]any)
	return l
}

// dig follows keys into nested objects.
func dig(v any, path ...string) any {
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// paper is a small true PDF.
func paper(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% " + words + "\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

// application builds a body for POST /cases from a guide alone: the first options, the first examples, and for these an upload for each material
// that can't be spared.
func application(t testing.TB, c *caller, code string) map[string]any {
	t.Helper()
	guide := c.must(t, 200, "GET", "/api/v1/items/"+code, nil)
	body := map[string]any{"item": code, "answers": examples(dig(guide.Body, "form"))}
	variant := ""
	if v := guide.list("variants"); len(v) > 0 {
		variant, _ = dig(v[0], "key").(string)
		body["variant"] = variant
	}
	situation, said := map[string]any{}, []string{}
	for _, q := range guide.list("situations") {
		options, _ := dig(q, "options").([]any)
		if when, _ := dig(q, "when").(string); len(options) == 0 || !holds(when, variant, situation) {
			continue
		}
		key, value := dig(q, "key").(string), dig(options[0], "value").(string)
		situation[key], said = value, append(said, key+":"+value)
	}
	body["situation"] = situation
	guide = c.must(t, 200, "GET", "/api/v1/items/"+code+"?variant="+variant+"&situation="+url.QueryEscape(strings.Join(said, ",")), nil)
	var materials []any
	for _, m := range guide.list("materials") {
		if dig(m, "required") != true || !way(m, "upload") {
			continue
		}
		up, err := c.upload(dig(m, "name").(string)+".pdf", paper(dig(m, "code").(string)))
		if err != nil || up.Status != 201 {
			t.Fatalf("handing in: %v %d %s", err, up.Status, up.Raw)
		}
		materials = append(materials, map[string]any{"code": dig(m, "code"), "upload": up.text("id")})
	}
	body["materials"] = materials
	return body
}

var equals = regexp.MustCompile(`(\w+) == "(\w*)"`)

// holds tells whether a question is asked: one of the answers its condition names was given. The guides' conditions say no more than that.
func holds(when, variant string, situation map[string]any) bool {
	if when == "" {
		return true
	}
	for _, e := range equals.FindAllStringSubmatch(when, -1) {
		if e[1] == "variant" && e[2] == variant || situation[e[1]] == any(e[2]) {
			return true
		}
	}
	return false
}

func way(material any, kind string) bool {
	ways, _ := dig(material, "ways").([]any)
	for _, w := range ways {
		if w == kind || dig(w, "kind") == kind {
			return true
		}
	}
	return false
}

// examples takes the first example of every property of a JSON Schema object.
func examples(schema any) map[string]any {
	out := map[string]any{}
	properties, _ := dig(schema, "properties").(map[string]any)
	for name, p := range properties {
		if list, _ := dig(p, "examples").([]any); len(list) > 0 {
			out[name] = list[0]
		}
	}
	return out
}

// foodItem finds the food licence of 南关区 by everyday words.
func foodItem(t testing.TB, c *caller) string {
	t.Helper()
	a := c.must(t, 200, "GET", "/api/v1/items?region=220102000000&q="+"%E5%BC%80%E9%A5%AD%E5%BA%97", nil) // 开饭店
	for _, row := range a.list("data") {
		if name, _ := dig(row, "name").(string); strings.Contains(name, "食品经营") {
			return dig(row, "code").(string)
		}
	}
	t.Fatalf("开饭店 finds no food licence: %s", a.Raw)
	return ""
}
