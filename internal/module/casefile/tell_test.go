package casefile_test

import (
	"slices"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// hearing begins with an objection that an applicant tells on the page of a case of food_operation.
const hearing = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="https://xiangyun.gov.example/bpmn"><message id="m" name="objection"/>
<process id="hear_objection" name="听取异议" isExecutable="true"><startEvent id="s" name="提出异议"><extensionElements><x:property name="from">applicant</x:property>
<x:property name="beside">food_operation</x:property></extensionElements><messageEventDefinition messageRef="m"/></startEvent><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
<userTask id="a" name="答复异议"><extensionElements><x:duty action="opine" role="reviewer" place="office" limit="3"/></extensionElements></userTask>
<sequenceFlow id="g" sourceRef="a" targetRef="e"/><endEvent id="e"/></process></definitions>`

// What an applicant tells may begin a process beside that of his case, once. Its task is one of the case's, and the case goes on without it.
func TestTellBeginsAProcessBeside(t *testing.T) {
	h := casefiletest.Open(t)
	err := h.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := h.Flows.Deploy(t.Context(), tx, []byte(hearing))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	number := casefiletest.Accepted(t, h)
	if v := view(t, h, casefiletest.Chief, number); len(v.Awaited) != 0 {
		t.Errorf("an officer may tell %+v", v.Awaited)
	}
	v := view(t, h, casefiletest.Company, number)
	if !slices.Equal(v.Awaited, []workflow.Awaited{{Event: "hear_objection:s", Name: "objection", Title: "提出异议", From: "applicant"}}) {
		t.Fatalf("%+v", v.Awaited)
	}
	word := casefile.Word{Number: number, Event: "hear_objection:s", Text: "核查结论与事实不符"}
	wants(t, "an officer", h.Cases.Tell(t.Context(), casefiletest.Chief, word), fault.Conflict, "casefile.word_not_awaited")
	if err := h.Cases.Tell(t.Context(), casefiletest.Company, word); err != nil {
		t.Fatal(err)
	}
	wants(t, "twice", h.Cases.Tell(t.Context(), casefiletest.Company, word), fault.Conflict, "casefile.word_not_awaited")
	after := view(t, h, casefiletest.Company, number)
	if len(after.Tasks) != len(v.Tasks)+1 || after.Case.State != v.Case.State || after.Events[len(after.Events)-1].Comment != "提出异议："+word.Text {
		t.Errorf("%d tasks, were %d; %s", len(after.Tasks), len(v.Tasks), after.Case.State)
	}
	i := slices.IndexFunc(after.Tasks, func(x workflow.OpenTask) bool { return x.Name == "答复异议" })
	if i < 0 || after.Tasks[i].Number != number {
		t.Fatalf("%+v", after.Tasks)
	}
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Task: after.Tasks[i].ID, Comment: "已向申请人说明"})
	if last := view(t, h, casefiletest.Company, number); len(last.Tasks) != len(v.Tasks) || last.Case.State != v.Case.State {
		t.Errorf("after the answer %d tasks stand, %s", len(last.Tasks), last.Case.State)
	}
}
