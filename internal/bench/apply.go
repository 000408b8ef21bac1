package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// county is where everything happens: 长春市南关区.
const county = "220102000000"

// foodItem finds the food licence of the county by everyday words.
func foodItem(ctx context.Context, c *client) (string, error) {
	list, err := c.json(ctx, http.StatusOK, http.MethodGet, "/api/v1/items?region="+county+"&q="+url.QueryEscape("开饭店"), nil, "")
	if err != nil {
		return "", err
	}
	for _, row := range listOf(list, "data") {
		if name, _ := dig(row, "name").(string); strings.Contains(name, "食品经营") {
			code, _ := dig(row, "code").(string)
			return code, nil
		}
	}
	return "", errors.New("开饭店 finds no food licence")
}

// application builds the body of POST /cases from a guide alone: the first options, the first examples, an upload for each material that is
// then required.
func application(ctx context.Context, c *client, code string) (map[string]any, error) {
	guide, err := c.json(ctx, http.StatusOK, http.MethodGet, "/api/v1/items/"+code, nil, "")
	if err != nil {
		return nil, err
	}
	body, answers, situation := map[string]any{"item": code}, map[string]any{}, map[string]any{}
	properties, _ := dig(guide, "form", "properties").(map[string]any)
	for name, p := range properties {
		if examples := listOf(p, "examples"); len(examples) > 0 {
			answers[name] = examples[0]
		}
	}
	if variants := listOf(guide, "variants"); len(variants) > 0 {
		body["variant"] = dig(variants[0], "key")
	}
	for _, q := range listOf(guide, "situations") {
		if key, ok := dig(q, "key").(string); ok && len(listOf(q, "options")) > 0 {
			situation[key] = dig(listOf(q, "options")[0], "value")
		}
	}
	narrowed := url.Values{}
	if variant, ok := body["variant"].(string); ok {
		narrowed.Set("variant", variant)
	}
	for key, answer := range situation {
		narrowed.Add("situation", fmt.Sprintf("%s:%v", key, answer))
	}
	if guide, err = c.json(ctx, http.StatusOK, http.MethodGet, "/api/v1/items/"+code+"?"+narrowed.Encode(), nil, ""); err != nil {
		return nil, err
	}
	materials, err := uploads(ctx, c, listOf(guide, "materials"))
	if err != nil {
		return nil, err
	}
	body["answers"], body["situation"], body["materials"] = answers, situation, materials
	return body, nil
}

// uploads hands in a file for each material that wants one.
func uploads(ctx context.Context, c *client, list []any) (given []any, err error) {
	for _, m := range list {
		if dig(m, "required") != true || !byUpload(m) {
			continue
		}
		code, _ := dig(m, "code").(string)
		id, err := c.upload(ctx, code)
		if err != nil {
			return nil, err
		}
		given = append(given, map[string]any{"code": code, "upload": id})
	}
	return given, nil
}

func byUpload(material any) bool {
	for _, w := range listOf(material, "ways") {
		if w == "upload" || dig(w, "kind") == "upload" {
			return true
		}
	}
	return false
}

// submit hands an application in and returns the case's number.
func submit(ctx context.Context, applicant *client, body json.RawMessage, key string) (string, error) {
	receipt, err := applicant.json(ctx, http.StatusCreated, http.MethodPost, "/api/v1/cases", body, key)
	if err != nil {
		return "", err
	}
	number, _ := receipt["number"].(string)
	if number == "" {
		return "", errors.New("a case has no number")
	}
	return number, nil
}

// act takes a step with a case.
func act(ctx context.Context, by *client, number, action, comment string) error {
	body := map[string]any{"action": action}
	if comment != "" {
		body["comment"] = comment
	}
	if _, err := by.json(ctx, http.StatusOK, http.MethodPost, "/api/v1/cases/"+number+"/actions", body, ""); err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
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

func listOf(v any, path ...string) []any {
	l, _ := dig(v, path...).([]any)
	return l
}
