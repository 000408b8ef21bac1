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

// A duty's level says which office of the place does the task; where no office is of it somebody must look.
func TestLevel(t *testing.T) {
	e := newEngine(t)
	leveled := func(id, level string) process.Element {
		x := user(id)
		x.Duty.Level = level
		return x
	}
	e.deploy("p", elements{leveled("a", "city"), leveled("b", ""), leveled("c", "county"), leveled("d", "province")}, "start a", "a b", "b c", "c d", "d end")
	e.update(func(tx *db.Tx) error {
		return e.flows.Start(t.Context(), tx, workflow.StartParams{Definition: e.defs["p"], Subject: "case", Places: workflow.Places{"office": {
			{ID: "o", Path: "220102d31", Name: "区局"}, {ID: "u", Path: "2201d31", Name: "市局"}}}})
	})
	for _, want := range []string{"市局", "区局", "区局"} {
		task := open(t, e.flows, e.db, "case")[0]
		if task.OfficeName != want {
			t.Errorf("%s is done by %s, want %s", task.Node, task.OfficeName, want)
		}
		e.done("case", task.Node)
	}
	list, err := e.flows.Incidents(t.Context(), keeper, "", 5)
	if err != nil || len(list) != 1 || list[0].Element != "d" || list[0].Reason != "nobody" {
		t.Errorf("%+v %v", list, err)
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
