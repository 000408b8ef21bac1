package casefile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/casefile/casefiletest"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/paper"
)

// elsewhere are the kinds of documents that tests of their own bring about.
var elsewhere = []casefile.PaperKind{casefile.OpinionRequest, casefile.SiteRecord, casefile.ExpertRecord, casefile.ForwardLetter, casefile.UrgeNotice,
	casefile.PublicityNotice, casefile.HearingRequest, casefile.HearingSession, casefile.HearingRecord, casefile.HearingConfirmation}

// issueLetters does what the bus does with the letters that were made so far.
func issueLetters(t *testing.T, h *casefiletest.Hall) {
	t.Helper()
	for _, e := range h.Events(t, "workflow.letter_made") {
		var made workflow.LetterMade
		if err := json.Unmarshal([]byte(e.Data), &made); err != nil {
			t.Fatal(err)
		}
		if err := h.Cases.IssueLetter(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLettersOfTasks has what officers write with tasks issued as numbered documents, once each: officers read them as files, who applied does not.
func TestLettersOfTasks(t *testing.T) {
	h, ctx := casefiletest.Open(t), t.Context()
	number := casefiletest.Accepted(t, h)
	task := tasksOf(t, h, number)[0].ID
	do := func(verb workflow.Verb, id string, in workflow.Order) workflow.Result {
		t.Helper()
		by := casefiletest.Reviewer
		if verb == workflow.Urge {
			by = casefiletest.Chief
		}
		r, err := h.Tasks.Do(ctx, by, verb, id, in, once.Params{})
		if err != nil {
			t.Fatal(verb, err)
		}
		return r
	}
	to := []workflow.Addressee{{Office: casefiletest.Environment.OfficePath}}
	on := civil.Of(time.Now()).Add(2)
	do(workflow.Ask, task, workflow.Order{To: to, Words: "是否影响环境", Days: 3})
	for kind, words := range map[workflow.SideKind]string{workflow.Inspection: "布局与图纸一致", workflow.ExpertReview: "方案可行"} {
		made := do(workflow.Invite, task, workflow.Order{Kind: kind, To: to, On: on.String(), Place: "人民大街1号", Words: "请派员参加"}).Made
		do(workflow.Record, made[0], workflow.Order{Words: words})
	}
	do(workflow.Urge, task, workflow.Order{Words: "企业等待开业"})
	if _, err := h.Tasks.Do(ctx, casefiletest.Company, workflow.Urge, tasksOf(t, h, number)[1].ID, workflow.Order{}, once.Params{}); err != nil {
		t.Fatal(err)
	}
	issueLetters(t, h)
	issueLetters(t, h) // an event may come twice
	v := view(t, h, casefiletest.Chief, number)
	got := map[casefile.PaperKind]casefile.Paper{}
	for _, p := range v.Papers[1:] {
		got[p.Kind] = p
	}
	if len(v.Papers) != 5 || len(got) != 4 {
		t.Fatalf("%+v", v.Papers)
	}
	for kind, says := range map[casefile.PaperKind][]string{casefile.OpinionRequest: {"征询字〔", "第0001号", "是否影响环境", number, "前书面答复"},
		casefile.SiteRecord: {"踏勘字〔", on.Chinese(), "人民大街1号", "未提交意见", "结论：布局与图纸一致"}, casefile.ExpertRecord: {"评审字〔", "结论：方案可行"},
		casefile.UrgeNotice: {"催办字〔", "抓紧办理", "企业等待开业"}} {
		p := got[kind]
		text := p.Number + strings.Join(p.Body, "")
		for _, want := range says {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q: %s", kind, want, text)
			}
		}
		if f, err := h.Cases.PaperFile(ctx, casefiletest.Reviewer, number, p.ID, paper.OFD); err != nil || len(f.Content) == 0 {
			t.Errorf("%s as a file: %v", kind, err)
		}
		_, err := h.Cases.Paper(ctx, casefiletest.Company, number, p.ID)
		wants(t, string(kind)+" by the applicant", err, fault.NotFound, "casefile.no_paper")
	}
	if own := view(t, h, casefiletest.Company, number).Papers; len(own) != 1 || own[0].Kind != casefile.AcceptanceNotice {
		t.Errorf("the applicant is shown %+v", own)
	}
	issued := slices.DeleteFunc(h.Leaves(t, number), func(l casefiletest.Told) bool { return l.Name != "case.letter_issued" })
	if len(issued) != 4 || !strings.Contains(issued[0].Data, "paper_digest") {
		t.Errorf("%+v", issued)
	}
}
