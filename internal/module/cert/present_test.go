package cert_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// tomorrow is far enough from midnight, wherever that is.
func tomorrow() civil.Date { return civil.Of(time.Now()).Add(1) }

func lawyer(t testing.TB, w *certtest.World) string {
	t.Helper()
	identifier, err := w.IssueRegistered(t.Context(), actor.Program("test"), certtest.Lawyer())
	if err != nil || identifier == "" {
		t.Fatalf("bringing in a lawyer: %q, %v", identifier, err)
	}
	return identifier
}

func TestWhoVerifiesReadsNoMoreThanTheTypeShows(t *testing.T) {
	w := certtest.Open(t)
	identifier := lawyer(t, w)
	as := func(by actor.Actor) cert.Verdict {
		t.Helper()
		p, err := w.Present(t.Context(), certtest.Citizen, identifier)
		if err != nil {
			t.Fatal(err)
		}
		v, err := w.Verify(t.Context(), by, cert.Question{Token: p.Token, Purpose: "court", Face: true})
		if err != nil || !v.Valid {
			t.Fatalf("%+v, %v", v, err)
		}
		return v
	}
	said := func(v cert.Verdict) string {
		var all []string
		for _, l := range v.Certificate.Lines {
			all = append(all, l.Key)
		}
		return strings.Join(all, " ")
	}
	if v := as(actor.Actor{}); strings.Contains(said(v), "person_number") || len(v.Certificate.Face) != 0 || !v.Certificate.Part {
		t.Errorf("a stranger reads %s, face %d", said(v), len(v.Certificate.Face))
	}
	if v := as(certtest.Chief); !strings.Contains(said(v), "person_number") || len(v.Certificate.Face) == 0 {
		t.Errorf("an officer reads %s", said(v))
	}
	seen, err := w.Seen(t.Context(), certtest.Citizen, identifier)
	if err != nil || len(seen.Verifications) != 2 || seen.Verifications[0].Who != "首席代表" || seen.Verifications[0].Purpose != "court" || seen.Verifications[1].Who != "" {
		t.Errorf("the holder sees %+v, %v", seen, err)
	}
	if _, err := w.Verify(t.Context(), actor.Actor{}, cert.Question{Identifier: identifier, Purpose: "curiosity"}); !fault.HasKey(err, "cert.purpose_missing") {
		t.Errorf("an unknown purpose: %v", err)
	}
}

func TestReplayIsToldToTheHolder(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	p, err := w.Present(t.Context(), certtest.Holder, identifier)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 14 {
		v := verify(t, w, cert.Question{Token: p.Token})
		if (i == 0) != v.Valid || i > 0 && (failed(v) != "token.used" || v.Certificate != nil) {
			t.Fatalf("%d: %+v", i, v)
		}
	}
	seen, err := w.Seen(t.Context(), certtest.Holder, identifier)
	if err != nil || seen.Replays != 10 || seen.ReplayedAt.IsZero() {
		t.Errorf("the holder sees %+v, %v", seen, err)
	}
	if kinds, _ := leaves(t, w, identifier); slices.Index(kinds, "cert.replay_refused") < 0 {
		t.Errorf("leaves %v", kinds)
	}
	if _, err := w.Seen(t.Context(), certtest.Stranger, identifier); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger sees who verified: %v", err)
	}
}

func TestRecall(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	p, err := w.Present(t.Context(), certtest.Holder, identifier)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.PresentOffline(t.Context(), certtest.Holder, identifier, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Recall(t.Context(), certtest.Stranger, identifier); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger recalls: %v", err)
	}
	if err := w.Recall(t.Context(), certtest.Holder, identifier); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, w, cert.Question{Token: p.Token}); failed(v) != "token.expired" {
		t.Errorf("a recalled code: %q", failed(v))
	}
	if list, err := w.OfflineList(t.Context()); err != nil || len(list.Serials) != 11 {
		t.Errorf("the list is %+v, %v", list, err)
	}
}

