package item_test

import (
	"slices"
	"testing"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/fault"
)

// TestUnknownCertificates: a guide that names a certificate nobody can hold is refused, at its place and by its key.
func TestUnknownCertificates(t *testing.T) {
	l := open(t)
	l.Unissued = map[string]bool{"identity-card": true, "no-such-licence": true}
	d := definition(t, food)
	d.Guide.Materials = slices.Clone(d.Guide.Materials)
	d.Guide.CertType = "no-such-licence"
	d.Guide.Materials[0].Ways = []item.Way{{Kind: item.WayCertificate, Cert: "market-001", Or: "identity-card, market-002"}}
	_, err := l.Publish(t.Context(), itemtest.Loader, d)
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) != 2 {
		t.Fatalf("%v", err)
	}
	for i, want := range []struct{ name, key string }{{"guide.cert_type", "no-such-licence"}, {"guide.materials.0", "identity-card"}} {
		if got := f.Fields[i]; got.Name != want.name || got.Key != "item.unknown_certificate" || len(got.Args) != 1 || got.Args[0] != want.key {
			t.Errorf("%+v", got)
		}
	}
	l.Unissued = nil
	if _, err := l.Publish(t.Context(), itemtest.Loader, d); err != nil {
		t.Errorf("registered since: %v", err)
	}
}

// TestDepthWithoutCertificate: what is handled here delivers a certificate only if it names one.
func TestDepthWithoutCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		flow, certificate string
		depth             []int
		refused           bool
	}{
		"delivers none":     {"standard", "", []int{1, 6, 7}, true},
		"delivers one":      {"standard", "food-operation", []int{1, 6, 7}, false},
		"does not say so":   {"standard", "", []int{1, 6}, false},
		"handled elsewhere": {"", "", []int{1, 6, 7}, false},
	} {
		d := definition(t, food)
		d.Depth, d.Guide.FlowKey, d.Guide.CertType = c.depth, c.flow, c.certificate
		f, _ := fault.Of(item.Check(&d))
		if got := f != nil && slices.ContainsFunc(f.Fields, func(f fault.FieldError) bool {
			return f.Name == "depth" && f.Key == "item.depth_without_certificate"
		}); got != c.refused {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// TestWaysAreChecked: a way by certificate says which, and whose it knows.
func TestWaysAreChecked(t *testing.T) {
	for name, w := range map[string]item.Way{"no type": {Kind: item.WayCertificate}, "somebody's": {Kind: item.WayCertificate, Cert: "market-001", Whose: "neighbour"}} {
		d := definition(t, food)
		d.Guide.Materials = slices.Clone(d.Guide.Materials)
		d.Guide.Materials[1].Ways = []item.Way{w}
		if f, ok := fault.Of(item.Check(&d)); !ok || f.Fields[0].Name != "guide.materials.1" {
			t.Errorf("%s: %v", name, f)
		}
		d.Guide.Materials[1].Ways, d.Guide.Materials[1].Paper = []item.Way{{Kind: item.WayUpload}}, "poem"
		if f, ok := fault.Of(item.Check(&d)); !ok || f.Fields[0].Key != "item.unknown_paper" {
			t.Errorf("a text nobody wrote: %v", f)
		}
	}
}

// TestUnknownCertificatesAreToldAtOnce: a draft that names a certificate nobody can hold is not submitted, and an alteration of such an item is shown as
// impossible before anybody proposes it.
func TestUnknownCertificatesAreToldAtOnce(t *testing.T) {
	l, ctx := seeded(t), t.Context()
	d := l.drafted(t, func(d *item.Definition) { d.Guide.CertType = "no-such-licence" })
	l.Unissued = map[string]bool{"no-such-licence": true}
	_, err := l.SubmitDraft(ctx, keeper, d.ID, d.Revision)
	wants(t, err, "item.bad_definition")
	if f, _ := fault.Of(err); len(f.Fields) != 1 || f.Fields[0].Name != "guide.cert_type" {
		t.Errorf("%+v", f.Fields)
	}
	if _, err := l.WithdrawDraft(ctx, keeper, d.ID, d.Revision); err != nil {
		t.Fatal(err)
	}
	l.Unissued = map[string]bool{"food-operation": true}
	a := item.Alteration{Kind: item.SynonymAdd, Value: "就近能办的"}
	list, _, err := l.PreviewAlteration(ctx, keeper, item.KeptQuery{Text: food, Limit: 5}, a)
	if err != nil || len(list) != 1 || !fault.HasKey(list[0].Problem, "item.bad_definition") {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = l.ProposeAlteration(ctx, keeper, []string{food}, a)
	wants(t, err, "item.altered_refused")
}
