package seal_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/ses"
)

func wants(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != kind || key != "" && f.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func failed(results []ses.Result) (out []string) {
	for _, r := range results {
		if !r.OK {
			out = append(out, r.Detail)
		}
	}
	return out
}

// verifies asks for the ten checks and wants these to fail.
func verifies(t *testing.T, w *sealtest.World, signature []byte, text string, want ...string) {
	t.Helper()
	results, err := w.Check(t.Context(), signature, sealtest.Digest(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := failed(results); !slices.Equal(got, want) {
		t.Errorf("failed %v, want %v", got, want)
	}
}

func TestLifeOfASeal(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	id := w.Applied(t, sealtest.Chief, seal.Approval)
	wants(t, w.Examine(ctx, sealtest.Chief, id, true, ""), fault.Forbidden, "seal.no_right")
	wants(t, w.Make(ctx, sealtest.Province, id), fault.Conflict, "seal.moved_on")
	if err := w.Examine(ctx, sealtest.Province, id, true, ""); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Examine(ctx, sealtest.Province, id, false, "不"), fault.Conflict, "seal.moved_on")
	wants(t, w.Make(ctx, sealtest.Chief, id), fault.Forbidden, "seal.no_right")
	for range 2 {
		if err := w.Make(ctx, sealtest.Province, id); err != nil {
			t.Fatal(err)
		}
	}
	v, err := w.Get(ctx, sealtest.Chief, id)
	if err != nil || v.EsID != "2201020000001-01" || v.State != seal.InUse || v.Width != 38 || !v.Owns || !v.Manages || v.Reviews {
		t.Fatalf("%+v, %v", v.Seal, err)
	}
	made, err := ses.ParseSeal(v.Whole)
	if err != nil || !strings.Contains(made.Info.Name, "测试") || !bytes.HasPrefix(made.Picture.Data, []byte("\x89PNG")) {
		t.Fatalf("%+v, %v", made.Info, err)
	}

	first, err := w.Affix(ctx, sealtest.Chief, sealtest.ForCase(id, "批准"))
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, w, first.Signature, "批准")
	verifies(t, w, first.Signature, "改过", "digest.differs")
	again, err := w.Affix(ctx, sealtest.Chief, sealtest.ForCase(id, "批准"))
	if err != nil || !bytes.Equal(again.Signature, first.Signature) || w.Count("seal.affixed") != 1 {
		t.Errorf("affixed again: %v, %d leaves", err, w.Count("seal.affixed"))
	}

	wants(t, w.Move(ctx, sealtest.Chief, id, seal.Found), fault.Conflict, "seal.moved_on")
	if err := w.Move(ctx, sealtest.Chief, id, seal.Lost); err != nil {
		t.Fatal(err)
	}
	_, err = w.Affix(ctx, sealtest.Chief, sealtest.ForCase(id, "再批"))
	wants(t, err, fault.Conflict, "seal.not_in_use")
	// What was affixed before the suspension, in the same second too, stands.
	verifies(t, w, first.Signature, "批准")
	if err := w.Move(ctx, sealtest.Chief, id, seal.Found); err != nil {
		t.Fatal(err)
	}

	newer, err := w.Apply(ctx, sealtest.Chief, seal.Application{Owner: seal.Office, OwnerID: sealtest.OfficePath, Kind: seal.Approval, Years: 2, Reason: "到期", Replaces: id})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Examine(ctx, sealtest.Province, newer, true, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Make(ctx, sealtest.Province, newer); err != nil {
		t.Fatal(err)
	}
	old, _ := w.Get(ctx, sealtest.Chief, id)
	now, _ := w.Get(ctx, sealtest.Chief, newer)
	if old.State != seal.Ended || now.EsID != "2201020000001-02" || now.State != seal.InUse || len(now.Holders) != 1 {
		t.Errorf("old %s, new %+v", old.State, now.Seal)
	}
	verifies(t, w, first.Signature, "批准")
	_, err = w.Affix(ctx, sealtest.Chief, sealtest.ForCase(id, "旧章"))
	wants(t, err, fault.Conflict, "seal.not_in_use")
	wants(t, w.Move(ctx, sealtest.Chief, id, seal.Found), fault.Conflict, "seal.moved_on")
	list, err := w.RevocationList(ctx)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	if !w.WasTold(sealtest.Chief.Subject, "seal.told.made") || !w.WasTold(sealtest.Chief.Subject, "seal.told.lost") {
		t.Errorf("told %v", w.Told)
	}
}

// TestStandingAtAnInstant asks the register about instants around every move.
func TestStandingAtAnInstant(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }
	id := w.Made(t, sealtest.Chief, seal.Official)
	v, err := w.Get(ctx, sealtest.Chief, id)
	if err != nil {
		t.Fatal(err)
	}
	err = w.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM seal_standing`); err != nil {
			return err
		}
		for i, s := range []seal.State{seal.InUse, seal.Suspended, seal.InUse, seal.Ended} {
			if _, err := tx.Exec(ctx, `INSERT INTO seal_standing (id, seal_id, es_id, state, ground, from_at, set_by) VALUES ($1, $2, 'E', $3, 'made', $4, '')`,
				fmt.Sprint(i), id, string(s), at(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[time.Time]ses.Standing{at(0).Add(-time.Second): ses.Unknown, at(0): ses.InUse, at(1).Add(-time.Second): ses.InUse, at(1): ses.Suspended,
		at(2): ses.InUse, at(3): ses.Ended, at(3).AddDate(1, 0, 0): ses.Ended} {
		if got, err := w.Standing(ctx, v.Whole, when); err != nil || got != want {
			t.Errorf("at %v: %v, want %v (%v)", when, got, want, err)
		}
	}
	if got, _ := w.Standing(ctx, []byte("nothing"), at(1)); got != ses.Unknown {
		t.Errorf("an unknown seal: %v", got)
	}
}

func TestWhoMay(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	apply := func(by actor.Actor, owner seal.OwnerKind, of string, k seal.Kind) error {
		_, err := w.Apply(ctx, by, seal.Application{Owner: owner, OwnerID: of, Kind: k, Years: 1, Reason: "用"})
		return err
	}
	wants(t, apply(sealtest.Other, seal.Office, sealtest.OfficePath, seal.Official), fault.Forbidden, "")
	wants(t, apply(sealtest.Clerk, seal.Office, sealtest.OfficePath, seal.Official), fault.Forbidden, "")
	wants(t, apply(sealtest.Stranger, seal.Company, sealtest.CompanyID, seal.Official), fault.Forbidden, "")
	wants(t, apply(sealtest.Stranger, seal.Company, "", seal.Official), fault.Forbidden, "")
	wants(t, apply(sealtest.Chief, seal.Office, sealtest.OfficePath, seal.Invoice), fault.Invalid, "seal.bad_application")
	id := w.Made(t, sealtest.Chief, seal.Official)
	wants(t, apply(sealtest.Chief, seal.Office, sealtest.OfficePath, seal.Official), fault.Conflict, "seal.exists")
	_, err := w.Get(ctx, sealtest.Other, id)
	wants(t, err, fault.NotFound, "seal.not_found")
	_, err = w.Get(ctx, sealtest.Stranger, id)
	wants(t, err, fault.NotFound, "seal.not_found")
	_, err = w.Affix(ctx, sealtest.Clerk, sealtest.ForCase(id, "x"))
	wants(t, err, fault.Forbidden, "seal.no_right")
	_, _, err = w.Uses(ctx, sealtest.Clerk, id, "", 10)
	wants(t, err, fault.Forbidden, "seal.no_right")
	wants(t, w.Appoint(ctx, sealtest.Clerk, id, sealtest.Clerk.Account, seal.Operator), fault.Forbidden, "")
	wants(t, w.Appoint(ctx, sealtest.Chief, id, "somebody", seal.Operator), fault.Invalid, "seal.bad_holder")
	for range 2 {
		if err := w.Appoint(ctx, sealtest.Chief, id, sealtest.Clerk.Account, seal.Operator); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Affix(ctx, sealtest.Clerk, sealtest.ForCase(id, "x")); err != nil {
		t.Error("an operator:", err)
	}
	wants(t, w.Move(ctx, sealtest.Clerk, id, seal.Cancelled), fault.Forbidden, "")
	wants(t, w.Dismiss(ctx, sealtest.Chief, id, sealtest.Chief.Account, seal.Manager), fault.Conflict, "seal.last_manager")
	elsewhere := sealtest.Clerk // who was moved to another office has the seal no more
	elsewhere.Duties = []actor.Duty{{Role: "reviewer", OfficePath: "220103d31"}}
	_, err = w.Affix(ctx, elsewhere, sealtest.ForCase(id, "y"))
	wants(t, err, fault.NotFound, "")
	if err := w.Dismiss(ctx, sealtest.Chief, id, sealtest.Clerk.Account, seal.Operator); err != nil {
		t.Fatal(err)
	}
	_, err = w.Affix(ctx, sealtest.Clerk, sealtest.ForCase(id, "y"))
	wants(t, err, fault.Forbidden, "")
	wants(t, w.Dismiss(ctx, sealtest.Chief, id, sealtest.Clerk.Account, seal.Operator), fault.Conflict, "seal.moved_on")

	foreign := sealtest.ForCase(id, "x")
	foreign.BusinessID = "another"
	_, err = w.Affix(ctx, sealtest.Chief, foreign)
	wants(t, err, fault.Conflict, "seal.no_business")
	forged := sealtest.ForCase(id, "x")
	forged.Business = seal.ForCertificate
	_, err = w.Affix(ctx, sealtest.Chief, forged)
	wants(t, err, fault.Forbidden, "")
	if _, err = w.Affix(ctx, actor.Program("cert"), forged); err != nil {
		t.Error("the register of certificates:", err)
	}
	for name, bad := range map[string]func(*seal.Use){"digest": func(u *seal.Use) { u.Digest = u.Digest[:31] }, "business": func(u *seal.Use) { u.Business = "whim" },
		"property": func(u *seal.Use) { u.Property = "文件" }} {
		u := sealtest.ForCase(id, name)
		bad(&u)
		_, err = w.Affix(ctx, sealtest.Chief, u)
		wants(t, err, fault.Invalid, "seal.bad_use")
	}
}

func TestCompanySeal(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	refused := w.Applied(t, sealtest.Agent, seal.Representative)
	wants(t, w.Examine(ctx, sealtest.Police, refused, false, ""), fault.Invalid, "seal.bad_review")
	if err := w.Examine(ctx, sealtest.Police, refused, false, "请更正名称"); err != nil {
		t.Fatal(err)
	}
	if v, err := w.Get(ctx, sealtest.Agent, refused); err != nil || v.Refusal != "请更正名称" || v.State != seal.Refused {
		t.Errorf("%+v, %v", v.Seal, err)
	}
	id := w.Made(t, sealtest.Agent, seal.Contract)
	wants(t, w.Appoint(ctx, sealtest.Helper, id, sealtest.Helper.Subject, seal.Manager), fault.Forbidden, "")
	_, err := w.Apply(ctx, sealtest.Helper, seal.Application{Owner: seal.Company, OwnerID: sealtest.CompanyID, Kind: seal.Contract, Years: 1, Reason: "换", Replaces: id})
	wants(t, err, fault.Forbidden, "")
	asking := seal.Asking{Seal: id, Digest: sealtest.Digest("合同"), Title: "租赁合同", Reason: "续租"}
	_, err = w.Ask(ctx, sealtest.Stranger, asking)
	wants(t, err, fault.NotFound, "")
	request, err := w.Ask(ctx, sealtest.Helper, asking)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.AffixRequested(ctx, sealtest.Helper, request, "phone")
	wants(t, err, fault.Conflict, "seal.no_business")
	wants(t, w.Decide(ctx, sealtest.Helper, request, true), fault.Forbidden, "")
	if v, err := w.Get(ctx, sealtest.Agent, id); err != nil || len(v.Waiting) != 1 || !v.Waiting[0].Decides || v.Waiting[0].Title != "租赁合同" {
		t.Errorf("%+v, %v", v.Waiting, err)
	}
	if err := w.Decide(ctx, sealtest.Agent, request, true); err != nil {
		t.Fatal(err)
	}
	wants(t, w.Decide(ctx, sealtest.Agent, request, false), fault.Conflict, "seal.moved_on")
	_, err = w.AffixRequested(ctx, sealtest.Stranger, request, "phone")
	wants(t, err, fault.NotFound, "")
	a, err := w.AffixRequested(ctx, sealtest.Helper, request, "phone")
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, w, a.Signature, "合同")
	// The approval is for one document: no other goes through with it.
	_, err = w.Affix(ctx, sealtest.Agent, seal.Use{Seal: id, Digest: sealtest.Digest("另一份"), Property: "/", Business: seal.ForRequest, BusinessID: request, Client: "api"})
	wants(t, err, fault.Conflict, "seal.no_business")
	uses, _, err := w.Uses(ctx, sealtest.Agent, id, "", 10)
	if err != nil || len(uses) != 1 || uses[0].State != "affixed" || uses[0].Client != "phone" {
		t.Errorf("%+v, %v", uses, err)
	}
	if !w.WasTold(sealtest.Helper.Subject, "seal.told.use_approved") || !w.WasTold(sealtest.Agent.Subject, "seal.told.asked") {
		t.Errorf("told %v", w.Told)
	}
	for _, l := range w.Leaves {
		if text := fmt.Sprint(l); strings.Contains(text, "租赁") || strings.Contains(text, "王建国") {
			t.Errorf("a leaf says %s", text)
		}
	}
}

func TestBatch(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	id := w.Made(t, sealtest.Chief, seal.Official)
	var uses []seal.Use
	for i := range 20 {
		uses = append(uses, sealtest.ForCase(id, fmt.Sprint(i)))
	}
	list, err := w.AffixAll(ctx, sealtest.Chief, uses)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range list {
		verifies(t, w, a.Signature, fmt.Sprint(i))
	}
	bad := append(slices.Clone(uses[:1]), sealtest.ForCase("nothing", "x"), sealtest.ForCase(id, "fresh"))
	_, err = w.AffixAll(ctx, sealtest.Chief, bad)
	wants(t, err, fault.NotFound, "")
	if n := w.Count("seal.affixed"); n != 20 {
		t.Errorf("%d leaves", n)
	}
	page, next, err := w.Uses(ctx, sealtest.Chief, id, "", 15)
	if err != nil || len(page) != 15 || next == "" {
		t.Fatalf("%d, %q, %v", len(page), next, err)
	}
	rest, next, err := w.Uses(ctx, sealtest.Chief, id, next, 15)
	if err != nil || len(rest) != 5 || next != "" {
		t.Errorf("%d, %q, %v", len(rest), next, err)
	}
}

// TestAtOnce affixes the same use from many sides: there is one signature.
func TestAtOnce(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	id := w.Made(t, sealtest.Chief, seal.Official)
	got := make([][]byte, 6)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			a, err := w.Affix(ctx, sealtest.Chief, sealtest.ForCase(id, "同一份"))
			if err != nil {
				t.Error(err)
			}
			got[i] = a.Signature
		})
	}
	all.Wait()
	for _, g := range got {
		if !bytes.Equal(g, got[0]) {
			t.Fatal("two signatures of one use")
		}
	}
	if w.Count("seal.affixed") != 1 {
		t.Errorf("leaves %v", w.Kinds())
	}
	verifies(t, w, got[0], "同一份")
}
