package formweb_test

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/form/formweb"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
)

func words(t *testing.T) context.Context {
	t.Helper()
	c, err := page.Load(page.Words, design.Locale, formweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return page.With(context.Background(), c, page.Prefs{Locale: "zh"})
}

func regions(t *testing.T) func(string) []design.Option {
	t.Helper()
	d, err := region.NewDirectory(region.Jilin(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(parent string) []design.Option {
		var list []design.Option
		for _, r := range d.Children(region.MustParse(parent)) {
			list = append(list, design.Option{Value: r.Code.String(), Text: r.Name})
		}
		return list
	}
}

// sent is what a browser without scripts would send for the fields: what is typed, chosen and ticked, no buttons.
func sent(t *testing.T, page []byte) url.Values {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	var walk func(n *html.Node, sel string)
	walk = func(n *html.Node, sel string) {
		a := map[string]string{}
		for _, x := range n.Attr {
			a[x.Key] = x.Val
		}
		_, checked := a["checked"]
		_, selected := a["selected"]
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "input" && (a["type"] == "radio" || a["type"] == "checkbox"):
			if checked {
				values.Add(a["name"], a["value"])
			}
		case n.Data == "input":
			values.Add(a["name"], a["value"])
		case n.Data == "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Add(a["name"], text)
		case n.Data == "select":
			sel = a["name"]
		case n.Data == "option" && selected:
			values.Add(sel, a["value"])
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, sel)
		}
	}
	walk(root, "")
	delete(values, "")
	return values
}

// Every seeded form, filled with its examples, is shown, sent and read back as the same answers.
func TestFormsTravelThroughThePage(t *testing.T) {
	l := itemtest.Open(t)
	ctx, children := words(t), regions(t)
	for _, item := range itemtest.Definitions(t) {
		t.Run(item.Guide.FormKey, func(t *testing.T) {
			d := latest(t, l, item.Guide.FormKey)
			kept, err := form.Check(d, form.Example(d))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := formweb.Fields(formweb.Params{Definition: d, Answers: kept, Regions: children}).Render(ctx, &b); err != nil {
				t.Fatal(err)
			}
			again, err := form.Check(d, formweb.Parse(d, sent(t, b.Bytes())))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(kept, again); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func latest(t *testing.T, l *itemtest.Library, key string) *form.Definition {
	t.Helper()
	var d *form.Definition
	err := l.DB.View(context.Background(), func(tx *db.Tx) error {
		var err error
		d, err = l.Forms.Latest(context.Background(), tx, key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What was typed wrongly is shown again beside the reason.
func TestErrorsStandBesideTheirFields(t *testing.T) {
	d, ctx := latest(t, itemtest.Open(t), "food_operation"), words(t)
	typed := formweb.Parse(d, url.Values{"answers.staff_count": {"a dozen"}, "answers.representative.number": {"220102199003070022"},
		"answers.managers.3.name": {"李静"}, "answers.network": {"true"}})
	_, err := form.Check(d, typed)
	if err == nil {
		t.Fatal("taken")
	}
	errs := design.ErrorsOf(ctx, err)
	for name, text := range map[string]string{"answers.staff_count": "请填写数字，或者按说明填写", "answers.representative.number": "公民身份号码不对，请核对身份证上的18位",
		"answers.managers.0.number": "请填写", "answers.network_address": "请填写", "answers.business_form": "请选择"} {
		if errs.Of(name) != text {
			t.Errorf("%s: %q", name, errs.Of(name))
		}
	}
	var b bytes.Buffer
	if err := formweb.Fields(formweb.Params{Definition: d, Answers: typed, Errors: errs, Regions: regions(t)}).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a dozen", "220102199003070022", "公民身份号码不对", "李静"} {
		if !strings.Contains(b.String(), text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if errors.Is(err, db.ErrNotFound) || strings.Contains(err.Error(), "220102199003070022") {
		t.Error("the error quotes what was typed")
	}
}

func TestParse(t *testing.T) {
	d := latest(t, itemtest.Open(t), "low_income")
	got := formweb.Parse(d, url.Values{
		"answers.members.0.name": {"甲"}, "answers.members.1.name": {" "}, "answers.members.7.name": {"乙"}, "answers.members.9.name": {"丙"},
		"refresh": {"remove:answers.members.0"}, "answers.monthly_income": {"1,200"}, "answers.has_vehicle": {"false"}, "answers.reasons": {"illness", ""},
	})
	want := map[string]any{"members": []any{map[string]any{"name": "乙"}, map[string]any{"name": "丙"}}, "monthly_income": 1200.0,
		"has_vehicle": false, "reasons": []any{"illness"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	disability := latest(t, itemtest.Open(t), "disability")
	got = formweb.Parse(disability, url.Values{"answers.since_on.year": {"2020"}, "answers.since_on.month": {"6"}, "answers.since_on.day": {"1"}})
	if diff := cmp.Diff(map[string]any{"since_on": "2020-06-01"}, got); diff != "" {
		t.Error(diff)
	}
	for address, want := range map[string]bool{"/?refresh=fields": true, "/?answers.premises_region.refine=1": true, "/?answers.name=x": false} {
		r := httptest.NewRequest("GET", address, nil)
		if err := r.ParseForm(); err != nil {
			t.Fatal(err)
		}
		if formweb.Refreshing(r) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}