func TestExcerpt(t *testing.T) {
	w := certtest.Open(t)
	identifier := lawyer(t, w)
	_, choices, err := w.Choices(t.Context(), certtest.Citizen, identifier)
	if err != nil || !slices.ContainsFunc(choices, func(l cert.Line) bool { return l.Key == "over_18" && l.Value == "是" }) {
		t.Fatalf("%+v, %v", choices, err)
	}
	if _, err := w.Present(t.Context(), certtest.Citizen, identifier, "over_18", "salary"); !fault.HasKey(err, "cert.field_unknown") {
		t.Errorf("an unknown field: %v", err)
	}
	p, err := w.Present(t.Context(), certtest.Citizen, identifier, "over_18", "kind", "kind")
	if err != nil {
		t.Fatal(err)
	}
	v := verify(t, w, cert.Question{Token: p.Token, Purpose: "lodging", Face: true})
	c := v.Certificate
	if !v.Valid || len(c.Lines) != 2 || c.Holder != "" || c.Number != "" || c.Identifier != "" || len(c.Face) != 0 {
		t.Fatalf("%+v", v)
	}
	for _, check := range v.Checks {
		if check.Name == cert.CheckLog && len(check.Args) != 0 || check.Name == cert.CheckIdentifier {
			t.Errorf("the check %s leads to the certificate", check.Name)
		}
	}
	key, err := w.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		t.Fatal(err)
	}
	got, err := cert.VerifyExcerpt(c.Proof, key)
	if err != nil || len(got.Lines) != 2 || len(got.Digests) != len(choices) || bytes.Contains(c.Proof, []byte(identifier)) {
		t.Fatalf("%+v, %v", got, err)
	}
	// A disclosure that is not in the list, one twice, a list changed: none is believed.
	pieces := strings.Split(string(c.Proof), "~")
	forged := base64.RawURLEncoding.EncodeToString([]byte(`["AAAAAAAAAAAAAAAAAAAAAA","over_18","已满18周岁","是"]`))
	for name, proof := range map[string]string{
		"forged":  pieces[0] + "~" + forged + "~",
		"twice":   pieces[0] + "~" + pieces[1] + "~" + pieces[1] + "~",
		"list":    "e30" + string(c.Proof),
		"no-end":  strings.TrimSuffix(string(c.Proof), "~"),
		"nothing": "",
	} {
		if _, err := cert.VerifyExcerpt([]byte(proof), key); err == nil {
			t.Errorf("%s is believed", name)
		}
	}
	if _, err := cert.VerifyExcerpt([]byte(pieces[0]+"~"+pieces[2]+"~"), key); err != nil {
		t.Errorf("fewer disclosures of the same list: %v", err)
	}
}

func FuzzVerifyExcerpt(f *testing.F) {
	signer, err := sm.GenerateSM2()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("e30.e30~~")
	f.Add("eyJmb3JtYXQiOiJwYXJ0LzEifQ.AAAA~WyIiLCIiLCIiLCIiXQ~")
	f.Fuzz(func(t *testing.T, proof string) {
		if p, err := cert.VerifyExcerpt([]byte(proof), signer.Public()); err == nil {
			t.Errorf("believed: %+v", p)
		}
	})
}

