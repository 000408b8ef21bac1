package casefile_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/platform/fault"
)

// columns are those of the national exchange.
var columns = map[string]string{
	"up_pro_accept": "project_no catalog_code task_code task_handle_item task_name task_version project_name project_type apply_type applyer_type applyer_name applyer_page_type applyer_page_code " +
		"contact_name contact_type contact_code contact_mobile legal address zip_code apply_date org_name org_code handle_user_name accept_date accept_doc_no promise_date",
	"up_pro_process":           "project_no process_name event_name handle_user_name handle_explain event_start_time event_end_time",
	"up_pro_special_procedure": "project_no special_type special_name special_reason applyer_user_name special_time end_time result special_explain handle_user",
	"up_pro_material":          "project_no material_name get_type get_num material_attach_name",
	"up_pro_result":            "project_no result_type result_date result_explain result_cetr_name result_cetr_no is_delivery_results satisfaction handle_user_name",
}

// reasoned checks that no column is empty without a reason, and that nothing else has one.
func reasoned(t *testing.T, r *casefile.Report) {
	t.Helper()
	absent := 0
	check := func(table, at string, row map[string]string) {
		for _, column := range append(strings.Fields(columns[table]), "row_guid", "cd_operation", "cd_time", "cd_batch", "data_source") {
			why := r.Absent[at+"."+column]
			if (row[column] == "") != (why != "") {
				t.Errorf("%s.%s is %q, absent %q", at, column, row[column], why)
			}
			if why != "" {
				absent++
			}
		}
	}
	check("up_pro_accept", "up_pro_accept", r.Accept)
	check("up_pro_result", "up_pro_result", r.Result)
	for table, rows := range map[string][]map[string]string{"up_pro_process": r.Process, "up_pro_special_procedure": r.Special, "up_pro_material": r.Materials} {
		for i, row := range rows {
			check(table, table+"."+strconv.Itoa(i), row)
		}
	}
	if absent != len(r.Absent) {
		t.Errorf("%d reasons for %d columns: %v", len(r.Absent), absent, r.Absent)
	}
}

func TestReport(t *testing.T) {
	h := casefiletest.Open(t)
	fresh := casefiletest.Submitted(t, h).Number
	suspended := casefiletest.Accepted(t, h)
	h.Act(t, casefiletest.Reviewer, casefile.Step{Number: suspended, Action: casefile.Suspend, Procedure: "inspection", Days: 3})
	delivered, refused := casefiletest.Delivered(t, h), casefiletest.Refused(t, h)
	reports := map[string]*casefile.Report{}
	for _, number := range []string{fresh, suspended, delivered, refused} {
		r, err := h.Cases.Reported(t.Context(), casefiletest.Chief, number)
		if err != nil {
			t.Fatal(err)
		}
		reasoned(t, r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, personal := range []string{h.People[casefiletest.CompanyID].Phone, h.People[casefiletest.CompanyID].Number} {
			if personal != "" && strings.Contains(string(text), personal) {
				t.Errorf("the report says who applied: %s", text)
			}
		}
		reports[number] = r
	}
	if r := reports[fresh]; r.Absent["up_pro_accept.accept_date"] != "not_yet" || r.Absent["up_pro_result.result_date"] != "not_yet" || len(r.Process) != 1 {
		t.Errorf("%+v", r)
	}
	if r := reports[suspended]; len(r.Special) != 1 || r.Special[0]["special_type"] != "inspection" || r.Absent["up_pro_special_procedure.0.end_time"] != "not_yet" {
		t.Errorf("%+v", r.Special)
	}
	if r := reports[delivered]; r.Result["result_type"] != "6" || r.Result["is_delivery_results"] != "1" || len(r.Process) != 6 || r.Accept["accept_doc_no"] == "" {
		t.Errorf("%+v", r)
	}
	if !slices.Contains(leafNames(t, h, delivered), "reported") {
		t.Error("the reading leaves no leaf")
	}
}

func TestReportedContactIsLogged(t *testing.T) {
	h := casefiletest.Open(t)
	number := casefiletest.Submitted(t, h).Number
	for who, by := range map[string]actor.Actor{"the reviewer": casefiletest.Reviewer, "the window": casefiletest.Window} {
		_, err := h.Cases.ReportedContact(t.Context(), by, number)
		wants(t, who, err, fault.Forbidden, "office.no_right")
	}
	_, err := h.Cases.Reported(t.Context(), casefiletest.Foreign, number)
	wants(t, "another county", err, fault.NotFound, "casefile.not_found")
	k, err := h.Cases.ReportedContact(t.Context(), casefiletest.Chief, number)
	if p := h.People[casefiletest.CompanyID]; err != nil || k.Name != p.Name || k.Code != p.Number || k.CodeType != "001" {
		t.Errorf("%+v, %v", k, err)
	}
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for column, value := range fields {
		if column != "absent" && (value == "") != (k.Absent[column] != "") {
			t.Errorf("%s is %v, absent %q", column, value, k.Absent[column])
		}
	}
	if got := leafNames(t, h, number); !slices.Contains(got, "contact_read") {
		t.Error(got)
	}
}
