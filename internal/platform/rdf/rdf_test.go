package rdf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiangyun/internal/platform/rdf"
	"xiangyun/internal/platform/rdf/rdftest"
)

var prefixes = []rdf.Prefix{{Short: "dct", Full: "http://purl.org/dc/terms/"}, {Short: "xsd", Full: "http://www.w3.org/2001/XMLSchema#"}}

func written(f rdf.Form, iri, text string) []byte {
	w := rdf.NewWriter(f, prefixes)
	w.Subject("https://example.org/"+iri, "dct:Location", "dct:Agent")
	w.Text("dct:title", text, "zh")
	w.Text("dct:title", "second", "")
	w.Link("dct:spatial", "https://example.org/x#"+iri)
	w.Typed("dct:extent", "P3D", "xsd:duration")
	w.Subject("https://example.org/empty", "dct:Agent")
	w.Text("dct:title", "", "zh")
	w.End()
	return w.Bytes
}

func TestBothFormsSayTheSame(t *testing.T) {
	turtle, err := rdftest.ReadTurtle(string(written(rdf.Turtle, "a b<>\"{}|^`\\市", "一\"二\\三\n四\t\r\x01")))
	if err != nil {
		t.Fatal(err)
	}
	jsonld, err := rdftest.ReadJSONLD(written(rdf.JSONLD, "a b<>\"{}|^`\\市", "一\"二\\三\n四\t\r\x01"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(turtle.Lines(), jsonld.Lines()); d != "" {
		t.Error(d)
	}
	s := turtle["https://example.org/a%20b%3C%3E%22%7B%7D%7C%5E%60%5C市"]
	if len(s["http://purl.org/dc/terms/title"]) != 2 || s["http://purl.org/dc/terms/title"][0].Text != "一\"二\\三\n四\t\r\x01" ||
		s["http://purl.org/dc/terms/extent"][0].Datatype != "http://www.w3.org/2001/XMLSchema#duration" || len(s[rdftest.Class]) != 2 {
		t.Error(s)
	}
}

func FuzzEscaping(f *testing.F) {
	f.Add("items/1", "食品\"经营\\\n")
	f.Add("\xff>", "\xff\x00\u2028")
	f.Fuzz(func(t *testing.T, iri, text string) {
		turtle, err := rdftest.ReadTurtle(string(written(rdf.Turtle, iri, text)))
		if err != nil {
			t.Fatal(err)
		}
		jsonld, err := rdftest.ReadJSONLD(written(rdf.JSONLD, iri, text))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(turtle.Lines(), jsonld.Lines()); d != "" {
			t.Fatal(d)
		}
		found := text == ""
		for _, properties := range turtle {
			for _, v := range properties["http://purl.org/dc/terms/title"] {
				found = found || v.Text == strings.ToValidUTF8(text, "\uFFFD") || v.Text == string([]rune(text))
			}
		}
		if !found {
			t.Fatalf("%q is not in %v", text, turtle)
		}
	})
}
