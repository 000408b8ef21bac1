package cert_test

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
)

// TestWhoMay lists what each may do with somebody's certificate: "" for yes, or the key of the refusal.
func TestWhoMay(t *testing.T) {
	window := actor.Actor{Kind: actor.Officer, Account: "window", OfficePath: "220102d90", Duties: []actor.Duty{{Role: "window", OfficePath: "220102d90"}}}
	alone := certtest.Holder
	alone.Company = ""
	for name, c := range map[string]struct {
		by                         actor.Actor
		see, read, present, revoke string
	}{
		"agent-of-the-company":   {certtest.Holder, "", "", "", "office.no_right"},
		"agent-for-himself":      {alone, "cert.not_found", "cert.not_found", "cert.not_found", "cert.not_found"},
		"somebody-else":          {certtest.Stranger, "cert.not_found", "cert.not_found", "cert.not_found", "cert.not_found"},
		"nobody":                 {actor.Actor{}, "cert.not_found", "cert.not_found", "cert.not_found", "cert.not_found"},
		"reviewer":               {certtest.Reviewer, "", "", "cert.not_found", "office.no_right"},
		"window-of-the-centre":   {window, "", "", "cert.not_found", "office.no_right"},
		"chief":                  {certtest.Chief, "", "", "cert.not_found", ""},
		"chief-of-another-place": {certtest.Elsewhere, "cert.not_found", "cert.not_found", "cert.not_found", "cert.not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			w := certtest.Open(t)
			identifier := w.IssueFood(t, "1")
			expect := func(what, want string, err error) {
				t.Helper()
				if want == "" && err != nil || want != "" && !fault.HasKey(err, want) {
					t.Errorf("%s: %v, want %q", what, err, want)
				}
			}
			v, err := w.Get(t.Context(), c.by, identifier)
			expect("see", c.see, err)
			if own := name == "agent-of-the-company"; own != (len(v.Lines) > 0) || own != (v.Number != "") {
				t.Errorf("%s reads the face: %v", name, v.Lines)
			}
			_, err = w.Document(t.Context(), c.by, identifier, paper.PDF, "日常监督检查")
			expect("read", c.read, err)
			_, err = w.Present(t.Context(), c.by, identifier)
			expect("present", c.present, err)
			list, err := w.OfCase(t.Context(), c.by, w.Cases["1"].Case.Number)
			if err != nil || (len(list) == 1) != (c.see == "") {
				t.Errorf("of the case: %d, %v", len(list), err)
			}
			mine, err := w.Mine(t.Context(), c.by, "", 10)
			if err != nil || (len(mine) == 1) != (name == "agent-of-the-company") {
				t.Errorf("mine: %d, %v", len(mine), err)
			}
			expect("revoke", c.revoke, w.Revoke(t.Context(), c.by, identifier, cert.Reason{Kind: cert.RevokedFor, Text: "以欺骗手段取得"}))
		})
	}
}

func TestReadingIsLogged(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	if _, err := w.Document(t.Context(), certtest.Reviewer, identifier, paper.PDF, " "); !fault.HasKey(err, "cert.bad_reason") {
		t.Errorf("an officer reads without a reason: %v", err)
	}
	if _, err := w.Document(t.Context(), certtest.Reviewer, identifier, paper.PDF, "日常监督检查"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Document(t.Context(), certtest.Holder, identifier, paper.OFD, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Document(t.Context(), certtest.Holder, identifier, "docx", ""); !fault.HasKey(err, "cert.bad_format") {
		t.Error(err)
	}
	kinds, all := leaves(t, w, identifier)
	if len(kinds) != 3 || kinds[2] != "cert.taken" || kinds[1] != "cert.read" || all[1].Basis != "日常监督检查" || all[1].Subject != "company-food" {
		t.Errorf("leaves %+v", all)
	}
}

func TestRevoke(t *testing.T) {
	all := map[cert.State]string{
		cert.Valid: `UPDATE cert_cert SET state = 'valid'`, cert.Suspended: `UPDATE cert_cert SET state = 'suspended'`,
		cert.Revoked: `UPDATE cert_cert SET state = 'revoked'`, cert.Superseded: `UPDATE cert_cert SET state = 'superseded'`,
	}
	ends := map[cert.State]cert.State{cert.Valid: cert.Revoked, cert.Suspended: cert.Revoked}
	want := map[cert.Kind]map[cert.State]cert.State{
		cert.Withdrawn: ends, cert.RevokedFor: ends, cert.Cancelled: ends, cert.Penalty: ends,
		cert.Suspending: {cert.Valid: cert.Suspended}, cert.Restoring: {cert.Suspended: cert.Valid},
	}
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	for _, kind := range cert.Kinds {
		for from, set := range all {
			execute(t, w, set)
			err := w.Revoke(t.Context(), certtest.Chief, identifier, cert.Reason{Kind: kind, Text: "理由充分"})
			v, getErr := w.Get(t.Context(), certtest.Holder, identifier)
			if getErr != nil {
				t.Fatal(getErr)
			}
			to, allowed := want[kind][from]
			switch {
			case allowed && (err != nil || v.State != to || v.EndedKind != kind || v.Reason != "理由充分"):
				t.Errorf("%s of a %s one: %s, %v", kind, from, v.State, err)
			case !allowed && !fault.HasKey(err, "cert.moved_on"):
				t.Errorf("%s of a %s one: %v", kind, from, err)
			}
		}
	}
	kinds, _ := leaves(t, w, identifier)
	tally := map[string]int{}
	for _, k := range kinds {
		tally[k]++
	}
	if tally["cert.issued"] != 1 || tally["cert.revoked"] != 8 || tally["cert.suspended"] != 1 || tally["cert.restored"] != 1 || len(w.Notices) != 11 {
		t.Errorf("leaves %v, %d notices", tally, len(w.Notices))
	}
	execute(t, w, all[cert.Valid])
	for _, r := range []cert.Reason{{}, {Kind: "eaten", Text: "理由充分"}, {Kind: cert.Penalty, Text: "一"}} {
		if err := w.Revoke(t.Context(), certtest.Chief, identifier, r); !fault.HasKey(err, "cert.bad_reason") {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if err := w.Revoke(t.Context(), certtest.Chief, "1.2.156", cert.Reason{Kind: cert.Penalty, Text: "理由"}); !fault.HasKey(err, "cert.not_found") {
		t.Error(err)
	}
}

func TestNotInForceIsNotPresented(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	for _, change := range []string{`UPDATE cert_cert SET state = 'suspended'`, `UPDATE cert_cert SET state = 'valid', valid_until = '2026-01-01'`} {
		execute(t, w, change)
		if _, err := w.Present(t.Context(), certtest.Holder, identifier); !fault.HasKey(err, "cert.not_in_force") {
			t.Errorf("%s: %v", change, err)
		}
		err := w.DB.View(t.Context(), func(tx *db.Tx) error {
			held, err := w.Held(t.Context(), tx, "company-food", "food-operation")
			if held != "" {
				t.Errorf("%s: held %s", change, held)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMinePages(t *testing.T) {
	w := certtest.Open(t)
	var want []string
	for _, id := range []string{"1", "2", "3"} {
		want = append([]string{w.IssueFood(t, id)}, want...)
	}
	var got []string
	for before := ""; ; {
		list, err := w.Mine(t.Context(), certtest.Holder, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			got = append(got, c.Identifier)
			before = c.ID
		}
		if len(list) < 2 {
			break
		}
	}
	if len(got) != 3 || got[0] != want[0] || got[2] != want[2] {
		t.Errorf("%v, want %v", got, want)
	}
}