func TestGrants(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	ctx := t.Context()
	bank := cert.NewGrant{Kind: "unit", Code: "91220101MA84KDQT26", Purpose: "contract", Until: tomorrow()}
	id, err := w.GrantUse(ctx, certtest.Holder, identifier, bank)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Notices[len(w.Notices)-1]; n.Subject != "company-bank" || n.Key != "cert.notice.granted" {
		t.Errorf("the bank was told %+v", n)
	}
	messages := len(w.Notices)
	again, err := w.GrantUse(ctx, certtest.Holder, identifier, bank)
	if err != nil || len(w.Notices) != messages {
		t.Errorf("the bank was told again the same day: %+v, %v", w.Notices, err)
	}
	if err := w.EndGrant(ctx, certtest.Holder, identifier, again); err != nil {
		t.Error(err)
	}
	execute(t, w, `UPDATE cert_grant SET made_at = $1`, time.Now().Add(-25*time.Hour))
	if again, err = w.GrantUse(ctx, certtest.Holder, identifier, bank); err != nil || len(w.Notices) != messages+1 {
		t.Errorf("the bank was not told on another day: %+v, %v", w.Notices, err)
	}
	if err := w.EndGrant(ctx, certtest.Holder, identifier, again); err != nil {
		t.Error(err)
	}
	execute(t, w, `DELETE FROM cert_grant WHERE ended_at IS NOT NULL`)
	for name, in := range map[string]cert.NewGrant{
		"cert.purpose_missing": {Kind: "unit", Code: bank.Code, Purpose: "x", Until: bank.Until},
		"cert.until_range":     {Kind: "unit", Code: bank.Code, Purpose: "contract", Until: tomorrow().Add(-10)},
		"cert.grantee_code":    {Kind: "unit", Code: "123", Purpose: "contract", Until: bank.Until},
		"cert.grantee_self":    {Kind: "unit", Code: "91220102MA1P8Q9R4L", Purpose: "contract", Until: bank.Until},
		"cert.grantee_unknown": {Kind: "person", Name: "张晓林", Number: "220102199303082083", Purpose: "contract", Until: bank.Until},
		"cert.grantee_kind":    {Kind: "", Purpose: "contract", Until: bank.Until},
	} {
		if _, err := w.GrantUse(ctx, certtest.Holder, identifier, in); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v, want %s", in, err, name)
		}
	}
	if _, err := w.GrantUse(ctx, certtest.Stranger, identifier, bank); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger grants: %v", err)
	}
	list, err := w.GrantedTo(ctx, certtest.OtherCompany, "", 10)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Name != "食品经营许可证" {
		t.Fatalf("%+v, %v", list, err)
	}
	g, v, err := w.UseGrant(ctx, certtest.OtherCompany, id)
	if err != nil || !v.Valid || g.Purpose != "contract" || len(v.Certificate.Lines) < 10 || len(v.Certificate.Face) == 0 {
		t.Fatalf("%+v, %+v, %v", g, v, err)
	}
	alone := certtest.OtherCompany
	alone.Company = "" // the same person, not acting for the bank
	for _, by := range []actor.Actor{alone, certtest.Stranger, certtest.Chief, {}} {
		if _, _, err := w.UseGrant(ctx, by, id); !fault.HasKey(err, "cert.no_grant") {
			t.Errorf("%v uses the bank's grant: %v", by, err)
		}
	}
	view, err := w.Get(ctx, certtest.Holder, identifier)
	if err != nil || len(view.Grants) != 1 || len(view.Verifications) != 1 || view.Verifications[0].Who != "吉林省松花江银行" || view.Verifications[0].Way != "grant" || view.Verifications[0].Purpose != "contract" {
		t.Errorf("the holder reads %+v %+v, %v", view.Grants, view.Verifications, err)
	}

	office, err := w.Issuer(ctx, nil, "220102d31")
	if err != nil {
		t.Fatal(err)
	}
	toOffice, err := w.GrantUse(ctx, certtest.Holder, identifier, cert.NewGrant{Kind: "unit", Code: office.Code, Purpose: "service", Until: tomorrow()})
	if err != nil {
		t.Fatal(err)
	}
	if _, v, err := w.UseGrant(ctx, certtest.Reviewer, toOffice); err != nil || !v.Valid {
		t.Errorf("the office does not use its grant: %v", err)
	}
	if _, _, err := w.UseGrant(ctx, certtest.Elsewhere, toOffice); !fault.HasKey(err, "cert.no_grant") {
		t.Errorf("another office uses it: %v", err)
	}

	for range 2 {
		if err := w.EndGrant(ctx, certtest.Holder, identifier, id); err != nil {
			t.Error(err)
		}
	}
	if err := w.EndGrant(ctx, certtest.Holder, identifier, "nothing"); !fault.HasKey(err, "cert.no_grant") {
		t.Error(err)
	}
	if _, _, err := w.UseGrant(ctx, certtest.OtherCompany, id); !fault.HasKey(err, "cert.no_grant") {
		t.Errorf("a grant taken back is used: %v", err)
	}
	execute(t, w, `UPDATE cert_grant SET until_on = '2026-01-01'`)
	if _, _, err := w.UseGrant(ctx, certtest.Reviewer, toOffice); !fault.HasKey(err, "cert.no_grant") {
		t.Errorf("a grant is used after its last day: %v", err)
	}
	kinds, _ := leaves(t, w, identifier)
	for _, k := range []string{"cert.granted", "cert.grant_ended", "cert.verified"} {
		if !slices.Contains(kinds, k) {
			t.Errorf("no leaf %s among %v", k, kinds)
		}
	}
}

