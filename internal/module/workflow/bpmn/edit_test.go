package bpmn_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
)

const drawn = `<?xml version="1.0" encoding="UTF-8"?>
<semantic:definitions xmlns:semantic="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:tool="http://example.com/tool" targetNamespace="http://example.com">
  <semantic:process id="p" name='old &amp; "plain"' isExecutable="true">
    <semantic:startEvent id="s"/>
    <semantic:userTask   id="a"  name="Look"  tool:colour="red">
      <semantic:extensionElements>
        <tool:thing note="keep  me"/>
      </semantic:extensionElements>
      <semantic:incoming>f1</semantic:incoming>
      <semantic:outgoing>f2</semantic:outgoing>
    </semantic:userTask>
    <semantic:exclusiveGateway id="g" default="f3"/>
    <semantic:scriptTask id="t" scriptFormat="cel"><semantic:script>1</semantic:script></semantic:scriptTask>
    <semantic:intermediateCatchEvent id="c"><semantic:timerEventDefinition id="td"><semantic:timeDuration>P1D</semantic:timeDuration></semantic:timerEventDefinition></semantic:intermediateCatchEvent>
    <semantic:receiveTask id="r"/>
    <semantic:endEvent id="e"/>
    <semantic:sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
    <semantic:sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
    <semantic:sequenceFlow id="f3" sourceRef="g" targetRef="t"/>
    <semantic:sequenceFlow id="f4" sourceRef="g" targetRef="c"><semantic:conditionExpression>true</semantic:conditionExpression></semantic:sequenceFlow>
    <semantic:sequenceFlow id="f5" sourceRef="t" targetRef="r"/>
    <semantic:sequenceFlow id="f6" sourceRef="c" targetRef="r"/>
    <semantic:sequenceFlow id="f7" sourceRef="r" targetRef="e"/>
  </semantic:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p"><!-- by hand --><bpmndi:BPMNShape id="sh" bpmnElement="a"   ><tool:b/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</semantic:definitions>
`

// picture is what must stay byte for byte.
func picture(source []byte) string {
	return string(source[bytes.Index(source, []byte("<bpmndi:BPMNDiagram")):])
}

func TestEdit(t *testing.T) {
	for name, c := range map[string]struct {
		id     string
		change func(e *process.Element)
	}{
		"name":      {"a", func(e *process.Element) { e.Name = `看 <&> "x"` }},
		"name-away": {"a", func(e *process.Element) { e.Name = "" }},
		"name-new":  {"s", func(e *process.Element) { e.Name = "Begin" }},
		"duty": {"a", func(e *process.Element) {
			e.Duty = process.Duty{Action: "opine", Role: "reviewer", Place: "office", Fields: map[string]string{"b": "edit", "a": "read"}}
		}},
		"loop": {"a", func(e *process.Element) { e.Loop = &process.Loop{Each: "places.opinions", Until: "done > 1"} }},
		"everything": {"a", func(e *process.Element) {
			e.Name, e.Duty.Role, e.Loop, e.Outputs = "N", "chief", &process.Loop{Each: "[1]", As: "x"}, map[string]string{"n": "result.n < 3"}
		}},
		"into-nothing": {"r", func(e *process.Element) {
			e.Outputs, e.Event.Name, e.Event.Key = map[string]string{"n": "result.n"}, "paid", "subject"
		}},
		"empty-to-loop": {"r", func(e *process.Element) { e.Loop, e.Extra = &process.Loop{Each: "[1]"}, map[string]string{"a": "b"} }},
		"default":       {"g", func(e *process.Element) { e.Default = "" }},
		"script":        {"t", func(e *process.Element) { e.Script, e.Result = "2 < 3", "n" }},
		"timer":         {"c", func(e *process.Element) { e.Event.Clock = process.Clock{Workdays: "7"} }},
		"timer-date":    {"c", func(e *process.Element) { e.Event.Clock = process.Clock{Date: `"2026-11-27"`} }},
	} {
		t.Run(name, func(t *testing.T) {
			before := mustRead(t, []byte(drawn))
			want := before.Element(c.id)
			c.change(want)
			out, err := bpmn.Edit([]byte(drawn), want)
			if err != nil {
				t.Fatal(err)
			}
			after := mustRead(t, out)
			if !reflect.DeepEqual(before, after) {
				t.Errorf("is now\n%+v\nin\n%s", *after.Element(c.id), out)
			}
			if picture(out) != picture([]byte(drawn)) {
				t.Error("the picture changed")
			}
			if !bytes.Contains(out, []byte(`<tool:thing note="keep  me"/>`)) || !bytes.Contains(out, []byte(`tool:colour="red"`)) {
				t.Error("what another program wrote was lost")
			}
			again, err := bpmn.Edit(out, want)
			if err != nil || !bytes.Equal(again, out) {
				t.Errorf("the same again changed something: %v", err)
			}
		})
	}
}

