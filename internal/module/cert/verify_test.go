package cert_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

// failed lists the checks that were not good.
func failed(v cert.Verdict) string {
	var names []string
	for _, c := range v.Checks {
		if !c.OK {
			names = append(names, strings.TrimPrefix(c.Detail, "cert.check."))
		}
	}
	return strings.Join(names, " ")
}

func verify(t *testing.T, w *certtest.World, q cert.Question) cert.Verdict {
	t.Helper()
	v, err := w.Verify(t.Context(), actor.Actor{}, q)
	if err != nil {
		t.Fatal(err)
	}
	if v.Valid == (failed(v) != "") {
		t.Errorf("valid is %v, and these failed: %s", v.Valid, failed(v))
	}
	return v
}

func TestStates(t *testing.T) {
	for name, c := range map[string]struct{ change, want string }{
		"valid":      {"", ""},
		"suspended":  {`UPDATE cert_cert SET state = 'suspended'`, "state.suspended"},
		"revoked":    {`UPDATE cert_cert SET state = 'revoked'`, "state.revoked"},
		"superseded": {`UPDATE cert_cert SET state = 'superseded'`, "state.superseded"},
		"prepared":   {`UPDATE cert_cert SET state = 'prepared'`, "found.bad"},
		"expired":    {`UPDATE cert_cert SET valid_until = '2026-01-01'`, "date.late"},
		"early":      {`UPDATE cert_cert SET valid_from = '2999-01-01'`, "date.early"},
		"endless":    {`UPDATE cert_cert SET valid_until = NULL`, ""},
		"signature":  {`UPDATE cert_cert SET signature = record`, "signature.bad"},
		"not-in-log": {`DELETE FROM audit_inbox`, "log.bad"},
	} {
		t.Run(name, func(t *testing.T) {
			w := certtest.Open(t)
			identifier := w.IssueFood(t, "1")
			if c.change != "" {
				execute(t, w, c.change)
			}
			if v := verify(t, w, cert.Question{Identifier: identifier}); failed(v) != c.want {
				t.Errorf("%q failed, want %q", failed(v), c.want)
			}
		})
	}
}

func TestByIdentifier(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	g := certtest.Food("2", "new")
	g.Case.ApplicantID, g.Case.Applicant = "person-citizen", "张*琳"
	g.Applicant.ID, g.Applicant.Kind, g.Applicant.Name, g.Applicant.Number = "person-citizen", "person", "张晓琳", "220102199003070021"
	w.Add(g)
	person, err := w.IssueFor(t.Context(), "2")
	if err != nil {
		t.Fatal(err)
	}
	v := verify(t, w, cert.Question{Identifier: " " + strings.ToLower(identifier) + " "})
	if !v.Valid || v.Certificate.Identifier != identifier || v.Certificate.State != cert.Valid {
		t.Errorf("%+v", v)
	}
	v = verify(t, w, cert.Question{Identifier: person})
	text, err := json.Marshal(v)
	if err != nil || !v.Valid || v.Certificate.Holder != "张*琳" || strings.Contains(string(text), "晓") || strings.Contains(string(text), "2201021990") {
		t.Errorf("a stranger reads %s, %v", text, err)
	}
	for identifier, want := range map[string]string{
		identifier[:len(identifier)-1] + "?": "identifier.bad",
		"JY12345":                            "identifier.malformed",
		"1.2.156.3005.2.11220000MB1A0001XH001.11220102MB1A00036E.20261123000001.001.D": "found.bad",
	} {
		if v := verify(t, w, cert.Question{Identifier: identifier}); failed(v) != want || v.Certificate != nil {
			t.Errorf("%s: %q, want %q", identifier, failed(v), want)
		}
	}
	if _, err := w.Verify(t.Context(), actor.Actor{}, cert.Question{}); !fault.HasKey(err, "cert.nothing_to_verify") {
		t.Errorf("nothing was verified: %v", err)
	}
}

func TestLogPosition(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	said := func() (detail string) {
		for _, c := range verify(t, w, cert.Question{Identifier: identifier}).Checks {
			if c.Name == cert.CheckLog {
				detail = c.Detail
			}
		}
		return detail
	}
	if got := said(); got != "cert.check.log.waiting" {
		t.Errorf("before the sequencer: %s", got)
	}
	if _, err := w.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := said(); got != "cert.check.log.good" {
		t.Errorf("after the sequencer: %s", got)
	}
	if v, err := w.Get(t.Context(), certtest.Holder, identifier); err != nil || v.Position != 0 {
		t.Errorf("position %d, %v", v.Position, err)
	}
	execute(t, w, `UPDATE audit_leaf SET data = $1 WHERE kind = 'cert.issued'`, `{"record":"00"}`)
	if v := verify(t, w, cert.Question{Identifier: identifier}); failed(v) != "log.bad" {
		t.Errorf("a leaf of another record passes: %q", failed(v))
	}
}

