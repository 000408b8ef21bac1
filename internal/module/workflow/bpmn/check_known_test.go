package bpmn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
)

// program is what the processes of these tests may name.
var program = bpmn.Known{Places: []string{"office", "township"}, Roles: []string{"reviewer", "chief"}, Actions: []string{"accept", "opine", "decide"},
	Documents: map[string]bpmn.Document{"decision": {By: "decide", From: "decide"}, "acceptance": {By: "accept", From: "accept"},
		"hearing": {From: "opine", Until: "decide"}, "correction": {From: "accept", Until: "accept"}},
	Handlers: map[string]bpmn.Handled{"h": {}, "tell": {Needs: []string{"text"}, Takes: []string{"days"}}, "held": {Gives: []string{"held"}}},
	Forms: map[string]bpmn.Form{"shop": {"area": {Type: "double", Always: true}, "floors": {Type: "int"}, "phone": {Type: "string", Personal: true, Always: true},
		"opened": {Type: "date", Always: true}}}}

// TestKnown: what a process names is there, and may stand where it stands; each name that is not is found at its element.
func TestKnown(t *testing.T) {
	duty := func(d process.Duty) func(e *process.Element) {
		return func(e *process.Element) {
			d.Action, d.Role = "opine", "reviewer"
			if d.Place == "" {
				d.Place = "office"
			}
			e.Duty = d
		}
	}
	user := func(change func(e *process.Element)) *process.Process {
		p := draw("s:start a:user b:user e:end", "s>a a>b b>e")
		change(p.Element("a"))
		return p
	}
	service := func(name string, inputs map[string]string) *process.Process {
		p := draw("s:start v:service e:end", "s>v v>e")
		p.Element("v").Handler, p.Element("v").Inputs = name, inputs
		return p
	}
	brings := func(name, output string) *process.Process {
		p := service(name, nil)
		p.Element("v").Outputs = map[string]string{"x": output}
		return p
	}
	catch := func(change func(e *process.Element)) *process.Process {
		p := draw("s:start c:catch e:end", "s>c c>e")
		p.Element("c").Name, p.Element("c").Event.Key = "c", "subject"
		change(p.Element("c"))
		return p
	}
	property := func(name, value string) func(e *process.Element) {
		return func(e *process.Element) { e.Extra = map[string]string{name: value} }
	}
	bound := func(v process.Variable) *process.Process {
		p := draw("s:start a:user e:end", "s>a a>e")
		p.Variables = append(p.Variables, v)
		return p
	}
	for name, c := range map[string]struct {
		p    *process.Process
		want string
	}{
		"sound":         {user(duty(process.Duty{Level: "county", Form: "shop", Document: "hearing"})), ""},
		"place":         {user(duty(process.Duty{Place: "moon"})), "a bpmn.check.place_unknown"},
		"role":          {user(func(e *process.Element) { e.Duty.Role = "king" }), "a bpmn.check.role_unknown"},
		"action":        {user(func(e *process.Element) { e.Duty.Action = "dance" }), "a bpmn.check.action_unknown"},
		"level":         {user(duty(process.Duty{Level: "planet"})), "a bpmn.check.level_unknown"},
		"form":          {user(duty(process.Duty{Form: "poem"})), "a bpmn.check.form_unknown"},
		"document":      {user(duty(process.Duty{Document: "poem"})), "a bpmn.check.document_unknown"},
		"document-late": {user(duty(process.Duty{Document: "decision"})), "a bpmn.check.document_late"},
		"document-early": {user(func(e *process.Element) {
			e.Duty = process.Duty{Action: "accept", Role: "reviewer", Place: "office", Document: "hearing"}
		}), "a bpmn.check.document_late"},
		"document-past":        {user(duty(process.Duty{Document: "correction"})), "a bpmn.check.document_past"},
		"document-own":         {user(func(e *process.Element) { e.Duty.Action, e.Duty.Document = "decide", "decision" }), ""},
		"handler":              {service("poem", nil), "v bpmn.check.handler_unknown"},
		"handler-sound":        {service("tell", map[string]string{"text": `"x"`, "days": "3"}), ""},
		"input-missing":        {service("tell", map[string]string{"days": "3"}), "v bpmn.check.input_missing"},
		"input-unknown":        {service("h", map[string]string{"text": `"x"`}), "v bpmn.check.input_unknown"},
		"output":               {brings("held", `has(result.held) && result["held"] == true`), ""},
		"output-unknown":       {brings("held", `result.hold == "result.held"`), "v bpmn.check.output_unknown"},
		"output-key":           {brings("tell", `result["text"]`), "v bpmn.check.input_missing\nv bpmn.check.output_unknown"},
		"apart":                {user(property("apart", "b")), ""},
		"apart-unknown":        {user(property("apart", "s")), "a bpmn.check.apart_unknown"},
		"apart-itself":         {user(property("apart", "a")), "a bpmn.check.apart_unknown"},
		"apart-place":          {catch(property("apart", "c")), "c bpmn.check.property_place"},
		"from":                 {catch(property("from", "applicant")), ""},
		"from-role":            {catch(property("from", "chief")), ""},
		"from-unknown":         {catch(property("from", "king")), "c bpmn.check.teller_unknown"},
		"from-place":           {user(property("from", "chief")), "a bpmn.check.property_place"},
		"from-key":             {catch(func(e *process.Element) { property("from", "chief")(e); e.Event.Key = `"x"` }), "c bpmn.check.teller_key"},
		"beside-place":         {catch(property("beside", "p")), "c bpmn.check.property_place"},
		"field":                {bound(process.Variable{Name: "area", Type: "double", Form: "shop", Field: "area"}), ""},
		"field-date":           {bound(process.Variable{Name: "opened", Type: "string", Form: "shop", Field: "opened"}), ""},
		"field-form":           {bound(process.Variable{Name: "area", Type: "double", Form: "poem", Field: "area"}), " bpmn.check.form_unknown"},
		"field-unknown":        {bound(process.Variable{Name: "x", Type: "double", Form: "shop", Field: "x"}), " bpmn.check.field_unknown"},
		"field-half":           {bound(process.Variable{Name: "x", Type: "double", Form: "shop"}), " bpmn.check.half_bound"},
		"field-type":           {bound(process.Variable{Name: "area", Type: "string", Form: "shop", Field: "area"}), " bpmn.check.field_type"},
		"field-personal":       {bound(process.Variable{Name: "phone", Type: "string", Form: "shop", Field: "phone"}), " bpmn.check.field_personal"},
		"field-personal-said":  {bound(process.Variable{Name: "phone", Type: "string", Form: "shop", Field: "phone", Personal: true}), ""},
		"field-personal-wrong": {bound(process.Variable{Name: "area", Type: "double", Form: "shop", Field: "area", Personal: true}), " bpmn.check.personal_nothing"},
		"personal-nothing":     {bound(process.Variable{Name: "x", Type: "int", Personal: true}), " bpmn.check.personal_nothing"},
		"field-optional":       {bound(process.Variable{Name: "floors", Type: "int", Form: "shop", Field: "floors"}), " bpmn.check.field_optional"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := bpmn.CheckWithin(t.Context(), c.p, program)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, fmt.Sprint(f.Element, " ", f.Key))
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			again, err := bpmn.Read(bpmn.Write(c.p))
			if err != nil || !slices.Equal(again.Variables, c.p.Variables) {
				t.Errorf("written and read its variables are %+v: %v", again.Variables, err)
			}
		})
	}
}

// TestLevelOfLoop: who does a multi-instance step is said by its list alone.
func TestLevelOfLoop(t *testing.T) {
	p := draw("s:start a:user e:end", "s>a a>e")
	p.Element("a").Loop, p.Element("a").Duty.Level = &process.Loop{Each: "places.office", As: "o"}, "county"
	if f := bpmn.Check(p, nil); len(f) != 1 || f[0].Key != "bpmn.check.level_loop" {
		t.Errorf("found %v", f)
	}
}

// TestLevelOfOpening: what a message begins has the offices that were looked up for the process of its key.
func TestLevelOfOpening(t *testing.T) {
	p := draw("s:start a:user e:end", "s>a a>e")
	p.Element("s").Event = process.Event{Trigger: process.Message, Name: "m"}
	p.Element("a").Duty.Level = "county"
	if f := bpmn.Check(p, nil); !slices.ContainsFunc(f, func(f bpmn.Finding) bool { return f.Element == "a" && f.Key == "bpmn.check.level_opening" }) {
		t.Errorf("found %v", f)
	}
}
