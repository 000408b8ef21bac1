package workflow_test

import (
	"context"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// A variable that is revised decides the ways that come after, nothing moves by it, and a subject without a process is passed over.
func TestRevise(t *testing.T) {
	e := newEngine(t)
	e.deploy("p", elements{user("a"), el("which", process.ExclusiveGateway), user("b"), user("c")}, "start a", "a which", "which b n < 5", "which c n >= 5", "b end", "c end")
	e.start("p", "case", map[string]any{"n": 3})
	e.update(func(tx *db.Tx) error {
		for _, subject := range []string{"case", "nobody"} {
			if err := e.flows.Revise(t.Context(), tx, subject, map[string]any{"n": 7}); err != nil {
				return err
			}
		}
		return nil
	})
	e.want("case", "a")
	e.done("case", "a")
	e.want("case", "c")
}

// A duty's level says which office does the task: the one found for it, or that of the place which is of it. Where none is, as in what was deployed and begun
// before levels were heeded, it is the place's own; where nobody is at the place somebody must look.
func TestLevel(t *testing.T) {
	e := newEngine(t)
	leveled := func(id, level string) process.Element {
		x := user(id)
		x.Duty.Level = level
		return x
	}
	nobody := user("g")
	nobody.Duty.Place = "moon"
	e.deploy("p", elements{leveled("a", "city"), leveled("b", ""), leveled("c", "county"), leveled("d", "province"), leveled("e", "村居"), leveled("f", "township"), nobody},
		"start a", "a b", "b c", "c d", "d e", "e f", "f g", "g end")
	e.update(func(tx *db.Tx) error {
		return e.flows.Start(t.Context(), tx, workflow.StartParams{Definition: e.defs["p"], Subject: "case", Places: workflow.Places{"office": {
			{ID: "o", Path: "220102d31", Name: "区局"}, {ID: "u", Path: "2201d31", Name: "市局"}}, "office@township": {{ID: "t", Path: "220102001", Name: "街道"}}}})
	})
	for _, want := range []string{"市局", "区局", "区局", "区局", "区局", "街道"} {
		task := open(t, e.flows, e.db, "case")[0]
		if task.OfficeName != want {
			t.Errorf("%s is done by %s, want %s", task.Node, task.OfficeName, want)
		}
		e.done("case", task.Node)
	}
	list, err := e.flows.Incidents(t.Context(), keeper, "", 5)
	if err != nil || len(list) != 1 || list[0].Element != "g" || list[0].Reason != "nobody" {
		t.Errorf("%+v %v", list, err)
	}
}

// The levels a process names are its own and those of what it calls; an instance that did not look for one goes to no version that names it.
func TestLevelsOfCalled(t *testing.T) {
	e := newEngine(t)
	leveled := func(id, level string) process.Element {
		x := user(id)
		x.Duty.Level = level
		return x
	}
	e.deploy("inner", elements{leveled("i", "city"), leveled("j", "city"), leveled("k", "村居")}, "start i", "i j", "j k", "k end")
	e.deploy("p", elements{leveled("a", "county")}, "start a", "a end")
	e.start("p", "case", nil)
	e.deploy("p", elements{leveled("a", "county"), {ID: "c", Kind: process.CallActivity, Calls: "inner"}}, "start a", "a c", "c end")
	e.update(func(tx *db.Tx) error {
		list, err := e.flows.Leveled(t.Context(), tx, e.defs["p"])
		if err != nil || len(list) != 2 || list[0].ID != "a" || list[1].ID != "i" {
			t.Errorf("%v %v", list, err)
		}
		return nil
	})
	err := e.flows.Migrate(t.Context(), keeper, workflow.Migration{Subject: "case", Version: 2, Reason: "r"})
	if !fault.HasKey(err, "workflow.migrate_level") {
		t.Errorf("gave %v", err)
	}
	e.exec(`UPDATE workflow_instance SET places = '{"office":[{"id":"o","path":"220102d31","name":"o"}],"office@city":[{"id":"u","path":"2201d31","name":"市局"}]}'`)
	if err := e.flows.Migrate(t.Context(), keeper, workflow.Migration{Subject: "case", Version: 2, Reason: "r"}); err != nil {
		t.Fatal(err)
	}
	e.done("case", "a")
	if task := open(t, e.flows, e.db, "case")[0]; task.Node != "i" || task.OfficeName != "市局" {
		t.Errorf("%s is done by %s", task.Node, task.OfficeName)
	}
}

// What others call can't begin to want the applicant's answers, and a form does not lose what processes in force take from it.
func TestBoundVariablesStayFilled(t *testing.T) {
	s := openShelf(t)
	s.Definitions = workflow.NewDefinitions(s.db, workflow.DefinitionNeeds{Rights: s, Log: s, Forms: shop{}})
	draw := func(key, calls string, variables ...process.Variable) []byte {
		p := &process.Process{Key: key, Name: "流程" + key, Variables: variables}
		v := &process.Element{ID: "v", Kind: process.ScriptTask, Script: "1", Incoming: []string{"a"}, Outgoing: []string{"b"}}
		if calls != "" {
			v.Kind, v.Script, v.Calls = process.CallActivity, "", calls
		}
		p.Elements = []*process.Element{{ID: "s", Kind: process.StartEvent, Outgoing: []string{"a"}}, v, {ID: "e", Kind: process.EndEvent, Incoming: []string{"b"}}}
		p.Flows = []*process.Flow{{ID: "a", From: "s", To: "v"}, {ID: "b", From: "v", To: "e"}}
		return bpmn.Write(p)
	}
	area := process.Variable{Name: "area", Type: "double", Form: "shop", Field: "area"}
	for _, source := range [][]byte{draw("inner", ""), draw("outer", "inner"), draw("free", "", area)} {
		if _, err := s.Deploy(t.Context(), program, source, 0); err != nil {
			problem, _ := fault.Of(err)
			t.Fatal(err, problem)
		}
	}
	_, err := s.Deploy(t.Context(), program, draw("inner", "", area), 1)
	if f, ok := fault.Of(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != "bpmn.check.bound_called" || f.Fields[0].Args[1] != "流程outer" {
		t.Errorf("gave %v %+v", err, f)
	}
	for name, c := range map[string]struct {
		form bpmn.Form
		want bool
	}{"kept": {bpmn.Form{"area": {Type: "double"}}, true}, "dropped": {bpmn.Form{"size": {Type: "double"}}, false}, "retyped": {bpmn.Form{"area": {Type: "string"}}, false},
		"personal": {bpmn.Form{"area": {Type: "double", Personal: true}}, false}} {
		err := s.db.View(t.Context(), func(tx *db.Tx) error { return s.Fits(t.Context(), tx, "shop", c.form) })
		if c.want != (err == nil) || !c.want && !fault.HasKey(err, "workflow.form_in_use") {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

// Offices are found up and down the line of the case.
func TestAtLevel(t *testing.T) {
	const home = "220102001001"
	for _, c := range []struct{ path, level, line, want string }{
		{"220102d31", "province", home, "22d31"}, {"220102d31", "city", home, "2201d31"}, {"220102d31", "county", home, "220102d31"},
		{"2201d31", "county", home, "220102d31"}, {"2201d31", "county", "220302001000", ""}, {"2201d31", "county", "", ""},
		{"220102d31", "township", home, "220102001"}, {"220102001", "village", home, home}, {"220102001", "county", home, "220102"}, {"220102d31", "moon", home, ""},
	} {
		if got := process.AtLevel(c.path, c.level, c.line); got != c.want {
			t.Errorf("%s at %s is %q, want %q", c.path, c.level, got, c.want)
		}
		if c.want != "" && process.LevelOf(c.want) != c.level {
			t.Errorf("%s is of the level %s", c.want, process.LevelOf(c.want))
		}
	}
}

// shop is a form with an area, and no other is there.
type shop struct{}

func (shop) Fields(_ context.Context, _ *db.Tx, key string) (bpmn.Form, bool, error) {
	return bpmn.Form{"area": {Type: "double", Always: true}}, key == "shop", nil
}

// What a definition names must be in the program when it is deployed, and again when a second keeper deploys what was proposed.
func TestDeployRefusesUnknownNames(t *testing.T) {
	s := openShelf(t)
	handlers := map[string]bpmn.Handled{"tell": {Needs: []string{"text"}}}
	s.Definitions = workflow.NewDefinitions(s.db, workflow.DefinitionNeeds{Rights: s, Log: s, Forms: shop{}, Known: bpmn.Known{Handlers: handlers}})
	write := func(change func(v *process.Element, x *process.Variable)) []byte {
		p := &process.Process{Key: "p", Name: "p", Variables: []process.Variable{{Name: "area", Type: "double", Form: "shop", Field: "area"}}}
		v := &process.Element{ID: "v", Kind: process.ServiceTask, Handler: "tell", Inputs: map[string]string{"text": `"x"`}}
		g := &process.Element{ID: "g", Kind: process.ExclusiveGateway, Default: "g_e"}
		p.Elements = []*process.Element{{ID: "s", Kind: process.StartEvent}, v, g, {ID: "e", Kind: process.EndEvent}, {ID: "f", Kind: process.EndEvent}}
		for _, f := range [][3]string{{"s", "v", ""}, {"v", "g", ""}, {"g", "e", ""}, {"g", "f", "area > 100.0"}} {
			id := f[0] + "_" + f[1]
			p.Flows = append(p.Flows, &process.Flow{ID: id, From: f[0], To: f[1], When: f[2]})
			p.Element(f[0]).Outgoing, p.Element(f[1]).Incoming = append(p.Element(f[0]).Outgoing, id), append(p.Element(f[1]).Incoming, id)
		}
		change(v, &p.Variables[0])
		return bpmn.Write(p)
	}
	for name, c := range map[string]struct {
		source []byte
		field  string
	}{
		"handler": {write(func(v *process.Element, _ *process.Variable) { v.Handler = "poem" }), "bpmn.check.handler_unknown"},
		"input":   {write(func(v *process.Element, _ *process.Variable) { v.Inputs = nil }), "bpmn.check.input_missing"},
		"form":    {write(func(_ *process.Element, x *process.Variable) { x.Form = "poem" }), "bpmn.check.form_unknown"},
		"type":    {write(func(_ *process.Element, x *process.Variable) { x.Type = "string" }), "bpmn.rule.broken"},
	} {
		_, err := s.Deploy(t.Context(), program, c.source, 0)
		f, ok := fault.Of(err)
		if !ok || f.Key != "bpmn.refused" {
			t.Fatalf("%s gave %v", name, err)
		}
		there := false
		for _, x := range f.Fields {
			there = there || x.Key == c.field && (c.field != "bpmn.check.handler_unknown" || x.Name == "v")
		}
		if !there {
			t.Errorf("%s is refused for %+v", name, f.Fields)
		}
	}
	sound := write(func(*process.Element, *process.Variable) {})
	p, err := s.Propose(t.Context(), draughtsman, sound, 0)
	if err != nil {
		t.Fatal(err)
	}
	delete(handlers, "tell") // another program runs when it is approved
	if _, err := s.Approve(t.Context(), second, p.ID); !fault.HasKey(err, "bpmn.refused") {
		t.Errorf("approved without its handler: %v", err)
	}
	handlers["tell"] = bpmn.Handled{Needs: []string{"text"}}
	if d, err := s.Approve(t.Context(), second, p.ID); err != nil || d.Version != 1 {
		t.Errorf("%+v %v", d, err)
	}
}