func TestEditTakesBack(t *testing.T) {
	p := mustRead(t, []byte(drawn))
	e := p.Element("a")
	e.Duty.Role, e.Loop = "chief", &process.Loop{Each: "[1]"}
	out, err := bpmn.Edit([]byte(drawn), e)
	if err != nil {
		t.Fatal(err)
	}
	e.Duty, e.Loop = process.Duty{}, nil
	out, err = bpmn.Edit(out, e)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if plain(strings.Replace(string(out), ` xmlns:xiangyun="https://xiangyun.gov.example/bpmn"`, "", 1)) != plain(drawn) {
		t.Errorf("is left with\n%s", out)
	}
}

func TestEditFlow(t *testing.T) {
	out, err := bpmn.EditFlow([]byte(drawn), "f4", "late", "outcome == 'late' && 1 < 2")
	if err != nil {
		t.Fatal(err)
	}
	if f := mustRead(t, out).Flow("f4"); f.Name != "late" || f.When != "outcome == 'late' && 1 < 2" {
		t.Errorf("is %+v", f)
	}
	if _, err := bpmn.EditFlow([]byte(drawn), "f1", "", "true"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a condition behind a start gave %v", err)
	}
	if _, err := bpmn.EditFlow([]byte(drawn), "nowhere", "", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown flow gave %v", err)
	}
}

