package casefile_test

import (
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/fault"
)

// life says for every state and every action where it leads; a dash is a refusal.
const life = `
from       settle    accept   request_correction reject   submit_correction opine    approve  refuse  suspend   prolong   resume   extend   ask_extension decline_extension offer_hearing deliver   withdraw  bring_missing remind_gap cancel_acceptance inspect   annul     cancel_grant transfer  take_over send_back suspend_again ask_hearing call_hearing record_hearing confirm_hearing publicize answer_objection
submitted  delivered accepted correcting         rejected -                 -        -        -       -         -         -        -        -             -                 -             -         withdrawn submitted     -          -                 -         -         -            submitted submitted submitted -             -           -            -              -               -         -
correcting -         -        -                  rejected submitted         -        -        -       -         -         -        -        -             -                 -             -         withdrawn -             -          -                 -         -         -            -         -         -         -             -           -            -              -               -         -
accepted   -         -        -                  -        -                 accepted approved refused suspended -         -        accepted accepted      accepted          accepted      -         withdrawn accepted      accepted   rejected          -         -         -            -         -         -         suspended     accepted    accepted     accepted       accepted        accepted  accepted
suspended  -         -        -                  -        -                 -        -        -       -         suspended accepted -        -             suspended         -             -         withdrawn suspended     suspended  rejected          -         -         -            -         -         -         -             suspended   suspended    suspended      suspended       suspended suspended
approved   -         -        -                  -        -                 -        -        -       -         -         -        -        -             -                 -             delivered -         approved      approved   -                 approved  delivered -            -         -         -         -             -           -            -              -               -         -
refused    -         -        -                  -        -                 -        -        -       -         -         -        -        -             -                 -             delivered -         -             -          -                 -         -         -            -         -         -         -             -           -            -              -               -         -
delivered  -         -        -                  -        -                 -        -        -       -         -         -        -        -             -                 -             -         -         -             -          -                 delivered delivered delivered    -         -         -         -             -           -            -              -               -         -
rejected   -         -        -                  -        -                 -        -        -       -         -         -        -        -             -                 -             -         -         -             -          -                 -         -         -            -         -         -         -             -           -            -              -               -         -
withdrawn  -         -        -                  -        -                 -        -        -       -         -         -        -        -             -                 -             -         -         -             -          -                 -         -         -            -         -         -         -             -           -            -              -               -         -`

func TestEveryStateAndAction(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(life), "\n")
	actions := strings.Fields(lines[0])[1:]
	if len(actions) != len(casefile.Actions) {
		t.Fatalf("the table has %d actions, there are %d", len(actions), len(casefile.Actions))
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		from := casefile.State(cells[0])
		for i, want := range cells[1:] {
			a := casefile.Action(actions[i])
			if !slices.Contains(casefile.Actions, a) {
				t.Fatalf("%s is no action", a)
			}
			got, err := casefile.Next(&casefile.Case{State: from, Outcome: "approved"}, a)
			switch {
			case want == "-" && !(fault.Is(err, fault.Conflict) && fault.HasKey(err, "casefile.not_now."+string(from))):
				t.Errorf("%s when %s: %q, %v; want a refusal", a, from, got, err)
			case want != "-" && (err != nil || got != casefile.State(want)):
				t.Errorf("%s when %s: %q, %v; want %s", a, from, got, err, want)
			}
		}
		if open := from != "delivered" && from != "rejected" && from != "withdrawn"; from.Open() != open {
			t.Errorf("%s is open: %v", from, from.Open())
		}
	}
}

func TestOnceOnly(t *testing.T) {
	if _, err := casefile.Next(&casefile.Case{State: casefile.Submitted, Corrections: 1}, casefile.RequestCorrection); !fault.HasKey(err, "casefile.corrected_once") {
		t.Errorf("a second correction: %v", err)
	}
	if _, err := casefile.Next(&casefile.Case{State: casefile.Accepted, ExtendedDays: 3}, casefile.Extend); !fault.HasKey(err, "casefile.extended_once") {
		t.Errorf("a second extension: %v", err)
	}
	if _, err := casefile.Next(&casefile.Case{State: casefile.Submitted}, "archive"); !fault.HasKey(err, "casefile.no_action") {
		t.Errorf("an unknown action: %v", err)
	}
}