func TestCopies(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	ctx := t.Context()
	in := cert.NewCopy{Matter: "开立对公账户", Recipient: "吉林省松花江银行", Until: tomorrow()}
	number, err := w.MakeCopy(ctx, certtest.Holder, identifier, in)
	if err != nil || len(number) != 16 {
		t.Fatalf("%q, %v", number, err)
	}
	if _, err := w.MakeCopy(ctx, certtest.Holder, identifier, cert.NewCopy{Matter: "x", Recipient: "银行", Until: tomorrow().Add(900)}); err == nil ||
		!strings.Contains(err.Error(), "cert.reason_length") || !strings.Contains(err.Error(), "cert.until_range") {
		t.Errorf("a bad copy: %v", err)
	}
	file, err := w.CopyFile(ctx, certtest.Holder, identifier, number)
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Fatal(err)
	}
	if _, err := w.CopyFile(ctx, certtest.Stranger, identifier, number); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger takes the copy: %v", err)
	}
	if bytes.Contains(file, []byte(`"holder"`)) {
		t.Error("the record of the certificate leaves with its copy")
	}
	typed := strings.ToLower(number[:4] + "-" + number[4:8] + " " + number[8:])
	for name, q := range map[string]cert.Question{"number": {Copy: typed}, "file": {File: file}} {
		v := verify(t, w, q)
		if !v.Valid || v.Certificate.Copy == nil || v.Certificate.Copy.Recipient != in.Recipient || v.Certificate.Copy.Until != in.Until || len(v.Certificate.Lines) != 0 {
			t.Errorf("by %s: %+v", name, v)
		}
	}
	changed := bytes.Clone(file)
	changed[len(changed)/3] ^= 1
	if v := verify(t, w, cert.Question{File: changed}); v.Valid || failed(v) != "document.bad" {
		t.Errorf("a changed copy: %q", failed(v))
	}
	if v := verify(t, w, cert.Question{Copy: strings.Repeat("2", 16)}); failed(v) != "copy.bad" {
		t.Errorf("an invented number: %q", failed(v))
	}
	execute(t, w, `UPDATE cert_copy SET until_on = '2026-01-01'`)
	if v := verify(t, w, cert.Question{File: file}); failed(v) != "copy.late" {
		t.Errorf("an expired copy: %q", failed(v))
	}
	for range 2 {
		if err := w.EndCopy(ctx, certtest.Holder, identifier, number); err != nil {
			t.Error(err)
		}
	}
	if v := verify(t, w, cert.Question{Copy: number}); failed(v) != "copy.ended" {
		t.Errorf("a copy taken back: %q", failed(v))
	}
	execute(t, w, `UPDATE cert_copy SET until_on = '2999-01-01', ended_at = NULL`)
	execute(t, w, `UPDATE cert_cert SET state = 'revoked'`)
	if v := verify(t, w, cert.Question{Copy: number}); failed(v) != "state.revoked" {
		t.Errorf("a copy of a revoked certificate: %q", failed(v))
	}
}

