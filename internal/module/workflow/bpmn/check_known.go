package bpmn

import (
	"maps"
	"slices"
	"strings"

	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/rule"
)

// Known is what a process may name in the program it is deployed to. Of a part that is empty nothing is asked: the process is looked at by itself.
type Known struct {
	Deployed  func(key string) bool // processes that can be called
	Callers   []string              // names of the processes that call this one
	Places    []string              // of duties
	Roles     []string              // of posts
	Actions   []string              // of duties, in the order in which the steps of a case come
	Documents map[string]Document   // kinds of document
	Handlers  map[string]Handled    // of service tasks, by name
	Forms     map[string]Form       // by key; those a process names and are not there are unknown
}

// Document says at which steps a kind of document can be there, in actions of [Known].
type Document struct {
	By    string // whose step issues it itself; "" when none does
	From  string // the first whose step it can be there at
	Until string // the last, when it can't be issued after that step; "" for none
}

// Fits tells whether a document can be there when a step of an action is completed.
func (d Document) Fits(action string, actions []string) bool {
	return !d.late(action, actions) && !d.past(action, actions)
}

func (d Document) late(action string, actions []string) bool {
	return slices.Index(actions, action) < slices.Index(actions, d.From)
}

func (d Document) past(action string, actions []string) bool {
	return d.Until != "" && slices.Index(actions, action) > slices.Index(actions, d.Until)
}

// Handled says what a handler of service tasks is called with and what it brings.
type Handled struct {
	Needs []string // inputs it must be given
	Takes []string // inputs it may be given besides
	Gives []string // names in its result
}

// Form is a form as a process sees it: its fields by path.
type Form map[string]FormField

// Fills tells whether the form has the field of a variable, as the variable wants it.
func (f Form) Fills(v process.Variable) bool {
	field, there := f[v.Field]
	return there && (v.Personal || !field.Personal) && (field.Type == v.Type || field.Type == "date" && v.Type == "string")
}

// FormField is a field of a form.
type FormField struct {
	Type     string // of the variable it fills: string, int, double, bool, list, map, date
	Personal bool   // it names or reaches a person
	Always   bool   // every application answers it
}

// named checks what a process names in the program.
func (c *checker) named(k Known) {
	for _, e := range c.p.Elements {
		switch e.Kind {
		case process.UserTask:
			c.dutyNames(e, k)
		case process.ServiceTask:
			c.handler(e, k)
		}
		c.properties(e, k)
	}
	for _, v := range c.p.Variables {
		c.filled(v, k)
	}
}

// unknown tells whether a name is none of those that are known, as far as any are.
func unknown(name string, known []string) bool {
	return name != "" && len(known) > 0 && !slices.Contains(known, name)
}

func (c *checker) dutyNames(e *process.Element, k Known) {
	d := e.Duty
	for _, n := range []struct {
		key, name string
		known     []string
	}{{"bpmn.check.place_unknown", d.Place, k.Places}, {"bpmn.check.role_unknown", d.Role, k.Roles}, {"bpmn.check.action_unknown", d.Action, k.Actions},
		{"bpmn.check.level_unknown", d.Level, process.Levels}} {
		if unknown(n.name, n.known) {
			c.say(e.ID, Error, n.key, n.name)
		}
	}
	switch {
	case d.Level == "":
	case e.Loop != nil:
		c.say(e.ID, Error, "bpmn.check.level_loop")
	case len(c.p.Openings()) > 0: // its instances have the offices that were looked up for another process
		c.say(e.ID, Error, "bpmn.check.level_opening")
	}
	if d.Form != "" && k.Forms != nil && k.Forms[d.Form] == nil {
		c.say(e.ID, Error, "bpmn.check.form_unknown", d.Form)
	}
	document, there := k.Documents[d.Document]
	switch {
	case d.Document == "" || k.Documents == nil:
	case !there:
		c.say(e.ID, Error, "bpmn.check.document_unknown", d.Document)
	case document.late(d.Action, k.Actions):
		c.say(e.ID, Error, "bpmn.check.document_late")
	case document.past(d.Action, k.Actions):
		c.say(e.ID, Error, "bpmn.check.document_past")
	}
}

