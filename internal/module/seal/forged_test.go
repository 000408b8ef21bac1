package seal_test

import (
	"testing"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealtest"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/ses"
)

// TestForgedSeal lets who holds a key and a certificate of the root make a seal of his own with the number of another's: the register does not know it.
func TestForgedSeal(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	victim, err := w.Get(ctx, sealtest.Chief, w.Made(t, sealtest.Chief, seal.Approval))
	if err != nil {
		t.Fatal(err)
	}
	id := w.Made(t, sealtest.Agent, seal.Contract)
	own, err := w.Get(ctx, sealtest.Agent, id)
	if err != nil {
		t.Fatal(err)
	}
	key, err := w.Needs.Keys.Signer(ctx, "seal."+id)
	if err != nil {
		t.Fatal(err)
	}
	real, err := ses.ParseSeal(victim.Whole)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := ses.ParseSeal(own.Whole)
	if err != nil {
		t.Fatal(err)
	}
	info, cert := real.Info, mine.Info.Certs[0]
	info.Certs = [][]byte{cert}
	forged, err := ses.MakeSeal(info, real.Picture, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := ses.Sign(ses.Affixing{Seal: forged, Digest: sealtest.Digest("批准"), Property: "/", At: time.Now().UTC().Truncate(time.Second)}, cert, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	verifies(t, w, signature, "批准", "in_use.unknown")
}

// TestWhoLeadsACompany keeps its seals from who only handles its affairs, and the representative's name from its managers.
func TestWhoLeadsACompany(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	apply := func(by actor.Actor, k seal.Kind) error {
		_, err := w.Apply(ctx, by, seal.Application{Owner: seal.Company, OwnerID: sealtest.CompanyID, Kind: k, Years: 1, Reason: "用", Manager: sealtest.Helper.Subject})
		return err
	}
	wants(t, apply(sealtest.Helper, seal.Contract), fault.Forbidden, "seal.no_right")
	wants(t, apply(sealtest.Deputy, seal.Representative), fault.Forbidden, "seal.no_right")
	if err := apply(sealtest.Deputy, seal.Contract); err != nil {
		t.Error("a manager:", err)
	}
	if err := apply(sealtest.Agent, seal.Representative); err != nil {
		t.Error("the representative:", err)
	}
	// Keeping a seal does not make anybody its owner.
	list, err := w.List(ctx, sealtest.Helper, "", 10)
	if err != nil || len(list.Rows) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, one := range list.Rows {
		for who, owns := range map[string]bool{"helper": false, "deputy": one.Kind == seal.Contract, "agent": true} {
			by := map[string]actor.Actor{"helper": sealtest.Helper, "deputy": sealtest.Deputy, "agent": sealtest.Agent}[who]
			if v, err := w.Get(ctx, by, one.ID); err != nil || v.Owns != owns || v.Manages != (who == "helper") {
				t.Errorf("%s of %s: %+v, %v", who, one.Kind, v.Seal, err)
			}
		}
	}
}

// TestWhoReadsUses keeps a company's log of uses from officers, and an office's seals from the offices below it.
func TestWhoReadsUses(t *testing.T) {
	w, ctx := sealtest.Open(t), t.Context()
	company, office := w.Made(t, sealtest.Agent, seal.Contract), w.Made(t, sealtest.Chief, seal.Official)
	reviewer := sealtest.Police // sees the seal he reviewed; as a chief of everywhere too he has no business with its uses
	reviewer.Duties = append([]actor.Duty{{Role: "chief", OfficePath: ""}}, reviewer.Duties...)
	_, _, err := w.Uses(ctx, reviewer, company, "", 10)
	wants(t, err, fault.Forbidden, "seal.no_right")
	below := sealtest.Clerk
	below.OfficePath += "01"
	below.Duties = []actor.Duty{{Role: "reviewer", OfficePath: below.OfficePath}}
	_, err = w.Get(ctx, below, office)
	wants(t, err, fault.NotFound, "seal.not_found")
}
