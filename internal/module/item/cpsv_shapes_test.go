package item_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/platform/rdf/rdftest"
)

// spaces are the vocabularies testdata/cpsv_ap_3.2.0.tsv names by their usual prefixes.
var spaces = map[string]string{"cpsv": ps, "cv": cv, "dct": dct, "dcat": dcat, "eli": eli, "foaf": foaf, "org": org, "skos": skos, "xsd": xsd,
	"adms": "http://www.w3.org/ns/adms#", "time": "http://www.w3.org/2006/time#", "locn": "http://www.w3.org/ns/locn#", "atu": "http://data.europa.eu/88u/dataset/"}

// property is what the shapes ask of one property of a class.
type property struct {
	name     string
	min, max int    // max 0 is any number
	class    string // of the things it leads to; "" for any
	datatype string // of its texts; lang is a text with a language, "" is any
}

// shapes has the properties of each class.
type shapes map[string][]property

// readShapes reads the table of constraints; a line that can't be read ends the test.
func readShapes(t *testing.T) shapes {
	t.Helper()
	text, err := os.ReadFile("testdata/cpsv_ap_3.2.0.tsv")
	if err != nil {
		t.Fatal(err)
	}
	full := func(name string) string {
		short, rest, ok := strings.Cut(name, ":")
		switch {
		case name == "-":
			return ""
		case name == "text":
			return lang
		case !ok || spaces[short] == "":
			t.Fatalf("no vocabulary for %q", name)
		}
		return spaces[short] + rest
	}
	all := shapes{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 6 {
			t.Fatalf("%d columns in %q", len(f), line)
		}
		least, err := strconv.Atoi(f[2])
		most := 0
		if err == nil && f[3] != "*" {
			most, err = strconv.Atoi(f[3])
		}
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all[full(f[0])] = append(all[full(f[0])], property{full(f[1]), least, most, full(f[4]), full(f[5])})
	}
	return all
}

// extensions are the statements of ours the shapes say nothing about, which an open shape allows; whatever else appears is a slip of the pen.
var extensions = map[string][]string{
	dcat + "Dataset":          {dct + "license"},
	cv + "PublicOrganisation": {dct + "identifier", dct + "title"}, // it is a foaf:Agent as well, of which they are asked
	eli + "LegalResource":     {dct + "title", dct + "description"},
	cv + "ContactPoint":       {cv + "telephone"}, // of the specification, not of its shapes
	foaf + "Agent":            {dct + "spatial", skos + "prefLabel"},
	cv + "LifeEvent":          {dct + "identifier", dct + "title"},
	cv + "BusinessEvent":      {dct + "identifier", dct + "title"},
}

// How a literal of a datatype is written (XML Schema part 2): one that is written otherwise violates sh:datatype.
var lexical = map[string]*regexp.Regexp{
	xsd + "double":   regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`),
	xsd + "duration": regexp.MustCompile(`^P(\d+Y)?(\d+M)?(\d+D)?$`),
}

func isA(g rdftest.Graph, thing, class string) bool {
	return slices.ContainsFunc(g[thing][rdftest.Class], func(v rdftest.Value) bool { return v.IRI == class })
}

// check validates a graph as a SHACL processor would, as far as these shapes go. It counts the things of each class and tells what is not allowed.
func (all shapes) check(g rdftest.Graph) (seen map[string]int, problems []string) {
	seen = map[string]int{}
	for subject, stated := range g {
		for class, list := range all {
			if !isA(g, subject, class) {
				continue
			}
			seen[class]++
			for _, p := range list {
				problems = append(problems, p.check(g, subject, stated[p.name])...)
			}
			for name := range stated {
				known := slices.ContainsFunc(list, func(p property) bool { return p.name == name })
				if !known && name != rdftest.Class && !slices.Contains(extensions[class], name) {
					problems = append(problems, fmt.Sprintf("%s: a %s says %s, which neither the shapes nor we know", subject, class, name))
				}
			}
		}
	}
	slices.Sort(problems)
	return seen, problems
}

func (p property) check(g rdftest.Graph, subject string, values []rdftest.Value) (problems []string) {
	if len(values) < p.min || p.max > 0 && len(values) > p.max {
		problems = append(problems, fmt.Sprintf("%s has %d %s", subject, len(values), p.name))
	}
	for _, v := range values {
		switch {
		case p.class != "" && !isA(g, v.IRI, p.class):
			problems = append(problems, fmt.Sprintf("%s: %s leads to %q, which is no %s", subject, p.name, v.IRI, p.class))
		case p.datatype == lang && (v.Language == "" || v.Text == ""), p.datatype != lang && p.datatype != "" && p.datatype != v.Datatype,
			lexical[p.datatype] != nil && !lexical[p.datatype].MatchString(v.Text):
			problems = append(problems, fmt.Sprintf("%s: %s is %+v", subject, p.name, v))
		}
	}
	return problems
}

// Each kind of constraint finds what breaks it, so that a graph without problems says something.
func TestShapesFindWhatIsWrong(t *testing.T) {
	all := readShapes(t)
	const good = `@prefix cv: <http://data.europa.eu/m8g/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://a/cost> a cv:Cost ; dct:identifier "1" ; dct:description "工本费"@zh ; cv:hasValue "12.50"^^xsd:double ; cv:currency <http://a/yuan> .
<http://a/yuan> a skos:Concept .
`
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"minCount", `dct:identifier "1"`, `dct:description "x"@zh`, "has 0 " + dct + "identifier"},
		{"maxCount", `dct:identifier "1"`, `dct:identifier "1", "2"`, "has 2 " + dct + "identifier"},
		{"class", `a skos:Concept`, `a cv:Channel`, "which is no " + skos + "Concept"},
		{"datatype", `^^xsd:double`, `^^xsd:decimal`, "hasValue"},
		{"lexical", `"12.50"`, `"12,50元"`, "hasValue"},
		{"language", `"工本费"@zh`, `"工本费"`, "description"},
		{"unknown", `dct:description "工本费"@zh`, `dct:descripton "工本费"@zh`, "neither the shapes nor we know"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := rdftest.ReadTurtle(strings.Replace(good, c.from, c.to, 1))
			if err != nil {
				t.Fatal(err)
			}
			_, problems := all.check(g)
			if c.want == "" && len(problems) > 0 || c.want != "" && !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("%q", problems)
			}
		})
	}
}