// TestEditWays turns the default of a gateway over to another flow: both conditions and the default change together, and our prefixes are declared once.
func TestEditWays(t *testing.T) {
	want := mustRead(t, []byte(drawn)).Element("g")
	want.Default, want.Extra = "f4", map[string]string{"note": "x"}
	out, err := bpmn.EditWays(t.Context(), []byte(drawn), want, []*process.Flow{{ID: "f3", Name: "on", When: "1 < 2"}, {ID: "f4", Name: "else"}})
	if err != nil {
		t.Fatal(err)
	}
	p := mustRead(t, out)
	if on, other := p.Flow("f3"), p.Flow("f4"); p.Element("g").Default != "f4" || on.When != "1 < 2" || on.Name != "on" || other.When != "" || other.Name != "else" {
		t.Errorf("is %+v %+v %+v", p.Element("g"), on, other)
	}
	if picture(out) != picture([]byte(drawn)) || bytes.Count(out, []byte("xmlns:xiangyun=")) != 1 || bytes.Count(out, []byte("xmlns:xsi=")) != 1 {
		t.Errorf("gave\n%s", out)
	}
	if _, err := bpmn.EditWays(t.Context(), []byte(drawn), want, []*process.Flow{{ID: "nowhere"}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown flow gave %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := bpmn.EditWays(ended, []byte(drawn), want, []*process.Flow{{ID: "f3"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever left is still worked for: %v", err)
	}
	if _, err := bpmn.CheckWithin(ended, p, bpmn.Known{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that was given up gave %v", err)
	}
}

// TestEditRefusesTooMany reads a file of many elements and does not change it; one at the limit changes all the ways of one gateway.
func TestEditRefusesTooMany(t *testing.T) {
	fan := func(ways int) ([]byte, *process.Element, []*process.Flow) {
		p := &process.Process{Key: "p", Elements: []*process.Element{{ID: "s", Kind: process.StartEvent, Outgoing: []string{"f"}}, {ID: "g", Kind: process.ExclusiveGateway, Incoming: []string{"f"}}},
			Flows: []*process.Flow{{ID: "f", From: "s", To: "g"}}}
		var changed []*process.Flow
		for i := range ways {
			id := "w" + strconv.Itoa(i)
			p.Elements[1].Outgoing = append(p.Elements[1].Outgoing, id)
			p.Flows = append(p.Flows, &process.Flow{ID: id, From: "g", To: "e" + strconv.Itoa(i)})
			p.Elements = append(p.Elements, &process.Element{ID: "e" + strconv.Itoa(i), Kind: process.EndEvent, Incoming: []string{id}})
			changed = append(changed, &process.Flow{ID: id, Name: "n" + strconv.Itoa(i), When: "true"})
		}
		return bpmn.Write(p), p.Elements[1], changed
	}
	source, gateway, ways := fan(bpmn.MaxEdited - 2)
	out, err := bpmn.EditWays(t.Context(), source, gateway, ways)
	if err != nil || mustRead(t, out).Flow("w1997").When != "true" {
		t.Fatal(err)
	}
	source, gateway, ways = fan(bpmn.MaxEdited - 1)
	for name, change := range map[string]func() ([]byte, error){
		"ways":    func() ([]byte, error) { return bpmn.EditWays(t.Context(), source, gateway, ways) },
		"element": func() ([]byte, error) { return bpmn.Edit(source, gateway) },
		"flow":    func() ([]byte, error) { return bpmn.EditFlow(source, "f", "x", "") },
		"process": func() ([]byte, error) { return bpmn.EditProcess(source, "x", nil) },
	} {
		if _, err := change(); !fault.HasKey(err, "bpmn.refused") {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

func TestEditProcess(t *testing.T) {
	vars := []process.Variable{{Name: "area", Type: "int"}, {Name: "note", Type: "string"}}
	out, err := bpmn.EditProcess([]byte(drawn), "new", vars)
	if err != nil {
		t.Fatal(err)
	}
	if p := mustRead(t, out); p.Name != "new" || !reflect.DeepEqual(p.Variables, vars) {
		t.Errorf("is %s %v", p.Name, p.Variables)
	}
	out, err = bpmn.EditProcess(out, "new", []process.Variable{{Name: "area", Type: "double"}})
	if err != nil {
		t.Fatal(err)
	}
	if p := mustRead(t, out); len(p.Variables) != 1 || p.Variables[0].Type != "double" {
		t.Errorf("is %v", p.Variables)
	}
	for name, bad := range map[string]process.Variable{"name": {Name: "面积", Type: "int"}, "type": {Name: "x", Type: "number"}} {
		if _, err := bpmn.EditProcess(out, "new", []process.Variable{bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	shown := bytes.Replace(out, []byte(`<semantic:startEvent`), []byte(`<semantic:dataObjectReference id="ref" dataObjectRef="data_1"/><semantic:startEvent`), 1)
	if _, err := bpmn.EditProcess(shown, "new", nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("a drawn variable was taken away: %v", err)
	}
}

// FuzzEdit renames and changes an element of whatever reads: the result reads as asked, or is refused with a reason.
func FuzzEdit(f *testing.F) {
	f.Add([]byte(drawn), "a", "N")
	f.Add(file("", around(`<userTask id="a"/>`)), "a", `<&">`)
	f.Fuzz(func(t *testing.T, source []byte, id, name string) {
		p, err := bpmn.Read(source)
		if err != nil || p.Element(id) == nil {
			return
		}
		e := p.Element(id)
		e.Name, e.Extra = name, map[string]string{"k": name}
		if bpmn.Activity(e.Kind) && !e.Triggered {
			e.Loop = &process.Loop{Each: "[1]"}
		}
		out, err := bpmn.Edit(source, e)
		if err != nil {
			if _, ok := fault.Of(err); !ok {
				t.Fatal(err)
			}
			return
		}
		if got := mustRead(t, out).Element(id).Name; got != name {
			t.Fatalf("is called %q, want %q", got, name)
		}
	})
}