func TestToken(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	present := func() cert.Presentation {
		t.Helper()
		p, err := w.Present(t.Context(), certtest.Holder, identifier)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := present()
	if len(p.Token) != 43 || p.Link != certtest.Base+"/verify?token="+p.Token || present().Token == p.Token {
		t.Errorf("%+v", p)
	}
	if n := count(t, w, `SELECT count(*) FROM cert_presentation WHERE token_hash = $1`, []byte(p.Token)); n != 0 {
		t.Error("the token rests in clear")
	}
	if v := verify(t, w, cert.Question{Token: p.Token, Face: true}); !v.Valid || len(v.Certificate.Lines) < 10 || len(v.Certificate.Face) == 0 || v.Certificate.Number == "" {
		t.Errorf("by token: %+v", v)
	}
	if v := verify(t, w, cert.Question{Token: p.Token}); failed(v) != "token.used" || v.Certificate != nil {
		t.Errorf("by the same token: %+v", v)
	}
	p = present()
	execute(t, w, `UPDATE cert_presentation SET expires_at = made_at`)
	if v := verify(t, w, cert.Question{Token: p.Token}); failed(v) != "token.expired" || v.Certificate != nil {
		t.Errorf("by an old token: %+v", v)
	}
	if v := verify(t, w, cert.Question{Token: strings.Repeat("A", 43)}); failed(v) != "token.unknown" {
		t.Errorf("by an invented token: %+v", v)
	}

	p = present()
	var group sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for range 8 {
		group.Go(func() {
			v, err := w.Verify(t.Context(), actor.Actor{}, cert.Question{Token: p.Token})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if v.Valid {
				good++
			}
		})
	}
	group.Wait()
	if good != 1 {
		t.Errorf("one token was redeemed %d times at once", good)
	}
}

func TestPresentedForAMinute(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	p, err := w.Present(t.Context(), certtest.Holder, identifier)
	if err != nil {
		t.Fatal(err)
	}
	if kinds, _ := leaves(t, w, identifier); !slices.Contains(kinds, "cert.presented") {
		t.Errorf("presenting left no leaf: %v", kinds)
	}
	err = w.DB.View(t.Context(), func(tx *db.Tx) error {
		if left := p.Expires.Sub(tx.Now).Seconds(); left <= 0 || left > 60 {
			t.Errorf("a code lives %v seconds", left)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFileTampering changes the files in every way a forger would, and asks which check says so.
func TestFileTampering(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	second := w.IssueFood(t, "2")
	for _, f := range []paper.Format{paper.PDF, paper.OFD} {
		content := document(t, w, identifier, f)
		if v := verify(t, w, cert.Question{File: content}); !v.Valid || v.Certificate.Lines[0].Value != "长春市南关区祥和餐饮有限公司" {
			t.Errorf("%s: %q failed", f, failed(v))
		}
		page := bytes.Clone(content)
		page[len(page)/2] ^= 1
		if v := verify(t, w, cert.Question{File: page}); failed(v) != "document.bad" {
			t.Errorf("%s with another page: %q", f, failed(v))
		}
		record := refilled(t, content, func(slot []byte) []byte {
			return bytes.Replace(slot, []byte("祥和餐饮"), []byte("和祥餐饮"), 1)
		})
		if v := verify(t, w, cert.Question{File: record}); failed(v) != "signature.bad" || v.Certificate != nil {
			t.Errorf("%s with another record: %q", f, failed(v))
		}
		other, err := paper.Open(document(t, w, second, f))
		if err != nil {
			t.Fatal(err)
		}
		swapped := refilled(t, content, func([]byte) []byte { return other.Content() })
		if v := verify(t, w, cert.Question{File: swapped}); failed(v) != "document.bad" {
			t.Errorf("%s with the record of another: %q", f, failed(v))
		}
		for _, nothing := range []string{"", "{}", `{"record":{},"signature":""}`, `{"record":{"format":1},"signature":"AA=="}`, "[]"} {
			emptied := refilled(t, content, func([]byte) []byte { return []byte(nothing) })
			if v := verify(t, w, cert.Question{File: emptied}); failed(v) != "file.empty" {
				t.Errorf("%s with %q in its slot: %q", f, nothing, failed(v))
			}
		}
	}
	for content, want := range map[string]string{"%PDF-1.4": "file.foreign", "PK\x03\x04": "file.foreign", "hello": "file.foreign", strings.Repeat("x", paper.MaxFile+1): "file.large"} {
		if v := verify(t, w, cert.Question{File: []byte(content)}); failed(v) != want {
			t.Errorf("%.10q: %q, want %q", content, failed(v), want)
		}
	}
}

func document(t *testing.T, w *certtest.World, identifier string, f paper.Format) []byte {
	t.Helper()
	content, err := w.Document(t.Context(), certtest.Holder, identifier, f, "")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// refilled is a copy of a file with something else in its slot.
func refilled(t *testing.T, content []byte, change func([]byte) []byte) []byte {
	t.Helper()
	f, err := paper.Open(bytes.Clone(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Fill(change(bytes.Clone(f.Content()))); err != nil {
		t.Fatal(err)
	}
	return f.Bytes()
}

// TestForgedByAnotherKey has somebody with all our programs, but not our key, issue a certificate.
func TestForgedByAnotherKey(t *testing.T) {
	ours, theirs := certtest.Open(t), certtest.Open(t)
	forged := document(t, theirs, theirs.IssueFood(t, "1"), paper.PDF)
	ours.IssueFood(t, "1") // the very same identifier
	if v := verify(t, ours, cert.Question{File: forged}); failed(v) != "signature.bad" {
		t.Errorf("a forger's file: %q", failed(v))
	}
}

func TestVerifyFileOffline(t *testing.T) {
	w := certtest.Open(t)
	content := document(t, w, w.IssueFood(t, "1"), paper.OFD)
	key, err := w.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(content)
	if v := cert.VerifyFile(content, key); !v.Valid || len(v.Checks) != 4 || v.Certificate == nil || !bytes.Equal(before, content) {
		t.Errorf("%+v", v)
	}
	other, err := sm.GenerateSM2()
	if err != nil {
		t.Fatal(err)
	}
	if v := cert.VerifyFile(content, other.Public()); v.Valid || failed(v) != "signature.bad" {
		t.Errorf("another key: %+v", v)
	}
	if v := cert.VerifyFile(nil, key); v.Valid || failed(v) != "file.foreign" {
		t.Errorf("no file: %+v", v)
	}
}

func TestVerificationsAreTold(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	if _, err := w.Verify(t.Context(), certtest.Reviewer, cert.Question{Identifier: identifier}); err != nil {
		t.Fatal(err)
	}
	verify(t, w, cert.Question{Identifier: identifier})
	v, err := w.Get(t.Context(), certtest.Holder, identifier)
	if err != nil || len(v.Verifications) != 2 || v.Verifications[0].Post != "" || v.Verifications[1].Post != "审查" || !v.Verifications[0].Valid {
		t.Errorf("the holder reads %+v, %v", v.Verifications, err)
	}
	var mine []audit.Leaf
	err = w.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		mine, err = w.Log.BySubject(t.Context(), tx, "company-food", "", 10)
		return err
	})
	if err != nil || len(mine) != 3 || mine[0].Kind != "cert.verified" || mine[1].Actor != certtest.Reviewer.Account {
		t.Errorf("the holder's log: %+v, %v", mine, err)
	}
}

func TestStanding(t *testing.T) {
	day := civil.MustParse("2026-11-25")
	for name, c := range map[string]struct {
		cert cert.Cert
		want cert.State
	}{
		"last-day":          {cert.Cert{State: cert.Valid, ValidUntil: day}, cert.Valid},
		"day-after":         {cert.Cert{State: cert.Valid, ValidUntil: day.Add(-1)}, cert.Expired},
		"endless":           {cert.Cert{State: cert.Valid}, cert.Valid},
		"suspended-expired": {cert.Cert{State: cert.Suspended, ValidUntil: day.Add(-1)}, cert.Expired},
		"revoked-stays":     {cert.Cert{State: cert.Revoked, ValidUntil: day.Add(-1)}, cert.Revoked},
	} {
		if got := c.cert.Standing(day); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestFoundAmongMany keeps the seeding that measurements rest on in order.
func TestFoundAmongMany(t *testing.T) {
	w := certtest.Open(t)
	if err := certtest.Seed(t.Context(), w.DB, w.Log, 700); err != nil {
		t.Fatal(err)
	}
	identifier := w.IssueFood(t, "1")
	if _, err := w.Log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, w, cert.Question{Identifier: identifier}); !v.Valid {
		t.Errorf("%s failed", failed(v))
	}
	if n := count(t, w, `SELECT count(*) FROM cert_cert`); n != 701 {
		t.Errorf("%d certificates", n)
	}
}
