package casefile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
)

// drawn deploys a process under the key of the food licence's: a gateway that asks for the area of the premises, and two reviews. duty is said of the second.
func drawn(t *testing.T, h *casefiletest.Hall, object, duty string) {
	t.Helper()
	source := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="https://xiangyun.gov.example/bpmn">
<process id="food_operation" name="食品经营许可" isExecutable="true"><dataObject id="d" name="area" ` + object + `/><startEvent id="s"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="accept"/><userTask id="accept" name="受理"><extensionElements><x:duty action="accept" role="window" place="centre"/></extensionElements></userTask>
<sequenceFlow id="f2" sourceRef="accept" targetRef="g"/><exclusiveGateway id="g" default="f4"/>
<sequenceFlow id="f3" sourceRef="g" targetRef="big"><conditionExpression xsi:type="tFormalExpression">area &gt; 300.0</conditionExpression></sequenceFlow><sequenceFlow id="f4" sourceRef="g" targetRef="small"/>
<userTask id="big" name="现场核查"><extensionElements><x:duty action="opine" role="reviewer" place="office"/></extensionElements></userTask>
<userTask id="small" name="材料审查"><extensionElements><x:duty action="opine" role="reviewer" place="office" ` + duty + `/></extensionElements></userTask>
<sequenceFlow id="f5" sourceRef="big" targetRef="m"/><sequenceFlow id="f6" sourceRef="small" targetRef="m"/><exclusiveGateway id="m"/><sequenceFlow id="f7" sourceRef="m" targetRef="decide"/>
<userTask id="decide" name="决定"><extensionElements><x:duty action="decide" role="chief" place="office" document="decision"/></extensionElements></userTask>
<sequenceFlow id="f8" sourceRef="decide" targetRef="e"/><endEvent id="e"/></process></definitions>`
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := h.Flows.Deploy(t.Context(), tx, []byte(source))
		return err
	})
	if err != nil {
		problem, _ := fault.Of(err)
		t.Fatal(err, problem)
	}
}

const byArea = `x:type="double" x:form="food_operation" x:field="premises_area"`

// sized is an application for premises of an area.
func sized(t *testing.T, h *casefiletest.Hall, area any) casefile.Application {
	t.Helper()
	a := h.FoodApplication(t, casefiletest.Company)
	a.Answers["premises_area"] = area
	return a
}

// What the applicant answered decides the way, and after a correction what he answered then.
func TestAnswersDecideTheWay(t *testing.T) {
	h := casefiletest.Open(t)
	drawn(t, h, byArea, "")
	at := func(number string) string { return view(t, h, casefiletest.Reviewer, number).Tasks[0].Name }
	for area, want := range map[float64]string{126.5: "材料审查", 450: "现场核查"} {
		number := h.Submit(t, casefiletest.Company, sized(t, h, area)).Number
		h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
		if got := at(number); got != want {
			t.Errorf("%v square metres lead to %s, want %s", area, got, want)
		}
	}
	a := sized(t, h, 126.5)
	number := h.Submit(t, casefiletest.Company, a).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.RequestCorrection, Comment: "面积与图纸不符"})
	a.Answers["premises_area"] = 301
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.SubmitCorrection, Answers: a.Answers})
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	if got := at(number); got != "现场核查" {
		t.Errorf("after the correction it stands at %s", got)
	}
	var kept []string
	err := h.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		kept, err = db.All[string](t.Context(), tx, `SELECT variables FROM workflow_instance`)
		return err
	})
	if err != nil || slices.ContainsFunc(kept, func(text string) bool { return strings.Contains(text, "13943100000") }) {
		t.Errorf("variables hold what nobody declared: %v %v", kept, err)
	}
}

// A process that wants answers of another form, or personal ones without saying so, takes no application.
func TestAnswersOfAnotherForm(t *testing.T) {
	for name, object := range map[string]string{"form": `x:type="double" x:form="low_income" x:field="premises_area"`, "field": `x:type="double" x:form="food_operation" x:field="height"`,
		"type": `x:type="double" x:form="food_operation" x:field="staff_count"`} {
		h := casefiletest.Open(t)
		drawn(t, h, object, "")
		_, err := h.Cases.Submit(t.Context(), casefiletest.Company, h.FoodApplication(t, casefiletest.Company), once.Params{})
		wants(t, name, err, fault.Conflict, "casefile.flow_other_form")
	}
}

// A document that a step is bound to must have been issued before; what the step issues itself need not.
func TestDocumentOfAStep(t *testing.T) {
	h := casefiletest.Open(t)
	drawn(t, h, byArea, `document="procedure"`)
	number := casefiletest.Accepted(t, h)
	opine := casefile.Step{Number: number, Action: casefile.Opine, Comment: "已核查"}
	_, err := h.Cases.Act(t.Context(), casefiletest.Reviewer, opine, once.Params{})
	wants(t, "before the notice", err, fault.Conflict, "casefile.document_needed")
	if f, _ := fault.Of(err); len(f.Args) != 1 || !strings.Contains(f.Args[0].(string), "特别程序") {
		t.Errorf("%+v", f)
	}
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Suspend, Procedure: "inspection", Days: 3})
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Resume, Comment: "核查完毕"})
	h.Act(t, casefiletest.Reviewer, opine)
	h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
}

// A step of another level is done by the same department there.
func TestLevelOfAStep(t *testing.T) {
	h := casefiletest.Open(t)
	drawn(t, h, byArea, `level="city"`)
	number := casefiletest.Accepted(t, h)
	if task := view(t, h, casefiletest.Chief, number).Tasks[0]; task.Name != "材料审查" || task.OfficePath != "2201d31" {
		t.Errorf("%s is done at %s", task.Name, task.OfficePath)
	}
	err := h.DB.View(t.Context(), func(tx *db.Tx) error { // who is asked one by one is only who belongs to the place
		kept, err := db.One[db.JSON[workflow.Places]](t.Context(), tx, `SELECT places FROM workflow_instance WHERE number = $1`, number)
		if p := kept.V; len(p["office"]) != 1 || len(p["office@city"]) != 1 {
			t.Errorf("its places are %v", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Cases.Act(t.Context(), casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "区局"}, once.Params{})
	wants(t, "the county's reviewer", err, fault.Forbidden, "casefile.not_your_task")
	h.Act(t, casefiletest.Officer("reviewer.city", "reviewer", "2201d31"), casefile.Step{Number: number, Action: casefile.Opine, Comment: "市局"})
}

// What was deployed before levels and documents were heeded goes on: a level that is none, or of which there is no office, leaves a task where it was, and a
// document that can't be there yet holds nothing up.
func TestDutiesOfBefore(t *testing.T) {
	h := casefiletest.Open(t)
	for _, duty := range []string{`level="village"`, `level="科室"`, `level="county" document="decision"`, `document="correction"`, `document="告知书"`} {
		drawn(t, h, byArea, duty)
		number := casefiletest.Accepted(t, h)
		if task := view(t, h, casefiletest.Chief, number).Tasks[0]; task.OfficePath != "220102d31" {
			t.Errorf("%s is done at %s", duty, task.OfficePath)
		}
		h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "区局"})
		h.Act(t, casefiletest.Chief, casefile.Step{Number: number, Action: casefile.Approve})
	}
}

// A case keeps its form while its process goes to a version for a later one: a correction leaves what its form does not ask as it was.
func TestCorrectionInAnotherVersion(t *testing.T) {
	h := casefiletest.Open(t)
	drawn(t, h, byArea, "")
	a := sized(t, h, 450)
	number := h.Submit(t, casefiletest.Company, a).Number
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.RequestCorrection, Comment: "面积与图纸不符"})
	drawn(t, h, `x:type="double" x:form="food_operation" x:field="height"`, "")
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE workflow_instance SET definition_id = (SELECT id FROM workflow_definition WHERE definition_key = 'food_operation' ORDER BY version DESC LIMIT 1)
WHERE number = $1`, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a.Answers["premises_area"] = 126.5
	h.Act(t, casefiletest.Company, casefile.Step{Number: number, Action: casefile.SubmitCorrection, Answers: a.Answers})
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	if got := view(t, h, casefiletest.Reviewer, number).Tasks[0].Name; got != "现场核查" {
		t.Errorf("it stands at %s", got)
	}
}

