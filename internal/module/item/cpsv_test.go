package item_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
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
	hour = "http://www.w3.org/2006/time#TemporalEntity"
	lang = "langString"
	xsd  = "http://www.w3.org/2001/XMLSchema#"
)

// shape is one constraint of a class: how often a property stands, and what its values are.
type shape struct {
	property string
	min, max int    // max 0 is any number
	class    string // of the things it leads to
	datatype string // of its texts; lang is a text with a language
}

// The constraints of the SHACL shapes of CPSV-AP 3.2.0 (SEMICeu/CPSV-AP, releases/3.2.0/shacl/cpsv-ap-SHACL.ttl) for the classes written here, all
// properties of theirs that are written.
var shapes = map[string][]shape{
	ps + "PublicService": {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}, {dct + "description", 1, 0, "", lang},
		{cv + "hasCompetentAuthority", 1, 0, cv + "PublicOrganisation", ""}, {dct + "language", 0, 0, dct + "LinguisticSystem", ""}, {dct + "spatial", 0, 0, dct + "Location", ""},
		{"http://www.w3.org/ns/adms#status", 0, 1, skos + "Concept", ""}, {cv + "processingTime", 0, 1, "", xsd + "duration"}, {dcat + "keyword", 0, 0, "", lang},
		{ps + "produces", 0, 0, cv + "Output", ""}, {ps + "hasInput", 0, 0, cv + "Evidence", ""}, {cv + "hasCost", 0, 0, cv + "Cost", ""}, {cv + "hasChannel", 0, 0, cv + "Channel", ""},
		{cv + "contactPoint", 0, 0, cv + "ContactPoint", ""}, {dct + "audience", 0, 0, skos + "Concept", ""}, {cv + "thematicArea", 0, 0, skos + "Concept", ""},
		{cv + "holdsRequirement", 0, 0, cv + "Requirement", ""}, {ps + "follows", 0, 0, ps + "Rule", ""}, {cv + "isGroupedBy", 0, 0, cv + "Event", ""}, {dct + "type", 0, 0, skos + "Concept", ""},
		{cv + "hasLegalResource", 0, 0, eli + "LegalResource", ""}, {dct + "isPartOf", 0, 0, dcat + "Dataset", ""}},
	cv + "PublicOrganisation": {{dct + "spatial", 1, 0, "http://data.europa.eu/88u/dataset/atu-type", ""}, {skos + "prefLabel", 1, 0, "", lang}},
	cv + "Evidence": {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}, {dct + "description", 0, 0, "", lang}, {dct + "type", 0, 1, skos + "Concept", ""},
		{dct + "language", 0, 0, dct + "LinguisticSystem", ""}},
	cv + "Output":       {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}, {dct + "description", 0, 0, "", lang}, {dct + "type", 0, 0, skos + "Concept", ""}},
	cv + "Cost":         {{dct + "identifier", 1, 1, "", ""}, {dct + "description", 0, 0, "", lang}, {cv + "hasValue", 0, 1, "", xsd + "double"}, {cv + "currency", 0, 1, skos + "Concept", ""}},
	cv + "Requirement":  {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}},
	cv + "Event":        {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}},
	cv + "ContactPoint": {{cv + "openingHours", 0, 0, hour, ""}},
	cv + "Channel": {{dct + "identifier", 1, 1, "", ""}, {dct + "type", 0, 1, skos + "Concept", ""}, {dct + "description", 0, 0, "", lang}, {cv + "ownedBy", 0, 0, org + "Organization", ""},
		{cv + "openingHours", 0, 0, hour, ""}},
	ps + "Rule": {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}, {dct + "description", 1, 0, "", lang}, {dct + "language", 0, 0, dct + "LinguisticSystem", ""},
		{ps + "implements", 0, 0, eli + "LegalResource", ""}},
	foaf + "Agent":   {{dct + "identifier", 1, 1, "", ""}, {dct + "title", 1, 0, "", lang}},
	dcat + "Dataset": {{dct + "title", 1, 0, "", lang}, {dct + "description", 1, 0, "", lang}, {dct + "publisher", 1, 1, foaf + "Agent", ""}, {dcat + "landingPage", 0, 0, foaf + "Document", ""}},
}

func isA(g rdftest.Graph, thing, class string) bool {
	for _, v := range g[thing][rdftest.Class] {
		if v.IRI == class {
			return true
		}
	}
	return false
}

// conforms counts the things of each class and tells what the shapes do not allow.
func conforms(g rdftest.Graph) (seen map[string]int, problems []string) {
	seen = map[string]int{}
	for subject, properties := range g {
		for class, list := range shapes {
			if !isA(g, subject, class) {
				continue
			}
			seen[class]++
			for _, s := range list {
				values := properties[s.property]
				if len(values) < s.min || s.max > 0 && len(values) > s.max {
					problems = append(problems, fmt.Sprintf("%s has %d %s", subject, len(values), s.property))
				}
				for _, v := range values {
					switch {
					case s.class != "" && !isA(g, v.IRI, s.class):
						problems = append(problems, fmt.Sprintf("%s: %s leads to %q, which is no %s", subject, s.property, v.IRI, s.class))
					case s.datatype == lang && (v.Language == "" || v.Text == ""), s.datatype != lang && s.datatype != v.Datatype && s.datatype != "":
						problems = append(problems, fmt.Sprintf("%s: %s is %+v", subject, s.property, v))
					}
				}
			}
		}
	}
	return seen, problems
}

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
	seen, problems := conforms(g)
	for _, p := range problems[:min(len(problems), 20)] {
		t.Error(p)
	}
	for class := range shapes {
		if seen[class] == 0 {
			t.Errorf("nothing is a %s", class)
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
	// The check itself finds what is missing.
	broken, err := rdftest.ReadTurtle(strings.Replace(string(text), "dct:identifier", "dct:other", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := conforms(broken); len(problems) == 0 {
		t.Error("a missing identifier goes unseen")
	}
}
