package item

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/rdf"
)

// Catalogue says what [Service.ExportCatalogue] writes.
type Catalogue struct {
	Form rdf.Form
	Site string // address of this platform, without a slash at its end
	// Name says a word of a group in Chinese: ("theme", "start_business"). The groups are theme, event, kind, audience, state.
	Name      func(group, key string) string
	Publisher string // who publishes the data set
	Licence   string // address of the licence
}

// The prefixes of the vocabulary. docs/standards/cpsv-ap.md tells what becomes what.
var cpsvPrefixes = []rdf.Prefix{
	{Short: "cpsv", Full: "http://purl.org/vocab/cpsv#"}, {Short: "cv", Full: "http://data.europa.eu/m8g/"}, {Short: "dct", Full: "http://purl.org/dc/terms/"},
	{Short: "dcat", Full: "http://www.w3.org/ns/dcat#"}, {Short: "adms", Full: "http://www.w3.org/ns/adms#"}, {Short: "eli", Full: "http://data.europa.eu/eli/ontology#"},
	{Short: "foaf", Full: "http://xmlns.com/foaf/0.1/"}, {Short: "org", Full: "http://www.w3.org/ns/org#"}, {Short: "skos", Full: "http://www.w3.org/2004/02/skos/core#"},
	{Short: "time", Full: "http://www.w3.org/2006/time#"}, {Short: "xsd", Full: "http://www.w3.org/2001/XMLSchema#"}, {Short: "atu", Full: "http://data.europa.eu/88u/dataset/"},
}

// Authority tables of the European Union, which name languages and currencies for the whole world.
const (
	chinese = "http://publications.europa.eu/resource/authority/language/ZHO"
	yuan    = "http://publications.europa.eu/resource/authority/currency/CNY"
)

// cpsv writes the catalogue. What many entries share is written when the first of them comes.
type cpsv struct {
	*rdf.Writer
	Catalogue
	to      io.Writer
	written map[string]bool // subjects shared by entries: as many as there are base items, regions and words
	organ   string          // the last office: entries come by code, which begins with it
}

// ExportCatalogue writes the library as a catalogue of public services by CPSV-AP 3.2: each entry a cpsv:PublicService.
func (s *Service) ExportCatalogue(ctx context.Context, c Catalogue, w io.Writer) error {
	g := &cpsv{rdf.NewWriter(c.Form, cpsvPrefixes), c, w, map[string]bool{}, ""}
	g.dataset()
	if err := s.walk(ctx, bothFamilies, g.entry); err != nil {
		return err
	}
	g.End()
	return g.flush()
}

func (g *cpsv) flush() error {
	_, err := g.to.Write(g.Bytes)
	g.Reset()
	return err
}

// here is the address of something described on the page of open data.
func (g *cpsv) here(kind, key string) string { return g.Site + "/open-data#" + kind + "-" + key }

// part is the address of a part of a base item's guide.
func (g *cpsv) part(b *Base, kind string, n int) string {
	return g.Site + "/items/" + b.Code() + "#" + kind + "-" + strconv.Itoa(n+1)
}

// first tells whether a shared subject is still to be written.
func (g *cpsv) first(iri string) bool {
	if g.written[iri] {
		return false
	}
	g.written[iri] = true
	return true
}

func (g *cpsv) dataset() {
	publisher := g.here("publisher", "province")
	g.Subject(g.here("dataset", "items"), "dcat:Dataset")
	g.Text("dct:title", "政务服务事项实施清单", "zh")
	g.Text("dct:description", "全省政务服务事项的实施清单：每个事项由谁办理、依据什么、要什么材料、多长时间、怎么收费。", "zh")
	g.Link("dct:publisher", publisher)
	g.Link("dct:license", g.Licence)
	g.Link("dcat:landingPage", g.Site+"/open-data")
	g.Subject(g.Site+"/open-data", "foaf:Document")
	g.Text("dct:title", "开放数据", "zh")
	g.Subject(publisher, "foaf:Agent")
	g.Text("dct:identifier", "220000", "")
	g.Text("dct:title", g.Publisher, "zh")
	g.Subject(chinese, "dct:LinguisticSystem")
	g.Text("skos:notation", "zh", "")
	g.Subject(yuan, "skos:Concept")
	g.Text("skos:prefLabel", "人民币", "zh")
}

// title names a thing the shapes want named, by what it is part of where the library has no name for it.
func (g *cpsv) title(text, of string) { g.Text("dct:title", cmp.Or(strings.TrimSpace(text), of), "zh") }