func TestOffline(t *testing.T) {
	w := certtest.Open(t)
	identifier := lawyer(t, w)
	ctx := t.Context()
	key, err := w.OfflineKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range []int{0, 8} {
		if _, err := w.PresentOffline(ctx, certtest.Citizen, identifier, days); !fault.HasKey(err, "cert.bad_days") {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if _, err := w.PresentOffline(ctx, certtest.Stranger, identifier, 1); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger: %v", err)
	}
	c, err := w.PresentOffline(ctx, certtest.Citizen, identifier, 7)
	if err != nil || len(c.Link) > 900 || !strings.HasSuffix(c.Link, "/verify/offline/#"+c.Text) {
		t.Fatalf("%d bytes, %v", len(c.Link), err)
	}
	t.Logf("the link of an offline code has %d bytes", len(c.Link))
	o, err := cert.ReadOffline(c.Text, key)
	if err != nil || o.Name != "中华人民共和国律师执业证" || o.Holder != "张晓琳" || !o.Expires.Equal(c.Expires) || len(o.Lines) == 0 {
		t.Fatalf("%+v, %v", o, err)
	}
	if strings.Contains(c.Text, "220102199303082083") {
		t.Error("the code carries what strangers may not read")
	}
	for i := 4; i < len(c.Text); i += 7 {
		changed := []byte(c.Text)
		changed[i] ^= 1
		if _, err := cert.ReadOffline(string(changed), key); err == nil {
			t.Fatalf("a change at %d is not noticed", i)
		}
	}
	list, err := w.OfflineList(ctx)
	if err != nil || list.Serials != "" || !list.Verify(key) {
		t.Fatalf("%+v, %v", list, err)
	}
	execute(t, w, `UPDATE cert_cert SET state = 'suspended'`)
	list, err = w.OfflineList(ctx)
	if err != nil || list.Serials != base64.RawURLEncoding.EncodeToString(o.Serial[:]) || !list.Verify(key) {
		t.Fatalf("%+v, %v", list, err)
	}
	list.At++
	if list.Verify(key) {
		t.Error("a list with another time passes")
	}
	if _, err := w.PresentOffline(ctx, certtest.Citizen, identifier, 1); !fault.HasKey(err, "cert.not_in_force") {
		t.Errorf("a suspended certificate is presented: %v", err)
	}
	execute(t, w, `UPDATE cert_offline SET expires_at = made_at`)
	if list, err = w.OfflineList(ctx); err != nil || list.Serials != "" {
		t.Errorf("an expired code is still on the list: %+v, %v", list, err)
	}
}

func FuzzReadOffline(f *testing.F) {
	keys, err := sm.NewKeyring()
	if err != nil {
		f.Fatal(err)
	}
	key, err := keys.PublicKey(sm.OfflineSigner)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("XY1.W10.AAAA")
	f.Add("XY1..")
	f.Fuzz(func(t *testing.T, text string) {
		if o, err := cert.ReadOffline(text, key); err == nil {
			t.Errorf("believed: %+v", o)
		}
	})
}

func TestComplain(t *testing.T) {
	w := certtest.Open(t)
	identifier := w.IssueFood(t, "1")
	ctx := t.Context()
	verify(t, w, cert.Question{Identifier: identifier})
	view, err := w.Get(ctx, certtest.Holder, identifier)
	if err != nil || len(view.Verifications) != 1 {
		t.Fatalf("%+v, %v", view.Verifications, err)
	}
	id := view.Verifications[0].ID
	if err := w.Complain(ctx, certtest.Holder, identifier, id, " "); !fault.HasKey(err, "cert.bad_complaint") {
		t.Errorf("an empty complaint: %v", err)
	}
	if err := w.Complain(ctx, certtest.Stranger, identifier, id, "没有同意"); !fault.HasKey(err, "cert.not_found") {
		t.Errorf("a stranger complains: %v", err)
	}
	if err := w.Complain(ctx, certtest.Holder, identifier, "nothing", "没有同意"); !fault.HasKey(err, "cert.no_verification") {
		t.Errorf("about nothing: %v", err)
	}
	if err := w.Complain(ctx, certtest.Holder, identifier, id, "没有同意核验"); err != nil {
		t.Fatal(err)
	}
	if err := w.Complain(ctx, certtest.Holder, identifier, id, "再说一次"); !fault.HasKey(err, "cert.complained") {
		t.Errorf("the second time: %v", err)
	}
	list, more, err := w.Complaints(ctx, certtest.Chief, time.Time{}, "", 1)
	if err != nil || more || len(list) != 1 || list[0].Text != "没有同意核验" || list[0].Identifier != identifier {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, _, err = w.Complaints(ctx, certtest.Chief, list[0].ComplainedAt, list[0].ID, 10); err != nil || len(list) != 0 {
		t.Errorf("the page after the last: %+v, %v", list, err)
	}
	if list, _, err := w.Complaints(ctx, certtest.Elsewhere, time.Time{}, "", 10); err != nil || len(list) != 0 {
		t.Errorf("another office's chief reads %+v, %v", list, err)
	}
	if _, _, err := w.Complaints(ctx, certtest.Reviewer, time.Time{}, "", 10); !fault.HasKey(err, "office.no_right") {
		t.Errorf("a reviewer: %v", err)
	}
	kinds, _ := leaves(t, w, identifier)
	if n := len(slices.DeleteFunc(kinds, func(k string) bool { return k != "cert.complaint_read" })); n != 1 {
		t.Errorf("%d leaves of one complaint that was shown once", n)
	}
}

func TestPublicRegister(t *testing.T) {
	w := certtest.Open(t)
	identifier := lawyer(t, w)
	if again := lawyer(t, w); again != identifier {
		t.Errorf("the same lawyer twice: %s and %s", identifier, again)
	}
	if _, err := w.IssueRegistered(t.Context(), certtest.Chief, certtest.Lawyer()); !fault.HasKey(err, "office.no_right") {
		t.Errorf("an officer brings one in: %v", err)
	}
	find := func(text string) []cert.PublicEntry {
		t.Helper()
		list, err := w.FindPublic(t.Context(), actor.Actor{}, "lawyer", text)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, text := range []string{"张晓琳", " 张晓琳 ", certtest.Lawyer().Number} {
		if list := find(text); len(list) != 1 || list[0].Unit != "吉林长白律师事务所" || list[0].State != cert.Valid {
			t.Errorf("%s: %+v", text, list)
		}
	}
	for _, text := range []string{"张晓", "张晓林", "%%", "__", "220102199303082083"} {
		if list := find(text); len(list) != 0 {
			t.Errorf("%s finds %+v", text, list)
		}
	}
	if _, err := w.FindPublic(t.Context(), actor.Actor{}, "lawyer", "张"); !fault.HasKey(err, "cert.public_missing") {
		t.Errorf("one character: %v", err)
	}
	execute(t, w, `UPDATE cert_cert SET state = 'revoked'`)
	if list := find("张晓琳"); len(list) != 1 || list[0].State != cert.Revoked {
		t.Errorf("a revoked one: %+v", list)
	}
}
