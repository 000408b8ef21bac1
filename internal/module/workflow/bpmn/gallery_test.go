package bpmn_test

import (
	"bytes"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
)

func TestGallery(t *testing.T) {
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	if len(samples) != 10 {
		t.Fatalf("%d samples, want 10", len(samples))
	}
	for _, s := range samples {
		p, err := bpmn.Read(s.Source)
		if err != nil {
			t.Fatal(s.Key, err)
		}
		if p.Key != s.Key {
			t.Errorf("%s holds the process %s", s.Key, p.Key)
		}
		for _, f := range bpmn.Check(p, nil) {
			t.Errorf("%s: %s", s.Key, f)
		}
		for _, e := range p.Elements {
			if !bytes.Contains(s.Source, []byte(`bpmnElement="`+e.ID+`"`)) {
				t.Errorf("%s: %s is not drawn", s.Key, e.ID)
			}
		}
	}
}
