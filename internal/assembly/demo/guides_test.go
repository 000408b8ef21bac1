package demo

import (
	"regexp"
	"slices"
	"testing"

	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/item"
)

// everyGuide reads all items of the demo province.
func everyGuide(t *testing.T) []item.Definition {
	t.Helper()
	var all []item.Definition
	for _, name := range []string{"items", "everyday/items"} {
		list, err := definitionsIn(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	if len(all) < 500 {
		t.Fatalf("%d guides", len(all))
	}
	return all
}

// directory is every certificate type by its key.
func directory(t *testing.T) map[string]cert.Type {
	t.Helper()
	list, err := Services{}.allTypes()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]cert.Type{}
	for _, one := range list {
		types[one.Key] = one
	}
	return types
}

// TestGuidesNameCertificates: what a guide says a certificate spares, somebody of its audience can hold, or who acts for him.
func TestGuidesNameCertificates(t *testing.T) {
	types := directory(t)
	ways := 0
	for _, d := range everyGuide(t) {
		if key := d.Guide.CertType; key != "" && types[key].Key == "" {
			t.Errorf("%s issues %q, which is no registered type", d.Name, key)
		}
		for _, m := range d.Guide.Materials {
			for _, w := range m.Ways {
				if w.Kind != item.WayCertificate {
					continue
				}
				ways++
				held := false
				for _, key := range w.Certs() {
					one, known := types[key]
					if !known {
						t.Errorf("%s, %s: %q is no registered type", d.Name, m.Name, key)
					}
					held = held || one.Holder == "either" || w.Whose == item.OfAgent && one.Holder == "person" || slices.Contains(d.Audience, item.Audience(one.Holder))
				}
				if !held {
					t.Errorf("%s, %s: nobody who applies can hold %v", d.Name, m.Name, w.Certs())
				}
			}
		}
	}
	if ways < 1000 {
		t.Errorf("%d ways by certificate", ways)
	}
}

// TestGuidesMayBePublished: none contradicts itself, as one that delivers a certificate and names none.
func TestGuidesMayBePublished(t *testing.T) {
	for _, d := range everyGuide(t) {
		if err := item.Check(&d); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
		if slices.Contains(d.Depth, item.CertificateDepth) != (d.Guide.CertType != "") {
			t.Errorf("%s: goes to depth %v and issues %q", d.Name, d.Depth, d.Guide.CertType)
		}
	}
}

var promisesPaper = regexp.MustCompile(`示范文本|示例|样表|范本`)

// TestSamplesCanBeOpened: where a guide speaks of a blank form, a sample or a model text, there is one.
func TestSamplesCanBeOpened(t *testing.T) {
	opened := map[string]int{}
	for _, d := range everyGuide(t) {
		for _, m := range d.Guide.Materials {
			form := d.Guide.FormKey != "" && slices.ContainsFunc(m.Ways, func(w item.Way) bool { return w.Kind == item.WayForm })
			if m.Paper != "" {
				opened[m.Paper]++
			}
			if form || m.Paper != "" {
				continue
			}
			if m.Sample != "" || promisesPaper.MatchString(m.Blank+m.Standard) {
				t.Errorf("%s, %s: nothing opens %q", d.Name, m.Name, m.Blank+m.Sample+m.Standard)
			}
		}
	}
	for _, key := range item.Papers() {
		if opened[key] == 0 {
			t.Errorf("no guide uses the text %s", key)
		}
	}
	if opened["power_of_attorney"] < 200 {
		t.Errorf("%v", opened)
	}
}
