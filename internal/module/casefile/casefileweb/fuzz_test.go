package casefileweb

import (
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
)

// Where a page of an inbox begins comes from an address: whatever stands there is read, and what was written is read as it was.
func FuzzAfterOf(f *testing.F) {
	for _, text := range []string{"", "!2026-12-01_0192", "2026-12-01_0192", "9_x", "!", "_"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := afterOf(text)
		if a.Rank != 0 && a.Rank != -1 {
			t.Errorf("%q has rank %d", text, a.Rank)
		}
		if strings.HasPrefix(a.DueOn, "!") || strings.Contains(a.DueOn, "_") {
			return // no due date looks so
		}
		if again := afterOf(afterText(workflow.OpenTask{ID: a.ID, DueOn: a.DueOn, Standing: workflow.Standing{Rank: a.Rank}})); again != a {
			t.Errorf("%q is %+v, then %+v", text, a, again)
		}
	})
}

// The form of a verb is anybody's bytes: it is read, or refused with a fault.
func FuzzOrderOf(f *testing.F) {
	f.Add("answer", "kind=before&agree=no&words=x")
	f.Add("ask", "to=office:2201&to=account:a&days=3&version=2")
	f.Add("ask", "days=-1&version=x&to=")
	f.Fuzz(func(t *testing.T, verb, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		in, err := orderOf(workflow.Verb(verb), values)
		if _, told := fault.Of(err); err != nil && !told {
			t.Errorf("%q: %v", text, err)
		}
		for _, to := range in.To {
			if (to.Account == "") == (to.Office == "") {
				t.Errorf("%q leads to %+v", text, to)
			}
		}
	})
}
