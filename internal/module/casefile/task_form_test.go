package casefile_test

import (
	"os"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/form"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// inspected is a hall where whoever inspects premises may not see who asks, takes over the phone, and the chief examines the documents and tells when
// the premises were put right.
func inspected(t *testing.T) *casefiletest.Hall {
	t.Helper()
	h := casefiletest.Open(t)
	text, err := os.ReadFile("testdata/inspection.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	source := strings.NewReplacer(`<xiangyun:field name="address" right="read"/>`, `<xiangyun:field name="contact_phone" right="read"/><xiangyun:field name="operator_name" right="hidden"/>`,
		`role="reviewer" place="office" limit="3"`, `role="chief" place="office" limit="3"`,
		`name="整改完成">`, `name="整改完成"><bpmn:extensionElements><xiangyun:property name="from">chief</xiangyun:property></bpmn:extensionElements>`).Replace(string(text))
	err = h.DB.Update(t.Context(), func(tx *db.Tx) error {
		if _, err := h.Items.Forms.Deploy(t.Context(), tx, "site_inspection", []byte(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "核查", "type": "object",
"additionalProperties": false, "required": ["conclusion"], "properties": {"contact_phone": {"title": "电话", "type": "string", "format": "phone", "examples": ["13943100000"]},
"conclusion": {"title": "结论", "type": "string", "maxLength": 100, "examples": ["符合"]}}}`)); err != nil {
			return err
		}
		_, err := h.Flows.Deploy(t.Context(), tx, []byte(source))
		return err
	})
	if err != nil {
		problem, _ := fault.Of(err)
		t.Fatal(err, problem)
	}
	return h
}

// hides checks that somebody is not shown who asks, masked or in clear.
func hides(t *testing.T, h *casefiletest.Hall, when string, by actor.Actor, number string, want bool) {
	t.Helper()
	v := view(t, h, by, number)
	d, err := h.Cases.Disclose(t.Context(), by, number, "examination")
	if err != nil {
		t.Fatal(when, err)
	}
	for how, answers := range map[string]map[string]any{"masked": v.Content.Answers, "in clear": d.Answers} {
		if _, shown := answers["operator_name"]; shown == want {
			t.Errorf("%s, %s: %s shown %v", by.Account, when, how, shown)
		}
	}
}

func phones(lines []form.Line) (out string) {
	for _, l := range lines {
		if l.Title == "电话" {
			out += l.Value
		}
	}
	return out
}

// What a task hides stays hidden from who does it: before it is open, while it is, afterwards, and where numbers are shown in clear. What tasks wrote
// down is masked like the application. Only the office of the case hears what its process waits for.
func TestWhatTasksHide(t *testing.T) {
	h := inspected(t)
	number := casefiletest.Submitted(t, h).Number
	hides(t, h, "before", casefiletest.Reviewer, number, true)
	hides(t, h, "before", casefiletest.Chief, number, false)
	h.Act(t, casefiletest.Window, casefile.Step{Number: number, Action: casefile.Accept})
	hides(t, h, "meanwhile", casefiletest.Reviewer, number, true)
	v := view(t, h, casefiletest.Reviewer, number)
	if v.TaskForm == nil || !strings.Contains(phones(v.TaskForm.Known), "****") {
		t.Fatalf("%+v", v.TaskForm)
	}
	no := false
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: number, Action: casefile.Opine, Comment: "需要整改", Agree: &no, Record: map[string]any{"conclusion": "需要整改"}})
	hides(t, h, "afterwards", casefiletest.Reviewer, number, true)
	hides(t, h, "afterwards", casefiletest.Chief, number, false)
	v = view(t, h, casefiletest.Chief, number)
	if len(v.Written) != 1 || !strings.Contains(phones(v.Written[0].Lines), "****") {
		t.Errorf("%+v", v.Written)
	}
	if d, err := h.Cases.Disclose(t.Context(), casefiletest.Chief, number, "contact"); err != nil || len(d.Written) != 1 || phones(d.Written[0].Lines) == "" || strings.Contains(phones(d.Written[0].Lines), "*") {
		t.Errorf("%+v, %v", d.Written, err)
	}
	if len(v.Awaited) != 1 {
		t.Errorf("the chief of the office hears %+v", v.Awaited)
	}
	// The chief of another department who may look at this office's cases only.
	watcher := casefiletest.Officer("chief.elsewhere", "chief", "220102d16")
	watcher.Duties = append(watcher.Duties, actor.Duty{Role: "reviewer", OfficePath: "220102d31"})
	if v := view(t, h, watcher, number); len(v.Awaited) != 0 {
		t.Errorf("another department's chief hears %+v", v.Awaited)
	}
	err := h.Cases.Tell(t.Context(), watcher, casefile.Word{Number: number, Event: "ready", Text: "已整改"})
	wants(t, "another department's chief", err, fault.Conflict, "casefile.word_not_awaited")
	if err := h.Cases.Tell(t.Context(), casefiletest.Chief, casefile.Word{Number: number, Event: "ready", Text: "已整改"}); err != nil {
		t.Error(err)
	}
}
