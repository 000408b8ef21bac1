package workflowweb_test

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/webtest"
)

// lines are entries as a form takes them.
func lines(m map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, name+" = "+m[name])
	}
	return strings.Join(out, "\n")
}

// bare takes away all that is said in forms: what is left is what is drawn.
func bare(t *testing.T, source []byte, p *process.Process) []byte {
	t.Helper()
	keep := func(out []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		source = out
	}
	for _, e := range p.Elements {
		b := process.Element{ID: e.ID, Kind: e.Kind, Event: e.Event, Loop: e.Loop, Script: e.Script}
		if e.Kind == process.ScriptTask {
			b.Script = "0"
		}
		if e.Loop != nil {
			b.Loop = &process.Loop{Each: "[]"}
		}
		keep(bpmn.Edit(source, &b))
	}
	for _, f := range p.Flows {
		keep(bpmn.EditFlow(source, f.ID, "", ""))
	}
	keep(bpmn.EditProcess(source, "新流程", nil))
	return source
}

// said is what the form of an element takes to say what it is.
func said(p *process.Process, e *process.Element) map[string]string {
	d := e.Duty
	out := map[string]string{"name": e.Name}
	switch e.Kind {
	case process.UserTask:
		maps.Copy(out, map[string]string{"action": d.Action, "role": d.Role, "place": d.Place, "level": d.Level, "form": d.Form, "fields": lines(d.Fields), "document": d.Document,
			"limit": d.Limit, "outputs": lines(e.Outputs), "apart": e.Extra["apart"], "each": "", "as": "", "until": ""})
	case process.ScriptTask:
		out["script"], out["result"] = e.Script, e.Result
	case process.ServiceTask:
		out["handler"], out["inputs"], out["outputs"] = e.Handler, lines(e.Inputs), lines(e.Outputs)
	case process.ExclusiveGateway, process.InclusiveGateway:
		out["default"] = e.Default
		for _, id := range e.Outgoing {
			out["name-"+id], out["when-"+id] = p.Flow(id).Name, p.Flow(id).When
		}
	}
	if e.Kind == process.BoundaryEvent && e.Keep {
		out["keep"] = "1"
	}
	if l := e.Loop; l != nil {
		out["each"], out["as"], out["until"] = l.Each, l.As, l.Until
		if l.Sequential {
			out["sequential"] = "1"
		}
	}
	switch e.Event.Trigger {
	case process.Message:
		out["event"], out["event_key"], out["teller"] = e.Event.Name, e.Event.Key, e.Extra["from"]
		if bpmn.Opens(e) {
			delete(out, "event_key")
			out["beside"] = e.Extra["beside"]
		}
	case process.Timer:
		switch c := e.Event.Clock; {
		case c.Duration != "":
			out["clock"], out["clock_value"] = "duration", c.Duration
		case c.Date != "":
			out["clock"], out["clock_value"] = "date", c.Date
		default:
			out["clock"], out["clock_value"] = "workdays", c.Workdays
		}
	}
	return out
}

// TestShippedProcessesAreMadeHere: all that the shipped processes and the samples say beyond what is drawn is said in the forms of the designer.
func TestShippedProcessesAreMadeHere(t *testing.T) {
	d := open(t)
	files, err := filepath.Glob("../../../assembly/demo/catalogue/flows/*.bpmn")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	sources := map[string][]byte{}
	for _, f := range files {
		if sources[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	samples, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if bytesOf := sources[s.Key+".bpmn"]; bytesOf != nil && string(bytesOf) != string(s.Source) {
			t.Errorf("the sample %s is not the process that is shipped", s.Key)
		}
		sources[s.Key+".bpmn"] = s.Source
	}
	for name, text := range sources {
		t.Run(name, func(t *testing.T) {
			want, err := bpmn.Read(text)
			if err != nil {
				t.Fatal(err)
			}
			b, now := webtest.New(t, d.handler), string(bare(t, text, want))
			edit := func(do string, fields map[string]string) {
				t.Helper()
				form := url.Values{"source": {now}, "from": {"0"}, "do": {do}}
				for name, value := range fields {
					form.Set(name, value)
				}
				if b.Post("/desk/processes/edit", form); b.Status() != 200 {
					t.Fatalf("%s with %v: %v", do, fields, b.Errors())
				}
				now = source(t, b)
			}
			var variables []string
			for _, v := range want.Variables {
				variables = append(variables, v.Name+" = "+v.Type)
			}
			edit("process", nil)
			edit("save-process", map[string]string{"name": want.Name, "variables": strings.Join(variables, "\n")})
			for _, e := range want.Elements {
				edit("open:"+e.ID, nil)
				fields := said(want, e)
				for name := range fields {
					if !strings.Contains(b.Body(), `name="`+name+`"`) {
						t.Errorf("the form of %s does not ask for %s", e.ID, name)
					}
				}
				edit("save:"+e.ID, fields)
			}
			got, err := bpmn.Read([]byte(now))
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range want.Elements {
				a, b := *e, *got.Elements[i]
				for _, x := range []*process.Element{&a, &b} {
					for _, m := range []*map[string]string{&x.Inputs, &x.Outputs, &x.Extra, &x.Duty.Fields} {
						if len(*m) == 0 {
							*m = nil
						}
					}
				}
				if !reflect.DeepEqual(a, b) {
					t.Errorf("%s became %+v, was %+v", e.ID, b, a)
				}
			}
			for i, f := range want.Flows {
				if *got.Flows[i] != *f {
					t.Errorf("%s became %+v, was %+v", strconv.Itoa(i), *got.Flows[i], *f)
				}
			}
			if got.Name != want.Name || !slices.Equal(got.Variables, want.Variables) {
				t.Errorf("%s has %+v, was %s with %+v", got.Name, got.Variables, want.Name, want.Variables)
			}
		})
	}
}

// TestVariablesOfTheForm: a variable is bound to a field of the applicant's form in words, and shown so again.
func TestVariablesOfTheForm(t *testing.T) {
	d := open(t)
	b := webtest.New(t, d.handler)
	b.Open("/desk/processes/new?sample=instant").Wants(200)
	form := url.Values{"source": {source(t, b)}, "from": {"0"}, "do": {"save-process"}, "name": {"x"}, "variables": {"area = double，shop.area\nphone = string, shop.owner.phone, 个人信息\nn = int"}}
	b.Post("/desk/processes/edit", form).Wants(200)
	p, err := bpmn.Read([]byte(source(t, b)))
	want := []process.Variable{{Name: "area", Type: "double", Form: "shop", Field: "area"}, {Name: "phone", Type: "string", Form: "shop", Field: "owner.phone", Personal: true}, {Name: "n", Type: "int"}}
	if err != nil || !slices.Equal(p.Variables, want) {
		t.Fatalf("%+v %v", p.Variables, err)
	}
	b.Post("/desk/processes/edit", url.Values{"source": {source(t, b)}, "from": {"0"}, "do": {"process"}}).Wants(200, "phone = string, shop.owner.phone, personal")
}
