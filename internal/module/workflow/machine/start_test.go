package machine_test

import (
	"errors"
	"testing"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// A message begins an instance at its own start and brings values; the plain start is another way.
func TestMessageStart(t *testing.T) {
	m := on("m", process.StartEvent, process.Message, "objection")
	m.Outputs = map[string]string{"n": "result.n + 1"}
	p, err := machine.Compile(connect([]process.Element{start, m, user("a"), user("b"), end}, "s a", "m b", "a e", "b e"))
	if err != nil {
		t.Fatal(err)
	}
	begun := func(c machine.Command) (machine.State, []machine.Effect, error) {
		c.Do = machine.Start
		return p.Step(machine.State{}, c, machine.Env{Values: map[string]any{"subject": "case"}})
	}
	s, effects, err := begun(machine.Command{Event: "m", Values: map[string]any{"n": int64(4)}})
	if err != nil || len(s.Tokens) != 1 || s.Tokens[0].At != "b" || effects[0].Do != machine.SetVariable || effects[0].Value != int64(5) {
		t.Errorf("%+v %+v %v", s, effects, err)
	}
	if s, _, err = begun(machine.Command{}); err != nil || s.Tokens[0].At != "a" {
		t.Errorf("%+v %v", s, err)
	}
	if _, effects, err = begun(machine.Command{Event: "m"}); err != nil || effects[0].Do != machine.OpenIncident || effects[0].Name != machine.NoValue {
		t.Errorf("%+v %v", effects, err)
	}
	if _, _, err = begun(machine.Command{Event: "a"}); !errors.Is(err, machine.ErrTarget) {
		t.Errorf("begun at a task: %v", err)
	}
}