// concept writes a word of one of our lists once and returns its address.
func (g *cpsv) concept(group, key string) string {
	return g.here(group, key)
}

func (g *cpsv) describe(group, key string) {
	iri := g.concept(group, key)
	if key == "" || !g.first(iri) {
		return
	}
	g.Subject(iri, "skos:Concept")
	g.Text("skos:notation", key, "")
	g.Text("skos:prefLabel", g.Name(group, key), "zh")
}

func (g *cpsv) entry(b *Base, e *exported) error {
	g.shared(b, e)
	at := g.Site + "/items/" + e.Code
	g.service(b, e, at)
	g.contact(b, e, at)
	if len(g.Bytes) >= flushed {
		return g.flush()
	}
	return nil
}

// shared writes what the entry speaks of and others too.
func (g *cpsv) shared(b *Base, e *exported) {
	if organ := e.Code[:18]; organ != g.organ {
		g.organ = organ
		iri := g.here("organisation", organ)
		g.Subject(iri, "cv:PublicOrganisation", "org:Organization", "foaf:Agent")
		g.Text("dct:identifier", organ, "")
		g.title(e.OfficeName, organ)
		g.Text("skos:prefLabel", cmp.Or(e.OfficeName, organ), "zh")
		g.Link("dct:spatial", g.region(e.Region))
	}
	if iri := g.region(e.Region); g.first(iri) {
		g.Subject(iri, "dct:Location", "atu:atu-type")
		g.Text("dct:identifier", e.Region.String(), "")
		g.Text("skos:prefLabel", placeName(e.Region), "zh")
	}
	g.describe("state", string(e.State))
	if g.first("base/" + b.Code()) {
		g.base(b)
	}
}

func (g *cpsv) region(r region.Code) string { return g.here("region", r.String()) }

// base writes the parts of a guide that all entries of a base item have in common.
func (g *cpsv) base(b *Base) {
	g.words(b)
	for i, m := range b.Guide.Materials {
		g.describe("origin", m.Source)
		g.Subject(g.part(b, "material", i), "cv:Evidence")
		g.Text("dct:identifier", m.Code, "")
		g.Text("dct:title", m.Name, "zh")
		g.Text("dct:description", m.Standard, "zh")
		if m.Source != "" {
			g.Link("dct:type", g.concept("origin", m.Source))
		}
		g.Link("dct:language", chinese)
	}
	for i, c := range b.Guide.Conditions {
		g.Subject(g.part(b, "condition", i), "cv:Requirement")
		g.Text("dct:identifier", fmt.Sprintf("%s-C%02d", b.Code(), i+1), "")
		g.title(c, b.Name)
	}
	for i, r := range b.Guide.Results {
		g.describe("result", r.Kind)
		g.Subject(g.part(b, "result", i), "cv:Output")
		g.Text("dct:identifier", fmt.Sprintf("%s-R%02d", b.Code(), i+1), "")
		g.title(r.Name, b.Name)
		g.Text("dct:description", r.Valid, "zh")
		if r.Kind != "" {
			g.Link("dct:type", g.concept("result", r.Kind))
		}
	}
	for i, f := range b.Guide.Fees {
		g.Subject(g.part(b, "fee", i), "cv:Cost")
		g.Text("dct:identifier", fmt.Sprintf("%s-F%02d", b.Code(), i+1), "")
		g.Text("dct:description", strings.TrimSuffix(f.Name+"："+f.Standard+"。"+f.Relief, "。"), "zh")
		if f.Fen > 0 {
			g.Typed("cv:hasValue", fmt.Sprintf("%d.%02d", f.Fen/100, f.Fen%100), "xsd:double")
			g.Link("cv:currency", yuan)
		}
	}
	for i, l := range b.Guide.Basis {
		g.Subject(g.part(b, "basis", i), "eli:LegalResource")
		g.Text("dct:title", l.Law+l.Article, "zh")
		g.Text("dct:description", l.Text, "zh")
	}
	g.Subject(g.part(b, "procedure", 0), "cpsv:Rule")
	g.Text("dct:identifier", b.Code()+"-P01", "")
	g.Text("dct:title", "办理流程", "zh")
	g.Text("dct:description", cmp.Or(strings.TrimSpace(stepsText(b.Guide.Steps)), b.Name), "zh")
	g.Link("dct:language", chinese)
	for i := range b.Guide.Basis {
		g.Link("cpsv:implements", g.part(b, "basis", i))
	}
}