func (c *checker) handler(e *process.Element, k Known) {
	h, there := k.Handlers[e.Handler]
	switch {
	case e.Handler == "" || k.Handlers == nil:
		return // told, or nobody to ask
	case !there:
		c.say(e.ID, Error, "bpmn.check.handler_unknown", e.Handler)
		return
	}
	for _, name := range h.Needs {
		if e.Inputs[name] == "" {
			c.say(e.ID, Error, "bpmn.check.input_missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Inputs)) {
		if !slices.Contains(h.Needs, name) && !slices.Contains(h.Takes, name) {
			c.say(e.ID, Error, "bpmn.check.input_unknown", name)
		}
	}
	c.brought(e, h)
}

// brought checks that outputs ask nothing of a handler that it does not bring: they would be incidents when it was done.
func (c *checker) brought(e *process.Element, h Handled) {
	if len(e.Outputs) == 0 {
		return
	}
	env, err := rule.NewEnv(machine.Names(c.p))
	if err != nil {
		return // told with the expressions
	}
	for _, variable := range slices.Sorted(maps.Keys(e.Outputs)) {
		for _, name := range env.Fields(e.Outputs[variable], "result") {
			if !slices.Contains(h.Gives, name) {
				c.say(e.ID, Error, "bpmn.check.output_unknown", name)
			}
		}
	}
}

// properties checks the properties that mean something: where they stand, and what they name.
func (c *checker) properties(e *process.Element, k Known) {
	if id := e.Extra[Apart]; id != "" {
		other := c.elements[id]
		switch {
		case e.Kind != process.UserTask:
			c.say(e.ID, Error, "bpmn.check.property_place", Apart)
		case other == nil || other.Kind != process.UserTask || other == e:
			c.say(e.ID, Error, "bpmn.check.apart_unknown", id)
		}
	}
	teller, beside := e.Extra[Teller], e.Extra[Beside]
	if teller != "" {
		switch {
		case !Told(e):
			c.say(e.ID, Error, "bpmn.check.property_place", Teller)
		case teller != Applicant && unknown(teller, k.Roles):
			c.say(e.ID, Error, "bpmn.check.teller_unknown", teller)
		case !Opens(e) && e.Event.Key != "" && strings.TrimSpace(e.Event.Key) != "subject":
			c.say(e.ID, Error, "bpmn.check.teller_key")
		case e.Name == "":
			c.say(e.ID, Error, "bpmn.check.no_name")
		}
	}
	if beside != "" && !Opens(e) {
		c.say(e.ID, Error, "bpmn.check.property_place", Beside)
	}
}

// Told tells whether somebody may tell what an element waits for: it is an event, or a task, to which a message comes.
func Told(e *process.Element) bool {
	if e.Event.Trigger != process.Message {
		return false
	}
	switch e.Kind {
	case process.IntermediateCatch, process.BoundaryEvent, process.ReceiveTask, process.StartEvent:
		return true
	}
	return false
}

// Opens tells whether an element is a start of the process itself that a message brings about.
func Opens(e *process.Element) bool {
	return e.Kind == process.StartEvent && e.Parent == "" && e.Event.Trigger == process.Message
}

// filled checks a variable that is filled with what the applicant answered.
func (c *checker) filled(v process.Variable, k Known) {
	if v.Form == "" && v.Field == "" {
		if v.Personal {
			c.say("", Error, "bpmn.check.personal_nothing", v.Name)
		}
		return
	}
	if v.Form == "" || v.Field == "" {
		c.say("", Error, "bpmn.check.half_bound", v.Name)
		return
	}
	if len(c.p.Openings()) > 0 {
		c.say("", Error, "bpmn.check.bound_opening", v.Name)
	}
	for _, name := range k.Callers {
		c.say("", Error, "bpmn.check.bound_called", v.Name, name)
	}
	if k.Forms == nil {
		return
	}
	f, there := k.Forms[v.Form]
	field, known := f[v.Field]
	switch {
	case !there:
		c.say("", Error, "bpmn.check.form_unknown", v.Form)
	case !known:
		c.say("", Error, "bpmn.check.field_unknown", v.Form, v.Field)
	case field.Type != v.Type && (field.Type != "date" || v.Type != "string"):
		c.say("", Error, "bpmn.check.field_type", v.Name, v.Type, field.Type)
	case field.Personal && !v.Personal:
		c.say("", Error, "bpmn.check.field_personal", v.Name)
	case !field.Personal && v.Personal:
		c.say("", Error, "bpmn.check.personal_nothing", v.Name)
	case !field.Always:
		c.say("", Warning, "bpmn.check.field_optional", v.Name)
	}
}
