package item_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/rdf"
	"xiangyun/internal/platform/rdf/rdftest"
)

const (
	cv   = "http://data.europa.eu/m8g/"
	dct  = "http://purl.org/dc/terms/"
	skos = "http://www.w3.org/2004/02/skos/core#"
	ps   = "http://purl.org/vocab/cpsv#"
	org  = "http://www.w3.org/ns/org#"
	foaf = "http://xmlns.com/foaf/0.1/"
	dcat = "http://www.w3.org/ns/dcat#"
	eli  = "http://data.europa.eu/eli/ontology#"
	lang = "langString"
	xsd  = "http://www.w3.org/2001/XMLSchema#"
)

func catalogueOf(t *testing.T, l *itemtest.Library, f rdf.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	c := item.Catalogue{Form: f, Site: "https://example.gov.cn", Publisher: "吉林省政务服务和数字化建设管理局", Licence: "https://example.gov.cn/open-data#licence",
		Name: func(group, key string) string { return group + " " + key }}
	if err := l.ExportCatalogue(context.Background(), c, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheCatalogueConformsToCPSV(t *testing.T) {
	l := itemtest.Seeded(t)
	charge(t, l)
	text := catalogueOf(t, l, rdf.Turtle)
	g, err := rdftest.ReadTurtle(string(text))
	if err != nil {
		t.Fatal(err)
	}
	all := readShapes(t)
	seen, problems := all.check(g)
	for _, p := range problems[:min(len(problems), 20)] {
		t.Error(p)
	}
	unwritten := []string{"http://www.w3.org/ns/locn#Address", skos + "Collection", cv + "EvidenceType", cv + "Participation", cv + "ServiceConcessionContract"}
	for class := range all {
		if (seen[class] == 0) != slices.Contains(unwritten, class) {
			t.Errorf("%d things are a %s", seen[class], class)
		}
	}
	_, entries := contents(t, l)
	if seen[ps+"PublicService"] != len(entries) || seen[cv+"PublicOrganisation"] < 60 {
		t.Errorf("%d services of %d entries, %d organisations", seen[ps+"PublicService"], len(entries), seen[cv+"PublicOrganisation"])
	}
	e := g["https://example.gov.cn/items/"+anEntry(t, l, "000131104003")]
	if e[dct+"title"][0].Language != "zh" || e[cv+"processingTime"][0].Text == "" || len(e[ps+"hasInput"]) < 5 {
		t.Errorf("%+v", e)
	}
	j, err := rdftest.ReadJSONLD(catalogueOf(t, l, rdf.JSONLD))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(g.Lines(), j.Lines()); d != "" {
		t.Error("JSON-LD says something else:", d)
	}
}

// What an import may leave blank within an item that was published all the same breaks no shape.
func TestBlanksConformToCPSV(t *testing.T) {
	l := open(t)
	d := definition(t, food)
	d.Guide.Conditions = []string{" "}
	d.Guide.Results = []item.Result{{}}
	d.Guide.Steps = []item.Step{{}}
	d.LifeEvents = []string{"nobody_named_it"}
	for i := range d.Guide.Materials {
		d.Guide.Materials[i].Source, d.Guide.Materials[i].Standard = "", ""
	}
	if _, err := l.SeedCatalogue(t.Context(), loader, []item.Definition{d}, func(item.Office) item.Contact { return item.Contact{} }); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	c := item.Catalogue{Form: rdf.Turtle, Site: "https://example.gov.cn", Publisher: "吉林省政务服务和数字化建设管理局", Licence: "https://example.gov.cn/open-data#licence",
		Name: func(string, string) string { return "" }}
	if err := l.ExportCatalogue(t.Context(), c, &b); err != nil {
		t.Fatal(err)
	}
	g, err := rdftest.ReadTurtle(b.String())
	if err != nil {
		t.Fatal(err)
	}
	seen, problems := readShapes(t).check(g)
	if len(problems) > 0 || seen[ps+"PublicService"] == 0 {
		t.Errorf("%d services, %q", seen[ps+"PublicService"], problems[:min(len(problems), 5)])
	}
}