// Who lost against another's step is asked again, who is refused is not.
func TestLostRacesAreTriedAgain(t *testing.T) {
	for key, final := range map[string]bool{"casefile.moved_on": false, "workflow.task_gone": false, "casefile.not_now.suspended": true} {
		_, is := errors.AsType[workflow.Failure](casefile.ForGood(fault.New(fault.Conflict, key)))
		if is != final {
			t.Errorf("%s is final: %v", key, is)
		}
	}
}

// Each handler does what it is asked once, however often the same call comes; what is refused for good is told by its code.
func TestHandlers(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Accepted(t, h)
	id := view(t, h, casefiletest.Chief, number).Case.ID
	handlers := h.Cases.Handlers()
	call := func(name, key string, inputs map[string]any) (map[string]any, error) {
		return handlers[name].Run(t.Context(), workflow.Call{Subject: id, Key: key, Inputs: inputs, Attempt: 1})
	}
	refused := func(name, key, code string, inputs map[string]any) {
		t.Helper()
		_, err := call(name, key, inputs)
		if f, ok := errors.AsType[workflow.Failure](err); !ok || f.Code != code {
			t.Errorf("%s %v gave %v, want %s", name, inputs, err, code)
		}
	}
	h.Held[casefiletest.CompanyID+"/business-licence"] = "1.2.156.3005.2.1"
	for range 2 { // the program died before it could tell the process
		for name, inputs := range map[string]map[string]any{"notify_applicant": {"text": "请留意公示"}, "offer_hearing": {"text": "涉及重大利益"}} {
			if _, err := call(name, "key-"+name, inputs); err != nil {
				t.Fatal(name, err)
			}
		}
		if out, err := call("check_certificate", "key-held", map[string]any{"type": "business-licence"}); err != nil || out["held"] != true {
			t.Errorf("%v %v", out, err)
		}
		delete(h.Held, casefiletest.CompanyID+"/business-licence") // the same call is answered as before
	}
	if out, err := call("check_certificate", "key-later", map[string]any{"type": "business-licence"}); err != nil || out["held"] != false {
		t.Errorf("%v %v", out, err)
	}
	counts := map[string]int{}
	for _, l := range h.Leaves(t, number) {
		counts[l.Name]++
	}
	if counts["case.notified"] != 1 || counts["case.hearing_offered"] != 1 || counts["case.certificate_checked"] != 2 {
		t.Errorf("leaves are %v", counts)
	}
	told := 0
	for _, m := range h.Messages(t, casefiletest.CompanyID) {
		if m.Name == "casefile.told.process" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the applicant was told %d times", told)
	}
	refused("notify_applicant", "k1", "casefile.said_nothing", nil)
	refused("check_certificate", "k2", "casefile.certificate_type_unknown", map[string]any{"type": "unknown"})
	refused("begin_procedure", "k3", "casefile.bad_step", map[string]any{"procedure": "moon"})
	for range 2 {
		if _, err := call("begin_procedure", "key-procedure", map[string]any{"procedure": "inspection", "days": int64(3)}); err != nil {
			t.Fatal(err)
		}
	}
	if v := view(t, h, casefiletest.Chief, number); v.Case.State != casefile.Suspended {
		t.Errorf("the case is %s", v.Case.State)
	}
	refused("offer_hearing", "k4", "casefile.not_now.suspended", map[string]any{"text": "涉及重大利益"})
}
