package keeperweb

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
)

// Reading back what was written changes nothing of any seeded item, in any section.
func TestSectionsRoundTrip(t *testing.T) {
	for _, d := range itemtest.Definitions(t) {
		// As a draft is: read from JSON.
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sections {
			var again item.Definition
			if err := json.Unmarshal(text, &again); err != nil {
				t.Fatal(err)
			}
			if bad := s.read(s.values(&again), &again); len(bad) > 0 {
				t.Errorf("%s %s: %v", d.Name, s.key, bad)
			}
			if list := item.Compare(&d, &again); len(list) > 0 {
				t.Errorf("%s %s: %+v", d.Name, s.key, list)
			}
		}
	}
}

// Every element that is no code is asked for in some section.
func TestSectionsAskForEverything(t *testing.T) {
	asked := map[string]bool{"code": true}
	for _, s := range sections {
		asked[s.list] = true
		for _, f := range s.fields {
			asked[f.name] = true
			if f.name == "guide.pledge.text" {
				asked["guide.pledge"] = true
			}
		}
	}
	var definition, guide = reflect.TypeFor[item.Definition](), reflect.TypeFor[item.Guide]()
	names := func(prefix string, t reflect.Type) (all []string) {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			all = append(all, prefix+name)
		}
		return all
	}
	for _, name := range append(names("", definition), names("guide.", guide)...) {
		if !asked[name] && name != "guide" {
			t.Logf("no section asks for %s: it stays as it is", name)
		}
	}
	for _, name := range []string{"name", "guide.basis", "guide.conditions", "guide.materials", "guide.steps", "guide.fees", "guide.results", "guide.faq"} {
		if !asked[name] {
			t.Errorf("no section asks for %s", name)
		}
	}
}

func TestRowsAreAddedAndTakenOut(t *testing.T) {
	s := sectionOf("faq")
	d := item.Definition{Guide: item.Guide{FAQ: []item.FAQ{{Question: "a", Answer: "1"}, {Question: "b", Answer: "2"}, {Question: "c", Answer: "3"}}}}
	form := s.values(&d)
	form.Set("row.1.remove", "1")
	addRow(form)
	form.Set("row.3.question", "d")
	if bad := s.read(form, &d); len(bad) > 0 {
		t.Fatal(bad)
	}
	want := []item.FAQ{{Question: "a", Answer: "1"}, {Question: "c", Answer: "3"}, {Question: "d"}}
	if diff := cmp.Diff(want, d.Guide.FAQ); diff != "" {
		t.Error(diff)
	}
}

func TestBadNumbersAreSaid(t *testing.T) {
	var d item.Definition
	bad := sectionOf("head").read(url.Values{"legal_days": {"many"}, "kind": {"99"}}, &d)
	if bad["legal_days"] != "page.not_a_number" || bad["kind"] != "item.unknown_value" {
		t.Error(bad)
	}
	bad = sectionOf("materials").read(url.Values{"rows": {"1"}, "row.0.ways": {"later | | | soon"}, "row.0.code": {"M"}}, &d)
	if bad["row.0.ways"] != "page.not_a_number" {
		t.Error(bad)
	}
}

func FuzzReadCells(f *testing.F) {
	for _, text := range []string{"upload", "later |  |  | 5", "a|b|c|d|e", "certificate ｜ licence\n\nform", "|||", "| x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var ways, again []item.Way
		if readCells(text, reflect.ValueOf(&ways).Elem()) != "" {
			return
		}
		// What was read is written so that it is read as the same.
		if key := readCells(writeCells(reflect.ValueOf(ways)), reflect.ValueOf(&again).Elem()); key != "" {
			t.Fatalf("%q: %s", text, key)
		}
		var kept []item.Way
		for _, w := range ways {
			if w != (item.Way{}) {
				kept = append(kept, w)
			}
		}
		if diff := cmp.Diff(kept, again); diff != "" && len(kept)+len(again) > 0 {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

func FuzzSectionRead(f *testing.F) {
	f.Add("rows=2&row.0.code=M1&row.0.ways=upload&row.1.from=9&row.1.copies=x")
	f.Add("rows=-1&act=remove.0")
	f.Fuzz(func(t *testing.T, text string) {
		form, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		for _, s := range sections {
			var d item.Definition
			s.read(form, &d)
			if d.Code != "" {
				t.Error("the code was written")
			}
		}
	})
}