// words writes the concepts a base item is filed under.
func (g *cpsv) words(b *Base) {
	g.describe("kind", string(b.Kind))
	for _, a := range b.Audience {
		g.describe("audience", string(a))
	}
	for _, t := range b.Themes {
		g.describe("theme", t)
	}
	for _, way := range []string{"window", "online"} {
		g.describe("channel", way)
	}
	for _, l := range b.LifeEvents {
		if iri := g.here("event", l); g.first(iri) {
			class := "cv:LifeEvent"
			if len(b.Audience) == 1 && b.Audience[0] == Company {
				class = "cv:BusinessEvent"
			}
			g.Subject(iri, "cv:Event", class)
			g.Text("dct:identifier", l, "")
			g.title(g.Name("event", l), l)
		}
	}
}

func (g *cpsv) service(b *Base, e *exported, at string) {
	g.Subject(at, "cpsv:PublicService")
	g.Text("dct:identifier", e.Code, "")
	g.Text("dct:title", b.Name, "zh")
	g.Text("dct:description", cmp.Or(strings.TrimSpace(b.Guide.Summary), b.Name), "zh")
	g.Text("dcat:keyword", b.Short, "zh")
	for _, k := range b.Synonyms {
		g.Text("dcat:keyword", k, "zh")
	}
	g.Link("cv:hasCompetentAuthority", g.here("organisation", e.Code[:18]))
	g.Link("dct:language", chinese)
	g.Link("dct:spatial", g.region(e.Region))
	g.Link("dct:type", g.concept("kind", string(b.Kind)))
	g.Link("adms:status", g.concept("state", string(e.State)))
	g.Typed("cv:processingTime", fmt.Sprintf("P%dD", e.promise(b)), "xsd:duration")
	g.Link("dct:isPartOf", g.here("dataset", "items"))
	for _, a := range b.Audience {
		g.Link("dct:audience", g.concept("audience", string(a)))
	}
	for _, t := range b.Themes {
		g.Link("cv:thematicArea", g.concept("theme", t))
	}
	for _, l := range b.LifeEvents {
		g.Link("cv:isGroupedBy", g.here("event", l))
	}
	g.links(b)
	g.Link("cv:contactPoint", at+"#contact")
	g.Link("cv:hasChannel", at+"#window")
	if b.Online {
		g.Link("cv:hasChannel", at+"#online")
	}
}

// links lead from a service to the parts of its guide.
func (g *cpsv) links(b *Base) {
	for _, l := range []struct {
		property, kind string
		n              int
	}{{"cpsv:hasInput", "material", len(b.Guide.Materials)}, {"cv:holdsRequirement", "condition", len(b.Guide.Conditions)},
		{"cpsv:produces", "result", len(b.Guide.Results)}, {"cv:hasCost", "fee", len(b.Guide.Fees)}, {"cv:hasLegalResource", "basis", len(b.Guide.Basis)},
		{"cpsv:follows", "procedure", 1}} {
		for i := range l.n {
			g.Link(l.property, g.part(b, l.kind, i))
		}
	}
}

// contact writes where the entry is done.
func (g *cpsv) contact(b *Base, e *exported, at string) {
	c := &e.Override.V.Contact
	g.Subject(at+"#window", "cv:Channel")
	g.Text("dct:identifier", e.Code+"-window", "")
	g.Link("dct:type", g.concept("channel", "window"))
	g.Text("dct:description", addressText(e), "zh")
	g.Link("cv:ownedBy", g.here("organisation", e.Code[:18]))
	if c.Hours != "" {
		g.Link("cv:openingHours", at+"#hours")
	}
	if b.Online {
		g.Subject(at+"#online", "cv:Channel")
		g.Text("dct:identifier", e.Code+"-online", "")
		g.Link("dct:type", g.concept("channel", "online"))
		g.Text("dct:description", at, "zh")
		g.Link("cv:ownedBy", g.here("organisation", e.Code[:18]))
	}
	if c.Hours != "" {
		g.Subject(at+"#hours", "time:TemporalEntity")
		g.Text("dct:description", c.Hours, "zh")
	}
	g.Subject(at+"#contact", "cv:ContactPoint")
	g.Text("cv:telephone", c.Phone, "")
	if c.Hours != "" {
		g.Link("cv:openingHours", at+"#hours")
	}
}

func placeName(r region.Code) string { return places().FullName(r) }
